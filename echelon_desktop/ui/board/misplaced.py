"""Sections of a schedule that stand where a hard rule does not let them, alone or together, and why."""

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.tables import SCHOOL_TABLES
from echelon_desktop.solver.places import places
from echelon_desktop.solver.problem import Keys, Problem
from echelon_desktop.solver.verify import verify

_PEOPLE = {"students", "requests"}


def at_odds(school: School, rules: tuple[e.Rule, ...], schedule: Schedule) -> dict[str, str]:
    """
    Why each section stands against a hard rule or fact, whoever sits in it, by section.

    Students are left out of account: with them it would take many times as long, and what they break is seen
    in their weeks and in the numbers on the cards.
    """
    tables = {spec.name: getattr(school, spec.name).values() for spec in SCHOOL_TABLES}
    alone = School(**tables | dict.fromkeys(_PEOPLE, ()))
    hard = [rule for rule in rules if rule.level is None]
    found: dict[str, list[str]] = {}
    for violation in verify(alone, hard, Schedule(schedule.placements, {})).violations:
        own = (str(violation.key),) if violation.table == "sections" else ()
        for section in violation.sections or own:
            if violation.rule != "placed":  # which is no place at all, and is seen
                found.setdefault(section, []).append(violation.message)
    return {section: " ".join(dict.fromkeys(reasons)) for section, reasons in found.items()}


def misplaced(
    school: School,
    rules: tuple[e.Rule, ...],
    schedule: Schedule,
    compiled: tuple[Problem, Keys],
) -> dict[str, str]:
    """
    Why each section that may not stand where it stands may not, by section.

    Parameters
    ----------
    school, rules, schedule
        As they are.
    compiled
        The same as the solver takes it, which knows where each section may stand.
    """
    problem, keys = compiled
    terms = len(set(problem.slot_term.tolist()))
    found = {}
    for s, section in enumerate(keys.sections):
        here = schedule.placements.get(section)
        if here is None or not here.periods:
            continue
        if not any(keys.choices[k].is_in(here, terms) for k in problem.choices_of(s)):
            against = (p for p in places(school, rules, schedule, section) if p.choice.is_in(here, terms))
            place = next(against, None)
            reasons = place.reasons if place is not None else ()
            found[section] = " ".join(reasons) or f"{section} does not meet in such periods."
    return found
