"""
Rules as data: the kinds there are, and how they are read from and written to TOML.

A rule file names the preset it extends ("standard" unless it says otherwise), lists rules, and may remove
inherited ones by id. docs/rules.md explains each kind for school people.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from importlib import resources
from pathlib import Path
from typing import Any

import tomli_w

from echelon_desktop.errors import RuleError
from echelon_desktop.model.entities import Rule

STANDARD = "standard"
COMPLETE = "complete"
CHANGES = "schedule-changes"
_USUAL_LIMITS = {"teacher-load": 5}  # of kinds that no preset has
RULES_FILE = "rules.toml"  # beside a school's files


@dataclass(frozen=True, slots=True)
class RuleKind:
    """
    A kind of rule.

    Parameters
    ----------
    name
        As written in files ("sped-limit").
    sentence
        What it says, in plain words.
    uses
        Fields of :class:`Rule` that it reads, besides level and weight.
    hard, graded
        Whether it may be a hard rule; whether it may stand at a level.
    needs
        Fields that must be given.
    """

    name: str
    sentence: str
    uses: tuple[str, ...] = ()
    hard: bool = True
    graded: bool = True
    needs: tuple[str, ...] = ()


_SCOPE = ("courses", "departments", "teachers", "sections")
_ASSIGNED = ("courses", "departments", "sections")

RULE_KINDS = {
    kind.name: kind
    for kind in (
        RuleKind("unmet-requests", "As few unmet requests as possible, rank 1 before rank 2.", hard=False),
        RuleKind(
            "granted-alternates", "As few alternates in place of first choices as possible.", hard=False
        ),
        RuleKind(
            "sped-balance", "SPED students are spread evenly over the sections of a course.", hard=False
        ),
        RuleKind("schedule-changes", "As few changes as possible to the schedule started from.", hard=False),
        RuleKind("section-balance", "Sections of a course are of equal size.", hard=False),
        RuleKind(
            "sped-limit",
            "At most so many SPED students in a section.",
            ("courses", "departments", "sections", "limit"),
            graded=False,
            needs=("limit",),
        ),
        RuleKind(
            "allowed-periods",
            "Sections of these courses, departments or teachers stand only in these periods.",
            (*_SCOPE, "periods"),
            needs=("periods",),
        ),
        RuleKind(
            "lab-spacing",
            "A teacher's labs are not in consecutive periods.",
            ("departments", "teachers"),
        ),
        RuleKind(
            "teacher-consecutive",
            "A teacher teaches at most so many periods in a row.",
            ("departments", "teachers", "limit"),
            needs=("limit",),
        ),
        RuleKind(
            "teacher-travel",
            "A teacher does not change buildings between consecutive periods.",
            ("departments", "teachers"),
        ),
        RuleKind(
            "teacher-load",
            "A full-time teacher teaches at most so many sections at a time, a part-time one in proportion.",
            ("departments", "teachers", "limit"),
            needs=("limit",),
        ),
        RuleKind(
            "teacher-preps",
            "A teacher prepares at most so many different courses.",
            ("departments", "teachers", "limit"),
            needs=("limit",),
        ),
        RuleKind(
            "teacher-load-spread",
            "The teachers of a department have equal loads.",
            ("departments", "teachers"),
            hard=False,
        ),
        RuleKind(
            "teacher-rooms",
            "A teacher teaches in at most so many rooms.",
            ("departments", "teachers", "limit"),
            needs=("limit",),
        ),
        RuleKind("section-teachers", "Every section has a teacher.", _ASSIGNED),
        RuleKind("section-rooms", "Every section has a room.", _ASSIGNED),
        RuleKind("room-fit", "Rooms have as many seats as their sections.", _ASSIGNED, hard=False),
        RuleKind("room-use", "As few rooms as possible are in use.", hard=False),
        RuleKind(
            "student-free-periods",
            "A student has at most so many periods without a course in a term.",
            ("grades", "limit"),
            needs=("limit",),
        ),
        RuleKind("student-holes", "A student has no free period between two classes of a day.", ("grades",)),
        RuleKind(
            "student-day-balance",
            "A student's days differ by at most so many classes.",
            ("grades", "limit"),
            needs=("limit",),
        ),
    )
}


def check_rule(rule: Rule) -> None:
    """Raise RuleError, in words, if the rule could not mean anything in any school."""
    kind = RULE_KINDS.get(rule.kind)
    if kind is None:
        raise RuleError(
            f"Rule {rule.id!r}: there is no kind of rule {rule.kind!r}. Kinds are {', '.join(RULE_KINDS)}."
        )
    if rule.level is None and not kind.hard:
        raise RuleError(f"Rule {rule.id!r}: {rule.kind} is a goal, not a limit. Give it a level (1, 2, ...).")
    if rule.level is not None and not kind.graded:
        raise RuleError(f'Rule {rule.id!r}: {rule.kind} is always hard. Leave the level out or write "hard".')
    if rule.level is not None and rule.level < 1:
        raise RuleError(f"Rule {rule.id!r}: levels start at 1.")
    if rule.weight < 1:
        raise RuleError(f"Rule {rule.id!r}: a weight is 1 or more; remove the rule to switch it off.")
    for name in kind.needs:
        if getattr(rule, name) in (None, ()):
            raise RuleError(f"Rule {rule.id!r}: {rule.kind} needs {name!r}.")
    for name in (*_SCOPE, "grades", "periods", "limit"):
        if getattr(rule, name) not in (None, ()) and name not in kind.uses:
            raise RuleError(f"Rule {rule.id!r}: {rule.kind} does not use {name!r}.")
    if rule.limit is not None and rule.limit < 0:
        raise RuleError(f"Rule {rule.id!r}: a limit is 0 or more.")


def check_rules(rules: Iterable[Rule]) -> None:
    """Raise RuleError if a rule is wrong, an id is used twice or unmet requests are not counted."""
    rules = list(rules)
    for rule in rules:
        check_rule(rule)
    ids = [rule.id for rule in rules]
    for rule_id in ids:
        if ids.count(rule_id) > 1:
            raise RuleError(f"Two rules are called {rule_id!r}. Give each its own id.")
    unmet = [rule for rule in rules if rule.kind == "unmet-requests"]
    if len(unmet) != 1:
        raise RuleError("The rules need exactly one unmet-requests goal.")


def staying_close(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """
    The rules with a goal of few changes, right after unmet requests; as they are where they have one.

    Levels after unmet requests move up by one.
    """
    rules = tuple(rules)
    if any(rule.kind == CHANGES for rule in rules):
        return rules
    unmet = next(rule.level or 1 for rule in rules if rule.kind == "unmet-requests")
    later = (
        rule if rule.level is None or rule.level <= unmet else replace(rule, level=rule.level + 1)
        for rule in rules
    )
    return (*later, Rule(CHANGES, CHANGES, level=unmet + 1))


def presets() -> dict[str, str]:
    """Presets that ship with the application: name → title."""
    folder = resources.files(__package__) / "presets"
    names = sorted(p.name.removesuffix(".toml") for p in folder.iterdir() if p.name.endswith(".toml"))
    return {name: str(tomllib.loads(_preset_text(name))["title"]) for name in names}


def preset_rules(name: str) -> tuple[Rule, ...]:
    """The rules of a preset; RuleError when there is none of that name."""
    return parse_rules(_preset_text(name), source=f"preset {name}")


def usual_limit(kind: str) -> int:
    """The limit with which a new rule of a kind begins: that of the preset of all goals, where it has one."""
    own = (rule.limit for rule in preset_rules(COMPLETE) if rule.kind == kind)
    return next((limit for limit in own if limit is not None), _USUAL_LIMITS.get(kind, 1))


def load_rules(path_or_preset: str | Path) -> tuple[Rule, ...]:
    """Rules from a TOML file, or from the preset of that name when there is no such file."""
    path = Path(path_or_preset)
    if path.is_file():
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise RuleError(f"{path.name} cannot be read as UTF-8 text: {error}.") from error
        return parse_rules(text, source=path.name)
    if path.suffix:
        raise RuleError(f"There is no rule file {path}.")
    return preset_rules(str(path_or_preset))


def parse_rules(text: str, source: str = "rules.toml") -> tuple[Rule, ...]:
    """
    Rules from TOML text, inherited ones first.

    Raises
    ------
    RuleError
        If the text is not TOML or says something that no rule can mean; the message names ``source``.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RuleError(f"{source} is not valid TOML: {error}.") from error
    unknown = set(data) - {"title", "extends", "remove", "rule"}
    if unknown:
        raise RuleError(f"{source}: unknown entry {', '.join(sorted(unknown))}. Rules stand under [[rule]].")
    entries = data.get("rule", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise RuleError(f"{source}: rules stand under [[rule]], in double brackets.")
    base = data.get("extends", "" if source == f"preset {STANDARD}" else STANDARD)
    try:
        rules = {rule.id: rule for rule in preset_rules(str(base))} if base else {}
        for number, entry in enumerate(entries, 1):
            rule = _rule(entry, number, rules)
            rules[rule.id] = rule
        for rule_id in data.get("remove", []):
            if rules.pop(rule_id, None) is None:
                raise RuleError(f"There is no rule {rule_id!r} to remove.")
        check_rules(rules.values())
    except RuleError as error:
        raise RuleError(f"{source}: {error}") from error
    return tuple(rules.values())


def format_rules(rules: Iterable[Rule]) -> str:
    """TOML text that :func:`parse_rules` reads as exactly these rules."""
    defaults = Rule(id="", kind="")
    entries = []
    for rule in rules:
        entry: dict[str, Any] = {"id": rule.id, "kind": rule.kind}
        entry["level"] = "hard" if rule.level is None else rule.level
        for f in fields(Rule):
            value = getattr(rule, f.name)
            if f.name not in entry and value != getattr(defaults, f.name):
                entry[f.name] = list(value) if isinstance(value, tuple) else value
        entries.append(entry)
    return tomli_w.dumps({"extends": "", "rule": entries}, multiline_strings=False)


def _preset_text(name: str) -> str:
    file = resources.files(__package__) / "presets" / f"{name}.toml"
    if not name.replace("-", "").isalnum() or not file.is_file():
        raise RuleError(f"There is no rule file or preset {name!r}. Presets are {', '.join(presets())}.")
    return file.read_text(encoding="utf-8")


def _rule(entry: dict[str, Any], number: int, others: dict[str, Rule]) -> Rule:
    known = {f.name for f in fields(Rule)}
    unknown = set(entry) - known
    if unknown:
        raise RuleError(f"Rule {number} has an unknown entry {', '.join(sorted(unknown))}.")
    kind = entry.get("kind")
    if not isinstance(kind, str):
        raise RuleError(f'Rule {number} has no kind. Write kind = "..." with one of {", ".join(RULE_KINDS)}.')
    rule_id = entry.get("id", kind)
    if not isinstance(rule_id, str) or not rule_id:
        raise RuleError(f"Rule {number}: an id is text.")
    rule = Rule(rule_id, kind)
    for name, value in entry.items():
        if name in {"id", "kind"}:
            continue
        if name == "level":
            if value == "hard":
                value = None
            elif not _is_int(value):
                raise RuleError(f'Rule {rule_id!r}: a level is a number or "hard".')
        elif name in {"weight", "limit"}:
            if not _is_int(value):
                raise RuleError(f"Rule {rule_id!r}: {name} is a whole number.")
        else:
            if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
                raise RuleError(f'Rule {rule_id!r}: {name} is a list of texts, as ["A", "B"].')
            value = tuple(value)
        rule = replace(rule, **{name: value})
    inherited = others.get(rule_id)
    if inherited is not None and inherited.kind != rule.kind:
        raise RuleError(f"Rule {rule_id!r} is of kind {inherited.kind} in the preset; use another id.")
    return rule


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
