"""Joins the search for periods and seats with giving out teachers and rooms."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from random import Random

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.tables import SCHOOL_TABLES
from echelon_desktop.solver.assign.give import Given, give_out
from echelon_desktop.solver.assign.openings import Openings
from echelon_desktop.solver.assign.shortage import Shortage
from echelon_desktop.solver.cpsat.run import Limits
from echelon_desktop.solver.result import LevelFigure
from echelon_desktop.solver.verify import Verdict

ATTEMPTS = 10  # at periods for which teachers and rooms can be given out


@dataclass(frozen=True, slots=True)
class Asked:
    """
    What is solved for, and how often it was tried.

    Parameters
    ----------
    school, rules, openings
        The school, its rules, what is to be given out.
    baseline
        Its locks, forbidden slots and pins are kept; after the first attempt more slots may be forbidden.
    fewer_seats
        Sections that are filled only so far, after the first attempt, so that smaller rooms hold them.
    tried
        Which attempt it is, from 0.
    """

    school: School
    rules: tuple[e.Rule, ...]
    openings: Openings
    baseline: Schedule
    fewer_seats: Mapping[str, int] = field(default_factory=dict)
    tried: int = 0

    def to_place(self) -> School:
        """The school whose sections are to find their periods and students."""
        if not self.fewer_seats:
            return self.school
        sections = [
            replace(s, seats=min(s.seats, self.fewer_seats.get(s.id, s.seats)))
            for s in self.school.sections.values()
        ]
        tables = {spec.name: getattr(self.school, spec.name).values() for spec in SCHOOL_TABLES}
        return School(**tables | {"sections": sections})


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
        Of :func:`echelon_desktop.solver.compile.schedule_of`, with the locks of the first baseline.
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


def staffed_levels(verdict: Verdict, placed: Iterable[LevelFigure]) -> tuple[LevelFigure, ...]:
    """
    Figures of the whole schedule, with what is certain of them.

    Parameters
    ----------
    verdict
        Of the schedule with its teachers and rooms.
    placed
        Of the periods and seats alone, which cost no more: their bounds hold here up to the first level at
        which more is paid than there.
    """
    figures = []
    certain = True
    for figure, level in zip(verdict.figures, placed, strict=True):
        figures.append(LevelFigure(figure.name, figure.value, level.bound if certain else None))
        certain = certain and figure.value == level.value
    return tuple(figures)
