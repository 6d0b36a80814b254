"""Joins the search for periods and seats with giving out teachers and rooms."""

import time
from dataclasses import replace
from math import inf

from echelon_desktop.model.dataset import Schedule
from echelon_desktop.solver.assign.asked import Asked
from echelon_desktop.solver.assign.give import TOGETHER, Given, give_out
from echelon_desktop.solver.assign.mend import mend
from echelon_desktop.solver.assign.shortage import Shortage
from echelon_desktop.solver.assign.unstaffable import unstaffable
from echelon_desktop.solver.cpsat.run import Limits
from echelon_desktop.solver.result import Params
from echelon_desktop.solver.verify import verify

WORK = 10.0  # deterministic seconds where an iteration limit asks for repeatable results
STAFF_SHARE = 0.3  # of the time left, at most, for giving out
LEAST_S = 1.0  # for it where nothing is given out yet
MEND_SHARE = 0.5  # of the time left, at most, for periods at which everything can be given out


def staff(asked: Asked, schedule: Schedule, limits: Limits, before: Schedule | None = None) -> Given:
    """
    Give out teachers and rooms for the periods that were found, or for others near them.

    Parameters
    ----------
    asked
        What the schedule is a solution of.
    schedule
        Of :func:`echelon_desktop.solver.schedules.schedule_of`, with the locks of the first baseline, before
        anything is given out.
    limits
        When to stop.
    before
        A schedule whose teachers and rooms are kept where nothing else is better for it.

    Returns
    -------
    Given
        What came of it. Where it cannot be done as the sections stand, some stand elsewhere; its schedule
        then keeps all facts, but may break hard rules on students' days. Where it cannot be done wherever
        they stand, its shortage says so.
    """
    held = asked.as_held(schedule)
    given = give_out(asked.school, asked.rules, schedule, asked.openings, limits, before, held)
    if held is not None and (given.schedule is None or not _better(asked, given.schedule, held)):
        return replace(given, schedule=held, shortage=None)
    return given if given.shortage is None else _mended(asked, schedule, given, limits, before)


def staffing_limits(params: Params, seconds: float, asked: Asked) -> Limits:
    """How long giving out may take, where so many seconds are left of a solve."""
    return Limits(
        time_limit_s=max(STAFF_SHARE * seconds, LEAST_S if asked.held is None else 0.0),
        deterministic_limit=inf if params.iterations is None else WORK,
        seed=params.seed,
        workers=params.workers,
    )


def _mended(asked: Asked, schedule: Schedule, given: Given, limits: Limits, before: Schedule | None) -> Given:
    """The same at other periods; teachers alone are looked at first where rooms do not matter to them."""
    tied = any(rule.kind in TOGETHER and rule.level is None for rule in asked.rules)
    began = time.monotonic()
    for with_rooms in (False, True):
        if not with_rooms and (tied or given.taught or not asked.openings.teachers):
            continue
        openings = asked.openings if with_rooms else replace(asked.openings, rooms={})
        left = limits.time_limit_s - (time.monotonic() - began)
        part = replace(limits, time_limit_s=MEND_SHARE * left)
        mended = mend(asked.school, asked.rules, asked.baseline, schedule, openings, part)
        if mended.impossible:
            seconds = max(LEAST_S, limits.time_limit_s - (time.monotonic() - began))
            facts = unstaffable(asked.school, asked.rules, asked.baseline, openings, seconds)
            return replace(given, shortage=Shortage(facts, anywhere=True))
        if mended.schedule is None:
            return given
        left = limits.time_limit_s - (time.monotonic() - began)
        again = give_out(
            *(asked.school, asked.rules, mended.schedule, asked.openings),
            *(replace(limits, time_limit_s=left), before),
        )
        if again.schedule is not None or again.shortage is None:
            return replace(again, mended=True)
    return given


def _better(asked: Asked, one: Schedule, other: Schedule) -> bool:
    return _score(asked, one) < _score(asked, other)


def _score(asked: Asked, schedule: Schedule) -> tuple[int, ...]:
    return verify(asked.school, asked.rules, schedule, asked.baseline).score
