"""Sections of a schedule that stand where a hard rule does not let them, and why."""

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.solver.places import places
from echelon_desktop.solver.problem import Keys, Problem


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
