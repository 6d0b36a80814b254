"""What is solved for where teachers and rooms are given out, and what the whole then comes to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import takewhile

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.tables import SCHOOL_TABLES
from echelon_desktop.solver.assign.openings import Openings, find_openings
from echelon_desktop.solver.result import LevelFigure, Result, Status
from echelon_desktop.solver.verify import Verdict


@dataclass(frozen=True, slots=True)
class Asked:
    """
    What is solved for, and how often it was tried.

    Parameters
    ----------
    school, rules, openings
        The school, its rules, what is to be given out.
    placing
        The same as the periods are to mind it: what may stay without, at a cost, counts as needed at first.
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
    placing: Openings
    baseline: Schedule
    fewer_seats: Mapping[str, int] = field(default_factory=dict)
    tried: int = 0

    @classmethod
    def of(cls, school: School, rules: tuple[e.Rule, ...], baseline: Schedule) -> "list[Asked]":
        """What to solve for, one after the other until there is a schedule that the rules rank no higher."""
        openings = find_openings(school, rules, baseline)
        first = openings.firm
        ways = [first] if first == openings else [first, openings]
        return [cls(school, rules, openings, placing, baseline) for placing in ways]

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


def staffed_result(result: Result, verdict: Verdict, placed: Iterable[LevelFigure]) -> Result:
    """
    The result of a solve with the figures of the whole schedule, and what is certain of them.

    Parameters
    ----------
    result
        Of the periods and seats.
    verdict
        Of the schedule with its teachers and rooms.
    placed
        Levels of the first attempt. Periods and seats alone cost no more than the whole, so the bounds hold
        for it up to the first level at which more is paid than there; after that only that nothing costs less
        than nothing.
    """
    levels: list[LevelFigure] = []
    certain = True
    for figure, level in zip(verdict.figures, placed, strict=True):
        levels.append(LevelFigure(figure.name, figure.value, level.bound if certain else 0))
        certain = certain and figure.value == level.value
    sure = list(takewhile(lambda figure: figure.proven, levels))
    return replace(
        result,
        levels=tuple(levels),
        status=Status.OPTIMAL if len(sure) == len(levels) else Status.FEASIBLE,
        proven=sure[-1].name if sure else "",
        method=f"{result.method}, then teachers and rooms",
    )
