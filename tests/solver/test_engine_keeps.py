"""The engine's own bookkeeping, without a process: what is forgotten, and what is remembered."""

from collections.abc import Iterator

import pytest

from echelon_desktop.model.dataset import School
from echelon_desktop.model.entities import Course, CourseRequest, Period, RequestList, Section
from echelon_desktop.model.rules import preset_rules
from echelon_desktop.solver import protocol as p
from echelon_desktop.solver import solve
from echelon_desktop.solver.bounds import Bound
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.engine import _Engine
from echelon_desktop.solver.result import Params


class Pipe:
    """A pipe that keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[object] = []

    def send(self, message: object) -> None:
        self.sent.append(message)


def test_no_more_parts_follow_once_a_question_is_forgotten() -> None:
    pipe = Pipe()
    engine = _Engine(pipe)  # type: ignore[arg-type]
    engine.take(p.Situation(1, b"", None))

    def parts() -> Iterator[str]:
        yield "first"
        engine.take(p.Forget(7))
        yield "second"

    engine.send_parts(p.Question(7, 1, "moves"), parts())
    assert [answer.value for answer in pipe.sent] == ["first"]  # type: ignore[attr-defined]


def job(number: int, seats: int) -> p.StartSolve:
    """A student wants two courses that meet in the only period there is."""
    school = School(
        periods=[Period("R1")],
        courses=[Course("Go"), Course("Chess")],
        sections=[Section("G", "Go", seats=seats), Section("C", "Chess", seats=seats)],
        requests=[RequestList("Ana", (CourseRequest("Go"), CourseRequest("Chess")))],
    )
    problem, _ = compile_school(school, preset_rules("standard"))
    return p.StartSolve(number, problem.to_bytes(), Params(time_limit_s=5.0))


def test_what_was_proven_of_a_problem_is_known_when_it_is_solved_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known: list[Bound | None] = []
    solve_problem = solve.solve_problem

    def listen(*given: object, **words: object) -> object:
        known.append(words["known"])  # type: ignore[arg-type]
        return solve_problem(*given, **words)  # type: ignore[arg-type]

    monkeypatch.setattr(solve, "solve_problem", listen)
    pipe = Pipe()
    engine = _Engine(pipe)  # type: ignore[arg-type]
    for number, seats in enumerate((5, 6, 5), 1):
        engine.solve_job(job(number, seats))
    runs = [message.run for message in pipe.sent if isinstance(message, p.Finished)]
    assert [run.bound.total for run in runs] == [1, 1, 1]
    assert known == [None, None, runs[0].bound]  # other seats make another problem


def test_a_solve_begins_with_what_was_proven_before() -> None:
    problem, _ = compile_school(
        School(
            periods=[Period("R1"), Period("R2")],
            courses=[Course("Go"), Course("Chess")],
            sections=[Section("G", "Go", seats=1), Section("C", "Chess", seats=1)],
            requests=[RequestList("Ana", (CourseRequest("Go"), CourseRequest("Chess")))],
        ),
        preset_rules("standard"),
    )
    claimed = Bound((1, 1, 1))  # which is not true of this one, so that it can be told from the solve's own
    assert solve.solve_problem(problem, Params(time_limit_s=5.0), known=claimed).bound.total >= 1
    assert solve.solve_problem(problem, Params(time_limit_s=5.0)).bound.total == 0
