"""Asking CP-SAT whether claims conflict, and which."""

import time
from collections.abc import Sequence
from dataclasses import replace

from ortools.sat.python import cp_model

from echelon_desktop.solver.conflicts.board import Board
from echelon_desktop.solver.conflicts.claims import Claim, Impossible
from echelon_desktop.solver.conflicts.gather import Demands
from echelon_desktop.solver.conflicts.shrink import without_needless
from echelon_desktop.solver.cpsat.run import new_solver

# With assumptions CP-SAT can take minutes to see that nine sections do not fit into eight periods; leaving
# claims out one after the other is then quicker.
CORE_S = 0.5
QUESTION_SHARE = 0.25
"""Of the time left, for one question of those that make a conflict smaller."""


def smallest_conflict(demands: Demands, limit_s: float) -> list[Claim]:
    """
    Claims that cannot all hold, of which none can be left out, nor be about fewer sections, if time allows.

    Parameters
    ----------
    demands
        Of a school with periods.
    limit_s
        Seconds in all.

    Returns
    -------
    list of Claim
        Empty when all claims can hold, or no answer came in time. With too little time to make the conflict
        smaller it is a larger one.
    """
    for claim in demands.claims:
        if isinstance(claim, Impossible):
            return [claim]
    clock = _Clock(limit_s)
    for part in _parts(demands):
        if conflicting(part, part.claims, clock.left):
            return _shrunk(part, _core(part, clock), clock)
    return []


class _Clock:
    """What is left of a time limit."""

    def __init__(self, limit_s: float) -> None:
        self._until = time.monotonic() + limit_s

    @property
    def left(self) -> float:
        """Seconds."""
        return max(0.0, self._until - time.monotonic())


def _shrunk(part: Demands, claims: list[Claim], clock: _Clock) -> list[Claim]:
    """Drop claims, then sections of claims, as long as what is left conflicts."""

    def still(attempt: list[Claim]) -> bool:
        return clock.left > 0 and conflicting(part, attempt, QUESTION_SHARE * clock.left)

    claims = without_needless(claims, still)
    for i, claim in enumerate(claims):
        for section in claim.sections:
            weaker = claims[i].without(section)
            if weaker is not None:
                attempt = [*claims[:i], weaker, *claims[i + 1 :]]
                if still(attempt):
                    claims = attempt
    return claims


def conflicting(demands: Demands, claims: Sequence[Claim], limit_s: float) -> bool:
    """Whether the claims certainly cannot all hold on these places; not when time ran out before that."""
    board = Board(demands.places, demands.seats)
    for claim in claims:
        claim.post(board)
    return _solver(limit_s).solve(board.model) == cp_model.INFEASIBLE


def _core(demands: Demands, clock: _Clock) -> list[Claim]:
    """Some of the claims that conflict already, as CP-SAT finds them; all of them when it finds no fewer."""
    board = Board(demands.places, demands.seats)
    conditions = {}
    for claim in demands.claims:
        board.condition = board.model.new_bool_var("")
        conditions[board.condition.index] = claim
        claim.post(board)
        board.model.add_assumption(board.condition)
    solver = _solver(min(clock.left, CORE_S))
    if solver.solve(board.model) == cp_model.INFEASIBLE:
        core = [conditions[i] for i in sorted(solver.sufficient_assumptions_for_infeasibility())]
        if len(core) < len(demands.claims) and conflicting(demands, core, QUESTION_SHARE * clock.left):
            return core
    return list(demands.claims)


def _parts(demands: Demands) -> list[Demands]:
    """The demands, taken apart into those that have nothing to do with each other."""
    root = {section: section for section in demands.places}

    def find(section: str) -> str:
        while root[section] != section:
            root[section] = root[root[section]]
            section = root[section]
        return section

    ties = [claim.sections for claim in demands.claims if claim.joins]
    by_student: dict[str, list[str]] = {}
    for seat in demands.seats:
        by_student.setdefault(seat.student, []).append(seat.section)
    for sections in [*ties, *by_student.values()]:
        for section in sections[1:]:
            root[find(section)] = find(sections[0])
    places: dict[str, dict[str, None]] = {}
    for section in demands.places:
        places.setdefault(find(section), {})[section] = None
    claims: dict[str, list[Claim]] = {head: [] for head in places}
    for claim in demands.claims:
        for head in dict.fromkeys(find(section) for section in claim.sections):
            claims[head].append(claim)
    parts = []
    for head, sections_here in places.items():
        seats = tuple(seat for seat in demands.seats if seat.section in sections_here)
        here = {section: demands.places[section] for section in sections_here}
        parts.append(replace(demands, places=here, seats=seats, claims=tuple(claims[head])))
    return parts


def _solver(limit_s: float) -> cp_model.CpSolver:
    solver = new_solver()
    solver.parameters.max_time_in_seconds = limit_s
    return solver
