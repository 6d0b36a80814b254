"""Joins the search for periods and seats with giving out teachers and rooms."""

from collections.abc import Iterator
from dataclasses import replace
from math import inf
from random import Random

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule
from echelon_desktop.solver.assign.asked import Asked
from echelon_desktop.solver.assign.give import Given, give_out
from echelon_desktop.solver.assign.shortage import Shortage
from echelon_desktop.solver.cpsat.run import Limits
from echelon_desktop.solver.result import Params

WORK = 60.0  # deterministic seconds where an iteration limit asks for repeatable results
ATTEMPTS = 10  # at periods for which teachers and rooms can be given out


def staff(
    asked: Asked, schedule: Schedule, limits: Limits, before: Schedule | None = None
) -> tuple[Given, Asked | None]:
    """
    Give out teachers and rooms for the periods that were found.

    Parameters
    ----------
    asked
        What the schedule is a solution of.
    schedule
        Of :func:`echelon_desktop.solver.schedules.schedule_of`, with the locks of the first baseline.
    limits
        When to stop.
    before
        A schedule whose teachers and rooms are kept where nothing else is better for it.

    Returns
    -------
    tuple
        What came of it, and what to solve instead if it cannot be done: the same with a section of the
        shortage forbidden where it stood, or with fewer seats. None when it was done, or tried often enough.
    """
    given = give_out(asked.school, asked.rules, schedule, asked.openings, limits, before)
    if given.schedule is not None or given.shortage is None or asked.tried + 1 >= ATTEMPTS:
        return given, None
    return given, _smaller(asked, given.shortage) or _elsewhere(asked, schedule, given.shortage)


def staffing_limits(params: Params, seconds: float) -> Limits:
    """How long giving out may take, where so many seconds are left of a solve."""
    return Limits(
        time_limit_s=max(1.0, seconds),
        deterministic_limit=inf if params.iterations is None else WORK,
        seed=params.seed,
        workers=params.workers,
    )


def _smaller(asked: Asked, shortage: Shortage) -> Asked | None:
    """The same question with a section of the shortage small enough for one more room; every other time."""
    if asked.tried % 2 or not shortage.too_small:
        return None
    head, seats = max(shortage.too_small.items(), key=lambda item: item[1])
    fewer = dict(asked.fewer_seats) | dict.fromkeys(asked.openings.stacks[head], seats)
    return replace(asked, fewer_seats=fewer, tried=asked.tried + 1)


def _elsewhere(asked: Asked, schedule: Schedule, shortage: Shortage) -> Asked | None:
    """The same question with one section of the shortage, or its stack, forbidden where it stands."""
    movable = [
        head
        for head in shortage.sections
        if not any(_locked(asked.baseline, s) for s in asked.openings.stacks[head])
    ]
    if not movable:
        return None
    placements = dict(asked.baseline.placements)
    head = Random(asked.tried).choice(movable)
    for section in asked.openings.stacks[head]:
        placement = placements.get(section, e.Placement("", section))
        there = _slot_texts(schedule.placements[section])
        placements[section] = replace(placement, forbidden=(*placement.forbidden, *there))
    baseline = Schedule(placements, asked.baseline.seatings)
    return replace(asked, baseline=baseline, tried=asked.tried + 1)


def _locked(baseline: Schedule, section: str) -> bool:
    placement = baseline.placements.get(section)
    return placement is not None and placement.locked


def _slot_texts(placement: e.Placement) -> Iterator[str]:
    for period in placement.periods:
        if placement.terms:
            yield from (f"{term}:{period}" for term in placement.terms)
        else:
            yield period
