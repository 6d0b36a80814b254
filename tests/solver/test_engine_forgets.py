"""The engine's own bookkeeping, without a process: what is forgotten."""

from collections.abc import Iterator

from echelon_desktop.solver import protocol as p
from echelon_desktop.solver.engine import _Engine


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
