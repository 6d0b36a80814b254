"""Asks the engine what one more section of each course with unmet requests would do."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from echelon_desktop.errors import EchelonError
from echelon_desktop.model.demand import read_demand
from echelon_desktop.solver.deltas.row import Move
from echelon_desktop.solver.one_more import OneMore, with_one_more
from echelon_desktop.ui.engine.client import READY
from echelon_desktop.ui.schedule.timetable import Timetable
from echelon_desktop.ui.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Gain:
    """What one more section would change: unmet requests, whether that is exact, and where it would meet."""

    unmet: int
    exact: bool
    periods: tuple[str, ...]

    @property
    def words(self) -> str:
        """In the signs of the board; the period only where there is something to gain."""
        sign = "=" if self.exact else "≈"
        if self.unmet >= 0:
            return f"{sign} ±0"
        return f"{sign} \N{MINUS SIGN}{-self.unmet:,} in {'+'.join(self.periods)}"


class OneMoreSection(QObject):
    """
    What is known of one more section, course by course; ``changed`` follows each answer.

    Nothing is asked while the engine is off.
    """

    changed = Signal()

    def __init__(self, workspace: Workspace, parent: QObject) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.gains: dict[str, Gain] = {}
        self._timetable: Timetable | None = None
        self._begun: Timetable | None = None  # whose answers are there or on their way
        self._question: int | None = None
        workspace.engine.state_changed.connect(self._look)

    def look(self, timetable: Timetable) -> None:
        """Find out about another state of the schedule."""
        self._timetable, self.gains = timetable, {}
        self._look()

    def _look(self) -> None:
        timetable, document = self._timetable, self.workspace.document
        engine = self.workspace.engine
        if engine.state != READY:
            self._begun = None  # an engine that has ended answers no more
            return
        if timetable is None or timetable is self._begun:
            return
        self._begun = timetable
        if self._question is not None:
            engine.forget(self._question)
        school, rules, schedule = document.school, document.rules, document.schedule()
        revision = document.revision
        courses = dict.fromkeys(each.course for each in timetable.unmet)

        def lay_out() -> tuple[OneMore, bytes]:
            demand = read_demand(school)
            laid_out = with_one_more(school, rules, schedule, [demand[course] for course in courses])
            return laid_out, laid_out.problem.to_bytes()

        def ask(answer: tuple[OneMore, bytes]) -> None:
            laid_out, problem = answer
            if timetable is self._begun and engine.state == READY:
                course_of = {section: course for course, section in laid_out.sections.items()}
                self._question = engine.ask_apart(
                    "one more",
                    *(problem, laid_out.solution, tuple(course_of)),
                    answer=lambda found: self._take(laid_out, course_of[found[0]], found[1]),
                )

        def failed(error: Exception) -> None:
            # Rows that came and went while they were read are read again; too large a school has no answer.
            if revision == document.revision and not isinstance(error, EchelonError):
                raise error

        self.workspace.background.run(lay_out, ask, failed)

    def _take(self, laid_out: OneMore, course: str, move: Move | None) -> None:
        if move is not None:
            choice = laid_out.keys.choices[next(iter(move.choices.values()))]
            self.gains[course] = Gain(move.unmet, move.exact > 0, choice.periods)
            self.changed.emit()
