"""
Talks to the engine: starts it, sends jobs and questions, turns replies into signals, mends a death.

A thread waits at the pipe and hands each reply to the window's thread, so that nothing is polled and a dead
engine (the pipe ends) is noticed at once.
"""

import multiprocessing
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from PySide6.QtCore import QObject, Signal

from echelon_desktop.solver import protocol as p
from echelon_desktop.solver.engine import serve
from echelon_desktop.solver.problem import Problem, Solution
from echelon_desktop.solver.result import Params, Progress

QUIT_S = 2.0
MOST_RESTARTS = 3  # without a job finished in between; then it waits to be asked

OFF, STARTING, READY, DOWN = "off", "starting", "ready", "down"


class Job(QObject):
    """
    A solve that was asked for. Exactly one of ``succeeded``, ``failed`` and ``died`` ends it.

    ``succeeded`` carries a :class:`~echelon_desktop.solver.solve.Run`, ``failed`` the traceback of a mistake
    in the engine; ``died`` says that the engine's process ended.
    """

    progressed = Signal(object)  # Progress
    succeeded = Signal(object)
    failed = Signal(str)
    died = Signal()

    def __init__(self, number: int, stop: Callable[[int], None], parent: QObject) -> None:
        super().__init__(parent)
        self.number = number
        self._stop = stop
        self.progress: Progress | None = None

    def stop(self) -> None:
        """Ask it to end now and keep its best; ``succeeded`` follows."""
        self._stop(self.number)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question on its way: the number of the situation it is about, or None, and who hears the answer."""

    situation: int | None
    answer: Callable[[Any], None]
    done: Callable[[], None]


class EngineClient(QObject):
    """
    The solver beside the window.

    ``state`` is "off", "starting", "ready" or "down" (it died too often and waits for :meth:`start`).
    """

    state_changed = Signal()
    _received = Signal(int, object)  # generation of the process, reply (None: the pipe ended)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = OFF
        self._generation = 0
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection[Any, Any] | None = None
        self._reader: threading.Thread | None = None
        self._job: Job | None = None
        self._number = 0
        self._situation: p.Situation | None = None
        self._asked: dict[int, _Asked] = {}
        self._restarts = 0
        self._received.connect(self._on_received)

    @property
    def solving(self) -> bool:
        """Whether a job runs."""
        return self._job is not None

    @property
    def job(self) -> Job | None:
        """The job that runs."""
        return self._job

    @property
    def words(self) -> str:
        """The state in words for the status bar."""
        if self._job is not None:
            return "Solving…"
        return {OFF: "", STARTING: "Solver is starting…", READY: "Solver ready", DOWN: "Solver stopped"}[
            self.state
        ]

    @property
    def pid(self) -> int | None:
        """Process id of the engine, None when there is none."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Start the process, unless it runs."""
        if self._process is not None:
            return
        self._generation += 1
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs,), name="echelon engine", daemon=True)
        self._process.start()
        theirs.close()  # or a dead engine would not end the pipe
        self._reader = threading.Thread(target=self._read, args=(self._pipe, self._generation), daemon=True)
        self._reader.start()
        self._set_state(STARTING)
        if self._situation is not None:
            self._send(self._situation)

    def shut(self) -> None:
        """End the process and its reader; answers and jobs that run are dropped."""
        process, reader, pipe = self._process, self._reader, self._pipe
        if process is None or reader is None or pipe is None:
            return
        self._generation += 1
        self._send(p.Quit())
        process.join(QUIT_S)
        if process.is_alive():
            process.terminate()
            process.join(QUIT_S)
        if process.is_alive():
            process.kill()
            process.join()
        reader.join()
        pipe.close()
        process.close()
        self._process = self._reader = self._pipe = None
        self._job = None
        self._asked.clear()
        self._set_state(OFF)

    def solve(self, problem: Problem, params: Params, start: Solution | None = None) -> Job:
        """
        Start a solve; RuntimeError when one runs.

        Connect to the job's signals before returning to the event loop.
        """
        if self._job is not None:
            raise RuntimeError("A solve is running.")
        self.start()
        self._number += 1
        self._job = Job(self._number, lambda number: self._send(p.StopSolve(number)), self)
        self._send(p.StartSolve(self._number, problem.to_bytes(), params, start))
        self.state_changed.emit()
        return self._job

    def set_situation(self, problem: Problem, solution: Solution) -> None:
        """Say what questions are about from now on; only those about the situation before are dropped."""
        number = self._situation.number + 1 if self._situation else 1
        self._situation = p.Situation(number, problem.to_bytes(), solution)
        self._asked = {n: asked for n, asked in self._asked.items() if asked.situation is None}
        self.start()
        self._send(self._situation)

    def ask(
        self,
        name: str,
        *arguments: Any,
        answer: Callable[[Any], None],
        done: Callable[[], None] = lambda: None,
    ) -> int:
        """
        Ask a question about the situation.

        ``answer`` is called with each part of the answer as it comes, ``done`` after the last. Returns a
        number for :meth:`forget`.
        """
        if self._situation is None:
            raise RuntimeError("There is no situation to ask about.")
        return self._ask(self._situation.number, name, arguments, answer, done)

    def ask_apart(
        self,
        name: str,
        *arguments: Any,
        answer: Callable[[Any], None],
        done: Callable[[], None] = lambda: None,
    ) -> int:
        """Ask a question that is about no situation; as :meth:`ask` otherwise."""
        self.start()
        return self._ask(None, name, arguments, answer, done)

    def forget(self, number: int) -> None:
        """Drop what is still to come of an answer."""
        if self._asked.pop(number, None) is not None:
            self._send(p.Forget(number))

    def _ask(
        self,
        situation: int | None,
        name: str,
        arguments: tuple[Any, ...],
        answer: Callable[[Any], None],
        done: Callable[[], None],
    ) -> int:
        self._number += 1
        self._asked[self._number] = _Asked(situation, answer, done)
        self._send(p.Question(self._number, situation, name, arguments))
        return self._number

    def _send(self, request: p.Request) -> None:
        if self._pipe is not None:
            with suppress(OSError):  # it has died; the reader is about to say so
                self._pipe.send(request)

    def _read(self, pipe: "Connection[Any, Any]", generation: int) -> None:
        while True:
            try:
                reply = pipe.recv()
            except (EOFError, OSError):
                reply = None
            self._received.emit(generation, reply)
            if reply is None:
                return

    def _on_received(self, generation: int, reply: p.Reply | None) -> None:
        if generation != self._generation:
            return
        job = self._job
        if reply is None:
            self._on_death()
        elif isinstance(reply, p.Ready):
            self._set_state(READY)
        elif isinstance(reply, p.Told):
            if job is not None and reply.job == job.number:
                job.progress = reply.progress
                job.progressed.emit(reply.progress)
        elif isinstance(reply, p.Finished):
            self._restarts = 0
            self._end_job(lambda ended: ended.succeeded.emit(reply.run))
        elif isinstance(reply, p.Failed) and reply.job is not None:
            self._end_job(lambda ended: ended.failed.emit(reply.text))
        elif isinstance(reply, p.Answer | p.Failed):
            self._deliver(reply)

    def _deliver(self, reply: p.Answer | p.Failed) -> None:
        asked = self._asked.get(reply.number or 0)
        if asked is None:
            return
        if isinstance(reply, p.Answer) and not reply.last:
            asked.answer(reply.value)
            return
        del self._asked[reply.number or 0]
        failed = reply.text if isinstance(reply, p.Failed) else ""
        if failed:
            raise RuntimeError(f"The engine could not answer:\n{failed}")
        asked.done()

    def _end_job(self, tell: Callable[[Job], None]) -> None:
        job, self._job = self._job, None
        self.state_changed.emit()
        if job is not None:
            tell(job)
            job.deleteLater()

    def _on_death(self) -> None:
        """Clear up after an engine that ended by itself, and start another one."""
        if self._process is not None and self._pipe is not None and self._reader is not None:
            self._process.join()
            self._reader.join()
            self._process.close()
            self._pipe.close()
        self._process = self._reader = self._pipe = None
        self._asked.clear()
        self._restarts += 1
        self._set_state(DOWN)
        self._end_job(lambda job: job.died.emit())
        if self._restarts <= MOST_RESTARTS:
            self.start()

    def _set_state(self, state: str) -> None:
        self.state = state
        self.state_changed.emit()
