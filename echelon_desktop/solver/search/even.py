"""Phase 2: equal sections and spaced labs, missing no more than phase 1 did."""

from functools import partial

import numpy as np

from echelon_desktop.solver.search.balance import even_out
from echelon_desktop.solver.search.chain import Chain
from echelon_desktop.solver.search.pace import Pace
from echelon_desktop.solver.search.shared import Shared
from echelon_desktop.solver.search.split import lab_pairs

HOT, COLD = 60.0, 1.0
"""Temperatures in costs; see ``COSTS``."""
GRACE_S = 0.5
SHARE = 0.1
"""Of the whole time, where there is a limit; of the moves besides, where those are limited: an eighth."""
STUDENTS = 50
MOVES_SHARE = 8


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
        chain.keep_if_better()
        shared.offer(chain.schedule())
        chain.begin(*chain.schedule())
        _level(shared, chain)
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
    shared.offer(chain.schedule())
    if _at_its_least(shared, chain):
        shared.balanced = True


def _soften_timed(shared: Shared, chain: Chain) -> None:
    begin, pace = shared.elapsed(), Pace(shared.warmup)
    length = shared.left()
    if length is None:
        length = max(1.0, SHARE * begin)
    while not shared.over() and not shared.balanced:
        share = (shared.elapsed() - begin) / max(1e-6, length)
        if share >= 1:
            break
        heat = HOT * (COLD / HOT) ** share
        shared.publish(chain, pace.run(partial(chain.soften, temperature=heat, cooling=1.0)))
        if _at_its_least(shared, chain):
            chain.price_all()
            shared.balanced = True


def _soften_counted(shared: Shared, chain: Chain, steps: int) -> None:
    cooling = (COLD / HOT) ** (1 / max(1, steps))
    heat, done, pace = HOT, 0, Pace(shared.warmup)
    while done < steps and not shared.over():
        n = pace.run(partial(chain.soften, temperature=heat, cooling=cooling), steps - done)
        heat = chain.temperature
        done += n
        shared.publish(chain, n)


def _at_its_least(shared: Shared, chain: Chain) -> bool:
    """Whether no schedule that meets as many requests of each course is balanced better."""
    section_slot, load, sections = chain.pools()
    problem = shared.problem
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
