"""
Work that waits on the network, on threads that nobody waits for.

A request to a network that is gone takes half a minute to fail. The window must neither stand still meanwhile
nor, when it is closed, wait for it; so these threads are daemons, and what they do must be safe to lose.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import Any

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

Work = Callable[[], Any]
Deliver = Callable[[Any], None]
_Job = tuple[Work, Deliver, Callable[[Exception], None] | None]


def alive(owner: QObject, deliver: Deliver) -> Deliver:
    """
    Call a function only while a widget is there.

    What is asked of the network is answered when the page, or the dialog, that asked may be closed.
    """

    def deliver_if_there(result: Any) -> None:
        if isValid(owner):
            deliver(result)

    return deliver_if_there


class Courier(QObject):
    """
    Runs functions in lanes: one after the other within a lane, beside each other in different ones.

    ``idle`` follows the delivery of the last job.
    """

    idle = Signal()
    _returned = Signal(object, object, object)  # job, result, error

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lanes: dict[str, SimpleQueue[_Job | None]] = {}
        self._threads: list[threading.Thread] = []
        self._shut = threading.Event()
        self._out = 0
        self._returned.connect(self._deliver)

    @property
    def busy(self) -> bool:
        """Whether a job has not been delivered yet."""
        return self._out > 0

    def run(
        self, lane: str, work: Work, done: Deliver, failed: Callable[[Exception], None] | None = None
    ) -> None:
        """
        Run ``work`` and hand what it returns to ``done``, on the thread that owns this object.

        An exception goes to ``failed``; without it, it is raised in the event loop.
        """
        if self._shut.is_set():
            return
        self._out += 1
        self._lane(lane).put((work, done, failed))

    def shut(self, patience_s: float = 0.5) -> None:
        """Deliver nothing any more; threads that are at work are left behind after ``patience_s`` in all."""
        self._shut.set()
        for queue in self._lanes.values():
            queue.put(None)
        for thread in self._threads:
            thread.join(patience_s / len(self._threads))
        self._lanes.clear()
        self._threads.clear()

    def _lane(self, name: str) -> "SimpleQueue[_Job | None]":
        if name not in self._lanes:
            queue = self._lanes[name] = SimpleQueue()
            thread = threading.Thread(target=self._work, args=(queue,), name=f"remote {name}", daemon=True)
            self._threads.append(thread)
            thread.start()
        return self._lanes[name]

    def _work(self, queue: "SimpleQueue[_Job | None]") -> None:
        while not self._shut.is_set() and (job := queue.get()) is not None:
            result, error = None, None
            try:
                result = job[0]()
            except Exception as raised:  # delivered to the caller, who knows whom to tell
                error = raised
            if self._shut.is_set():
                return
            with suppress(RuntimeError):  # the window, and this object with it, went away a moment ago
                self._returned.emit(job, result, error)

    def _deliver(self, job: _Job, result: Any, error: Exception | None) -> None:
        if self._shut.is_set():
            return
        self._out -= 1
        _, done, failed = job
        try:
            if error is None:
                done(result)
            elif failed is not None:
                failed(error)
            else:
                raise error
        finally:
            if not self._out:
                self.idle.emit()
