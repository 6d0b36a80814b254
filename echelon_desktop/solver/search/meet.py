"""Phase 1: as many requests met as possible, by annealings in turn, the first ones in a race."""

import random
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from echelon_desktop.solver.search.anneal import seek
from echelon_desktop.solver.search.chain import Chain
from echelon_desktop.solver.search.cooling import (
    ALONE,
    SOUNDED_RACES,
    USUAL,
    WARM,
    Cycle,
    cycles,
    fresh_moves,
)
from echelon_desktop.solver.search.found import Start
from echelon_desktop.solver.search.heats import Heats
from echelon_desktop.solver.search.pace import Pace
from echelon_desktop.solver.search.shared import Shared
from echelon_desktop.solver.search.start import place_sections

NEARLY = 2
"""Requests of usual weight by which a chain's own best may be worse than the best and still be kept."""
RATE_S = 0.1
SOUND_SHARE = 0.08
"""What the quick first annealing takes of the time, and where that has no limit, of a whole annealing."""


def meet_requests(shared: Shared, chain: Chain, k: int, placed: list[int], start: Start | None) -> None:
    """
    Search with the chain of number ``k`` until the phase is over or the bound is reached.

    Parameters
    ----------
    shared
        What all chains know.
    chain, k
        The chain and its number. Only chain 0 works while kernels are being compiled.
    placed
        A slot for every section.
    start
        The caller's schedule for chain 0, None to start from ``placed``.
    """
    limits = shared.limits
    chance = random.Random(f"{limits.seed}/{k}")
    if k == 0:
        _begin(shared, chain, placed, start)
    if limits.moves is None:
        _improve_while_compiling(shared, chain, k)
    if k:
        _begin_anew(shared, chain, chance, placed)
    heats = Heats(shared, chain)
    anew = partial(_begin_anew, shared, chain, chance, placed)
    for i, cycle in enumerate(_plan(shared, chain, heats)):
        if heats.over():
            break
        if not i and not k and start is not None:
            cycle = replace(cycle, begin=WARM[0], rounds=ALONE)
        if cycle.fresh:
            anew()
        else:
            chain.begin(*shared.best_for(chain, NEARLY if k else 0))
        heats.race(cycle, anew)
        _reseat(shared, chain)


def _begin(shared: Shared, chain: Chain, placed: list[int], start: Start | None) -> None:
    if start is None:
        chain.begin(placed, None)
    else:
        section = start.request_section[shared.board.order]
        seats = np.where(section >= 0, start.section_slot[section], -1)
        chain.begin(start.section_slot, seats)
    shared.publish(chain, 0)


def _begin_anew(shared: Shared, chain: Chain, chance: random.Random, placed: list[int]) -> None:
    _begin(shared, chain, place_sections(shared.problem, chance) or placed, None)


def _reseat(shared: Shared, chain: Chain) -> None:
    """Meet more requests where the sections of the chain's best stand; all at once where that may help."""
    chain.begin(*chain.schedule())
    chain.reseat(shared.rest() if shared.scarce else 0.0)
    shared.publish(chain, 0)


def _improve_while_compiling(shared: Shared, chain: Chain, k: int) -> None:
    """Use the time at a low temperature; the compiler gets half of it, and other chains wait."""
    pace, warmup = Pace(shared.warmup), shared.warmup
    while not (warmup.ready(seek) or warmup.over or shared.over() or shared.reached()):
        if k == 0:
            piece = partial(chain.anneal, temperature=USUAL.at(1.0), cooling=1.0, target=shared.target)
            shared.publish(chain, pace.run(piece))
        pace.give_way(compiled=False)


def _plan(shared: Shared, chain: Chain, heats: Heats) -> Iterator[Cycle]:
    """Annealings for the time or the moves there are, slow where a first quick one showed it to matter."""
    fresh: float = fresh_moves(shared.board.n_places)
    if heats.moves_left is None:
        fresh /= _rate(shared, chain)
    sounded = heats.sound(SOUND_SHARE * (_total(shared, heats) or fresh))
    total = _total(shared, heats)
    if sounded is None:
        return cycles(total, fresh, USUAL.times(shared.heat))
    return cycles(total, fresh, sounded.times(shared.limits.heat), races=SOUNDED_RACES)


def _total(shared: Shared, heats: Heats) -> float | None:
    """Time or moves that the chain has left, None for no limit."""
    return shared.left() if heats.moves_left is None else heats.moves_left


def _rate(shared: Shared, chain: Chain) -> float:
    """Moves a second at a middling temperature, by trying."""
    pace = Pace(shared.warmup)
    moves, began = 0, time.perf_counter()
    while not shared.over() and time.perf_counter() - began < RATE_S:
        piece = partial(chain.anneal, temperature=USUAL.at(WARM[0]), cooling=1.0, target=shared.target)
        moves += pace.run(piece)
        if shared.reached() or chain.best <= shared.target:
            break
    shared.publish(chain, moves)
    return max(1.0, moves / max(1e-6, time.perf_counter() - began))
