"""What is solved for where teachers and rooms are given out, and what the whole then comes to."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import repeat, takewhile

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.solver.assign.openings import Openings, as_given, find_openings
from echelon_desktop.solver.result import LevelFigure, Result, Status
from echelon_desktop.solver.verify import Verdict


@dataclass(frozen=True, slots=True)
class Asked:
    """
    What is solved for. Periods are found and teachers given out in turns, each for what the other came to.

    Parameters
    ----------
    school, rules, openings
        The school, its rules, what is to be given out.
    placing
        The same as the periods are to mind it: what may stay without, at a cost, counts as needed at first.
        Nothing where teachers and rooms are held.
    baseline
        Its locks, forbidden slots and pins are kept.
    held
        A schedule whose teachers and rooms the sections have while periods are found; None at first.
    """

    school: School
    rules: tuple[e.Rule, ...]
    openings: Openings
    placing: Openings
    baseline: Schedule
    held: Schedule | None = None

    @classmethod
    def of(cls, school: School, rules: tuple[e.Rule, ...], baseline: Schedule) -> "list[Asked]":
        """What to solve for, one after the other until there is a schedule that the rules rank no higher."""
        openings = find_openings(school, rules, baseline)
        first = openings.firm
        ways = [first] if first == openings else [first, openings]
        return [cls(school, rules, openings, placing, baseline) for placing in ways]

    def to_place(self) -> School:
        """The school whose sections are to find their periods and students."""
        return self.school if self.held is None else as_given(self.school, self.held)

    def holding(self, schedule: Schedule) -> "Asked":
        """The same question where sections have the teachers and rooms of a schedule."""
        return replace(self, held=schedule, placing=Openings())

    def as_held(self, schedule: Schedule) -> Schedule | None:
        """A schedule without them, with the teachers and rooms that are held; None where none are."""
        if self.held is None:
            return None
        placements = {
            section: replace(
                placement,
                teachers=placement.teachers or self.held.placements[section].teachers,
                room=placement.room or self.held.placements[section].room,
            )
            for section, placement in schedule.placements.items()
        }
        return Schedule(placements, schedule.seatings)

    def is_held(self, schedule: Schedule) -> bool:
        """Whether a schedule has just the teachers and rooms that are held."""
        return self.held is not None and all(
            (placement.teachers, placement.room)
            == (self.held.placements[section].teachers, self.held.placements[section].room)
            for section, placement in schedule.placements.items()
        )


def staffed_result(
    result: Result, verdict: Verdict, placed: Iterable[LevelFigure], counted: Iterable[int] = repeat(0)
) -> Result:
    """
    The result of a solve with the figures of the whole schedule, and what is certain of them.

    Parameters
    ----------
    result
        Of the periods and seats.
    verdict
        Of the schedule with its teachers and rooms.
    placed
        Levels of a free turn. Periods and seats alone cost no more than the whole, so the bounds hold
        for it up to the first level at which more is paid than there; after that only that nothing costs less
        than nothing, or what is counted.
    counted
        What each level certainly costs, given those before it.
    """
    levels: list[LevelFigure] = []
    certain = True
    for figure, level, least in zip(verdict.figures, placed, counted, strict=False):
        bound = max(level.bound or 0, least) if certain else least
        levels.append(LevelFigure(figure.name, figure.value, bound))
        certain = certain and figure.value == level.value
    sure = list(takewhile(lambda figure: figure.proven, levels))
    return replace(
        result,
        levels=tuple(levels),
        status=Status.OPTIMAL if len(sure) == len(levels) else Status.FEASIBLE,
        proven=sure[-1].name if sure else "",
        method=f"{result.method}, then teachers and rooms",
    )
