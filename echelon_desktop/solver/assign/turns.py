"""
Turns of finding periods and giving out teachers and rooms: what each asks, how long it takes, when they end.

A *free* turn finds periods at which teachers and rooms can be given out, whoever it will be. The one after it
holds those that were given, and betters periods and seats under all rules about them. Where that brings
nothing, what was given is in the way, and a free turn follows again.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from echelon_desktop.model.dataset import Schedule
from echelon_desktop.solver.assign.asked import Asked
from echelon_desktop.solver.result import Params, Result, Status, StopReason

if TYPE_CHECKING:
    from echelon_desktop.solver.assign.give import Given  # OR-Tools stays out of the window

# Of the time left, for periods and seats; the rest of it is for what is given out, and for later turns.
SHARES = (0.45, 0.5, 0.85)
LEAST_S = 0.3  # for a turn


@dataclass(frozen=True, slots=True)
class Turn:
    """
    One turn.

    Parameters
    ----------
    origin
        The question of the first turn.
    asked
        What periods and seats are found for.
    number
        From 0.
    free_is_best
        Whether no periods can be better than those of the last free turn.
    """

    origin: Asked
    asked: Asked
    number: int = 0
    free_is_best: bool = False

    @classmethod
    def first(cls, asked: Asked) -> "Turn":
        """The one that a question begins with."""
        return cls(asked, asked)

    def to_place(self, params: Params, left_s: float) -> Params:
        """What it has for periods and seats, where so much time is left of a solve."""
        # Another seed, since a search like one before it would find nothing else.
        share = SHARES[min(self.number, len(SHARES) - 1)]
        return replace(params, time_limit_s=share * left_s, seed=params.seed + self.number)

    def is_last(self, params: Params, left_s: float) -> bool:
        """Whether there is no time for one after it."""
        # Where an iteration limit asks for repeatable results, the clock must not say how many there are.
        by_moves = params.iterations is not None and self.number + 1 == len(SHARES)
        return by_moves or left_s < LEAST_S

    def following(
        self, given: "Given", placed: Status, whole: Status | None, best: Schedule, bettered: bool
    ) -> "Turn | None":
        """
        The turn after this one; None where none can bring anything.

        Parameters
        ----------
        given
            What was given out.
        placed
            How good the periods and seats are for what this turn asked.
        whole
            How good the best schedule is; None without one.
        best
            That schedule, else the one that was given now.
        bettered
            Whether it comes from this turn, and is better than what there was.
        """
        free = self.asked.held is None
        free_is_best = placed is Status.OPTIMAL if free else self.free_is_best
        same = given.schedule is not None and self.asked.is_held(given.schedule)
        if whole is Status.OPTIMAL or (same and placed is Status.OPTIMAL and free_is_best):
            return None
        again = not free and not bettered and not free_is_best
        asked = self.origin if again else self.origin.holding(best)
        return Turn(self.origin, asked, self.number + 1, free_is_best)


def why_ended(result: Result, params: Params, left_s: float, stopped: bool) -> StopReason:
    """
    Why a solve in turns ended: the result of a turn knows of its own end only.

    Parameters
    ----------
    result
        The best.
    params
        Of the whole solve.
    left_s
        What is left of its time.
    stopped
        Whether somebody stopped it.
    """
    if result.status is Status.OPTIMAL:
        return StopReason.PROVED
    if stopped:
        return StopReason.STOPPED
    if params.iterations is not None:
        return StopReason.ITERATIONS
    return StopReason.TIME if left_s < LEAST_S else StopReason.STALLED
