"""Raising the bound on unmet requests while a search runs."""

import time
from collections.abc import Callable

import numpy as np

from echelon_desktop.solver.bounds.bound import RANKS, Bound
from echelon_desktop.solver.bounds.charges import Charge, Ledger
from echelon_desktop.solver.bounds.clusters import Clusters
from echelon_desktop.solver.bounds.flow import FlowRelaxation
from echelon_desktop.solver.bounds.singletons import Singletons
from echelon_desktop.solver.problem import Problem, Solution


def improve_bounds(
    problem: Problem,
    incumbent: Solution | None,
    bound: Bound,
    *,
    time_limit_s: float,
    should_stop: Callable[[], bool] = lambda: False,
    on_bound: Callable[[Bound], None] = lambda bound: None,
) -> Bound:
    """
    Raise a bound as far as time allows.

    Parameters
    ----------
    problem
        Any problem.
    incumbent
        The best schedule so far, to look around its unmet requests; a bound that reaches it ends the work.
        Without one, the students with the tightest courses are looked around.
    bound
        What is proven already, as :func:`flow_bound` gives it.
    time_limit_s
        Wall time; one thread is used.
    should_stop
        Asked several times a second.
    on_bound
        Told of each better bound, from the calling thread.

    Returns
    -------
    Bound
        The best one.
    """
    return _Improve(problem, incumbent, bound, time_limit_s, should_stop, on_bound).run()


class _Improve:
    def __init__(
        self,
        problem: Problem,
        incumbent: Solution | None,
        bound: Bound,
        time_limit_s: float,
        should_stop: Callable[[], bool],
        on_bound: Callable[[Bound], None],
    ) -> None:
        self._problem, self._incumbent, self._bound = problem, incumbent, bound
        self._ends = time.monotonic() + time_limit_s
        self._asked_to_stop, self._on_bound = should_stop, on_bound

    def run(self) -> Bound:
        relaxation = FlowRelaxation(self._problem)
        ranks = sorted({int(rank) for rank in self._problem.request_rank})
        for rank in ranks:
            if self._over():
                break
            ledger = Ledger(relaxation, self._problem.request_rank <= rank)
            self._charge_singletons(ledger, rank)
            self._charge_clusters(ledger, rank)
        return self._bound

    def _charge_singletons(self, ledger: Ledger, rank: int) -> None:
        current: tuple[Charge, ...] = ()

        def report(charges: tuple[Charge, ...]) -> None:
            nonlocal current
            if ledger.replace(current, charges):
                current = charges
                self._raise(ledger, rank)

        Singletons(self._problem, ledger.free()).charge(self._over, report)

    def _charge_clusters(self, ledger: Ledger, rank: int) -> None:
        clusters = Clusters(self._problem, self._over)
        for seed in clusters.seeds(self._incumbent, ledger.free()):
            free = ledger.free()
            if self._over():
                break
            charge = clusters.charge(seed, free) if free[seed] else None
            if charge is not None and ledger.replace((), (charge,)):
                self._raise(ledger, rank)

    def _raise(self, ledger: Ledger, rank: int) -> None:
        """Take over what a ledger proves for the requests up to a rank, if it is news."""
        unmet = [
            max(self._bound.unmet[r], ledger.total) if r >= rank else self._bound.unmet[r]
            for r in range(RANKS)
        ]
        if unmet == list(self._bound.unmet):
            return
        news = unmet[-1] > self._bound.total
        witnesses = ledger.witnesses() if news else self._bound.witnesses
        self._bound = Bound((unmet[0], unmet[1], unmet[2]), witnesses)
        self._on_bound(self._bound)

    def _over(self) -> bool:
        reached = self._incumbent is not None and int(np.sum(self._incumbent.seat < 0)) <= self._bound.total
        return reached or time.monotonic() > self._ends or self._asked_to_stop()
