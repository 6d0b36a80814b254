"""Edits of the rules, and what rules say in words: without a window."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echelon_desktop.errors import RuleError
from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Dataset, School
from echelon_desktop.model.entities import Rule
from echelon_desktop.model.rule_edits import (
    RuleDifference,
    add_rule,
    adopt_rules,
    change_rule,
    move_rule,
    new_rule_id,
    remove_rule,
    rule_differences,
    separate_rule,
)
from echelon_desktop.model.rule_words import KIND_TITLES, rule_sentence, weight_words
from echelon_desktop.model.rules import RULE_KINDS, preset_rules, presets

LATE = Rule("late", "allowed-periods", 4, 2, departments=("Arts",), periods=("R4", "G4"))


@pytest.fixture
def dataset() -> Dataset:
    return Dataset(rules=preset_rules("standard"))


def levels(dataset: Dataset) -> dict[str, int | None]:
    return {rule.id: rule.level for rule in dataset.rules.values()}


def test_a_rule_is_added_last_and_taken_out_again(dataset: Dataset) -> None:
    before = tuple(dataset.rules.values())
    _, changes = dataset.apply(add_rule(dataset, LATE))
    assert tuple(dataset.rules.values()) == (*before, LATE)
    assert changes.keys == {"rules": frozenset({"late"})}
    dataset.apply(remove_rule(dataset, "late"))
    assert tuple(dataset.rules.values()) == before
    with pytest.raises(RuleError, match="no rule 'late'"):
        remove_rule(dataset, "late")


def test_two_rules_cannot_have_one_id(dataset: Dataset) -> None:
    with pytest.raises(RuleError, match="Two rules are called"):
        add_rule(dataset, replace(LATE, id="lab-spacing"))
    assert new_rule_id(dataset, "allowed-periods") == "allowed-periods"
    assert new_rule_id(dataset, "lab-spacing") == "lab-spacing-2"
    dataset.apply(add_rule(dataset, replace(LATE, id="lab-spacing-2")))
    assert new_rule_id(dataset, "lab-spacing") == "lab-spacing-3"


def test_the_goal_that_there_must_be_stays(dataset: Dataset) -> None:
    with pytest.raises(RuleError, match="exactly one unmet-requests"):
        remove_rule(dataset, "unmet-requests")
    with pytest.raises(RuleError, match="exactly one unmet-requests"):
        adopt_rules(dataset, [LATE], "x")


def test_a_change_that_changes_nothing_is_empty(dataset: Dataset) -> None:
    assert not change_rule(dataset, dataset.rules["lab-spacing"]).changes
    weighty = replace(dataset.rules["lab-spacing"], weight=3)
    dataset.apply(change_rule(dataset, weighty))
    assert dataset.rules["lab-spacing"] == weighty
    with pytest.raises(RuleError, match="a weight is 1 or more"):
        change_rule(dataset, replace(weighty, weight=0))


def test_moving_between_levels_says_where_to(dataset: Dataset) -> None:
    edit = move_rule(dataset, "lab-spacing", 3)
    assert edit.title == "Move rule lab-spacing to level 3"
    dataset.apply(edit)
    assert dataset.rules["lab-spacing"].level == 3
    assert move_rule(dataset, "lab-spacing", None).title == "Make rule lab-spacing hard"
    with pytest.raises(RuleError, match="goal, not a limit"):
        move_rule(dataset, "section-balance", None)
    with pytest.raises(RuleError, match="always hard"):
        move_rule(dataset, "sped-limit", 2)


def test_a_level_of_its_own_is_right_below(dataset: Dataset) -> None:
    dataset.apply(move_rule(dataset, "lab-spacing", 2))
    dataset.apply(separate_rule(dataset, "lab-spacing"))
    assert levels(dataset) == {
        "unmet-requests": 1,
        "granted-alternates": 2,
        "lab-spacing": 3,
        "section-balance": 4,
        "sped-limit": None,
    }
    assert not separate_rule(dataset, "lab-spacing").changes  # it has one already
    with pytest.raises(RuleError, match="is hard"):
        separate_rule(dataset, "sped-limit")


@pytest.mark.parametrize("name", presets())
def test_a_preset_is_adopted_whole_and_in_its_order(dataset: Dataset, name: str) -> None:
    dataset.apply(add_rule(dataset, LATE))
    before = tuple(dataset.rules.values())
    inverse, _ = dataset.apply(adopt_rules(dataset, preset_rules(name), "x"))
    assert tuple(dataset.rules.values()) == preset_rules(name)
    assert not adopt_rules(dataset, preset_rules(name), "x").changes
    dataset.apply(inverse)
    assert tuple(dataset.rules.values()) == before


@given(st.permutations(preset_rules("chico-high")), st.integers(1, 9))
def test_any_rules_are_adopted_and_taken_back(rules: list[Rule], weight: int) -> None:
    dataset = Dataset(rules=preset_rules("standard"))
    wanted = tuple(replace(r, weight=weight) if r.level is not None else r for r in rules)
    inverse, _ = dataset.apply(adopt_rules(dataset, wanted, "x"))
    assert tuple(dataset.rules.values()) == wanted
    dataset.apply(inverse)
    assert tuple(dataset.rules.values()) == preset_rules("standard")


def test_differences_name_what_goes_comes_and_changes() -> None:
    before = preset_rules("standard")
    lab = next(rule for rule in before if rule.id == "lab-spacing")
    harder = replace(lab, level=None)
    after = [rule for rule in before if rule.id not in {"lab-spacing", "section-balance"}] + [harder, LATE]
    balance = next(rule for rule in before if rule.id == "section-balance")
    assert rule_differences(before, after) == [
        RuleDifference(balance, None),
        RuleDifference(lab, harder),
        RuleDifference(None, LATE),
    ]


SCHOOL = School(
    courses=[e.Course("101", "Jazz Band", "Arts"), e.Course("102")],
    teachers=[e.Teacher("T1", name="Ada Byron"), e.Teacher("T2")],
)


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        (Rule("r", "sped-limit", limit=1), "At most 1 SPED student in a section."),
        (
            Rule("r", "sped-limit", limit=8, departments=("Arts",)),
            "At most 8 SPED students in each of the sections of the department Arts.",
        ),
        (
            Rule("r", "allowed-periods", courses=("101", "102"), periods=("R1", "G1")),
            "Sections of Jazz Band and 102 stand only in R1 or G1.",
        ),
        (
            Rule("r", "allowed-periods", teachers=("T1", "T2"), periods=("R1",)),
            "Sections taught by Ada Byron or T2 stand only in R1.",
        ),
        (
            Rule("r", "allowed-periods", sections=("S1", "S2", "S3", "S4", "S5"), periods=("R1",)),
            "Sections S1, S2, S3 and 2 more stand only in R1.",
        ),
        (Rule("r", "allowed-periods", periods=("R1",)), "All sections stand only in R1."),
        (Rule("r", "lab-spacing", 4), "The labs of a teacher are not in consecutive periods."),
        (
            Rule("r", "teacher-consecutive", 4, departments=("Math", "Arts"), limit=3),
            "Each of the teachers of the departments Math and Arts teaches at most 3 periods in a row.",
        ),
        (
            Rule("r", "teacher-load", limit=5),
            "A full-time teacher teaches at most 5 sections at a time; part-time in proportion.",
        ),
        (
            Rule("r", "teacher-preps", teachers=("T1",), limit=1),
            "Ada Byron prepares at most 1 different course.",
        ),
        (
            Rule("r", "student-free-periods", grades=("9", "10"), limit=0),
            "A student of grade 9 or 10 has at most 0 periods without a course in a term.",
        ),
    ],
)
def test_sentence_of_a_rule(rule: Rule, sentence: str) -> None:
    assert rule_sentence(rule, SCHOOL) == sentence


def test_every_kind_has_a_title_and_a_sentence() -> None:
    assert KIND_TITLES.keys() == RULE_KINDS.keys()
    for kind in RULE_KINDS:
        assert rule_sentence(Rule("r", kind, periods=("R1",), limit=2), SCHOOL).endswith(".")


def test_weights_in_words() -> None:
    assert [weight_words(w) for w in (1, 2, 1500)] == [
        "counts once",
        "counts twice as much",
        "counts 1,500 times as much",
    ]
