"""Where a section may go, and if not there, why not: one answer for pointer, keyboard and menu."""

from collections.abc import Iterator
from dataclasses import dataclass

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.scope import concerns, stacks
from echelon_desktop.model.slots import Choice, SlotGrid
from echelon_desktop.solver.assign.openings import as_given


@dataclass(frozen=True, slots=True)
class Place:
    """
    A way for a section to meet.

    Parameters
    ----------
    choice
        Its periods and terms.
    reasons
        Why it may not, in words; empty when nothing hard forbids it.
    in_the_way
        Sections that stand there and cannot stay: of the same teacher, or in the same room.
    """

    choice: Choice
    reasons: tuple[str, ...]
    in_the_way: tuple[str, ...]


def places(school: School, rules: tuple[e.Rule, ...], schedule: Schedule, section: str) -> tuple[Place, ...]:
    """
    All choices of a section's pattern, with what speaks against each.

    A stacked section stands for its stack, which moves as one.

    Raises
    ------
    KeyError
        If the school has no such section.
    """
    return _Places(school, rules, schedule).of(section)


class _Places:
    def __init__(self, school: School, rules: tuple[e.Rule, ...], schedule: Schedule) -> None:
        self.school, self.rules, self.schedule = as_given(school, schedule), rules, schedule
        self.grid = SlotGrid(school)
        self.head = stacks(school)

    def of(self, section: str) -> tuple[Place, ...]:
        stack = [s for s, head in self.head.items() if head == self.head[section]]
        out = []
        for choice in self.grid.choices(self.school.sections[section]):
            against = dict.fromkeys(why for member in stack for why in self.against(member, choice))
            standing = dict.fromkeys(x for member in stack for x in self.standing(member, choice, stack))
            out.append(Place(choice, tuple(against), tuple(standing)))
        return tuple(out)

    def against(self, section_id: str, choice: Choice) -> Iterator[str]:
        section = self.school.sections[section_id]
        course = self.school.courses.get(section.course)
        placement = self.schedule.placements.get(section_id)
        if placement is not None and placement.locked and self.mask(section_id) not in {0, choice.mask}:
            yield f"{section_id} is locked where it is."
        if choice.mask not in {other.mask for other in self.grid.choices(section)}:
            yield f"{section_id} is stacked with it and cannot meet then."
        for teacher in section.teachers:
            absence = self.school.unavailability.get(teacher)
            away = self.grid.mask(absence.slots) & choice.mask if absence else 0
            if away:
                yield f"{teacher} is unavailable in {self.text(away)}."
        if choice.mask & ~self.grid.allowed(section.allowed_periods):
            yield f"{section_id} meets only in {', '.join(section.allowed_periods)}."
        if course is not None and choice.mask & ~self.grid.allowed(course.allowed_periods):
            yield f"{course.id} meets only in {', '.join(course.allowed_periods)}."
        for rule in self.rules:
            hard = rule.kind == "allowed-periods" and rule.level is None
            if hard and concerns(rule, self.school, section) and choice.mask & ~self.grid.mask(rule.periods):
                yield f"Rule {rule.id}: only in {', '.join(rule.periods)}."
        if placement is not None and self.grid.mask(placement.forbidden) & choice.mask:
            yield f"{section_id} is kept away from {', '.join(placement.forbidden)}."

    def standing(self, section_id: str, choice: Choice, stack: list[str]) -> Iterator[str]:
        """Sections outside the stack that need the same teacher or room at that time."""
        section = self.school.sections[section_id]
        for other in self.school.sections.values():
            if other.id in stack or not self.mask(other.id) & choice.mask:
                continue
            same_room = bool(section.room) and section.room == other.room
            if same_room or not set(section.teachers).isdisjoint(other.teachers):
                yield other.id

    def mask(self, section: str) -> int:
        """Slots in which a section stands now; 0 when it is not placed, or where it cannot be."""
        placement = self.schedule.placements.get(section)
        if placement is None or not placement.periods:
            return 0
        try:
            return self.grid.mask_of(placement.periods, placement.terms)
        except KeyError:
            return 0

    def text(self, mask: int) -> str:
        return ", ".join(self.grid.names(mask))
