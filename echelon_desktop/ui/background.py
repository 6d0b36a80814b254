"""Work that takes longer than a blink, off the window's thread, with its result delivered on it."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, Slot


class _Carrier(QObject):
    done = Signal(object)
    failed = Signal(object)


class _Job(QRunnable):
    def __init__(self, work: Callable[[], Any], carrier: _Carrier) -> None:
        super().__init__()
        self.work, self.carrier = work, carrier

    @Slot()
    def run(self) -> None:
        try:
            result = self.work()
        except Exception as error:  # delivered to the caller, who knows whom to tell
            self.carrier.failed.emit(error)
        else:
            self.carrier.done.emit(result)


class Background(QObject):
    """
    Runs functions on a thread of its own, one after the other.

    One thread, so that jobs finish in the order in which they were started and none needs to think of
    another. ``idle`` is emitted whenever the last job has been delivered.
    """

    idle = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._running: dict[int, _Carrier] = {}

    @property
    def busy(self) -> bool:
        """Whether a job has not been delivered yet."""
        return bool(self._running)

    def run(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """
        Run ``work`` and call ``done`` with what it returns, on the thread that owns this object.

        An exception goes to ``failed``; without it, it is raised in the event loop, where the crash report
        takes it up.
        """
        carrier = _Carrier(self)
        number = id(carrier)
        self._running[number] = carrier

        def deliver(result: Any) -> None:
            if self._finish(number):
                done(result)

        def refuse(error: Exception) -> None:
            if not self._finish(number):
                return
            if failed is None:
                raise error
            failed(error)

        carrier.done.connect(deliver)
        carrier.failed.connect(refuse)
        self._pool.start(_Job(work, carrier))

    def wait(self) -> None:
        """Wait until no thread of it runs; results not delivered yet are dropped."""
        self._pool.clear()
        self._pool.waitForDone()
        for carrier in self._running.values():
            carrier.done.disconnect()
            carrier.failed.disconnect()
        self._running.clear()

    def _finish(self, number: int) -> bool:
        """Whether a result is still wanted: one that was on its way when all were dropped is not."""
        carrier = self._running.pop(number, None)
        if carrier is None:
            return False
        carrier.deleteLater()
        if not self._running:
            self.idle.emit()
        return True
