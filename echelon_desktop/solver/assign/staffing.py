"""Who could be given to which section, where sections have their periods."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from ortools.sat.python import cp_model

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.row_order import in_order
from echelon_desktop.model.scope import concerns
from echelon_desktop.model.slots import SlotGrid
from echelon_desktop.solver.assign.limits import free_slots
from echelon_desktop.solver.assign.openings import Openings, as_locked

Linear: TypeAlias = cp_model.LinearExpr | int


@dataclass(frozen=True, slots=True)
class Stack:
    """
    A stack, or a section by itself, where it stands.

    Parameters
    ----------
    id
        Its first section; of a stack that may stand in several places, with the place.
    sections
        Its sections.
    mask
        Slots in which it meets.
    seats, enrolled
        Seats of its largest section; students in all of them.
    """

    id: str
    sections: tuple[e.Section, ...]
    mask: int
    seats: int
    enrolled: int


class Roster:
    """
    A model of who takes what.

    Attributes
    ----------
    school, grid, rules
        The school with the teachers and rooms of locks; its slots; its rules.
    model
        Facts are posted; costs are added by ``costs``.
    stacks
        By their id.
    teaching, holding
        Stack → teacher, or room → 1 where that is certain, a variable where it may be.
    """

    def __init__(
        self, school: School, rules: Iterable[e.Rule], model: cp_model.CpModel, stacks: Iterable[Stack]
    ) -> None:
        self.school, self.rules = school, tuple(rules)
        self.grid = SlotGrid(school)
        self.model = model
        self.stacks = {stack.id: stack for stack in stacks}
        self.teaching: dict[str, dict[str, Linear]] = {stack: {} for stack in self.stacks}
        self.holding: dict[str, dict[str, Linear]] = {stack: {} for stack in self.stacks}

    def taught_by(self, teacher: str) -> list[tuple[Stack, Linear]]:
        """Stacks that a teacher teaches or may be given."""
        return [(self.stacks[s], those[teacher]) for s, those in self.teaching.items() if teacher in those]

    def both(self, a: Linear, b: Linear) -> Linear:
        """A number of at least 1 where a and b are, as small as the costs want it."""
        for one, other in ((a, b), (b, a)):
            if isinstance(one, int):
                return other if one else 0
        both = self.model.new_bool_var("")
        self.model.add(both >= a + b - 1)
        return both

    def may_teach_then(self, stack: Stack, teacher: str) -> bool:
        """Whether no hard rule on allowed periods that names the teacher keeps him from the stack."""
        return not any(
            rule.kind == "allowed-periods"
            and rule.level is None
            and teacher in rule.teachers
            and stack.mask & ~self.grid.mask(rule.periods)
            and any(concerns_if_taught(rule, self.school, s, teacher) for s in stack.sections)
            for rule in self.rules
        )


class Staffing(Roster):
    """
    The same where all sections stand.

    Attributes
    ----------
    needed
        Stack → whether it is to be staffed, a variable which is assumed: for telling why it cannot be.
    why_not
        (stack, teacher or room) → why it cannot be given, for each who may teach it but for that.
    """

    def __init__(
        self, school: School, rules: Iterable[e.Rule], schedule: Schedule, openings: Openings
    ) -> None:
        school = as_locked(in_order(school), schedule)
        super().__init__(school, rules, cp_model.CpModel(), _stacks(school, schedule, openings))
        self.openings = openings
        self.needed: dict[tuple[str, str], cp_model.IntVar] = {}
        self.why_not: dict[tuple[str, str], str] = {}
        for stack in self.stacks.values():
            self.teaching[stack.id] = dict.fromkeys(named_teachers(stack), 1)
            self.holding[stack.id] = dict.fromkeys(named_rooms(stack), 1)
        self._offer_teachers()
        self._offer_rooms()

    def _offer_teachers(self) -> None:
        free = free_slots(self.school, self.rules, self.grid)
        busy: dict[str, list[Stack]] = {}
        for stack_id, those in self.teaching.items():
            for teacher in those:
                busy.setdefault(teacher, []).append(self.stacks[stack_id])
        for stack_id, candidates in self.openings.teachers.items():
            stack = self.stacks[stack_id]
            for teacher in candidates:
                away = stack.mask & ~free.get(teacher, self.grid.all)
                clash = next((x for x in busy.get(teacher, ()) if x.mask & stack.mask), None)
                if away:
                    self.why_not[stack_id, teacher] = f"cannot teach in {', '.join(self.grid.names(away))}"
                elif clash is not None:
                    self.why_not[stack_id, teacher] = f"teaches {clash.id} then"
                elif not self.may_teach_then(stack, teacher):
                    self.why_not[stack_id, teacher] = "may not teach it then by a rule on allowed periods"
                else:
                    self.teaching[stack_id][teacher] = self.model.new_bool_var("")
        self._post("teacher", self.openings.teachers, self.teaching, self.openings.without_teacher)

    def _offer_rooms(self) -> None:
        busy: dict[str, list[Stack]] = {}
        for stack_id, those in self.holding.items():
            for room in those:
                busy.setdefault(room, []).append(self.stacks[stack_id])
        for stack_id, candidates in self.openings.rooms.items():
            stack = self.stacks[stack_id]
            for room in candidates:
                seats = self.school.rooms[room].seats
                clash = next((x for x in busy.get(room, ()) if x.mask & stack.mask), None)
                if seats is not None and seats < stack.enrolled:
                    self.why_not[stack_id, room] = f"has {seats} seats for {stack.enrolled} students"
                elif clash is not None:
                    self.why_not[stack_id, room] = f"holds {clash.id} then"
                else:
                    self.holding[stack_id][room] = self.model.new_bool_var("")
        self._post("room", self.openings.rooms, self.holding, self.openings.without_room)

    def _post(
        self,
        what: str,
        candidates: Mapping[str, tuple[str, ...]],
        given: Mapping[str, Mapping[str, Linear]],
        optional: frozenset[str],
    ) -> None:
        """One to each stack that needs one, and none to two at once."""
        at_slot: dict[tuple[str, int], list[cp_model.IntVar]] = {}
        for stack_id in candidates:
            chosen = [x for x in given[stack_id].values() if isinstance(x, cp_model.IntVar)]
            self.model.add_at_most_one(chosen)
            if stack_id not in optional:
                needed = self.needed[what, stack_id] = self.model.new_bool_var("")
                self.model.add_bool_or([*chosen, needed.negated()])
            for one, variable in zip(given[stack_id], chosen, strict=True):
                for slot in range(self.grid.n_slots):
                    if self.stacks[stack_id].mask >> slot & 1:
                        at_slot.setdefault((one, slot), []).append(variable)
        for variables in at_slot.values():
            self.model.add_at_most_one(variables)


def concerns_if_taught(rule: e.Rule, school: School, section: e.Section, teacher: str) -> bool:
    """Whether a rule concerns a section when a teacher teaches it."""
    return concerns(rule, school, replace(section, teachers=(teacher,)))


def named_teachers(stack: Stack) -> tuple[str, ...]:
    """Teachers whom the stack has already."""
    return tuple(dict.fromkeys(t for s in stack.sections for t in s.teachers))


def named_rooms(stack: Stack) -> tuple[str, ...]:
    """Rooms that the stack has already."""
    return tuple(dict.fromkeys(s.room for s in stack.sections if s.room))


def students_of_sections(schedule: Schedule) -> Counter[str]:
    """How many students each section has."""
    return Counter(seat.section for seating in schedule.seatings.values() for seat in seating.seats)


def _stacks(school: School, schedule: Schedule, openings: Openings) -> Iterator[Stack]:
    enrolled, grid = students_of_sections(schedule), SlotGrid(school)
    for head, members in openings.stacks.items():
        placement = schedule.placements[head]
        sections = tuple(school.sections[s] for s in members)
        yield Stack(
            head,
            sections,
            grid.mask_of(placement.periods, placement.terms),
            max(s.seats for s in sections),
            sum(enrolled[s] for s in members),
        )
