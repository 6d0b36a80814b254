"""
Bounds that may be added up.

Divide the requests among several proofs, each request to one of them. Whatever the schedule, it leaves at
least as many requests of each share unmet as that share's proof says, when the proof treats all other
requests as not made: taking them away frees seats and slots and takes none. The shares are disjoint, so the
figures add up. No more is needed: courses, sections and students may occur in several proofs, as long as no
request does.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from echelon_desktop.solver.bounds.bound import Witness
from echelon_desktop.solver.bounds.flow import FlowRelaxation


@dataclass(frozen=True, slots=True, eq=False)
class Charge:
    """
    So many of these requests stay unmet, even if no others were made.

    Parameters
    ----------
    requests
        Shape (requests,): the share of the proof.
    unmet
        How many of them stay unmet at least.
    witness
        Why.
    """

    requests: NDArray[np.bool_]
    unmet: int
    witness: Witness


class Ledger:
    """
    Charges on disjoint shares of some requests; what is left over is bounded by counting.

    Parameters
    ----------
    relaxation
        Of the problem.
    chosen
        Shape (requests,): the requests to divide.
    """

    def __init__(self, relaxation: FlowRelaxation, chosen: NDArray[np.bool_]) -> None:
        self._relaxation, self._chosen = relaxation, chosen
        self.charges: tuple[Charge, ...] = ()
        self.total = relaxation.unmet(chosen)

    def free(self) -> NDArray[np.bool_]:
        """Requests that no charge rests on yet, and that counting can spare."""
        return self._left(self.charges) & self._spare

    @cached_property
    def _spare(self) -> NDArray[np.bool_]:
        """Requests of students who are not short of slots, for courses that are not short of seats."""
        crowded, full = self._relaxation.scarce(self._chosen)
        problem = self._relaxation.problem
        spare = ~np.isin(problem.request_student, list(crowded))
        for r in np.flatnonzero(spare).tolist():
            spare[r] = full.isdisjoint(problem.options[r].tolist())
        return spare

    def replace(self, old: Iterable[Charge], new: Iterable[Charge]) -> bool:
        """Put new charges in place of old ones if that raises the total; whether it did."""
        gone = set(old)
        charges = (*(charge for charge in self.charges if charge not in gone), *new)
        shares = sum(charge.requests.astype(np.int64) for charge in charges)
        if np.max(shares, initial=0) > 1:
            raise ValueError("A request is charged twice.")
        total = self._relaxation.unmet(self._left(charges)) + sum(charge.unmet for charge in charges)
        if total <= self.total:
            return False
        self.charges, self.total = charges, total
        return True

    def witnesses(self) -> tuple[Witness, ...]:
        """Why so many stay unmet: by counting first."""
        counted = self._relaxation.witnesses(self._left(self.charges))
        return (*counted, *(charge.witness for charge in self.charges))

    def _left(self, charges: Iterable[Charge]) -> NDArray[np.bool_]:
        left = self._chosen.copy()
        for charge in charges:
            left &= ~charge.requests
        return left
