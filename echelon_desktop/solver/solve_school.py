"""Solves a school: compiled, placed, staffed where that is wanted, and verified before it is believed."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

from echelon_desktop.errors import ScheduleError
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.entities import Rule
from echelon_desktop.solver.assign.asked import Asked
from echelon_desktop.solver.assign.certain import nothing_above, whole_result
from echelon_desktop.solver.assign.complete import staff, staffing_limits
from echelon_desktop.solver.assign.shortage import Shortage
from echelon_desktop.solver.assign.turns import Turn, why_ended
from echelon_desktop.solver.bounds import Bound
from echelon_desktop.solver.compile import NO_SCHEDULE, compile_school
from echelon_desktop.solver.conflicts import Fact, find_conflict
from echelon_desktop.solver.problem import Keys, Problem
from echelon_desktop.solver.result import Params, Result, Status, StopReason
from echelon_desktop.solver.schedules import schedule_of, solution_of
from echelon_desktop.solver.solve import Run, solve_problem
from echelon_desktop.solver.telling import Listener
from echelon_desktop.solver.verify import Verdict, verify

FIRST_SHARE = 0.6  # of the time, for periods that mind what may stay without; else for those that do not
CONFLICT_S = 5.0  # at least, for the words of a conflict where the time is all but over


class Staffed(NamedTuple):
    """A whole schedule, with its verdict."""

    schedule: Schedule
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Solved:
    """
    A school's result in its own words.

    Parameters
    ----------
    result
        In the problem's numbers.
    bound
        On unmet requests, with its witnesses.
    certain
        Requests that certainly stay unmet.
    schedule, verdict
        None when there is no schedule; a schedule here has passed ``verify``.
    conflict
        When infeasible: a smallest set of facts that cannot hold together.
    keys
        What the numbers stand for.
    """

    result: Result
    bound: Bound
    certain: int
    schedule: Schedule | None
    verdict: Verdict | None
    conflict: tuple[Fact, ...]
    keys: Keys


def solve_school(
    school: School,
    rules: tuple[Rule, ...],
    params: Params,
    *,
    baseline: Schedule = NO_SCHEDULE,
    start: Schedule | None = None,
    on_progress: Listener = lambda progress: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Solved:
    """
    Solve a school.

    Parameters
    ----------
    school, rules
        The facts and what is wanted.
    params
        Time, threads, seed.
    baseline
        Its locks, forbidden places and pinned seats are kept.
    start
        A schedule to begin with; the result is not worse. One that does not fit the school is not used.
    on_progress
        Told several times a second at most, from any thread but never from two at once.
    should_stop
        Asked several times a second; the best so far is kept.

    Raises
    ------
    UnsupportedError
        If the school has more slots than can be solved.
    ScheduleError
        If what was found breaks a hard rule. That is a mistake of the solver; nothing is returned then.
    """
    began = time.monotonic()
    known = None
    if start is not None and (judged := verify(school, rules, start, baseline)).ok:
        known = Staffed(start, judged)
    best: Solved | None = None
    questions = Asked.of(school, rules, baseline)
    for number, asked in enumerate(questions):
        left = params.time_limit_s - (time.monotonic() - began)
        share = FIRST_SHARE if number + 1 < len(questions) else 1.0
        solved = _SchoolSolve(replace(params, time_limit_s=share * left), on_progress, should_stop).answer(
            asked, known
        )
        if best is None or _better(solved, best):
            best = solved
        if best.schedule is not None and (should_stop() or nothing_above(asked, best.result, best.verdict)):
            break
        if best.conflict and best.result.status is Status.INFEASIBLE:
            break
    assert best is not None
    # The result of a turn knows its own time and seed only.
    whole = replace(best.result, seconds=time.monotonic() - began, seed=params.seed)
    return replace(best, result=whole)


def _better(one: "Solved", other: "Solved") -> bool:
    if one.verdict is None or other.verdict is None:
        return other.verdict is None  # the first question asks for more than must be
    return one.verdict.score < other.verdict.score


class _SchoolSolve:
    """Answers one question about a school."""

    def __init__(self, params: Params, on_progress: Listener, should_stop: Callable[[], bool]) -> None:
        self.params, self.on_progress, self.should_stop = params, on_progress, should_stop
        self.began = time.monotonic()

    @property
    def left(self) -> float:
        return self.params.time_limit_s - (time.monotonic() - self.began)

    def answer(self, asked: Asked, known: Staffed | None) -> "Solved":
        """Find periods and seats, then teachers and rooms, then periods for those, and so on in turns."""
        best = known
        before = known.schedule if known is not None else asked.baseline
        answer: Solved | None = None
        free: Run | None = None
        shortage = Shortage(())
        turn: Turn | None = Turn.first(asked)
        while turn is not None:
            now = turn.asked
            problem, keys = compile_school(now.to_place(), now.rules, now.baseline, now.placing)
            run = self.place(problem, keys, best, turn)
            if free is None or (now.held is None and run.result.status is Status.OPTIMAL):
                free = run
            if run.result.solution is None:
                break
            schedule = schedule_of(run.result.solution, keys, now.school, asked.baseline)
            if not now.openings:
                return _judged(run, schedule, self.verdict(asked, schedule), keys)
            given = staff(now, schedule, staffing_limits(self.params, self.left, now), before)
            if given.schedule is None:
                shortage = given.shortage or shortage
                break
            found = Staffed(given.schedule, self.verdict(asked, given.schedule))
            bettered = found.verdict.ok and (best is None or found.verdict.score < best.verdict.score)
            if found.verdict.ok and (best is None or found.verdict.score <= best.verdict.score):
                best = found
            if best is not None:
                placed = (free.bound, free.result.levels)
                whole = Run(*whole_result(asked, run.result, placed, best.verdict))
                answer = _judged(whole, best.schedule, best.verdict, keys)
            if self.should_stop() or turn.is_last(self.params, self.left):
                break
            certain = None if answer is None else answer.result.status
            held = given.schedule if best is None else best.schedule
            turn = turn.following(given, run.result.status, certain, held, bettered)
        if answer is not None:
            reason = why_ended(answer.result, self.params, self.left, self.should_stop())
            return replace(answer, result=replace(answer.result, stop_reason=reason))
        assert free is not None
        if run.result.solution is None and run is free:
            facts = find_conflict(
                asked.school, asked.rules, asked.baseline, limit_s=max(CONFLICT_S, self.left)
            )
            return _without_schedule(run, keys, facts)
        result = replace(run.result, status=Status.NOTHING_FOUND, solution=None, levels=(), proven="")
        return _without_schedule(Run(result, free.bound), keys, shortage.facts, proven=shortage.anywhere)

    def place(self, problem: Problem, keys: Keys, known: Staffed | None, turn: Turn) -> Run:
        given = None if known is None else solution_of(known.schedule, problem, keys)
        params = replace(self.params, time_limit_s=self.left)
        if turn.asked.openings:
            params = turn.to_place(self.params, self.left)
        return solve_problem(
            problem, params, start=given, on_progress=self.on_progress, should_stop=self.should_stop
        )

    def verdict(self, asked: Asked, schedule: Schedule) -> Verdict:
        return verify(asked.school, asked.rules, schedule, asked.baseline)


def _without_schedule(run: "Run", keys: Keys, facts: tuple[Fact, ...], proven: bool = True) -> Solved:
    """No schedule, and why; ``proven`` when no other periods would help."""
    result = replace(run.result, conflict=tuple(fact.text for fact in facts))
    if facts and proven:
        result = replace(result, status=Status.INFEASIBLE, stop_reason=StopReason.PROVED)
    return Solved(result, run.bound, run.certain, None, None, facts, keys)


def _judged(run: "Run", schedule: Schedule, verdict: Verdict, keys: Keys) -> Solved:
    """The schedule if it passes; a mistake of the solver otherwise."""
    if not verdict.ok:
        broken = "\n".join(f"  - {v.message}" for v in verdict.violations[:10])
        raise ScheduleError(f"The schedule found breaks hard rules, and was not used:\n{broken}")
    if verdict.score != tuple(figure.value for figure in run.result.levels):
        raise ScheduleError("The figures of the schedule found do not agree with a recount; it was not used.")
    return Solved(run.result, run.bound, run.certain, schedule, verdict, (), keys)
