"""Figures of two scenarios in words."""

from dataclasses import replace

from echelon_desktop.model import entities as e
from echelon_desktop.solver.comparison import compare_figures
from echelon_desktop.solver.verify import verify
from echelon_desktop.ui.document import Document
from echelon_desktop.ui.schedule.compare_lines import FigureLine, figure_lines, headline
from echelon_desktop.ui.schedule.timetable import Timetable

SPREAD = "Even section sizes + SPED students spread"


def lines_of(document: Document, *rules: e.Rule) -> tuple[list[FigureLine], str]:
    """Lines for the small school as it is on the left, and with P01 in the other section of Biology."""
    there = document.schedule()
    first = there.seatings["P01"]
    other = replace(first, seats=(e.Seat("BIO", "S2"), *first.seats[1:]))
    here = replace(there, seatings={**there.seatings, "P01": other})
    school = document.school
    figures = compare_figures(*(verify(school, rules, schedule) for schedule in (there, here)))
    timetable = Timetable(school, rules, there)
    lines = figure_lines(figures, {rule.id: rule for rule in rules}, timetable, "Left", "Right")
    return lines, headline(figures, lines, "Left", "Right")


def test_a_level_of_several_rules_is_told_in_all_and_rule_by_rule(document: Document) -> None:
    rules = (e.Rule("a", "section-balance", level=2), e.Rule("b", "sped-balance", level=2, weight=2))
    lines, words = lines_of(document, *rules)
    # Biology: 4 and 4 students become 3 and 5. The SPED student is the only one, and stays.
    # SPED spread: 1 in Biology, 1 in English and 0 in the courses of one section, before as after.
    told = [(line.title, line.place, line.figure.there, line.figure.here, line.signed) for line in lines[1:4]]
    assert told == [
        (SPREAD, "Level 2", 6 + 2 * 2, 8 + 2 * 2, "◀  Left, by 2"),
        ("– Even section sizes", "", 6, 8, "◀  Left, by 2"),
        ("– SPED students spread, counts twice as much", "", 2, 2, "=  No difference"),
    ]
    assert words == "“Left” is better at level 2: even section sizes + SPED students spread, 10 against 12."


def test_rules_of_one_kind_are_told_apart_by_their_sentences(document: Document) -> None:
    rules = (
        e.Rule("a", "teacher-consecutive", level=1, limit=1, teachers=("T1",)),
        e.Rule("b", "teacher-consecutive", level=2, limit=2, teachers=("T2",)),
    )
    lines, words = lines_of(document, *rules)
    assert [line.title for line in lines[1:3]] == [
        "Periods in a row: Ada Byron teaches at most 1 period in a row.",
        "Periods in a row: Chinua Obi teaches at most 2 periods in a row.",
    ]
    assert words == "“Left” and “Right” are equally good at every level."
