"""Where else a section could meet so that a student whose courses meet in too few periods could have it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from echelon_desktop.solver.explain.one_student import Option
from echelon_desktop.solver.verify.reading import Reading


@dataclass(frozen=True, slots=True)
class Time:
    """
    Slots in which a section could meet, moved alone.

    Parameters
    ----------
    section
        Which one.
    mask
        Its slots there.
    free
        Whether its teachers and its room are; where not, what is there would have to change places with it.
    """

    section: str
    mask: int
    free: bool


class Times:
    """Where sections could meet, one at a time, with what the facts and the user's own word allow."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading

    def elsewhere(self, option: Option) -> Iterator[Time]:
        """
        Other times of the sections of an option, in the order of the school's periods.

        Sections that are locked or linked to others stay: a link would have to take those along. Rules of the
        school are not looked at.
        """
        reading = self.reading
        for section_id in option.sections:
            placement = reading.schedule.placements[section_id]
            if placement.locked or section_id in self._linked:
                continue
            now, busy = reading.masks[section_id], self._busy_without(section_id)
            for choice in reading.grid.choices(reading.school.sections[section_id]):
                if choice.mask != now and not choice.mask & ~self._allowed(section_id):
                    yield Time(section_id, choice.mask, not choice.mask & busy)

    def _allowed(self, section_id: str) -> int:
        """Slots that school, user and teachers' absences leave the section."""
        reading = self.reading
        course, grid = reading.course(section_id), reading.grid
        allowed = grid.allowed(reading.school.sections[section_id].allowed_periods)
        if course is not None:
            allowed &= grid.allowed(course.allowed_periods)
        allowed &= ~grid.mask(reading.schedule.placements[section_id].forbidden)
        for teacher in reading.teachers(section_id):
            allowed &= ~self._away.get(teacher, 0)
        return allowed

    def _busy_without(self, section_id: str) -> int:
        """Slots in which a teacher or the room of the section holds another one."""
        busy = 0
        for other, mask in self._holding.get(section_id, ()):
            busy |= mask if other != section_id else 0
        return busy

    @cached_property
    def _linked(self) -> frozenset[str]:
        return frozenset(s for link in self.reading.school.links.values() for s in link.sections)

    @cached_property
    def _away(self) -> dict[str, int]:
        away: dict[str, int] = {}
        for absence in self.reading.school.unavailability.values():
            away[absence.teacher] = away.get(absence.teacher, 0) | self.reading.grid.mask(absence.slots)
        return away

    @cached_property
    def _holding(self) -> dict[str, list[tuple[str, int]]]:
        """Section → sections, itself included, that share a teacher or the room with it, and their slots."""
        reading = self.reading
        by_holder: dict[tuple[str, str], list[tuple[str, int]]] = {}
        held: dict[str, list[tuple[str, str]]] = {}
        for section in reading.masks:
            room = reading.room(section)
            held[section] = [("teacher", t) for t in reading.teachers(section)]
            held[section] += [("room", room)] if room else []
            for holder in held[section]:
                by_holder.setdefault(holder, []).append((section, reading.masks[section]))
        return {
            section: [each for holder in holders for each in by_holder[holder]]
            for section, holders in held.items()
        }
