"""Why a school cannot be scheduled: a smallest set of facts that cannot all hold, in the user's words."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.entities import Rule
from echelon_desktop.model.wording import counted
from echelon_desktop.solver.assign.openings import as_locked, find_openings, settled
from echelon_desktop.solver.conflicts.claims import Claim, OneAtATime
from echelon_desktop.solver.conflicts.core import smallest_conflict
from echelon_desktop.solver.conflicts.days import days_conflict
from echelon_desktop.solver.conflicts.gather import gather
from echelon_desktop.solver.conflicts.staffing import TooFew

NO_SCHEDULE = Schedule({}, {})


@dataclass(frozen=True, slots=True)
class Fact:
    """
    One of the facts that cannot all hold.

    Parameters
    ----------
    text
        The fact, as a sentence.
    table, key
        The record it comes from, for "take me there"; placements and seatings by section and student.
    remedy
        What would take it out of the way, as a sentence.
    sections
        The sections that matter.
    """

    text: str
    table: str
    key: str
    remedy: str
    sections: tuple[str, ...] = ()


def find_conflict(
    school: School, rules: Iterable[Rule], baseline: Schedule = NO_SCHEDULE, *, limit_s: float = 60.0
) -> tuple[Fact, ...]:
    """
    Find facts that leave the sections no feasible place, or the pinned students no seat.

    Parameters
    ----------
    school, rules, baseline
        As for compiling: hard rules, locks, forbidden places and pinned seats count.
    limit_s
        Seconds to search in.

    Returns
    -------
    tuple of Fact
        An irreducible conflict: all of them cannot hold, and without any one of them the others can. Empty
        when there is none, or none was found in time.

    Notes
    -----
    Hard rules about students' days are looked at when the sections have a place: see ``days``. When time runs
    out, a conflict that is proven but not yet as small as can be is returned.
    """
    until = time.monotonic() + limit_s
    rules = tuple(rules)
    demands = gather(school, rules, baseline)
    if demands.places and not school.periods:
        return (Fact("The school has no periods.", "periods", "", "Enter the bell schedule."),)
    found = smallest_conflict(demands, limit_s)
    if not found and (openings := find_openings(school, rules, baseline)):
        # With those teachers and rooms written in about whom there is no choice, more rules speak of them.
        sure = settled(as_locked(school, baseline), openings)[0]
        found = smallest_conflict(gather(sure, rules, baseline), until - time.monotonic())
    return _facts(found or days_conflict(school, rules, baseline, until - time.monotonic()), school)


def _facts(claims: Sequence[Claim], school: School) -> tuple[Fact, ...]:
    facts = []
    for claim in claims:
        text = claim.text()
        if len(claims) == 1 and isinstance(claim, OneAtATime | TooFew):
            # The fact that completes the conflict is the bell schedule, which nobody thinks of as a demand.
            text = f"{text.removesuffix('.')}; the school has {counted(len(school.periods), 'period')}."
        facts.append(Fact(text, claim.table, claim.key, claim.remedy(), claim.sections))
    return tuple(facts)
