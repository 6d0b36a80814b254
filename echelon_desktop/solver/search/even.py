"""
Phase 2: equal sections and spaced labs, missing no more than phase 1 did.

A calm turn of annealing evens out what phase 1 left. Warm ones then let requests be missed for a while, so
that sections find other places; each starts from the most even schedule of all chains.
"""

from collections.abc import Iterator
from functools import partial
from itertools import cycle, islice

import numpy as np

from echelon_desktop.solver.search.balance import even_out
from echelon_desktop.solver.search.chain import Chain
from echelon_desktop.solver.search.pace import Pace
from echelon_desktop.solver.search.shared import Shared
from echelon_desktop.solver.search.split import lab_pairs

CALM, COLD = 60.0, 1.0
WARM = (700.0, 1000.0)
"""Temperatures in costs; see ``COSTS`` and ``MISS_COST``."""
WARM_STEPS = 2000
"""Steps of a warm turn for each (section, other slot) there is."""
CALM_SHARE = 0.15
GRACE_S = 0.5
SHARE, MORE_SHARE, MUCH_S = 0.1, 0.15, 60.0
RATE_S = 0.1
STUDENTS = 50
MOVES_SHARE = 8


def share(time_limit_s: float) -> float:
    """Share of a time limit that is left to this phase: more of much time, in which requests gain little."""
    return SHARE + MORE_SHARE * min(1.0, time_limit_s / MUCH_S)


def turns(total: float, warm: float) -> Iterator[tuple[float, float]]:
    """
    Plan a chain's annealings: where each starts (costs) and how long it takes.

    Parameters
    ----------
    total
        Time or steps there are.
    warm
        What a warm turn should take, in the same unit. Too little time for half of one is all spent calmly.
    """
    n = round(total / warm) if warm > 0 else 0
    calm = CALM_SHARE * total if n else total
    yield CALM, calm
    for hot in islice(cycle(WARM), n):
        yield hot, (total - calm) / n


def even_sections(shared: Shared, chain: Chain, k: int) -> None:
    """Level sections, always; then anneal for balance with the time or moves that are left."""
    if k and not chain.compiled:
        return
    chain.begin(*shared.best_for(chain, keep_own=False))
    _level(shared, chain)
    if shared.problem.goals and not shared.balanced:
        _wait_for_kernels(shared)
        if shared.limits.moves is None:
            _soften_timed(shared, chain)
        else:
            _soften_counted(shared, chain, shared.limits.moves // MOVES_SHARE // shared.limits.workers)
    shared.publish(chain, 0)


def _wait_for_kernels(shared: Shared) -> None:
    """Interpreted, annealing for balance achieves nothing that would be worth slowing down the compiler."""
    while not (shared.warmup.ready(even_out) or shared.warmup.over or shared.over()):
        shared.warmup.wait(0.05)


def _level(shared: Shared, chain: Chain) -> None:
    """Sweep over students until nobody changes; begun even when time is up, and then soon ended."""
    n_students, pace = shared.problem.n_students, Pace(shared.warmup)
    began = shared.elapsed()
    changed = 1
    while changed:
        changed = first = 0
        while first < n_students:
            last = min(n_students, first + (n_students if chain.compiled else STUDENTS))
            changed += chain.level(first, last)
            first = last
            if shared.over() and shared.elapsed() - began > GRACE_S:
                changed, first = 0, n_students
            pace.give_way(chain.compiled)
    chain.price_all()
    _offer(shared, chain)


def _offer(shared: Shared, chain: Chain) -> None:
    """Let the other chains and the end of the search have the best of this one."""
    shared.offer(chain.best, chain.least, chain.schedule())
    if _at_its_least(shared, chain):
        shared.balanced = True


def _soften_timed(shared: Shared, chain: Chain) -> None:
    begin = shared.elapsed()
    length = shared.left()
    if length is None:
        length = max(1.0, SHARE * begin)
    warm = WARM_STEPS * shared.board.n_places / _rate(shared, chain)
    for hot, seconds in turns(length, warm):
        if shared.over() or shared.balanced:
            break
        _turn(shared, chain)
        pace, began = Pace(shared.warmup), shared.elapsed()
        while not shared.over() and not shared.balanced and shared.elapsed() - began < seconds:
            heat = hot * (COLD / hot) ** ((shared.elapsed() - began) / seconds)
            shared.publish(chain, pace.run(partial(chain.soften, temperature=heat, cooling=1.0)))
            if _at_its_least(shared, chain):
                chain.keep_if_better()
                shared.balanced = True
        _end_turn(shared, chain)


def _soften_counted(shared: Shared, chain: Chain, steps: int) -> None:
    for hot, length in turns(steps, WARM_STEPS * shared.board.n_places):
        _turn(shared, chain)
        n, done, heat, pace = int(length), 0, hot, Pace(shared.warmup)
        cooling = (COLD / hot) ** (1 / max(1, n))
        while done < n and not shared.over():
            moves = pace.run(partial(chain.soften, temperature=heat, cooling=cooling), n - done)
            heat = chain.temperature
            done += moves
            shared.publish(chain, moves)
        _end_turn(shared, chain)


def _rate(shared: Shared, chain: Chain) -> float:
    """Steps a second, by trying."""
    pace, steps, began = Pace(shared.warmup), 0, shared.elapsed()
    while not shared.over() and shared.elapsed() - began < RATE_S:
        steps += pace.run(partial(chain.soften, temperature=CALM, cooling=1.0))
    shared.publish(chain, steps)
    return max(1.0, steps / max(1e-6, shared.elapsed() - began))


def _turn(shared: Shared, chain: Chain) -> None:
    chain.begin(*shared.evenest())
    chain.price_all()


def _end_turn(shared: Shared, chain: Chain) -> None:
    """Offer what the turn came to, levelled and not: levelling may widen a course to narrow others."""
    chain.keep_if_better()
    _offer(shared, chain)
    chain.begin(*chain.schedule())
    _level(shared, chain)


def _at_its_least(shared: Shared, chain: Chain) -> bool:
    """Whether the present schedule is as good as the best and none with its requests is more even."""
    section_slot, load, sections = chain.pools()
    problem = shared.problem
    if chain.missed > chain.best:
        return False
    if "labs" in problem.goals and lab_pairs(problem, section_slot):
        return False
    if "spread" not in problem.goals:
        return True
    offered = sections.sum(axis=1) > 0
    load, sections = load[offered], sections[offered]
    least = int(np.count_nonzero(load.sum(axis=1) % sections.sum(axis=1)))
    some = sections > 0
    per_section = np.where(some, sections, 1)
    largest = np.where(some, -(-load // per_section), 0).max(axis=1, initial=0)
    smallest = np.where(some, load // per_section, np.iinfo(np.int64).max)
    return int((largest - smallest.min(axis=1, initial=np.iinfo(np.int64).max)).sum()) <= least
