"""Claims about sections that wait for a teacher or a room: there must be one, and enough of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Self

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.slots import SlotGrid
from echelon_desktop.model.wording import counted, listed
from echelon_desktop.solver.assign.limits import SlotLimit, slot_limits
from echelon_desktop.solver.assign.openings import find_openings
from echelon_desktop.solver.conflicts import claims as c
from echelon_desktop.solver.conflicts.board import Board


@dataclass(frozen=True, slots=True)
class TooFew(c.Claim):
    """Only so many of some sections can meet at once, for there are no more teachers or rooms for them."""

    limit: SlotLimit
    waiting: frozenset[str]  # sections that have nobody yet
    grid: SlotGrid
    joins = True
    fewest = 2

    def text(self) -> str:
        open_ones = [s for s in self.sections if s in self.waiting]
        busy = [s for s in self.sections if s not in self.waiting]
        needs = "needs" if len(open_ones) == 1 else "need"
        who = listed(self.limit.among, "or")
        plural = len(self.limit.among) > 1
        if self.limit.what == "teachers":
            also = f", who also {'teach' if plural else 'teaches'} {listed(busy)}" if busy else ""
        else:
            who = f"room {who}"
            also = f", which also {'hold' if plural else 'holds'} {listed(busy)}" if busy else ""
        lead = f"{listed(open_ones)} {needs} {who}{also}" if open_ones else f"{who}: {listed(busy)}"
        return f"{lead}: at most {self._most()}."

    def _most(self) -> str:
        """How many at once, slot by slot where that differs."""
        numbers = sorted(set(self.limit.most), reverse=True)
        if len(numbers) == 1:
            return f"{numbers[0]} at once"
        where = (
            f"{number} at once in "
            + listed(self.grid.names(sum(1 << i for i, most in enumerate(self.limit.most) if most == number)))
            for number in numbers
        )
        return ", ".join(where)

    def remedy(self) -> str:
        if self.limit.what == "teachers":
            return "Let more teachers teach these courses (column Can Teach), or name somebody."
        return "Add a room of that type, or name a room."

    def post(self, board: Board) -> None:
        for slot, most in enumerate(self.limit.most):
            board.at_most([x for s in self.sections for x in board.meets(s, 1 << slot)], most)


@dataclass(frozen=True, slots=True)
class NoTravel(c.Claim):
    """A teacher's sections in different buildings are not in consecutive periods."""

    rule: str
    building_of: tuple[str, ...]  # per section
    adjacent: tuple[int, ...]
    joins = True
    fewest = 2

    def text(self) -> str:
        where = [f"{s} in {b}" for s, b in zip(self.sections, self.building_of, strict=True)]
        return f'{self.key} does not change buildings between periods (rule "{self.rule}"): {listed(where)}.'

    def remedy(self) -> str:
        return f'Give the rule "{self.rule}" a level, or one of these sections another room.'

    def without(self, section: str) -> Self | None:
        kept = [(s, b) for s, b in zip(self.sections, self.building_of, strict=True) if s != section]
        if len({b for _, b in kept}) < self.fewest:
            return None
        return replace(self, sections=tuple(s for s, _ in kept), building_of=tuple(b for _, b in kept))

    def post(self, board: Board) -> None:
        pairs = combinations(zip(self.sections, self.building_of, strict=True), 2)
        for (one, building), (other, second) in pairs:
            for slot, beside in enumerate(self.adjacent) if building != second else ():
                for x in board.meets(one, 1 << slot):
                    for y in board.meets(other, beside):
                        board.at_most([x, y], 1)


def staffing_claims(school: School, rules: Iterable[e.Rule], baseline: Schedule) -> Iterator[c.Claim]:
    """What hard rules on teachers and rooms for every section ask of the periods."""
    rules = list(rules)
    openings, grid = find_openings(school, rules, baseline), SlotGrid(school)
    for what, candidates in (("teacher", openings.teachers), ("room", openings.rooms)):
        optional = openings.without_teacher if what == "teacher" else openings.without_room
        for head, those in candidates.items():
            if not those and head not in optional:
                yield _nobody(school, what, openings.stacks[head])
    for limit in slot_limits(school, rules, openings) if openings else ():
        waiting = (openings.teachers if limit.what == "teachers" else openings.rooms).keys()
        first = next((s for s in limit.sections if s in waiting), limit.sections[0])
        yield TooFew("sections", first, limit.sections, limit, frozenset(waiting), grid)


def _nobody(school: School, what: str, stack: tuple[str, ...]) -> c.Claim:
    courses = listed(dict.fromkeys(school.sections[s].course for s in stack))
    verb = "needs" if len(stack) == 1 else "need"
    if what == "teacher":
        sentence = f"{listed(stack)} {verb} a teacher, and nobody may teach {courses}."
        advice = f"Enter {courses} under Can Teach of a teacher, or name one for {listed(stack)}."
    else:
        sentence = f"{listed(stack)} {verb} a room, and there is none of the type that {courses} asks for."
        advice = f"Enter a room of that type, or name one for {listed(stack)}."
    return c.Impossible("sections", stack[0], stack, sentence, advice)


def room_claims(
    rule: e.Rule, school: School, teacher: e.Teacher, sections: list[str], head: dict[str, str]
) -> Iterator[c.Claim]:
    """What a hard rule asks of a teacher's sections for the sake of the rooms they have."""
    room_of = {head[s]: school.sections[s].room for s in head if school.sections[s].room}
    named = [(s, room_of[head[s]]) for s in sections if head[s] in room_of]
    if rule.kind == "teacher-rooms":
        rooms = dict.fromkeys(room for _, room in named)
        limit = rule.limit or 0
        if len(rooms) > limit:
            sentence = (
                f'{teacher.id} teaches in at most {counted(limit, "room")} (rule "{rule.id}"), '
                f"and has sections in {listed(rooms)}."
            )
            advice = f'Raise the limit, give the rule "{rule.id}" a level, or a section another room.'
            yield c.Impossible("teachers", teacher.id, (sections[0],), sentence, advice)
    if rule.kind == "teacher-travel":
        records = [(s, school.rooms.get(room)) for s, room in named]
        known = [(s, record.building) for s, record in records if record is not None and record.building]
        if len({building for _, building in known}) > 1:
            ids, buildings = zip(*known, strict=True)
            yield NoTravel("teachers", teacher.id, ids, rule.id, buildings, SlotGrid(school).adjacent())
