"""Scenarios of one name are told apart, and others are left in peace."""

from echelon_desktop.model.entities import Scenario
from echelon_desktop.ui.moments import moment
from echelon_desktop.ui.scenario_names import scenario_names

MORNING = "2026-11-22T08:40:00+00:00"


def names(*scenarios: tuple[str, str]) -> list[str]:
    return list(scenario_names(Scenario(str(n), *each) for n, each in enumerate(scenarios)).values())


def test_names_that_differ_stand_alone():
    assert names(("Draft", MORNING), ("Final", MORNING)) == ["Draft", "Final"]


def test_those_of_one_name_are_numbered_and_say_when_they_were_made():
    assert names(("Draft", MORNING), ("Final", MORNING), ("Draft", "")) == [
        f"Draft no. 1 ({moment(MORNING)})",
        "Final",
        "Draft no. 2",
    ]
