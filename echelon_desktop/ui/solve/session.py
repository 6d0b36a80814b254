"""One solve from the window: compile, run, check, adopt; whatever happens, it ends once and says how."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from echelon_desktop.errors import EchelonError, StoreError
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.edits import adopt_schedule, new_scenario_id
from echelon_desktop.model.entities import Scenario
from echelon_desktop.model.fitting import fitting_schedule
from echelon_desktop.model.store import Run
from echelon_desktop.model.tables import SCHOOL_TABLES
from echelon_desktop.solver.assign.turns import Turn, why_ended
from echelon_desktop.solver.problem import Solution
from echelon_desktop.solver.result import Params, Progress, Result, Status
from echelon_desktop.solver.scopes import Scope
from echelon_desktop.solver.verify import Verdict
from echelon_desktop.ui.engine.client import READY
from echelon_desktop.ui.messages import ask
from echelon_desktop.ui.solve.case import (
    Case,
    Order,
    asking,
    checked_schedule,
    compile_case,
    keeping,
    placed_schedule,
    turn_after,
    unfinished,
)
from echelon_desktop.ui.solve.changes import changes_in_words
from echelon_desktop.ui.solve.checkpoint import Checkpoint
from echelon_desktop.ui.solve.outcomes import Point, found_in_words, thinned
from echelon_desktop.ui.workspace import Workspace

if TYPE_CHECKING:
    from echelon_desktop.solver.assign.give import Given
    from echelon_desktop.solver.assign.shortage import Shortage
    from echelon_desktop.solver.solve import Run as SolverRun


NO_SCHEDULE = "No schedule keeps all hard rules. These cannot hold together:"


class Session(QObject):
    """
    Runs one order. ``ended`` comes exactly once, with a kind ("good", "doubt", "bad") and a sentence.

    Parameters
    ----------
    workspace
        Of the document that is solved.
    order
        What to solve.
    """

    progressed = Signal(object)  # Progress
    ended = Signal(str, str)

    def __init__(self, workspace: Workspace, order: Order, parent: QObject) -> None:
        super().__init__(parent)
        self.workspace, self.order = workspace, order
        self._part = order.scope.words_from(workspace.document.schedule())
        self.started = datetime.now(UTC).isoformat(timespec="seconds")
        self.stopping = False
        self._over = False
        self._took: float | None = None  # seconds, once a schedule was found
        self._case: Case | None = None
        self._last: Progress | None = None  # the last one that brought a schedule
        self.points: list[Point] = []
        self._checkpoint = Checkpoint(workspace, self._begun(), self)
        self.waiting = workspace.engine.state != READY  # for the engine's process to have started
        self._start_clock()
        workspace.engine.state_changed.connect(self._on_engine_state)

    def start(self) -> None:
        """Compile the school beside the window, then hand it to the engine."""
        document = self.workspace.document
        # The school may be edited meanwhile; what is found is judged by what was asked.
        school = School(**{spec.name: getattr(document.school, spec.name).values() for spec in SCHOOL_TABLES})
        tables = (school, document.rules, document.schedule(), document.revision)
        self.workspace.background.run(lambda: compile_case(self.order, *tables), self._solve, self._fail)

    @property
    def seconds(self) -> float:
        """How long it has been solving; an engine that has to start, and a user who is asked, take none."""
        if self._took is not None:
            return self._took
        return 0.0 if self.waiting else time.monotonic() - self._started

    def abandon(self) -> None:
        """End it now and hear no more of it: the document closes, and there is nobody left to tell."""
        self._over = True
        self._checkpoint.end(recorded=False)
        self.stop()

    def stop(self) -> None:
        """End it now and keep the best."""
        self.stopping = True
        job = self.workspace.engine.job
        if job is not None:
            job.stop()

    def _solve(self, case: Case) -> None:
        if self.stopping:
            self._end("doubt", "Stopped before it began.")
            return
        self._case = case
        params = self._left()
        if case.turn.asked.openings:
            params = case.turn.to_place(params, params.time_limit_s)
        self._turn_at = time.monotonic()
        job = self.workspace.engine.solve(case.problem, params, case.start)
        job.progressed.connect(self._on_progress)
        job.succeeded.connect(lambda run: self._check(case, run))
        job.failed.connect(lambda text: self._on_failed())
        job.died.connect(self._on_died)

    def _start_clock(self) -> None:
        """Begin to count; later, when a question was asked and when the engine's own clock started."""
        self._asked_at = self._turn_at = self._started = time.monotonic()

    def _on_engine_state(self) -> None:
        if self.waiting and self.workspace.engine.state == READY:
            self.waiting = False
            self._start_clock()

    def _left(self) -> Params:
        """The order's parameters with the time that is left of it."""
        params = self.order.params
        left = max(0.0, params.time_limit_s - (time.monotonic() - self._asked_at))
        return replace(params, time_limit_s=left)

    def _check(self, case: Case, run: "SolverRun") -> None:
        if self._over:
            return
        placed = case.placed
        if placed is None or (case.turn.asked.held is None and run.result.status is Status.OPTIMAL):
            placed = (run.result, run.bound)
        if run.result.solution is not None:
            self._finish(replace(case, placed=placed), run.result, run.certain, run.result.solution)
        elif case.later or case.kept is not None:
            self._next(case)
        else:
            self.workspace.engine.ask_apart(
                "conflict",
                case.confined,
                case.rules,
                case.baseline,
                answer=lambda facts: self._tell_nothing(run.result, tuple(fact.text for fact in facts)),
            )

    def _finish(self, case: Case, result: Result, certain: int, solution: Solution, lead: str = "") -> None:
        """Give out teachers and rooms where some are wanted, check the schedule, and keep it."""
        if not case.turn.asked.openings:
            self.workspace.background.run(
                lambda: checked_schedule(case, placed_schedule(case, solution)),
                lambda checked: self._adopt(case, result, certain, checked, lead),
                self._fail,
            )
            return

        def ask(schedule: Schedule) -> None:
            placed = case.placed or (result, None)
            self.workspace.engine.ask_apart(
                "staff",
                *(case.turn.asked, case.turn.origin, schedule, self._left(), case.before, placed),
                answer=lambda answer: self._on_staffed(case, result, lead, *answer),
            )

        self.workspace.background.run(lambda: placed_schedule(case, solution), ask, self._fail)

    def _on_staffed(
        self, case: Case, placed: Result, lead: str, given: "Given", whole: tuple[Result, int, bool] | None
    ) -> None:
        """Keep what was given out, and find periods for just that in another turn."""
        if self._over:
            return
        staffed = given.schedule
        if staffed is None:
            anywhere = given.shortage is not None and given.shortage.anywhere
            if case.kept is not None or (case.later and not anywhere):
                self._next(case)
            else:
                self._tell_shortage(given.shortage)
        elif whole is None:
            self._another_turn(case, case, placed, given)
        else:
            result, certain, nothing_above = whole
            case = replace(case, later=() if nothing_above or self.stopping or lead else case.later)
            self.workspace.background.run(
                lambda: keeping(case, result, certain, checked_schedule(case, staffed)),
                lambda kept: self._another_turn(case, kept, placed, given, lead),
                self._fail,
            )

    def _another_turn(self, case: Case, kept: Case, placed: Result, given: "Given", lead: str = "") -> None:
        """Go on with what was kept of a case's turn, where another one may bring something."""
        if kept.kept is not None:
            best = kept.kept[2]
            self._checkpoint.know(lambda: best)
        left = self._left()
        over = self.stopping or bool(lead) or case.turn.is_last(left, left.time_limit_s)
        following = None if over else turn_after(case, kept, placed.status, given)
        if following is None:
            self._next(kept, lead)
        else:
            self.workspace.background.run(lambda: asking(kept, following), self._solve, self._fail)

    def _next(self, case: Case, lead: str = "") -> None:
        """Ask the next question, or adopt the best answer to those that were asked."""
        if case.later and not self.stopping:
            following = replace(case, later=case.later[1:], placed=None)
            self._asked_at = time.monotonic()
            turn = Turn.first(case.later[0])
            self.workspace.background.run(lambda: asking(following, turn), self._solve, self._fail)
        elif case.kept is not None:
            result, certain, checked = case.kept
            if not lead:
                left_s = self._left().time_limit_s
                reason = why_ended(result, self.order.params, left_s, self.stopping)
                result = replace(result, stop_reason=reason)
            self._adopt(case, result, certain, checked, lead)
        else:
            self._end("doubt", "Stopped before a schedule was whole.")

    def _tell_shortage(self, shortage: "Shortage | None") -> None:
        lead = "No periods were found for which all sections can be given teachers and rooms."
        if shortage is None or not shortage.facts:
            self._end("bad", f"{lead} Give it more time.")
        else:
            lead = NO_SCHEDULE if shortage.anywhere else f"{lead} At the last ones:"
            self._end("bad", "\n".join([lead, *(f"• {fact.text}" for fact in shortage.facts)]))

    def _tell_nothing(self, result: Result, facts: tuple[str, ...]) -> None:
        if self._over:
            return
        self._record(result, "", {})
        if facts:
            self._end("bad", "\n".join([NO_SCHEDULE, *(f"• {fact}" for fact in facts)]))
        elif self.stopping:
            self._end("doubt", "Stopped before a schedule was found. The school is as it was.")
        else:
            self._end("bad", f"Nothing was found in {self.seconds:.0f} s. Give it more time.")

    def _adopt(
        self, case: Case, result: Result, certain: int, checked: tuple[Schedule, Verdict], lead: str = ""
    ) -> None:
        schedule, verdict = checked
        self._took = self.seconds
        document = self.workspace.document
        scenario = Scenario(new_scenario_id(document.dataset), self.order.name, self.started)
        title = f"Solve {self._part} into {self.order.name}"
        stale = document.revision != case.revision
        if stale:
            schedule = fitting_schedule(document.school, schedule)
        edit = adopt_schedule(document.dataset, scenario, schedule, title)
        if not self._kept(lambda: document.apply(edit)):
            return
        counts = verdict.counts
        figures = {"unmet": counts.unmet, "requests": counts.requests, "certain": min(certain, counts.unmet)}
        self._record(result, scenario.id, figures)
        document.show_scenario(scenario.id)
        note = " The school was edited meanwhile; what no longer fits was left out." if stale else ""
        sentence = lead + found_in_words(result, verdict, certain)
        if self.order.close:
            sentence += " " + changes_in_words(document.grid, case.before, schedule)
        part = "" if self.order.scope == Scope() else f"{self.order.scope.words}: "
        self._end("doubt" if stale or lead else "good", part + sentence + note)

    def _kept(self, keep: Callable[[], object]) -> bool:
        """Keep what was found in the school file, again and again where its disk is full, until given up."""
        while True:
            try:
                keep()
            except StoreError as error:
                words = ("Not kept yet", "A schedule was found.", "Try again", str(error))
                if ask(QApplication.activeWindow(), *words, no="Discard it", no_by_esc=False):
                    continue
                self._end("bad", f"A schedule was found and not kept. {error}")
            except EchelonError as error:
                self._end("bad", f"What was found does not fit the school. {error}")
            else:
                return True
            return False

    def _begun(self) -> Run:
        """What is known of the run before it ends."""
        params = self.order.params
        return Run(
            id=self.started + f"/{params.seed}",
            scenario="",
            started=self.started,
            seed=params.seed,
            settings={
                "scope": self._part,
                "time_limit_s": params.time_limit_s,
                "workers": params.workers,
                "warm": self.order.warm,
                "close": self.order.close,
                "name": self.order.name,
            },
        )

    def _record(self, result: Result, scenario: str, figures: dict[str, Any]) -> None:
        ended = datetime.now(UTC).isoformat(timespec="seconds")
        levels = [{"name": f.name, "value": f.value, "bound": f.bound} for f in result.levels]
        run = replace(
            self._begun(),
            scenario=scenario,
            ended=ended,
            status=result.status,
            figures={
                **figures,
                "levels": levels,
                "ended": result.stop_reason,
                # Of all turns; the result knows of the last one only.
                "seconds": round(self.seconds, 1),
                "method": result.method,
                "progress": thinned(self.points),
            },
        )
        try:
            self.workspace.document.file.record_run(run)
            self._checkpoint.end(recorded=True)
        except StoreError as error:
            self.workspace.notice.emit("doubt", f"The solve is not among the runs. {error}")

    def _on_progress(self, progress: Progress) -> None:
        progress = replace(progress, seconds=progress.seconds + self._turn_at - self._started)
        self.points.append((round(progress.seconds, 1), progress.unmet, progress.bound))
        case, solution = self._case, progress.solution
        if solution is not None:
            self._last = progress
            if case is not None and not case.turn.asked.openings:
                self._checkpoint.know(lambda: checked_schedule(case, placed_schedule(case, solution)))
        self.progressed.emit(progress)

    def _on_failed(self) -> None:
        self._end("bad", "The solver met a mistake of its own. Nothing was changed; the school is as it was.")

    def _on_died(self) -> None:
        """Keep the last schedule that the engine told of, if it told of one."""
        case, last = self._case, self._last
        if case is not None and last is not None and last.solution is not None and not self._over:
            solution = last.solution
            result = unfinished(case, last, solution)
            lead = "The solver's process ended unexpectedly; the last schedule it told of is kept. "
            self._finish(case, result, last.bound, solution, lead)
            return
        self._end(
            "bad",
            "The solver's process ended unexpectedly and was started again. The school is as it was; what "
            "this solve had found is gone. Solve again.",
        )

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, EchelonError):
            self._end("bad", "The solve met a mistake of the application. Nothing was changed.")
            raise error
        self._end("bad", str(error))

    def _end(self, kind: str, text: str) -> None:
        if not self._over:
            self._over = True
            self._checkpoint.end(recorded=False)
            self.ended.emit(kind, text)
