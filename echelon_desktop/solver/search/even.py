"""
Phase 2: equal sections and spaced labs, missing no more than phase 1 did.

A calm turn of annealing evens out what phase 1 left, for each chain its own where that is as good. Where
sections stand decides how even they can be, so that warm turns follow, each from the most even schedule of
all chains: requests may be missed for a while, then they are met again as in phase 1. That leaves sections at
places as good for requests and others for balance; where no more is missed than before, it is evened out
calmly. At the end a linear programme seats everybody anew in the most even ones, and from there single
sections of uneven courses are put elsewhere (``shifts.py``) and what that gives up is met again.
"""

import math
from functools import partial

from echelon_desktop.solver.search import shifts
from echelon_desktop.solver.search.balance import even_out
from echelon_desktop.solver.search.chain import Chain
from echelon_desktop.solver.search.pace import Pace
from echelon_desktop.solver.search.seating import seats_can_be_even
from echelon_desktop.solver.search.shared import Schedule, Shared
from echelon_desktop.solver.search.split import lab_pairs

Range = tuple[float, float]
"""From and to which temperature a chain cools."""
CALM, WARM = (60.0, 1.0), (150.0, 60.0)
"""In costs; see ``COSTS``."""
CALM_MISSES, WARM_MISSES, MEET = (0.03, 0.0005), (0.7, 0.1), (0.6, 0.4)
"""In requests of usual weight, which settle in a warm turn before sizes do."""
WARM_PART, MEET_PART = 0.53, 0.27
"""Shares of a warm turn; the rest of it is calm."""
WARM_STEPS = 1000
"""Steps that a warm turn is worth for each (section, other slot) there is."""
CALM_SHARE = 0.15
END_SHARE, SHORT_S = 0.5, 1.0
"""What seating everybody anew at the end and shifting takes of the phase, and how long that must be (s)."""
MOST_GIVEN_UP, WORTH = 5, 5
"""Requests that a shift may give up for a while, and by how much sizes must be more even for each."""
MET_AGAIN, MEETING_STEPS = (0.5, 0.3), 30
"""Temperatures at which they are met again, and for how many moves for each (section, other slot)."""
GRACE_S = 0.5
SHARE, MORE_SHARE, MUCH_S = 0.1, 0.15, 60.0
RATE_S = 0.1
STUDENTS = 50
MOVES_SHARE = 8


def share(time_limit_s: float) -> float:
    """Share of a time limit that is left to this phase: more of much time, in which requests gain little."""
    return SHARE + MORE_SHARE * min(1.0, time_limit_s / MUCH_S)


def plan(total: float, turn: float) -> tuple[float, float]:
    """
    Share out the phase.

    Parameters
    ----------
    total
        Time or steps there are.
    turn
        What a warm turn should take, in the same unit.

    Returns
    -------
    tuple of float
        What the calm turn takes, and each warm one: 0 where there is not time for half of one.
    """
    n = round(total / turn) if turn > 0 else 0
    calm = CALM_SHARE * total if n else total
    return calm, (total - calm) / n if n else 0.0


def even_sections(shared: Shared, chain: Chain, k: int) -> None:
    """Level sections, always; then anneal for balance with the time or moves that are left."""
    if k and not chain.compiled:
        return
    chain.begin(*shared.best_for(chain))
    _level(shared, chain)
    if shared.problem.goals and not shared.balanced:
        _wait_for_kernels(shared)
        _soften(shared, chain, k)
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
    schedule = chain.schedule()
    shared.offer(_rank(shared, chain.best, schedule), schedule)
    if _at_its_least(shared, chain):
        shared.balanced = True


def _soften(shared: Shared, chain: Chain, k: int) -> None:
    """Anneal for balance, in turns; then seat everybody anew in one of the most even schedules."""
    steps = WARM_STEPS * shared.board.n_places
    by_moves = shared.limits.moves is not None
    if shared.limits.moves is not None:
        total: float = shared.limits.moves // MOVES_SHARE // shared.limits.workers
        turn: float = steps
    else:
        left, begun = shared.left(), shared.elapsed()
        total = max(1.0, SHARE * begun) if left is None else left
        turn = steps / _rate(shared, chain)
    end = _end(shared, total)
    calm, warm = plan(total - end, turn)
    began = shared.elapsed()
    _calm(shared, chain, calm)
    left_over = total - end - calm
    while warm and left_over > 0.5 * warm and not _done(shared):
        took = _warm_turn(shared, chain, min(warm, left_over))
        left_over = left_over - took if by_moves else total - end - (shared.elapsed() - began)
    if end:
        _seat_evenly(shared, chain, k, end)


def _warm_turn(shared: Shared, chain: Chain, length: float) -> float:
    """From the most even schedule to another that is as good for requests; what it took of its length."""
    _begin_turn(shared, chain)
    warm, meet = WARM_PART * length, MEET_PART * length
    _cool(shared, chain, warm, WARM_MISSES, WARM)
    chain.forget_best()
    hot, cold = (shared.heat * temperature for temperature in MEET)
    _cool(shared, chain, meet, (hot, cold))
    if chain.best > shared.least_offered():
        return warm + meet
    chain.begin(*chain.schedule())
    _level(shared, chain)
    _calm(shared, chain, length - warm - meet)
    return length


def _calm(shared: Shared, chain: Chain, length: float) -> None:
    """Even out what the chain has; offer it levelled and not, since levelling may widen a course."""
    _cool(shared, chain, length, CALM_MISSES, CALM)
    chain.keep_if_better()
    _offer(shared, chain)
    chain.begin(*chain.schedule())
    _level(shared, chain)


def _end(shared: Shared, total: float) -> float:
    """What is left to seating everybody anew, of ``total`` s or moves; 0 where that is too little."""
    if not seats_can_be_even(shared.board):
        return 0.0
    if shared.limits.moves is not None:
        return END_SHARE * total
    return END_SHARE * total if total >= SHORT_S else 0.0


def _seat_evenly(shared: Shared, chain: Chain, k: int, length: float) -> None:
    """Seat everybody anew at once where the sections of the ``k``-th best schedule stand; then shift some."""
    if _done(shared):
        return
    began, offered = shared.elapsed(), shared.candidates()
    by_moves = shared.limits.moves is not None
    chain.begin(*offered[k % len(offered)])
    shifts.even_out(chain, shared.problem, shared.rest())
    _offer(shared, chain)
    moves = 2 * shifts.SETTLING_STEPS * shared.board.n_places
    shared.publish(chain, moves)
    while not _done(shared) and (moves < length if by_moves else shared.elapsed() - began < length):
        took = _shift(shared, chain, length - moves if by_moves else math.inf)
        if not took:
            break
        moves += took
        shared.publish(chain, took)


def _shift(shared: Shared, chain: Chain, most: float) -> int:
    """Go through with shifts of the best until one betters it; moves made, 0 where there are none."""
    before = chain.schedule()
    rank = _rank(shared, chain.best, before)
    problem, unit, steps = shared.problem, shared.board.unit, MEETING_STEPS * shared.board.n_places
    hot, cold = (shared.heat * temperature for temperature in MET_AGAIN)
    found = shifts.shifts(chain, problem, before, MOST_GIVEN_UP * unit, lambda: _done(shared))
    made = 0
    for shift in sorted(found, key=lambda shift: shift.change + WORTH * max(0, shift.given_up) / unit):
        if _done(shared) or made >= most:
            break
        chain.begin(shift.places, before[1])
        if chain.best > rank[0]:
            chain.hold(shift.section)
            made += chain.anneal(steps, hot, (cold / hot) ** (1 / steps), rank[0])
        if chain.best <= rank[0]:
            shifts.even_out(chain, problem, shared.rest())
            made += 2 * shifts.SETTLING_STEPS * shared.board.n_places
            if _rank(shared, chain.best, chain.schedule()) < rank:
                _offer(shared, chain)
                return made
    chain.begin(*before)
    chain.price_all()
    return made


def _rank(shared: Shared, missed: int, schedule: Schedule) -> tuple[int, ...]:
    """What is missed, then the goals in their order."""
    figures = {
        "spread": shifts.total_spread(shared.board, schedule),
        "labs": lab_pairs(shared.problem, schedule[0]),
    }
    return (missed, *(figures[goal] for goal in shared.problem.goals))


def _cool(shared: Shared, chain: Chain, length: float, misses: Range, costs: Range | None = None) -> None:
    """
    Let a chain cool over so many seconds, or moves where these are limited.

    For requests alone where no temperatures of costs are given.
    """
    pace, began, done = Pace(shared.warmup), shared.elapsed(), 0
    by_moves = shared.limits.moves is not None
    ranges = misses, costs or (1.0, 1.0)
    heats = _heats(ranges, 0.0)
    later = _heats(ranges, 1 / max(1, int(length)) if by_moves else 0.0)
    coolings = later[0] / heats[0], later[1] / heats[1]
    while not _done(shared) and (done < int(length) if by_moves else shared.elapsed() - began < length):
        if not by_moves:
            heats = _heats(ranges, (shared.elapsed() - began) / length)
        if costs is None:
            piece = partial(chain.anneal, temperature=heats[0], cooling=coolings[0], target=shared.target)
        else:
            piece = partial(chain.soften, temperatures=heats, coolings=coolings)
        moves = pace.run(piece, int(length) - done if by_moves else None)
        if moves == 0:
            break
        heats = chain.temperature, chain.cost_temperature
        done += moves
        shared.publish(chain, moves)
        if not by_moves and costs is not None and _at_its_least(shared, chain):
            chain.keep_if_better()
            shared.balanced = True


def _heats(ranges: tuple[Range, Range], share: float) -> tuple[float, float]:
    (hot, cold), (hot_costs, cold_costs) = ranges
    return hot * (cold / hot) ** share, hot_costs * (cold_costs / hot_costs) ** share


def _done(shared: Shared) -> bool:
    return shared.over() or shared.balanced


def _rate(shared: Shared, chain: Chain) -> float:
    """Steps a second, by trying."""
    pace, steps, began = Pace(shared.warmup), 0, shared.elapsed()
    calm = partial(chain.soften, temperatures=(CALM_MISSES[0], CALM[0]), coolings=(1.0, 1.0))
    while not shared.over() and shared.elapsed() - began < RATE_S:
        steps += pace.run(calm)
    shared.publish(chain, steps)
    return max(1.0, steps / max(1e-6, shared.elapsed() - began))


def _begin_turn(shared: Shared, chain: Chain) -> None:
    chain.begin(*shared.candidates()[0])
    chain.price_all()


def _at_its_least(shared: Shared, chain: Chain) -> bool:
    """Whether the present schedule is as good as the best and none with its requests is more even."""
    goals = shared.problem.goals
    if chain.missed > chain.best:
        return False
    if "labs" in goals and lab_pairs(shared.problem, chain.pools()[0]):
        return False
    return "spread" not in goals or shifts.as_even_as_can_be(chain)
