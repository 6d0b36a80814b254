"""Asks the engine what more even sections would cost in unmet requests, and keeps what is chosen."""

from dataclasses import dataclass
from datetime import UTC, datetime

from PySide6.QtCore import QObject, Signal

from echelon_desktop.errors import EchelonError, UnsupportedError
from echelon_desktop.model.dataset import Schedule
from echelon_desktop.model.edits import adopt_schedule, new_scenario_id
from echelon_desktop.model.entities import Scenario
from echelon_desktop.solver.problem import Keys, Solution
from echelon_desktop.solver.schedules import schedule_of
from echelon_desktop.solver.trade_offs import TradeOff, laid_out
from echelon_desktop.solver.verify import verify
from echelon_desktop.ui.engine.client import DOWN
from echelon_desktop.ui.workspace import Workspace

ENDED = "The solver stopped. Look again."


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """The schedule that a question was about, and the keys of its answers."""

    revision: int
    scenario: str
    schedule: Schedule
    keys: Keys


class Trader(QObject):
    """
    The trade-offs found for the schedule on the screen, by unmet requests; ``changed`` follows each.

    ``trouble`` says why there are none.
    """

    changed = Signal()

    def __init__(self, workspace: Workspace, parent: QObject) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.found: dict[int, TradeOff] = {}
        self.looking = self.looked = False
        self.trouble = ""
        self._asked: _Asked | None = None
        self._question: int | None = None
        self._turn = 0
        workspace.engine.state_changed.connect(self._on_state)

    def forget(self) -> None:
        """Drop what was found, and a question on its way: the schedule is another one."""
        if self._question is not None:
            self.workspace.engine.forget(self._question)
        self.found, self.trouble, self._question = {}, "", None
        self.looking = self.looked = False
        self._turn += 1
        self.changed.emit()

    def look(self) -> None:
        """Look for trade-offs from the schedule on the screen."""
        self.forget()
        self.looking, turn = True, self._turn
        self.changed.emit()
        document = self.workspace.document
        school, rules, schedule = document.school, document.rules, document.schedule()
        revision, scenario = document.revision, document.scenario

        def lay_out() -> tuple[bytes, Keys, Solution]:
            problem, keys, solution = laid_out(school, rules, schedule)
            return problem.to_bytes(), keys, solution

        def ask(answer: tuple[bytes, Keys, Solution]) -> None:
            if turn != self._turn:
                return
            problem, keys, solution = answer
            self._asked = _Asked(revision, scenario, schedule, keys)
            self._question = self.workspace.engine.ask_apart(
                "trade-offs", problem, solution, answer=self._take, done=self._end
            )

        def failed(error: Exception) -> None:
            if not isinstance(error, EchelonError) and revision == document.revision:
                raise error
            if turn == self._turn:
                self._end(str(error))

        self.workspace.background.run(lay_out, ask, failed)

    def stop(self) -> None:
        """Look no further; what was found stays."""
        if self._question is not None:
            self.workspace.engine.forget(self._question)
        self._turn += 1
        self._end()

    def keep(self, unmet: int) -> None:
        """Make a scenario of the trade-off with so many unmet requests, once it is verified; it is shown."""
        asked, chosen, document = self._asked, self.found[unmet], self.workspace.document
        if asked is None:
            return
        school, rules = document.school, document.rules

        def read() -> Schedule:
            schedule = schedule_of(chosen.solution, asked.keys, school, asked.schedule)
            verdict = verify(school, rules, schedule, asked.schedule)
            if not verdict.ok:
                raise RuntimeError(f"A trade-off breaks rules: {verdict.violations[0].message}")
            return schedule

        def keep(schedule: Schedule) -> None:
            if (asked.revision, asked.scenario) != (document.revision, document.scenario):
                return  # the list is about to change
            before = document.dataset.scenarios[asked.scenario].name
            name = f"{before}, {chosen.unmet:,} unmet, spread {chosen.size_spread:,}"
            when = datetime.now(UTC).isoformat(timespec="seconds")
            scenario = Scenario(new_scenario_id(document.dataset), name, when)
            try:
                document.apply(adopt_schedule(document.dataset, scenario, schedule, f"New scenario {name}"))
            except EchelonError as error:
                self.workspace.notice.emit("bad", f"The scenario was not made. {error}")
                return
            document.show_scenario(scenario.id)
            self.workspace.notice.emit("good", f"Kept as the scenario “{name}”. Compare shows what differs.")

        def failed(error: Exception) -> None:
            # Rows that came and went while they were read: the list is about to change.
            if asked.revision == document.revision:
                raise error

        self.workspace.background.run(read, keep, failed)

    def _take(self, part: TradeOff | UnsupportedError) -> None:
        if isinstance(part, UnsupportedError):
            self.trouble = str(part)
        else:
            # A later one is more even: none that leaves as many unmet, or more, is worth a choice beside it.
            self.found = {unmet: each for unmet, each in self.found.items() if unmet < part.unmet}
            self.found[part.unmet] = part
        self.changed.emit()

    def _end(self, trouble: str = "") -> None:
        self.looking, self.looked, self._question = False, True, None
        self.trouble = trouble or self.trouble
        self.changed.emit()

    def _on_state(self) -> None:
        if self._question is not None and self.workspace.engine.state == DOWN:
            self._end(ENDED)  # an engine that has ended answers no more
