"""Where a card picked up may go, cell by cell, as it becomes known."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

from PySide6.QtCore import QObject, Signal

from echelon_desktop.errors import EchelonError
from echelon_desktop.model.dataset import Schedule
from echelon_desktop.model.slots import Choice
from echelon_desktop.model.wording import counted
from echelon_desktop.solver.assign.openings import as_given
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.deltas.row import Move
from echelon_desktop.solver.deltas.standing import as_it_stands
from echelon_desktop.solver.places import places
from echelon_desktop.solver.problem import Keys, Problem, Solution
from echelon_desktop.ui.board.misplaced import at_odds, misplaced
from echelon_desktop.ui.workspace import Workspace

OFF_BOARD = Choice((), (), 0)
CANNOT_LEAVE = "A section linked to it is locked."
NO_PLACE = (
    "Neither alone, nor with sections linked to it, nor swapped with what stands there could it meet then "
    "without breaking more hard rules than are broken now."
)


class Standing(Enum):
    """What may be done with a place."""

    HERE = "here"  # where the card stands
    FREE = "free"
    SWAP = "swap"  # what stands there takes the card's place
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class TargetPlace:
    """
    A place for the card in hand.

    Parameters
    ----------
    choice
        Periods and terms.
    standing
        Whether it may go there.
    words
        Why not, or what it would cost, in a sentence.
    unmet
        Change in unmet requests, None while it is not known.
    exact
        Whether that change is exact (=) and not an estimate (≈).
    move
        The whole consequence, None while it is not known or cannot be.
    """

    choice: Choice
    standing: Standing
    words: str
    unmet: int | None = None
    exact: bool = False
    move: Move | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """
    The schedule on the screen as the engine knows it, for turning its numbers back into names.

    ``against`` says of every section that stands against a hard rule, alone or together with others, why.
    """

    revision: int
    scenario: str
    problem: Problem
    keys: Keys
    solution: Solution
    baseline: Schedule
    against: dict[str, str]


class Targets(QObject):
    """
    Answers "where may this card go": rules at once, costs as the engine finds them.

    ``changed`` follows each answer. One card at a time is in hand.
    """

    changed = Signal()

    def __init__(self, workspace: Workspace, parent: QObject) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.section = ""
        self.places: dict[int, TargetPlace] = {}  # by mask of slots
        self._unanswered: dict[int, TargetPlace] = {}  # the same, as they were before any answer
        self.situation: Situation | None = None
        self._asked: list[int] = []
        self._preparing = False

    @property
    def prepared(self) -> bool:
        """Whether the engine knows the schedule that is on the screen."""
        document, known = self.workspace.document, self.situation
        return known is not None and (known.revision, known.scenario) == (
            document.revision,
            document.scenario,
        )

    @property
    def busy(self) -> bool:
        """Whether the engine still has answers about the card in hand to give."""
        return bool(self._asked)

    def prepare(self) -> None:
        """Tell the engine of the schedule on the screen, so that answers come at once later."""
        document = self.workspace.document
        if self._preparing or self.prepared:
            return
        self._preparing = True
        now = (document.revision, document.scenario)
        school, rules, schedule = document.school, document.rules, document.schedule()

        def work() -> Situation:
            compiled = compile_school(as_given(school, schedule), rules, schedule)
            problem, keys, solution = as_it_stands(schedule, *compiled, school)
            wrong = misplaced(school, rules, schedule, compiled) if problem is not compiled[0] else {}
            against = {**at_odds(school, rules, schedule), **wrong}
            return Situation(*now, problem, keys, solution, schedule, against)

        def failed(error: Exception) -> None:
            # Rows that came and went while they were read; the next look sees them as they are.
            self._preparing = False
            if now != (document.revision, document.scenario):
                self.prepare()
            elif isinstance(error, EchelonError):
                self.workspace.notice.emit("doubt", f"What a move would cost cannot be told. {error}")
            else:
                raise error

        self.workspace.background.run(work, self._on_prepared, failed)

    def pick(self, section: str) -> None:
        """Take a card in hand and begin to answer."""
        self.drop()
        document = self.workspace.document
        self.section = section
        schedule = document.schedule()
        here = schedule.placements.get(section)
        for place in places(document.school, document.rules, schedule, section):
            same = here is not None and set(here.periods) == set(place.choice.periods)
            if same and here is not None and set(here.terms) == set(place.choice.terms):
                target = TargetPlace(place.choice, Standing.HERE, "It stands here.")
            elif place.reasons:
                target = TargetPlace(place.choice, Standing.CLOSED, " ".join(place.reasons))
            elif place.in_the_way:
                others = " and ".join(place.in_the_way)
                target = TargetPlace(place.choice, Standing.SWAP, f"Swaps with {others}.")
            else:
                target = TargetPlace(place.choice, Standing.FREE, "Free.")
            self.places[place.choice.mask] = target
        if here is None or not here.periods:
            self.places[0] = TargetPlace(OFF_BOARD, Standing.HERE, "It stands here.")
        elif here.locked:
            self.places[0] = TargetPlace(OFF_BOARD, Standing.CLOSED, f"{section} is locked where it is.")
        else:
            self.places[0] = TargetPlace(OFF_BOARD, Standing.FREE, "Free.")
        self._unanswered = dict(self.places)
        self._ask()
        self.changed.emit()

    def drop(self) -> None:
        """Put the card down again."""
        for number in self._asked:
            self.workspace.engine.forget(number)
        self._asked, self.section = [], ""
        self.places = {}
        self.changed.emit()

    def at(self, covers: Callable[[Choice], bool]) -> TargetPlace | None:
        """The best place among those a cell covers: free before swap before closed, then the cheapest."""
        order = {Standing.HERE: 0, Standing.FREE: 1, Standing.SWAP: 2, Standing.CLOSED: 3}
        fitting = [p for p in self.places.values() if covers(p.choice)]
        return min(fitting, key=lambda p: (order[p.standing], p.unmet or 0), default=None)

    def _ask(self) -> None:
        situation = self.situation
        if situation is None or not self.prepared:
            self.prepare()
            return
        if not self.section:
            return
        self._tell_against(situation)
        number = situation.keys.sections.index(self.section)
        self._asked = []
        self._ask_for("moves", number, self._on_all_moves)
        self._ask_for("exact moves", number, lambda: None)

    def _ask_for(self, what: str, section: int, then: Callable[[], None]) -> None:
        """Ask the engine, and strike the question off once all of its answers are there."""
        asked: list[int] = []

        def done() -> None:
            self._asked = [number for number in self._asked if number not in asked]
            then()

        asked.append(self.workspace.engine.ask(what, section, answer=self._on_move, done=done))
        self._asked += asked

    def _tell_against(self, situation: Situation) -> None:
        """Say at the card's own place what stands against it."""
        reason = situation.against.get(self.section)
        for mask, place in self.places.items():
            if place.standing is Standing.HERE and reason:
                words = f"It stands here, against a hard rule: {reason}"
                self.places[mask] = replace(place, words=words)

    def _on_prepared(self, situation: Situation) -> None:
        self._preparing = False
        document = self.workspace.document
        if (situation.revision, situation.scenario) != (document.revision, document.scenario):
            self.prepare()
            return
        self.situation = situation
        self.workspace.engine.set_situation(situation.problem, situation.solution)
        self._ask()
        self.changed.emit()

    def _on_move(self, move: Move) -> None:
        if self.situation is None:
            return
        choice = self.situation.keys.choices[next(iter(move.choices.values()))]
        before = self._unanswered.get(choice.mask)
        if before is None or before.standing is Standing.CLOSED:
            return
        words = f"{_others(move, self.situation.keys)}{_cost(move)}"
        self.places[choice.mask] = replace(
            before, words=words, unmet=move.unmet, exact=move.exact > 0, move=move
        )
        self.changed.emit()

    def _on_all_moves(self) -> None:
        """Places that seemed open and were not among the answers, since what must go along cannot."""
        for mask, place in self.places.items():
            if place.standing in {Standing.FREE, Standing.SWAP} and place.move is None:
                self.places[mask] = replace(
                    place, standing=Standing.CLOSED, words=NO_PLACE if mask else CANNOT_LEAVE
                )
        self.changed.emit()


def _others(move: Move, keys: Keys) -> str:
    """Where sections go that move along or make way, in a sentence; empty when there are none."""
    _, *others = move.choices.items()
    where = [", ".join(keys.choices[k].periods) for _, k in others]
    goals = [
        f"{keys.sections[s]} {f'goes to {there}' if there else 'leaves the board'}"
        for (s, _), there in zip(others, where, strict=True)
    ]
    return f"{' and '.join(goals)}. " if goals else ""


def _cost(move: Move) -> str:
    if move.unmet == 0:
        unmet = "As many unmet requests as now"
    else:
        more = "more" if move.unmet > 0 else "fewer"
        unmet = f"{counted(abs(move.unmet), 'unmet request')} {more}"
    students = "1 student moves" if move.students == 1 else f"{move.students:,} students move"
    return f"{unmet} ({'=' if move.exact else '≈'}), {students}."
