"""Checks of each student's course requests, and of the times at which these could be met."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations

from echelon_desktop.model import entities as e
from echelon_desktop.model.checks.report import Report
from echelon_desktop.model.checks.times import Times, Ways, fits
from echelon_desktop.model.dataset import School
from echelon_desktop.model.scope import admits, students_of
from echelon_desktop.model.wording import counted

_FEW_WAYS = 4  # courses with more ways to meet hardly ever exclude each other


class Requests:
    """
    Checks of requests, with what they need to know of each course.

    Parameters
    ----------
    report, times
        Where findings go, and when sections can meet.
    """

    def __init__(self, report: Report, times: Times) -> None:
        self.report, self.times = report, times
        self.school: School = report.school
        self.sections: dict[str, list[e.Section]] = defaultdict(list)
        for section in self.school.sections.values():
            self.sections[section.course].append(section)
        self._restricted = {
            course
            for course, sections in self.sections.items()
            if any(section.grades or section.groups for section in sections)
        }
        self._one_slot_each = all(w & (w - 1) == 0 for ways in times.ways.values() for w in ways)
        self._ways: dict[tuple[str, str, tuple[str, ...]], Ways | None] = {}
        self._options: dict[tuple[tuple[str, ...], str, tuple[str, ...], int], tuple[Ways, Ways]] = {}
        self._fits: dict[tuple[Ways, ...], bool] = {}

    def check(self) -> None:
        """All checks of requests."""
        lists = self.school.requests.values()
        if self.school.students and not any(entry.requests for entry in lists):
            self.report.add("no-requests", "No student requests a course.", "requests")
            return
        apart = self._check_pairs(lists)
        for entry in lists:
            self._check_list(entry)
        limits = [r for r in self.report.rules if r.kind == "student-free-periods" and r.level is None]
        for student in students_of(self.school):
            own = self.school.requests.get(student.id)
            if own is None or not own.requests:
                message = f"Student {student.id} requests no course."
                self.report.add("student-without-requests", message, "students", student.id)
            wanted = self._options_of(student, own.requests if own else ())
            self._check_times(student, wanted, apart)
            if limits:
                self._check_free_periods(student, list(wanted.values()), limits)

    def ways(self, course: str, student: e.Student) -> Ways | None:
        """The ways in which the student could take the course; None when no section admits them."""
        if course not in self._restricted:
            student = _ANYONE
        key = (course, student.grade, student.groups)
        if key not in self._ways:
            open_to = [s for s in self.sections[course] if admits(s, student.grade, student.groups)]
            found = dict.fromkeys(way for section in open_to for way in self.times.ways[section.id])
            self._ways[key] = tuple(found) if open_to else None
        return self._ways[key]

    def _possible(self, options: tuple[str, ...], student: e.Student, free: int) -> tuple[Ways, Ways]:
        """The ways in which the student could take one of the courses, and those open to them."""
        if self._restricted.isdisjoint(options):
            student = _ANYONE
        key = (options, student.grade, student.groups, free)
        if key not in self._options:
            offered = [self.ways(course, student) or () for course in options if course in self.sections]
            ways = tuple(dict.fromkeys(way for found in offered for way in found))
            self._options[key] = ways, tuple(way for way in ways if way & ~free == 0)
        return self._options[key]

    def _check_list(self, entry: e.RequestList) -> None:
        asked: set[str] = set()
        for request in entry.requests:
            if request.course in asked:
                message = f"Student {entry.student} requests {self.report.course(request.course)} twice."
                self.report.add(
                    "request-twice", message, "requests", entry.student, "requests", request.course
                )
            asked.add(request.course)
        for request in entry.requests:
            if request.rank < 1:
                name = self.report.course(request.course)
                message = f"Student {entry.student} requests {name} with rank {request.rank}."
                self.report.add(
                    "rank-below-one",
                    message,
                    "requests",
                    entry.student,
                    "rank",
                    str(request.rank),
                    request=request.course,
                )
            for alternate in request.alternates:
                if alternate in asked:
                    message = (
                        f"Student {entry.student} names {alternate} as an alternate for {request.course} "
                        "and requests it anyway."
                    )
                    self.report.add(
                        "alternate-useless",
                        message,
                        "requests",
                        entry.student,
                        "alternates",
                        alternate,
                        request=request.course,
                    )

    def _options_of(self, student: e.Student, requests: Iterable[e.CourseRequest]) -> dict[str, Ways]:
        """
        By requested course, the ways in which the student could take it or an alternate.

        Requests that cannot be met whatever else happens are reported and left out.
        """
        options: dict[str, tuple[str, ...]] = {}
        for request in requests:
            options.setdefault(request.course, (request.course, *request.alternates))
        free = self._free(student)
        wanted = {}
        for course, accepted in options.items():
            if course in self._restricted and self.ways(course, student) is None:
                self._add_not_eligible(student, course)
            ways, possible = self._possible(accepted, student, free)
            if possible:
                wanted[course] = possible
            elif ways:
                message = (
                    f"Student {student.id} requests {self.report.course(course)}, "
                    "which meets only when the student is away."
                )
                self.report.add(
                    "request-while-away",
                    message,
                    "requests",
                    student.id,
                    "requests",
                    course,
                    request=course,
                )
        return wanted

    def _free(self, student: e.Student) -> int:
        return self.times.grid.all & ~self.times.grid.mask(student.unavailable)

    def _check_times(self, student: e.Student, wanted: dict[str, Ways], apart: set[frozenset[str]]) -> None:
        """Whether the student's requests could all be met if every section stood where that helps most."""
        if self._too_many(student, list(wanted.values()), self._free(student)):
            return
        if apart and any(frozenset(pair) in apart for pair in combinations(wanted, 2)):
            return  # told once for the pair of courses
        key = tuple(sorted(wanted.values(), key=lambda ways: (len(ways), ways)))
        if key not in self._fits:
            self._fits[key] = _fits_at_once(key) or fits(key)
        if not self._fits[key]:
            message = (
                f"Student {student.id} requests {len(wanted)} courses that cannot all meet apart, "
                "wherever their sections stand."
            )
            self.report.add("requests-clash", message, "requests", student.id, "requests", ";".join(wanted))

    def _check_free_periods(
        self, student: e.Student, wanted: Sequence[Ways], limits: Iterable[e.Rule]
    ) -> None:
        """Whether a hard rule leaves the student more free periods than all requests can fill."""
        grid = self.times.grid
        limit = min(
            (r.limit for r in limits if r.limit is not None and (not r.grades or student.grade in r.grades)),
            default=grid.n_slots,
        )
        term = (1 << len(grid.periods)) - 1
        for t in range(max(1, len(grid.terms))):
            here = term << t * len(grid.periods)
            filled = sum(max((way & here).bit_count() for way in ways) for ways in wanted)
            empty = (self._free(student) & here).bit_count() - filled
            if empty > limit:
                message = (
                    f"Student {student.id} has {counted(empty, 'free period')} even with all requests met; "
                    f"a hard rule allows {limit}."
                )
                self.report.add(
                    "too-few-requests", message, "requests", student.id, "requests", str(len(wanted))
                )
                return

    def _too_many(self, student: e.Student, wanted: Sequence[Ways], free: int) -> bool:
        """Report requests that need more slots than there are."""
        slots = free.bit_count()
        if self._one_slot_each and len(wanted) <= slots:
            return False
        needs = sorted(min(way.bit_count() for way in ways) for ways in wanted)
        if sum(needs) <= slots:
            return False
        met = 0
        for need in needs:
            slots -= need
            met += slots >= 0
        needing = counted(len(wanted), "request that needs", "requests that need")
        message = (
            f"Student {student.id} has {needing} {counted(sum(needs), 'slot')}, and "
            f"{counted(free.bit_count(), 'slot')}: at least {len(wanted) - met} cannot be met."
        )
        self.report.add("too-many-requests", message, "requests", student.id, "requests", str(len(wanted)))
        return True

    def _add_not_eligible(self, student: e.Student, course: str) -> None:
        if not student.grade and any(section.grades for section in self.sections[course]):
            message = (
                f"Student {student.id} requests {self.report.course(course)}, "
                "which is for certain grades, and has no grade."
            )
            self.report.add("grade-missing", message, "students", student.id, "grade")
            return
        message = (
            f"Student {student.id} requests {self.report.course(course)}, no section of which admits them."
        )
        self.report.add(
            "no-eligible-section", message, "requests", student.id, "requests", course, request=course
        )

    def _check_pairs(self, lists: Iterable[e.RequestList]) -> set[frozenset[str]]:
        """Report pairs of courses that can never be taken together; returns them."""
        ways = {
            course: found
            for course in self.sections
            if (found := self._all_ways(course)) and len(found) <= _FEW_WAYS
        }
        together: Counter[tuple[str, str]] = Counter()
        for entry in lists:
            few = sorted({r.course for r in entry.requests if r.course in ways and not r.alternates})
            together.update(combinations(few, 2))
        apart = set()
        for (a, b), count in sorted(together.items()):
            if all(x & y for x in ways[a] for y in ways[b]):
                apart.add(frozenset((a, b)))
                names = f"{self.report.course(a)} and {self.report.course(b)}"
                asking = counted(count, "student requests", "students request")
                message = f"{names} can only meet at the same time; {asking} both."
                self.report.add_course("courses-always-clash", message, a, "allowed_periods", b)
        return apart

    def _all_ways(self, course: str) -> Ways:
        return tuple(dict.fromkeys(w for s in self.sections[course] for w in self.times.ways[s.id]))


def _fits_at_once(wanted: Sequence[Ways]) -> bool:
    """Whether taking the first free way for each in turn works, as it mostly does."""
    used = 0
    for ways in wanted:
        way = next((way for way in ways if way & used == 0), 0)
        if not way:
            return False
        used |= way
    return True


_ANYONE = e.Student("")
