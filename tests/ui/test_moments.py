"""Moments are written so that nobody reads another day."""

import re

from echelon_desktop.ui.moments import moment


def test_a_month_has_a_name_and_the_year_is_whole():
    assert re.fullmatch(r"2[12] Nov 2026, \d\d:40", moment("2026-11-22T10:40:00+00:00"))


def test_what_is_no_moment_is_left_as_it_is():
    assert moment("once") == "once"
