"""What students want: how often each course is requested, and which courses are requested together."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import combinations

from echelon_desktop.model.dataset import School
from echelon_desktop.model.entities import Section


@dataclass(frozen=True, slots=True)
class Wish:
    """A student who wants a course: the rank of the request, and whether only as an alternate of it."""

    student: str
    rank: int
    alternate: bool = False


@dataclass(frozen=True, slots=True)
class CourseDemand:
    """
    How much a course is wanted, and what there is of it.

    Parameters
    ----------
    course, title, department
        Id and words.
    wishes
        A line for each student who wants it, in the order of the requests.
    sections
        Ids of its sections.
    seats
        Seats of all of them together.
    class_size
        Seats of its usual section, or of the school's where it has none; 0 where that is not known either.
    """

    course: str
    title: str
    department: str
    wishes: tuple[Wish, ...]
    sections: tuple[str, ...]
    seats: int
    class_size: int

    @property
    def requests(self) -> int:
        """Students who request it; those who name it as an alternate are not among them."""
        return sum(not wish.alternate for wish in self.wishes)

    @property
    def alternates(self) -> int:
        """Students who name it only as an alternate."""
        return len(self.wishes) - self.requests

    @property
    def spare(self) -> int:
        """Seats beyond its requests, negative where there are too few."""
        return self.seats - self.requests

    @property
    def needed(self) -> int | None:
        """Sections of usual size that its requests fill; None where no size is known."""
        return math.ceil(self.requests / self.class_size) if self.class_size else None


@dataclass(frozen=True, slots=True)
class Together:
    """Two courses and the students who request both."""

    one: CourseDemand
    other: CourseDemand
    students: tuple[str, ...]

    @property
    def most_sections(self) -> int:
        """Sections of the course that has more: the fewer, the sooner the two collide."""
        return max(len(self.one.sections), len(self.other.sections))


def read_demand(school: School) -> dict[str, CourseDemand]:
    """The demand for each course that the school has, offers or is asked for, in the order of its tables."""
    sections: dict[str, list[Section]] = defaultdict(list)
    for section in school.sections.values():
        sections[section.course].append(section)
    usual = usual_size(school.sections.values())
    wishes: dict[str, dict[str, Wish]] = defaultdict(dict)
    for entry in school.requests.values():
        for request in entry.requests:
            wishes[request.course][entry.student] = Wish(entry.student, request.rank)
        for request in entry.requests:
            for course in request.alternates:
                wishes[course].setdefault(entry.student, Wish(entry.student, request.rank, alternate=True))
    found = {}
    for course in dict.fromkeys([*map(str, school.courses), *sections, *wishes]):
        record, offered = school.courses.get(course), sections.get(course, [])
        departments = [record.department if record is not None else "", *(s.department for s in offered)]
        found[course] = CourseDemand(
            course,
            (record.title if record is not None else "") or course,
            next(filter(None, departments), ""),
            tuple(wishes[course].values()) if course in wishes else (),
            tuple(section.id for section in offered),
            sum(section.seats for section in offered),
            usual_size(offered) or usual,
        )
    return found


def wanted_together(demand: Mapping[str, CourseDemand]) -> list[Together]:
    """Pairs of courses with sections that somebody requests both, those wanted by the most students first."""
    courses_of: dict[str, list[str]] = defaultdict(list)
    offered = {name: each for name, each in demand.items() if each.sections}
    for name, each in offered.items():
        for wish in each.wishes:
            if not wish.alternate:
                courses_of[wish.student].append(name)
    students: dict[tuple[str, str], list[str]] = defaultdict(list)
    for student, courses in courses_of.items():
        for pair in combinations(courses, 2):
            students[pair].append(student)
    pairs = [Together(offered[a], offered[b], tuple(those)) for (a, b), those in students.items()]
    pairs.sort(key=lambda pair: (-len(pair.students), pair.most_sections))
    return pairs


def usual_size(sections: Iterable[Section]) -> int:
    """Seats that most sections have, the more where two are as frequent; 0 without sections."""
    sizes = Counter(section.seats for section in sections)
    return max(sizes, key=lambda size: (sizes[size], size), default=0)


def another_section(school: School, demand: CourseDemand, name: str) -> Section:
    """One more section of a course: of usual size, else like its first; no teacher, open to everybody."""
    if not demand.sections:
        return Section(name, demand.course, seats=demand.class_size, department=demand.department)
    like = school.sections[demand.sections[0]]
    return replace(
        like, id=name, teachers=(), room="", seats=demand.class_size, grades=(), groups=(), extra={}
    )
