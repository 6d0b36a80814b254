"""Sections that wait for a teacher or a room, and what may be given to each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.row_order import in_order
from echelon_desktop.model.scope import concerns, may_teach, room_type, stacks
from echelon_desktop.model.tables import SCHOOL_TABLES

# The rules that have something given out. As hard rules they are not counted but needed.
NEEDS = {"section-teachers", "section-rooms"}


@dataclass(frozen=True, slots=True)
class Openings:
    """
    What is to be given out. Stacks go by their first section; a section in no stack is one by itself.

    Parameters
    ----------
    stacks
        First section → the sections of the stack, for every stack of the school.
    teachers
        First section of each stack that waits for a teacher → those who may teach all of it.
    rooms
        First section of each stack that waits for a room → the rooms of its type.
    without_teacher, without_room
        Those of them that may stay without, at a cost: no hard rule concerns them.
    """

    stacks: dict[str, tuple[str, ...]] = field(default_factory=dict)
    teachers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    rooms: dict[str, tuple[str, ...]] = field(default_factory=dict)
    without_teacher: frozenset[str] = frozenset()
    without_room: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.teachers or self.rooms)

    def named_by(self, heads: Mapping[str, str]) -> "Openings":
        """The same, each stack by another of its sections: section → the one that names its stack."""
        return Openings(
            {heads[head]: those for head, those in self.stacks.items()},
            {heads[head]: those for head, those in self.teachers.items()},
            {heads[head]: those for head, those in self.rooms.items()},
            frozenset(heads[head] for head in self.without_teacher),
            frozenset(heads[head] for head in self.without_room),
        )

    @property
    def firm(self) -> "Openings":
        """The same, as if all had to be given out for which there is anybody or a room."""
        return replace(
            self,
            without_teacher=frozenset(h for h in self.without_teacher if not self.teachers[h]),
            without_room=frozenset(h for h in self.without_room if not self.rooms[h]),
        )


def find_openings(school: School, rules: Iterable[e.Rule], baseline: Schedule) -> Openings:
    """
    What the rules want to be given out.

    Parameters
    ----------
    school, rules
        Sections are open that name no teacher where a rule section-teachers concerns them, and no room where
        section-rooms does.
    baseline
        Locked sections keep the teachers and rooms of their placements.
    """
    rules = list(rules)
    school = as_locked(in_order(school), baseline)
    members: dict[str, list[e.Section]] = {}
    for section, head in stacks(school).items():
        members.setdefault(head, []).append(school.sections[section])
    teachers, rooms = {}, {}
    hard = [rule for rule in rules if rule.level is None]
    for head, stack in members.items():
        if _wanted("section-teachers", rules, school, stack) and not any(s.teachers for s in stack):
            teachers[head] = tuple(
                str(x.id) for x in school.teachers.values() if all(may_teach(school, x, s) for s in stack)
            )
        if _wanted("section-rooms", rules, school, stack) and not any(s.room for s in stack):
            types = {room_type(school, s) for s in stack} - {""} or {""}
            rooms[head] = tuple(str(room.id) for room in school.rooms.values() if room.type in types)
    optional = [
        frozenset(head for head in waiting if not _wanted(kind, hard, school, members[head]))
        for kind, waiting in (("section-teachers", teachers), ("section-rooms", rooms))
    ]
    ids = {head: tuple(s.id for s in stack) for head, stack in members.items()}
    return Openings(ids, teachers, rooms, *optional)


def as_locked(school: School, baseline: Schedule) -> School:
    """The school with the teachers and rooms of locked placements, where sections name none themselves."""
    return _with_placements(school, baseline, only_locked=True)


def as_given(school: School, schedule: Schedule) -> School:
    """
    The school with all teachers and rooms that a schedule gives to sections which name none.

    What is asked of a schedule as it stands (may this section move?) is asked of this school; a solve asks
    the school itself, since it may give them out anew.
    """
    return _with_placements(school, schedule, only_locked=False)


def settled(school: School, openings: Openings) -> tuple[School, Openings]:
    """
    The school with what there is no choice about, and the openings without it.

    A section that must have a teacher is his who alone may teach it, wherever it stands; so with rooms.
    """
    teachers, other_teachers = _split(openings.teachers, openings.without_teacher)
    rooms, other_rooms = _split(openings.rooms, openings.without_room)
    if not teachers and not rooms:
        return school, openings
    sections = {str(section.id): section for section in school.sections.values()}
    for head, only in teachers.items():
        for s in openings.stacks[head]:
            sections[s] = replace(sections[s], teachers=only)
    for head, only in rooms.items():
        for s in openings.stacks[head]:
            sections[s] = replace(sections[s], room=only[0])
    tables = {spec.name: getattr(school, spec.name).values() for spec in SCHOOL_TABLES}
    rest = replace(openings, teachers=other_teachers, rooms=other_rooms)
    return School(**tables | {"sections": sections.values()}), rest


def _split(
    candidates: dict[str, tuple[str, ...]], optional: frozenset[str]
) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """Stacks that can have just one, and must; and the others."""
    sure: dict[str, tuple[str, ...]] = {
        head: those for head, those in candidates.items() if len(those) == 1 and head not in optional
    }
    return sure, {head: those for head, those in candidates.items() if head not in sure}


def locked_section(section: e.Section, placement: e.Placement | None) -> e.Section:
    """The section with the teachers and the room of a locked placement, where it names none itself."""
    if placement is None or not placement.locked:
        return section
    return _with_placement(section, placement)


def _with_placement(section: e.Section, placement: e.Placement) -> e.Section:
    return replace(
        section, teachers=section.teachers or placement.teachers, room=section.room or placement.room
    )


def _with_placements(school: School, schedule: Schedule, *, only_locked: bool) -> School:
    sections = []
    changed = False
    for section in school.sections.values():
        placement = schedule.placements.get(section.id)
        if placement is not None and (placement.locked or not only_locked):
            own, section = section, _with_placement(section, placement)
            changed = changed or own != section
        sections.append(section)
    if not changed and not only_locked:  # a compiler works on tables of its own, whatever happens to these
        return school
    tables = {spec.name: getattr(school, spec.name).values() for spec in SCHOOL_TABLES}
    return School(**tables | {"sections": sections})


def _wanted(kind: str, rules: list[e.Rule], school: School, stack: list[e.Section]) -> bool:
    return any(rule.kind == kind and concerns(rule, school, s) for rule in rules for s in stack)
