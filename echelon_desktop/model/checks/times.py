"""When sections and students can meet, under what is hard: the ground on which checks count and match."""

from collections.abc import Iterable, Sequence
from functools import cached_property

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import School
from echelon_desktop.model.scope import concerns, stacks
from echelon_desktop.model.slots import Choice, SlotGrid

Ways = tuple[int, ...]  # masks of slots, one of which is taken

_PATIENCE = 20_000  # steps of the packing search before it gives the benefit of the doubt


class Times:
    """
    The ways in which each section can meet once hard rules and absences have removed the rest.

    Parameters
    ----------
    school, rules
        Read as they are now; make a new one after a change.
    """

    def __init__(self, school: School, rules: tuple[e.Rule, ...]) -> None:
        self.grid = SlotGrid(school)
        self._school = school
        self._restrictions = [r for r in rules if r.kind == "allowed-periods" and r.level is None]
        self._absent = {a.teacher: self.grid.mask(a.slots) for a in school.unavailability.values()}
        self._by_pattern: dict[tuple[str, e.TermChoices], tuple[Choice, ...]] = {}
        self.choices = {section.id: self._choices(section) for section in school.sections.values()}
        self.ways = {
            section: tuple(dict.fromkeys(choice.mask for choice in choices))
            for section, choices in self.choices.items()
        }

    @cached_property
    def stack_of(self) -> dict[str, str]:
        """Each section with the first of its stack."""
        return stacks(self._school)

    @cached_property
    def stack_ways(self) -> dict[str, Ways]:
        """By the first section of each stack, the ways in which all its sections can meet together."""
        shared: dict[str, Ways] = {}
        for section, first in self.stack_of.items():
            ways = self.ways[section]
            before = shared.get(first)
            shared[first] = ways if before is None else tuple(w for w in before if w in ways)
        return shared

    def free(self, teacher: str) -> int:
        """Slots in which a teacher is not absent."""
        return self.grid.all & ~self._absent.get(teacher, 0)

    def listed(self, section: e.Section) -> int:
        """Slots in the section's own list and in its course's."""
        course = self._school.courses.get(section.course)
        mask = self.grid.allowed(section.allowed_periods)
        return mask if course is None else mask & self.grid.allowed(course.allowed_periods)

    def allowed(self, section: e.Section) -> int:
        """Slots in which nothing hard forbids the section."""
        mask = self.listed(section)
        for teacher in section.teachers:
            mask &= self.free(teacher)
        for rule in self._restrictions:
            if concerns(rule, self._school, section):
                mask &= self.grid.mask(rule.periods)
        return mask

    def narrowing(self, sections: Iterable[e.Section]) -> list[str]:
        """Ids of the hard rules that narrow where any of these sections may meet."""
        sections = list(sections)
        return [
            rule.id
            for rule in self._restrictions
            if any(concerns(rule, self._school, section) for section in sections)
        ]

    def _choices(self, section: e.Section) -> tuple[Choice, ...]:
        course = self._school.courses.get(section.course)
        pattern = section.pattern or (course.pattern if course else "")
        terms = section.term_choices or (course.term_choices if course else ())
        # Most sections share a pattern, and listing its choices is the slow part.
        if (pattern, terms) not in self._by_pattern:
            self._by_pattern[pattern, terms] = self.grid.choices(section)
        allowed = self.allowed(section)
        return tuple(c for c in self._by_pattern[pattern, terms] if c.mask & ~allowed == 0)


def fits(items: Sequence[Ways]) -> bool:
    """
    Whether each item can take one of its ways so that no two meet in a slot.

    Exact when all ways are single slots, and within a bound of patience otherwise; beyond it, True.
    """
    if all(way & (way - 1) == 0 for ways in items for way in ways):
        return _match(items)
    # The items with least freedom first, so that dead ends show early.
    return _Packing(sorted(items, key=len)).search(0, 0) is not False


def crowd(items: Sequence[Ways]) -> list[int]:
    """
    The numbers of a smallest-possible set of items that do not fit together; empty when all fit.

    No item can be left out of the set without the rest fitting.
    """
    if fits(items):
        return []
    kept = list(range(len(items)))
    for i in range(len(items)):
        rest = [k for k in kept if k != i]
        if not fits([items[k] for k in rest]):
            kept = rest
    return kept


def _match(items: Sequence[Ways]) -> bool:
    """Maximum matching of items to single slots by augmenting paths."""
    holder: dict[int, int] = {}

    def place(item: int, seen: set[int]) -> bool:
        for slot in items[item]:
            if slot not in seen:
                seen.add(slot)
                if slot not in holder or place(holder[slot], seen):
                    holder[slot] = item
                    return True
        return False

    return all(place(item, set()) for item in range(len(items)))


class _Packing:
    def __init__(self, items: Sequence[Ways]) -> None:
        self.items = items
        self.steps = 0
        # What the items from each one on need at least.
        self.needs = [0] * (len(items) + 1)
        for i in range(len(items) - 1, -1, -1):
            least = min((way.bit_count() for way in items[i]), default=0)
            self.needs[i] = self.needs[i + 1] + least
        self.reach = 0
        for ways in items:
            for way in ways:
                self.reach |= way

    def search(self, item: int, used: int) -> bool | None:
        """True or False when known, None when patience ended first."""
        if item == len(self.items):
            return True
        self.steps += 1
        if self.steps > _PATIENCE:
            return None
        if (self.reach & ~used).bit_count() < self.needs[item]:
            return False
        for way in self.items[item]:
            if way & used == 0:
                found = self.search(item + 1, used | way)
                if found is not False:
                    return found
        return False
