"""Who takes what where sections may still move: places of sections and those who take them in one model."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from ortools.sat.python import cp_model

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import School
from echelon_desktop.solver.assign.costs import rule_cost
from echelon_desktop.solver.assign.limits import free_slots
from echelon_desktop.solver.assign.openings import Openings
from echelon_desktop.solver.assign.staffing import Linear, Roster, Stack, named_rooms, named_teachers
from echelon_desktop.solver.cpsat.model import SchoolModel
from echelon_desktop.solver.problem import Keys, Problem


@dataclass(frozen=True, slots=True)
class Place:
    """A stack in one of the places that it may take: the choice of its first section."""

    stack: Stack
    head: str
    choice: int


def places_of(
    school: School, openings: Openings, problem: Problem, keys: Keys, enrolled: Mapping[str, int]
) -> Iterator[Place]:
    """All places of all stacks; ``enrolled`` says how many students each section has."""
    number = {section: s for s, section in enumerate(keys.sections)}
    for head, members in openings.stacks.items():
        sections = tuple(school.sections[s] for s in members)
        seats, students = max(s.seats for s in sections), sum(enrolled.get(s, 0) for s in members)
        for k in problem.choices_of(number[head]):
            stack = Stack(f"{head} {k}", sections, int(problem.choice_mask[k]), seats, students)
            yield Place(stack, head, k)


class Moving(Roster):
    """
    Who takes what where sections may still move.

    Parameters
    ----------
    rules
        Those without a level are kept.
    standing
        Where sections can stand; what is posted here comes into its model.
    places
        Of all stacks.
    homes
        Choices taken now.

    Attributes
    ----------
    needed
        ("teacher" or "room", first section of a stack) → whether it must have one: to be assumed.
    lost
        Seats of sections that move, and of students for whom a room is too small.
    """

    def __init__(
        self,
        school: School,
        rules: tuple[e.Rule, ...],
        standing: SchoolModel,
        places: Iterable[Place],
        openings: Openings,
        homes: Collection[int] = (),
    ) -> None:
        places = list(places)
        super().__init__(school, rules, standing.model, (place.stack for place in places))
        self.needed: dict[tuple[str, str], cp_model.IntVar] = {}
        self.lost: list[Linear] = []
        free = free_slots(school, rules, self.grid)
        for place in places:
            stack, there = place.stack, standing.taken[place.choice]
            if place.choice in homes:
                self.lost.append((1 + stack.enrolled) * (1 - there))
            self.teaching[stack.id] = dict.fromkeys(named_teachers(stack), there)
            self.holding[stack.id] = dict.fromkeys(named_rooms(stack), there)
            if place.head in openings.teachers.keys() - openings.without_teacher:
                able = (
                    teacher
                    for teacher in openings.teachers[place.head]
                    if not stack.mask & ~free.get(teacher, self.grid.all)
                    and self.may_teach_then(stack, teacher)
                )
                self.teaching[stack.id] = self._one_of("teacher", place, able, there)
            if place.head in openings.rooms.keys() - openings.without_room:
                self.holding[stack.id] = self._one_of("room", place, openings.rooms[place.head], there)
                if place.choice in homes:
                    self.lost += self._too_small(stack)
        for given in (self.teaching, self.holding):
            self._once(given)
        for rule in rules:
            cost = rule_cost(self, rule) if rule.level is None else None
            if cost is not None:
                self.model.add(cost <= 0)

    def _one_of(
        self, what: str, place: Place, candidates: Iterable[str], there: cp_model.IntVar
    ) -> dict[str, Linear]:
        """A variable for each candidate, one of which is taken where the stack stands there and needs one."""
        if (what, place.head) not in self.needed:
            self.needed[what, place.head] = self.model.new_bool_var("")
        variables = {one: self.model.new_bool_var("") for one in candidates}
        self.model.add_at_most_one(*variables.values(), there.negated())
        needed = self.needed[what, place.head]
        self.model.add_bool_or(*variables.values(), there.negated(), needed.negated())
        return dict(variables)

    def _too_small(self, stack: Stack) -> Iterator[Linear]:
        for room, held in self.holding[stack.id].items():
            seats = self.school.rooms[room].seats
            if seats is not None and seats < stack.enrolled:
                yield (stack.enrolled - seats) * held

    def _once(self, given: Mapping[str, Mapping[str, Linear]]) -> None:
        """Nobody teaches two stacks in a slot, no room holds two."""
        at_slot: dict[tuple[str, int], list[cp_model.IntVar]] = {}
        for stack_id, those in given.items():
            for one, literal in those.items():
                for slot in range(self.grid.n_slots):
                    if isinstance(literal, cp_model.IntVar) and self.stacks[stack_id].mask >> slot & 1:
                        at_slot.setdefault((one, slot), []).append(literal)
        for literals in at_slot.values():
            self.model.add_at_most_one(literals)
