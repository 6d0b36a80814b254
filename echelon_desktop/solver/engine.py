"""
The engine: a process beside the window that holds numba and OR-Tools and never makes the window wait.

It reads requests from a pipe, solves on one thread and answers questions on another, so that what a drop
would cost is told while a solve runs. When the pipe ends, the window is gone, and so is the engine.
"""

import contextlib
import hashlib
import os
import queue
import sys
import threading
import traceback
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from echelon_desktop.solver import protocol as p

if TYPE_CHECKING:
    from echelon_desktop.solver.bounds import Bound

NICENESS = 10
BELOW_NORMAL = 0x4000  # Windows' BELOW_NORMAL_PRIORITY_CLASS


def serve(pipe: "Connection[Any, Any]") -> None:
    """Run an engine on this end of a duplex pipe until it is told to quit or the pipe ends."""
    _give_way()
    _Engine(pipe).run()


class _Engine:
    def __init__(self, pipe: "Connection[Any, Any]") -> None:
        self.pipe = pipe
        self.sending = threading.Lock()
        self.jobs: queue.SimpleQueue[p.StartSolve] = queue.SimpleQueue()
        self.questions: queue.SimpleQueue[p.Situation | p.Question] = queue.SimpleQueue()
        self.stopped: set[int] = set()
        self.forgotten: set[int] = set()
        self.situation = 0  # the newest one received
        self.bounds: dict[bytes, Bound] = {}  # proven of problems solved before, by their digest

    def run(self) -> None:
        self.send(p.Hello(p.VERSION))
        for work in (self.solve_jobs, self.answer_questions):
            threading.Thread(target=_or_die, args=(work,), daemon=True).start()
        with contextlib.suppress(EOFError, OSError):
            while not isinstance(request := self.pipe.recv(), p.Quit):
                self.take(request)
        # Threads may sit in compiled code that nothing interrupts; nobody is left to hear from them.
        os._exit(0)

    def take(self, request: Any) -> None:
        if isinstance(request, p.StartSolve):
            self.jobs.put(request)
        elif isinstance(request, p.StopSolve):
            self.stopped.add(request.job)
        elif isinstance(request, p.Forget):
            self.forgotten.add(request.number)
        else:
            if isinstance(request, p.Situation):
                self.situation = request.number
            self.questions.put(request)

    def send(self, reply: p.Reply) -> None:
        with self.sending, contextlib.suppress(OSError):
            self.pipe.send(reply)

    def solve_jobs(self) -> None:
        import echelon_desktop.solver.solve  # noqa: F401  # what takes its time to load

        self.send(p.Ready())
        while True:
            self.solve_job(self.jobs.get())

    def solve_job(self, job: p.StartSolve) -> None:
        """Solve a problem, from what was proven of it when it was solved before."""
        from echelon_desktop.solver.problem import Problem
        from echelon_desktop.solver.solve import solve_problem

        digest = hashlib.sha256(job.problem).digest()
        try:
            run = solve_problem(
                Problem.from_bytes(job.problem),
                job.params,
                start=job.start,
                known=self.bounds.get(digest),
                on_progress=lambda progress: self.send(p.Told(job.job, progress)),
                should_stop=lambda: job.job in self.stopped,
            )
        except Exception:
            self.send(p.Failed(traceback.format_exc(), job=job.job))
        else:
            self.bounds[digest] = run.bound
            self.send(p.Finished(job.job, run))

    def answer_questions(self) -> None:
        from echelon_desktop.solver.deltas.row import Deltas, warmup
        from echelon_desktop.solver.problem import Problem
        from echelon_desktop.solver.questions import QUESTIONS

        known = -1
        deltas: Deltas | None = None
        trouble = ""
        compiling = warmup()
        while True:
            request = self.questions.get()
            if isinstance(request, p.Situation):
                known, deltas, trouble = request.number, None, ""
                try:
                    deltas = Deltas(Problem.from_bytes(request.problem), request.solution, compiling)
                except Exception:  # told to whoever asks about it
                    trouble = traceback.format_exc()
                continue
            if request.number in self.forgotten:
                continue
            about: tuple[Any, ...] = ()
            if request.situation is not None:
                if request.situation != known or known != self.situation:
                    continue  # about a state of the school that is no more
                if trouble:
                    self.send(p.Failed(trouble, number=request.number))
                    continue
                about = (deltas,)
            try:
                answers: Iterable[Any] = QUESTIONS[request.name](*about, *request.arguments)
                self.send_parts(request, answers)
            except Exception:
                self.send(p.Failed(traceback.format_exc(), number=request.number))

    def send_parts(self, question: p.Question, answers: Iterable[Any]) -> None:
        """Send the parts of an answer as they come, unless nobody waits for them any more."""
        for part in answers:
            if question.situation not in {None, self.situation} or question.number in self.forgotten:
                return
            self.send(p.Answer(question.number, question.situation, part, last=False))
        self.send(p.Answer(question.number, question.situation, None))


def _or_die(work: Callable[[], None]) -> None:
    """Run a thread's work; if it fails, end the process, which the window notices and mends."""
    try:
        work()
    except Exception:
        traceback.print_exc()
        os._exit(1)


def _give_way() -> None:
    """Let the window go first when both want a core."""
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            import ctypes

            kernel = ctypes.windll.kernel32
            kernel.SetPriorityClass(kernel.GetCurrentProcess(), BELOW_NORMAL)
        else:
            os.nice(NICENESS)
