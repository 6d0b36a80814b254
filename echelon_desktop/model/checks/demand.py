"""Checks of demand: what all students request together, against the sections and seats there are."""

from collections import Counter, defaultdict

from echelon_desktop.model import entities as e
from echelon_desktop.model.checks.report import Report
from echelon_desktop.model.checks.spelling import by_loose_spelling, suggestion
from echelon_desktop.model.checks.times import Times
from echelon_desktop.model.scope import sped_limit
from echelon_desktop.model.wording import counted

_SLACK = 10  # one seat in so many stays empty anyway, since students' other courses are in the way


class Demand:
    """
    Checks of demand, course by course.

    Parameters
    ----------
    report, times
        Where findings go, and which sections are stacked.
    """

    def __init__(self, report: Report, times: Times) -> None:
        self.report, self.times = report, times
        self.school = report.school
        self.sections: dict[str, list[e.Section]] = defaultdict(list)
        for section in self.school.sections.values():
            self.sections[section.course].append(section)

    def check(self) -> None:
        """All checks of demand."""
        demand: Counter[str] = Counter()
        sped_demand: Counter[str] = Counter()
        alternates: Counter[str] = Counter()
        first: dict[str, str] = {}  # the first student to name a course
        for entry in self.school.requests.values():
            student = self.school.students.get(entry.student)
            asked = {request.course for request in entry.requests}
            also = {alternate for request in entry.requests for alternate in request.alternates} - asked
            demand.update(asked)
            alternates.update(also)
            if student is not None and student.sped:
                sped_demand.update(asked)
            for course in asked | also:
                first.setdefault(course, entry.student)
        self._check_offered(demand, alternates, first)
        self._check_seats(demand, sped_demand)
        for course in self.sections:
            if not demand[course] and not alternates[course]:
                self.report.add_course(
                    "course-without-requests", f"Nobody requests {self.report.course(course)}.", course
                )

    def _check_offered(self, demand: Counter[str], alternates: Counter[str], first: dict[str, str]) -> None:
        spellings = by_loose_spelling(self.sections)
        for course in sorted(demand.keys() | alternates.keys()):
            if course in self.sections:
                continue
            asked = [
                f"{_students(count)} {verb}{'s' if count == 1 else ''} {what}"
                for count, verb, what in (
                    (demand[course], "request", "it"),
                    (alternates[course], "name", "it as an alternate"),
                )
                if count
            ]
            message = f"{self.report.course(course)} has no section; {' and '.join(asked)}."
            asking = ("requests", first[course], "requests" if demand[course] else "alternates")
            table, key, field = ("courses", course, "id") if course in self.school.courses else asking
            shown_at = asking if self.report.is_implied(course) else None
            remedy = suggestion(course, spellings)
            self.report.add(
                "request-without-section",
                message,
                table,
                key,
                field,
                course,
                remedy,
                shown_at,
                request=course,
            )

    def _check_seats(self, demand: Counter[str], sped_demand: Counter[str]) -> None:
        stack_of = self.times.stack_of
        joined: dict[str, set[str]] = defaultdict(set)  # courses of each stack
        room: dict[str, int] = defaultdict(int)  # seats of each stack, shared by its sections
        for course, sections in self.sections.items():
            seats = [self._seats(section) for section in sections]
            name, total, short = self.report.course(course), sum(seats), 0
            asked = counted(demand[course], "request")
            if demand[course] > total > 0:
                short = demand[course] - total
                message = f"{name} has {asked} and {counted(total, 'seat')}: {short} too few."
                self.report.add_course("demand-above-seats", message, course, value=str(demand[course]))
            elif demand[course] and (enough := _enough(seats, demand[course])) < len(seats):
                fitting = counted(demand[course], "request fits", "requests fit")
                message = f"{name} has {len(seats)} sections; its {fitting} in {enough}."
                self.report.add_course("sections-to-spare", message, course, value=str(len(seats)))
            limits = [sped_limit(self.school, self.report.rules, section) for section in sections]
            sped = sum(s if limit is None else min(s, limit) for s, limit in zip(seats, limits, strict=True))
            if sped_demand[course] > sped and sped_demand[course] - sped > short:
                wanted = counted(sped_demand[course], "request")
                message = (
                    f"{name} has {wanted} of SPED students, and its sections "
                    f"take {sped} together: {sped_demand[course] - sped} too few."
                )
                self.report.add_course(
                    "sped-demand-above-seats", message, course, value=str(sped_demand[course])
                )
            for section, number in zip(sections, seats, strict=True):
                stack = stack_of[section.id]
                joined[stack].add(course)
                room[stack] = max(room[stack], number)
        self._check_shared_seats(demand, joined, room)

    def _check_shared_seats(
        self, demand: Counter[str], joined: dict[str, set[str]], room: dict[str, int]
    ) -> None:
        """Courses that meet in stacks only compete for the seats of these."""
        for courses in {frozenset(courses) for courses in joined.values() if len(courses) > 1}:
            if any(self._sections_elsewhere(course, courses, joined) for course in courses):
                continue
            total = sum(seats for stack, seats in room.items() if joined[stack] <= courses)
            asked = sum(demand[course] for course in courses)
            if asked > total > 0 and all(demand[c] <= total for c in courses):
                names = " and ".join(self.report.course(course) for course in sorted(courses))
                shared = counted(total, "seat")
                message = f"{names} have {asked} requests and share {shared}: {asked - total} too few."
                self.report.add_course("demand-above-seats", message, min(courses), value=str(asked))

    def _sections_elsewhere(self, course: str, courses: frozenset[str], joined: dict[str, set[str]]) -> bool:
        return any(not joined[self.times.stack_of[s.id]] <= courses for s in self.sections[course])

    def _seats(self, section: e.Section) -> int:
        room = self.school.rooms.get(section.room)
        return max(0, section.seats if room is None or room.seats is None else min(section.seats, room.seats))


def _students(count: int) -> str:
    """How many, in words."""
    return f"{count} student{'s' if count != 1 else ''}"


def _enough(seats: list[int], demand: int) -> int:
    """How many of the sections hold the demand with a seat in :data:`_SLACK` to spare."""
    filled = 0
    for number, section in enumerate(sorted(seats, reverse=True), 1):
        filled += section
        if filled * (_SLACK - 1) >= demand * _SLACK:
            return number
    return len(seats)
