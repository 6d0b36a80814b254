"""Edits of the rules: each leaves a set of rules that means something, or is refused in words."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from echelon_desktop.errors import RuleError
from echelon_desktop.model.dataset import Dataset, Edit, RowChange
from echelon_desktop.model.entities import Rule
from echelon_desktop.model.rules import check_rules


@dataclass(frozen=True, slots=True)
class RuleDifference:
    """How one rule differs between two sets: ``before`` None is a new rule, ``after`` None one taken out."""

    before: Rule | None
    after: Rule | None


def new_rule_id(dataset: Dataset, kind: str) -> str:
    """An id that no rule has: the kind, with a number when that is taken."""
    if kind not in dataset.rules:
        return kind
    number = 2
    while f"{kind}-{number}" in dataset.rules:
        number += 1
    return f"{kind}-{number}"


def add_rule(dataset: Dataset, rule: Rule) -> Edit:
    """
    Add a rule after the others.

    Raises
    ------
    RuleError
        If there is one of that id, or the rules would not mean anything together.
    """
    check_rules([*dataset.rules.values(), rule])
    return Edit(f"Add rule {rule.id}", (RowChange("rules", rule.id, rule),))


def change_rule(dataset: Dataset, rule: Rule) -> Edit:
    """
    Put a rule in the place of the one of its id; nothing to do when it is the same.

    Raises
    ------
    RuleError
        If there is none of that id, or the rules would not mean anything together.
    """
    before = _existing(dataset, rule.id)
    check_rules([rule if other.id == rule.id else other for other in dataset.rules.values()])
    changes = (RowChange("rules", rule.id, rule),) if rule != before else ()
    return Edit(f"Change rule {rule.id}", changes)


def move_rule(dataset: Dataset, rule_id: str, level: int | None) -> Edit:
    """
    Put a rule at another level; None makes it hard.

    Raises
    ------
    RuleError
        If there is no such rule, or its kind cannot stand there.
    """
    rule = replace(_existing(dataset, rule_id), level=level)
    changes = change_rule(dataset, rule).changes
    return Edit(
        f"Make rule {rule_id} hard" if level is None else f"Move rule {rule_id} to level {level}", changes
    )


def separate_rule(dataset: Dataset, rule_id: str) -> Edit:
    """
    Give a rule a level of its own, right below the one it shares; the levels below move down by one.

    Raises
    ------
    RuleError
        If there is no such rule, or it is hard.
    """
    rule = _existing(dataset, rule_id)
    if rule.level is None:
        raise RuleError(f"Rule {rule_id!r} is hard; only rules at a level can have one of their own.")
    shared = any(r.level == rule.level and r.id != rule_id for r in dataset.rules.values())
    changes = []
    for other in dataset.rules.values():
        below = other.level is not None and other.level > rule.level
        if shared and (below or other.id == rule_id):
            changes.append(RowChange("rules", other.id, replace(other, level=(other.level or 0) + 1)))
    return Edit(f"Give rule {rule_id} a level of its own", tuple(changes))


def remove_rule(dataset: Dataset, rule_id: str) -> Edit:
    """
    Take a rule out.

    Raises
    ------
    RuleError
        If there is no such rule, or there must be one of its kind.
    """
    _existing(dataset, rule_id)
    check_rules(rule for rule in dataset.rules.values() if rule.id != rule_id)
    return Edit(f"Remove rule {rule_id}", (RowChange("rules", rule_id, None),))


def adopt_rules(dataset: Dataset, rules: Iterable[Rule], title: str) -> Edit:
    """
    Put other rules in the place of all; those that are the same already are left alone.

    Raises
    ------
    RuleError
        If they do not mean anything together.
    """
    rules = tuple(rules)
    check_rules(rules)
    kept = {rule.id for rule in rules}
    changes = [RowChange("rules", key, None) for key in dataset.rules if key not in kept]
    if [str(key) for key in dataset.rules] == [rule.id for rule in rules]:
        changes += [RowChange("rules", r.id, r) for r in rules if dataset.rules[r.id] != r]
    elif tuple(dataset.rules.values()) != rules:
        changes += [RowChange("rules", rule.id, rule, index) for index, rule in enumerate(rules)]
    return Edit(title, tuple(changes))


def rule_differences(before: Iterable[Rule], after: Iterable[Rule]) -> list[RuleDifference]:
    """What changes from one set of rules to another: rules taken out, then those changed or new."""
    old, new = {rule.id: rule for rule in before}, {rule.id: rule for rule in after}
    out = [RuleDifference(rule, None) for key, rule in old.items() if key not in new]
    return out + [RuleDifference(old.get(key), rule) for key, rule in new.items() if old.get(key) != rule]


def _existing(dataset: Dataset, rule_id: str) -> Rule:
    rule = dataset.rules.get(rule_id)
    if rule is None:
        raise RuleError(f"There is no rule {rule_id!r}.")
    return rule
