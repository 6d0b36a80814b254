"""The verdict: all facts, all rules, in their order."""

from collections.abc import Callable, Iterable, Iterator

from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.entities import Rule
from echelon_desktop.model.rules import CHANGES, check_rule
from echelon_desktop.solver.verify import sections, students
from echelon_desktop.solver.verify.assigned import room_use_counts, teacher_load_spread
from echelon_desktop.solver.verify.reading import Reading
from echelon_desktop.solver.verify.rules import RULES, sizes_by_course, unmet_by_rank
from echelon_desktop.solver.verify.verdict import Breach, Counts, Figure, Part, Verdict, Violation

_UNMET = "unmet-requests"
_SPED = "sped-limit"
_EVERYBODY = Rule("", "teacher-load-spread")

_FACT_CHECKS: tuple[Callable[[Reading], Iterator[Violation]], ...] = (
    sections.known_records,
    students.known_records,
    sections.placed,
    sections.in_pattern,
    sections.in_allowed_periods,
    sections.assigned,
    sections.teachers_once,
    sections.teachers_available,
    sections.rooms_once,
    sections.links,
    students.requested,
    students.students_once,
    students.students_available,
    students.seats,
    students.sped_limits,
    students.restrictions,
    students.same_students,
)


def verify(
    school: School, rules: Iterable[Rule], schedule: Schedule, baseline: Schedule | None = None
) -> Verdict:
    """
    Judge a schedule.

    Parameters
    ----------
    school, rules
        The facts, and what the school wants.
    schedule
        What is judged; nothing about it is taken for granted.
    baseline
        The schedule that was to be completed or improved: its locked sections, forbidden slots and pinned
        seats must be respected. None when there was none.

    Returns
    -------
    Verdict
        Broken facts and rules, figures in strict order, plain counts.

    Raises
    ------
    RuleError
        If a rule means nothing (see :func:`echelon_desktop.model.rules.check_rule`).

    References
    ----------
    docs/rules.md defines every fact, every rule and how each is counted.
    """
    rules = tuple(rules)
    for rule in rules:
        check_rule(rule)
    reading = Reading(school, rules, schedule, baseline)
    violations = [violation for check in _FACT_CHECKS for violation in check(reading)]
    violations += sections.locks(reading, baseline)
    violations += students.pins(reading, baseline)
    for rule in rules:
        # SPED limits are among the facts: they may stand on courses and sections as well as in rules.
        if rule.level is None and rule.kind != _SPED:
            violations += [
                Violation(
                    rule.kind,
                    f"{breach.message[:-1]} (rule {rule.id}).",
                    breach.table,
                    breach.key,
                    breach.sections,
                )
                for breach in RULES[rule.kind](reading, rule)
            ]
    return Verdict(tuple(violations), tuple(_figures(reading)), _counts(reading))


def _figures(reading: Reading) -> Iterator[Figure]:
    graded = [(rule.level, rule) for rule in reading.rules if rule.level is not None]
    for level in sorted({level for level, _ in graded}):
        here = [rule for rule_level, rule in graded if rule_level == level]
        yield from _unmet_figures(reading, level, [rule for rule in here if rule.kind == _UNMET])
        others = [r for r in here if r.kind != _UNMET and not _counts_nothing(reading, r)]
        if others:
            parts = tuple(_part(rule, tuple(RULES[rule.kind](reading, rule))) for rule in others)
            name = " + ".join(dict.fromkeys(part.name for part in parts))
            yield Figure(name, level, sum(part.cost * part.weight for part in parts), parts)


def _unmet_figures(reading: Reading, level: int, rules: list[Rule]) -> Iterator[Figure]:
    """One figure for each rank that occurs among the requests."""
    if not rules:
        return
    unmet = unmet_by_rank(reading) or {1: []}
    for rank, breaches in unmet.items():
        name = "unmet requests" + (f", rank {rank}" if len(unmet) > 1 else "")
        parts = tuple(_part(rule, tuple(breaches), name) for rule in rules)
        yield Figure(name, level, sum(part.cost * part.weight for part in parts), parts)


def _counts_nothing(reading: Reading, rule: Rule) -> bool:
    """No figures: alternates where nobody names any, changes where there was nothing to start from."""
    if rule.kind == CHANGES:
        return reading.given is None
    return rule.kind == "granted-alternates" and not any(
        request.alternates for requests in reading.requests.values() for request in requests.values()
    )


def _part(rule: Rule, breaches: tuple[Breach, ...], name: str = "") -> Part:
    cost = sum(breach.cost for breach in breaches)
    return Part(rule.id, rule.kind, name or rule.kind, cost, rule.weight, breaches)


def _counts(reading: Reading) -> Counts:
    unmet = {rank: len(breaches) for rank, breaches in unmet_by_rank(reading).items()}
    sped = {student.id for student in reading.students.values() if student.sped}
    size_spread = sped_spread = 0
    for sizes in sizes_by_course(reading).values():
        size_spread += max(sizes.values()) - min(sizes.values())
        numbers = [sum(student in sped for student in reading.roster[section]) for section in sizes]
        sped_spread += max(numbers) - min(numbers)
    wishing = {student: requests for student, requests in reading.requests.items() if requests}
    requests = sum(map(len, wishing.values()))
    return Counts(
        students=len(wishing),
        students_with_every_request=sum(len(reading.met[s]) == len(r) for s, r in wishing.items()),
        requests=requests,
        met=requests - sum(unmet.values()),
        unmet=sum(unmet.values()),
        unmet_by_rank=(unmet.get(1, 0), unmet.get(2, 0), unmet.get(3, 0)),
        alternates_granted=sum(
            held != course for met in reading.met.values() for course, held in met.items()
        ),
        sections=len(reading.school.sections),
        placed=len(reading.masks),
        seats=sum(section.seats for section in reading.school.sections.values()),
        enrolled=sum(map(len, reading.roster.values())),
        size_spread=size_spread,
        sped_spread=sped_spread,
        load_spread=sum(breach.cost for breach in teacher_load_spread(reading, _EVERYBODY)),
        **room_use_counts(reading),
    )
