"""Turns of finding periods and giving out teachers and rooms: how long each takes, and when they end."""

from dataclasses import replace
from typing import TYPE_CHECKING

from echelon_desktop.solver.assign.asked import Asked
from echelon_desktop.solver.result import Params, Status

if TYPE_CHECKING:
    from echelon_desktop.solver.assign.give import Given  # OR-Tools stays out of the window

# Of the time left, for periods and seats; the rest of it is for what is given out, and for later turns.
SHARES = (0.45, 0.5, 0.85)
LEAST_S = 0.3  # for a turn


def to_place(params: Params, left_s: float, turn: int) -> Params:
    """What a turn has for periods and seats, where so much time is left of a solve."""
    return replace(params, time_limit_s=SHARES[min(turn, len(SHARES) - 1)] * left_s)


def is_last(params: Params, left_s: float, turn: int) -> bool:
    """Whether there is no time for a turn after this one."""
    # Where an iteration limit asks for repeatable results, the clock must not say how many turns there are.
    by_moves = params.iterations is not None and turn + 1 == len(SHARES)
    return by_moves or left_s < LEAST_S


def is_settled(asked: Asked, given: "Given", placed: Status, whole: Status | None) -> bool:
    """
    Whether another turn can bring nothing.

    Parameters
    ----------
    asked, given
        What was solved for in this turn, and what was given out.
    placed
        How good the periods and seats are for the teachers and rooms that were held.
    whole
        How good the best schedule is; None without one.
    """
    same = given.schedule is not None and asked.is_held(given.schedule)
    return whole is Status.OPTIMAL or (same and placed is Status.OPTIMAL)
