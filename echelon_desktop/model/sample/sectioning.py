"""Who sits where in the hidden schedule of a sample school: students fill their periods one by one."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random

from echelon_desktop.model.sample.catalogue import GRADES
from echelon_desktop.model.sample.planning import PlannedCourse
from echelon_desktop.model.sample.staffing import Meeting, PlannedSection

# Weights of a regular and an advanced course; with a fifth on the honors track demand is as the shares say.
_HONORS_DRAW, _REGULAR_DRAW = (4, 32), (4, 1)
# Sections a student looks at, at most: were it all those of a large district, time would grow as its square.
_LOOK = 100
_CORE_ORDER = ("English", "Math", "Social Studies", "Science", "PE")


@dataclass(slots=True, eq=False)
class Pupil:
    """
    A student of the school to be.

    Parameters
    ----------
    number, grade, sped, honors
        Position among all, grade, SPED flag, and whether on the honors track.
    wishes
        How many meetings the student wants to join.
    taken
        The sections held, core courses first.
    joined, busy
        How many meetings these are, and bits of the periods taken.
    """

    number: int
    grade: int
    sped: bool
    honors: bool
    wishes: int
    taken: list[PlannedSection] = field(default_factory=list)
    joined: int = 0
    busy: int = 0

    @property
    def core_departments(self) -> set[str]:
        """Departments of which the student holds a core course."""
        return {s.course.offer.department for s in self.taken if s.course.offer.shares}


@dataclass(slots=True, eq=False)
class _Option:
    """What a student can join: the sections of a meeting that go together."""

    meeting: Meeting
    sections: tuple[PlannedSection, ...]
    course: PlannedCourse
    subject: str
    core_of: str  # department of a core course
    liking: dict[int, int]  # by grade


class Sectioner:
    """
    Seats students in placed meetings so that nobody clashes and no seat or SPED limit is exceeded.

    Parameters
    ----------
    meetings
        As placed.
    periods
        How many there are.
    sped_limit
        Most SPED students in a section.
    random
        Source of all choices.
    """

    def __init__(self, meetings: Sequence[Meeting], periods: int, sped_limit: int, random: Random) -> None:
        self.random = random
        self.sped_limit = sped_limit
        self.periods = range(periods)
        self.left = {meeting: meeting.target for meeting in meetings}
        self.spare = {meeting: meeting.seats - meeting.target for meeting in meetings}
        self.of_course: dict[PlannedCourse, list[_Option]] = defaultdict(list)
        self.in_period: list[list[_Option]] = [[] for _ in self.periods]
        self.core: dict[tuple[str, int], list[PlannedCourse]] = defaultdict(list)
        for option in _options(meetings):
            self.of_course[option.course].append(option)
            for period in self.periods:
                if option.meeting.mask >> period & 1:
                    self.in_period[period].append(option)
        for course in self.of_course:
            for grade in GRADES:
                if course.offer.shares.get(grade):
                    self.core[course.offer.department, grade].append(course)

    def seat(self, pupil: Pupil) -> None:
        """Give the student core courses, then fill the rest with what is open, up to the wishes."""
        wanted = [course for department in _CORE_ORDER for course in self._core_course(department, pupil)]
        while len(wanted) > pupil.wishes:
            wanted.pop(self.random.randrange(len(wanted)))
        found = [self._open_sections(course, pupil) for course in wanted]
        found = [options for options in found if options]
        while found and not self._place(found, pupil):
            found.pop()
        for within_target in (True, False):
            periods = list(self.periods)
            self.random.shuffle(periods)
            for period in periods:
                if pupil.joined >= pupil.wishes:
                    return
                if not pupil.busy >> period & 1:
                    self._fill(pupil, period, within_target)

    def _core_course(self, department: str, pupil: Pupil) -> Iterable[PlannedCourse]:
        """The course of a department that the student takes this year, if any."""
        courses = self.core[department, pupil.grade]
        shares = [course.offer.shares[pupil.grade] for course in courses]
        if self.random.randrange(100) < sum(shares):
            drawn = _HONORS_DRAW if pupil.honors else _REGULAR_DRAW
            weights = [s * drawn[c.offer.is_advanced] for c, s in zip(courses, shares, strict=True)]
            yield courses[_weighted(weights, self.random)]

    def _open_sections(self, course: PlannedCourse, pupil: Pupil) -> list[_Option]:
        """Sections of a course that the student may join, the emptiest first."""
        options = [o for o in self._some(self.of_course[course]) if self._admits(o, pupil, True)]
        options.sort(key=lambda o: (-self.left[o.meeting], o.sections[0].id))
        return options

    def _some(self, options: list[_Option]) -> list[_Option]:
        step = len(options) // _LOOK
        return options if step < 2 else options[self.random.randrange(step) :: step]

    def _place(self, options: Sequence[list[_Option]], pupil: Pupil) -> bool:
        """Join one section of each course, all apart, the first ones preferred."""
        found = _apart(sorted(options, key=len), pupil.busy)
        if found is None:
            return False
        for option in found:
            self._join(pupil, option)
        return True

    def _fill(self, pupil: Pupil, period: int, within_target: bool) -> None:
        """Let the student choose something for an empty period, popular and empty sections more often."""
        core = pupil.core_departments
        subjects = {subject_of(section.course) for section in pupil.taken}
        options, weights = [], []
        for option in self._some(self.in_period[period]):
            liking = option.liking[pupil.grade]
            if not liking or option.subject in subjects or option.core_of in core:
                continue
            if self._admits(option, pupil, within_target):
                options.append(option)
                weights.append(liking * self._seats(option, within_target))
        if options:
            self._join(pupil, options[_weighted(weights, self.random)])

    def _seats(self, option: _Option, within_target: bool) -> int:
        left = self.left[option.meeting]
        return left if within_target else left + self.spare[option.meeting]

    def _admits(self, option: _Option, pupil: Pupil, within_target: bool) -> bool:
        if option.meeting.mask & pupil.busy or self._seats(option, within_target) <= 0:
            return False
        return not pupil.sped or all(s.sped < self.sped_limit for s in option.sections)

    def _join(self, pupil: Pupil, option: _Option) -> None:
        self.left[option.meeting] -= 1
        pupil.busy |= option.meeting.mask
        pupil.joined += 1
        for section in option.sections:
            section.students.append(pupil.number)
            section.sped += pupil.sped
            pupil.taken.append(section)
        if self._seats(option, within_target=False) <= 0:
            self._close(option.meeting)

    def _close(self, meeting: Meeting) -> None:
        """A full class is not looked at again."""
        in_periods = [options for p, options in enumerate(self.in_period) if meeting.mask >> p & 1]
        for options in (*in_periods, *(self.of_course[section.course] for section in meeting.sections)):
            options[:] = [option for option in options if option.meeting is not meeting]


def _options(meetings: Iterable[Meeting]) -> Iterable[_Option]:
    for meeting in meetings:
        together = [tuple(meeting.sections)] if meeting.is_pair else [(s,) for s in meeting.sections]
        for sections in together:
            course = sections[0].course
            offer = course.offer
            yield _Option(
                meeting,
                sections,
                course,
                subject_of(course),
                offer.department if offer.shares else "",
                {grade: offer.liking(grade) for grade in GRADES},
            )


def subject_of(course: PlannedCourse) -> str:
    """What a student takes once a year, at whatever level: "Spanish" of "Spanish 2" and "AP Spanish"."""
    return course.offer.title.removeprefix("AP ").rstrip(" 0123456789")


def _apart(options: Sequence[Sequence[_Option]], busy: int) -> list[_Option] | None:
    """One option of each list so that none meet at the same time, the first ones preferred."""
    if not options:
        return []
    for option in options[0]:
        if option.meeting.mask & busy == 0:
            rest = _apart(options[1:], busy | option.meeting.mask)
            if rest is not None:
                return [option, *rest]
    return None


def _weighted(weights: Sequence[int], random: Random) -> int:
    pick = random.randrange(sum(weights))
    return next(i for i, reached in enumerate(accumulate(weights)) if pick < reached)
