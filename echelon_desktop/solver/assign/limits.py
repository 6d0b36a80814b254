"""
What giving out teachers and rooms asks of the periods: how many sections may meet at once.

Of a set of teachers, no more sections can be taught in a slot than those of them who are there; so no more of
the sections may meet then which only they may teach, or which one of them teaches already. For sections of
one slot these conditions, for all sets, are also enough (P. Hall, "On representatives of subsets", Journal of
the London Mathematical Society 10, 1935). Rooms are the same, and always there.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import School
from echelon_desktop.model.slots import SlotGrid
from echelon_desktop.solver.assign.openings import Openings

# Sets are joined while there are fewer: enough for every union of a school's departments, and what is left
# out is found when teachers are given out.
MOST_SETS = 200


@dataclass(frozen=True, slots=True)
class SlotLimit:
    """
    Sections of which only so many may meet at once.

    Parameters
    ----------
    what
        "teachers" or "rooms".
    among
        Those that could be given to them.
    sections
        First sections of the stacks: those that only ``among`` could take, then those that they have already.
    most
        For each slot how many of ``among`` are there.
    """

    what: str
    among: tuple[str, ...]
    sections: tuple[str, ...]
    most: tuple[int, ...]


def slot_limits(school: School, rules: Iterable[e.Rule], openings: Openings) -> list[SlotLimit]:
    """All limits that can matter, of hard rules; ``school`` has the teachers and rooms of locks."""
    grid = SlotGrid(school)
    free = free_slots(school, rules, grid)
    taught: dict[str, list[str]] = {}
    held: dict[str, list[str]] = {}
    for head, members in openings.stacks.items():
        for section in map(school.sections.__getitem__, members):
            for teacher in section.teachers:
                taught.setdefault(teacher, []).append(head)
            if section.room:
                held.setdefault(section.room, []).append(head)
    everywhere = dict.fromkeys(map(str, school.rooms), grid.all)
    needing = {h: those for h, those in openings.teachers.items() if h not in openings.without_teacher}
    roomless = {h: those for h, those in openings.rooms.items() if h not in openings.without_room}
    return [
        *_limits("teachers", needing, taught, free, grid),
        *_limits("rooms", roomless, held, everywhere, grid),
    ]


def free_slots(school: School, rules: Iterable[e.Rule], grid: SlotGrid) -> dict[str, int]:
    """Mask of the slots in which each teacher may teach at all."""
    free = {str(teacher): grid.all for teacher in school.teachers}
    for absence in school.unavailability.values():
        free[absence.teacher] = grid.all & ~grid.mask(absence.slots)
    for rule in rules:
        whole = not (rule.courses or rule.departments or rule.sections)
        if rule.kind == "allowed-periods" and rule.level is None and rule.teachers and whole:
            for teacher in rule.teachers:
                free[teacher] = free.get(teacher, grid.all) & grid.mask(rule.periods)
    return free


def _limits(
    what: str,
    candidates: Mapping[str, tuple[str, ...]],
    busy: Mapping[str, list[str]],
    free: Mapping[str, int],
    grid: SlotGrid,
) -> Iterator[SlotLimit]:
    for among in _unions([frozenset(those) for those in candidates.values()]):
        waiting = [head for head, those in candidates.items() if among.issuperset(those)]
        named = sorted(among)
        placed = dict.fromkeys(head for one in named for head in busy.get(one, ()))
        most = tuple(
            sum(free.get(one, grid.all) >> slot & 1 for one in named) for slot in range(grid.n_slots)
        )
        sections = tuple(dict.fromkeys((*waiting, *placed)))
        if len(sections) > min(most, default=0):
            yield SlotLimit(what, tuple(named), sections, most)


def _unions(sets: list[frozenset[str]]) -> list[frozenset[str]]:
    """The sets, and unions of those that overlap; the empty set, where nobody will do, stands for itself."""
    found = dict.fromkeys(sets)
    queue = list(found)
    while queue and len(found) < MOST_SETS:
        one = queue.pop(0)
        for other in list(found):
            if one & other and one | other not in found:
                found[one | other] = None
                queue.append(one | other)
    return list(found)
