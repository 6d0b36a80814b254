"""docs/rules.md has each kind of rule, preset, fact and reason; its examples are rules."""

import re
from pathlib import Path

import pytest

from echelon_desktop.model.entities import LinkKind
from echelon_desktop.model.rules import RULE_KINDS, parse_rules, preset_rules, presets
from echelon_desktop.solver.explain import ReasonKind
from echelon_desktop.solver.verify import FACTS

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")


def part(heading: str) -> str:
    """Give the text under a heading of the second or third rank."""
    found = re.search(rf"^(#+) {re.escape(heading)}\n(.*?)(?=^##? |^\1 |\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert found, f"docs/rules.md has no heading {heading!r}"
    return found[2]


def rows(heading: str) -> list[str]:
    """Give the first cells of the tables under a heading."""
    cells = re.findall(r"^\| ([^|]+) \|", part(heading), re.MULTILINE)
    return [cell.strip("`") for cell in cells if cell not in {"fact", "preset", "reason", "entry"}]


@pytest.mark.parametrize("kind", RULE_KINDS.values(), ids=list(RULE_KINDS))
def test_each_kind_of_rule_is_documented(kind):
    text = part(kind.name)
    assert " ".join(text.split()).startswith(kind.sentence)
    assert ("Hard or at a level." in text) == (kind.hard and kind.graded)
    assert ("Always hard." in text) == (not kind.graded)
    assert ("A goal: always at a level" in text) == (not kind.hard)
    assert "**Counted:**" in text
    examples = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert examples
    read = [rule for example in examples for rule in parse_rules(example) if rule not in STANDARD]
    if kind.name not in {
        "unmet-requests",
        "granted-alternates",
        "section-balance",
        "lab-spacing",
        "sped-limit",
    }:
        assert {rule.kind for rule in read} == {kind.name}
    assert f'kind = "{kind.name}"' in examples[0]


STANDARD = preset_rules("standard")


def test_no_other_kind_is_documented():
    assert re.findall(r"^### (.*)$", part("Kinds of rules"), re.MULTILINE) == list(RULE_KINDS)


def test_presets_are_documented():
    assert rows("Presets") == sorted(presets(), key=["standard", "chico-high", "complete"].index)


def test_facts_are_documented():
    assert sorted(rows("What always holds")) == sorted(FACTS)
    assert {row.replace("-", " ") for row in rows("Links")} == {kind.value for kind in LinkKind}


def test_reasons_are_documented_in_their_order():
    assert rows("Why a request is unmet") == [kind.value for kind in ReasonKind]


def test_the_first_example_does_what_it_says():
    example = re.search(r"```toml\n(.*?)```", part("Writing rules"), re.DOTALL)
    assert example
    rules = {rule.id: rule for rule in parse_rules(example[1])}
    assert rules["lab-spacing"].level is None
    assert rules["allowed-periods"].periods == ("R1",)
    assert set(rules) == {rule.id for rule in preset_rules("standard")} | {"allowed-periods"}
