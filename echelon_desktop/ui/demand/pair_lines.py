"""What is shown of two courses that are wanted together, line by line. Knows nothing of Qt."""

from collections.abc import Iterable
from dataclasses import dataclass

from echelon_desktop.model.demand import CourseDemand, Together
from echelon_desktop.model.wording import counted
from echelon_desktop.ui.schedule.timetable import Meeting, Timetable


@dataclass(frozen=True, slots=True)
class PairLine:
    """
    Two courses in a schedule, if there is one.

    Parameters
    ----------
    pair
        The courses, and who wants both.
    times
        Where both meet when each has one section, else whether they can be taken together at all.
    collides
        Whether both have a place, and no student can hold a seat in each.
    missed
        Students of the pair who hold no seat for one of the two.
    """

    pair: Together
    times: str = ""
    collides: bool = False
    missed: int = 0

    @property
    def key(self) -> str:
        """The ids of both courses."""
        return f"{self.pair.one.course}\t{self.pair.other.course}"


def pair_lines(pairs: Iterable[Together], timetable: Timetable | None) -> list[PairLine]:
    """A line for each pair, with what a schedule makes of it."""
    if timetable is None:
        return [PairLine(pair) for pair in pairs]
    unmet_of = {student: {each.course for each in unmet} for student, unmet in timetable.unmet_of.items()}
    lines = []
    for pair in pairs:
        collides = _collide(timetable, pair)
        missed = sum(not unmet_of.get(s, set()).isdisjoint(_ids(pair)) for s in pair.students)
        lines.append(PairLine(pair, _times(timetable, pair, collides), collides, missed))
    return lines


def facts_of(line: PairLine, timetable: Timetable | None) -> str:
    """How many want both, where the two meet, and how many miss one, in sentences."""
    pair = line.pair
    both = (pair.one, pair.other)
    facts = [f"{counted(len(pair.students), 'student wants', 'students want')} both."]
    if timetable is None:
        facts += [f"{each.title}: {counted(len(each.sections), 'section')}." for each in both]
    else:
        facts += [f"{each.title} meets in {_places(timetable, each) or 'no period yet'}." for each in both]
        who = f"{line.missed:,} of them" if line.missed else "None of them"
        facts.append(f"{who} {'miss' if line.missed > 1 else 'misses'} one.")
    return " ".join(facts)


def missed_by(line: PairLine, timetable: Timetable, student: str) -> str:
    """Which of the two courses a student misses."""
    unmet = {each.course for each in timetable.unmet_of.get(student, ())}
    return ", ".join(each.title for each in (line.pair.one, line.pair.other) if each.course in unmet)


def _ids(pair: Together) -> tuple[str, str]:
    return pair.one.course, pair.other.course


def _times(timetable: Timetable, pair: Together, collides: bool) -> str:
    ones, others = (_meetings(timetable, course) for course in _ids(pair))
    if not ones or not others:
        return "not placed"
    if pair.most_sections > 1:
        return "never apart" if collides else "apart"
    places = [timetable.place(meeting) for meeting in (*ones, *others)]
    return f"both {places[0]}" if places[0] == places[1] else " · ".join(places)


def _collide(timetable: Timetable, pair: Together) -> bool:
    ones, others = (_meetings(timetable, course) for course in _ids(pair))
    return bool(ones and others) and all(a.mask & b.mask for a in ones for b in others)


def _meetings(timetable: Timetable, course: str) -> list[Meeting]:
    """The sections of a course that have a place."""
    return [meeting for meeting in timetable.sections_of.get(course, ()) if meeting.mask]


def _places(timetable: Timetable, each: CourseDemand) -> str:
    meetings = sorted(_meetings(timetable, each.course), key=lambda meeting: meeting.mask & -meeting.mask)
    return ", ".join(dict.fromkeys(timetable.place(meeting) for meeting in meetings))
