"""
A small school whose hidden schedule is perfect by every rule there is.

Students come in houses of four blocks; a block has its classes together. The table below is its day, made by
hand so that nothing costs anything: no clash, no hole, labs apart, days alike, every class of the same size
with the same number of SPED students. Some classes name neither teacher nor room, and these are to be given.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.rules import COMPLETE, preset_rules

BLOCKS = 4  # of a house
_SIZES = (2, 4, 6)  # students of a block

PERIODS = tuple(e.Period(f"{d}{i}", str(4 * (d == "G") + i), d, i) for d in "RG" for i in range(1, 5))
TERMS = (e.Term("S1", "Fall"), e.Term("S2", "Spring"))
_HALF_YEARS = (("S1",), ("S2",))

# Course → its periods for each of the four blocks.
_DAY = {
    "English": ("R3", "R2", "G2", "R4"),
    "Math": ("G2", "G3", "G4", "R2"),
    "Biology": ("G1", "R1", "G3", "R3"),
    "Civics": ("G3", "R3", "R2", "G2"),
    "Economics": ("G3", "R3", "R2", "G2"),
    "Studio": ("R1 R2", "G1 G2", "R3 R4", "G3 G4"),
    "AP Studio": ("R1 R2", "G1 G2", "R3 R4", "G3 G4"),
}
_DEPARTMENTS = {
    "English": "English",
    "Math": "Math",
    "Biology": "Science",
    "Civics": "Social Studies",
    "Economics": "Social Studies",
    "Studio": "Arts",
    "AP Studio": "Arts",
}
# Course → teachers of a house for each of its blocks.
_STAFF = {
    "English": ("E+X", "E", "E", "E"),
    "Math": ("M", "M", "M", "M"),
    "Biology": ("B", "B", "B", "B"),
    "Civics": ("C", "C", "C", "C+X"),
    "Economics": ("C", "C", "C", "C+X"),
    "Studio": ("A", "D", "D", "A"),
    "AP Studio": ("A", "D", "D", "A"),
}
_ROOMS = {"E": "N1", "M": "N2", "B": "L1", "C": "S1", "A": "U1", "D": "U1"}
# Which classes name nobody, and which no room: these are given out.
_NO_TEACHER = {("Math", 2), ("Math", 3), ("English", 2), *(("Studio", b) for b in range(BLOCKS))}
_NO_TEACHER |= {("AP Studio", b) for b in range(BLOCKS)}
_ROOM_NAMED = {"Biology"}


@dataclass(frozen=True, slots=True)
class _Class:
    """A class of a block of a house."""

    house: int
    block: int
    course: str

    @property
    def id(self) -> str:
        return f"{self.course.replace(' ', '')}-{self.house}{self.block}"

    @property
    def staff(self) -> tuple[str, ...]:
        return tuple(f"{who}{self.house}" for who in _STAFF[self.course][self.block].split("+"))

    @property
    def room(self) -> str:
        return f"{_ROOMS[_STAFF[self.course][self.block][0]]}{self.house}"

    @property
    def term(self) -> str:
        """Civics is taught in the fall to every other block, and economics to the others."""
        first = "Civics" if self.block % 2 == 0 else "Economics"
        return "" if self.course not in {"Civics", "Economics"} else "S1" if self.course == first else "S2"


@dataclass(frozen=True, slots=True)
class BlockSchool:
    """
    A school of blocks.

    Parameters
    ----------
    houses
        How many, each with its own teachers and rooms.
    size
        Students of a block, an even number.
    """

    houses: int
    size: int

    @classmethod
    def of(cls, students: int) -> "BlockSchool":
        """A school of about so many students, of 8 at least: larger blocks first, then more houses."""
        size = max([s for s in _SIZES if s * BLOCKS <= students], default=_SIZES[0])
        return cls(max(1, round(students / (size * BLOCKS))), size)

    @property
    def sped(self) -> int:
        """SPED students of a block: as many who take the advanced course as who do not, or just one."""
        return 1 if self.size == _SIZES[0] else 2

    @property
    def seats(self) -> int:
        """Seats of a section, and of the rooms that fit."""
        return self.size + 1

    def school(self) -> School:
        """The school."""
        houses = range(1, self.houses + 1)
        return School(
            periods=PERIODS,
            terms=TERMS,
            rooms=[room for house in houses for room in _rooms(house, self.seats)],
            groups=[e.Group("Robotics")],
            courses=[_course(course) for course in _DAY],
            teachers=[teacher for house in houses for teacher in _teachers(house)],
            sections=[_section(c, self.seats) for c in _classes(self.houses)],
            links=[link for house in houses for link in _links(house)],
            unavailability=[e.Unavailability(f"B{house}", ("R4", "S2:G4")) for house in houses],
            students=[_student(h, b, i, self.sped) for h, b, i in self._people()],
            requests=[_requests(h, b, i) for h, b, i in self._people()],
        )

    def schedule(self) -> Schedule:
        """The perfect schedule."""
        placements = {
            c.id: e.Placement(
                "",
                c.id,
                tuple(_DAY[c.course][c.block].split()),
                (c.term,) if c.term else (),
                c.staff,
                c.room,
            )
            for c in _classes(self.houses)
        }
        seatings = {}
        for h, b, i in self._people():
            seats = tuple(e.Seat(course, _Class(h, b, course).id) for course in _courses_of(i))
            seatings[_id(h, b, i)] = e.Seating("", _id(h, b, i), seats)
        return Schedule(placements, seatings)

    def rules(self) -> tuple[e.Rule, ...]:
        """The preset "complete" with limits that leave nothing to spare, and teachers and rooms for all."""
        helped = tuple(dict.fromkeys(_DEPARTMENTS.values()))
        changed: dict[str, dict[str, Any]] = {
            "section-teachers": {"level": None},
            "section-rooms": {"level": None},
            "sped-limit": {"limit": self.sped},
            "teacher-rooms": {"departments": helped},  # who helps out goes where he is needed
            "student-day-balance": {"limit": 0},
        }
        rules = [replace(rule, **changed.get(rule.id, {})) for rule in preset_rules(COMPLETE)]
        late = tuple(f"M{house}" for house in range(1, self.houses + 1))
        early = ("R1", "R2", "R3", "G1", "G2", "G3")
        return (
            *rules,
            e.Rule("teacher-load", "teacher-load", limit=BLOCKS),
            e.Rule("labs-early", "allowed-periods", courses=("Biology",), periods=early),
            e.Rule("math-late", "allowed-periods", 14, 2, teachers=late, periods=("R2", "G2", "G3", "G4")),
            e.Rule("student-free-periods", "student-free-periods", 14, limit=2),
        )

    def _people(self) -> Iterator[tuple[int, int, int]]:
        """House, block and number in it of every student."""
        for house in range(1, self.houses + 1):
            for block in range(BLOCKS):
                for i in range(self.size):
                    yield house, block, i


def _classes(houses: int) -> Iterator[_Class]:
    for house in range(1, houses + 1):
        for course in _DAY:
            for block in range(BLOCKS):
                yield _Class(house, block, course)


def _id(house: int, block: int, i: int) -> str:
    return f"{house}{block}{i}"


def _courses_of(i: int) -> tuple[str, ...]:
    """What a student of a block takes: every other one the advanced course of the stack."""
    return ("English", "Math", "Biology", "Civics", "Economics", "AP Studio" if i % 2 else "Studio")


def _course(course: str) -> e.Course:
    return e.Course(
        course,
        department=_DEPARTMENTS[course],
        allowed_periods=tuple(p.id for p in PERIODS if p.id not in {"R1", "G1"})
        if course == "Civics"
        else (),
        pattern="2" if "Studio" in course else "",
        term_choices=_HALF_YEARS if course in {"Civics", "Economics"} else (),
        room_type={"Biology": "lab", "Studio": "studio", "AP Studio": "studio"}.get(course, ""),
    )


def _section(c: _Class, seats: int) -> e.Section:
    return e.Section(
        c.id,
        c.course,
        () if (c.course, c.block) in _NO_TEACHER else c.staff,
        seats,
        room=c.room if c.course in _ROOM_NAMED else "",
        grades=("9",) if c.course == "English" and c.block < BLOCKS // 2 else (),
        groups=("Robotics",) if (c.course, c.block) == ("Math", 3) else (),
    )


def _teachers(house: int) -> Iterator[e.Teacher]:
    for who, department, fte, preps in (
        ("E", "English", None, 1),
        ("M", "Math", 1.0, 1),
        ("B", "Science", None, 1),
        ("C", "Social Studies", None, 2),
        ("A", "Arts", 0.5, 2),
        ("D", "Arts", 0.5, 2),
    ):
        yield e.Teacher(f"{who}{house}", department, fte=fte, max_preps=preps)
    # Teaches beside others; nothing is given to him.
    yield e.Teacher(f"X{house}", "Special Education", fte=0.5, max_consecutive=1)


def _rooms(house: int, seats: int) -> Iterator[e.Room]:
    yield e.Room(f"N1{house}", seats, "North")
    yield e.Room(f"N2{house}", seats, "North")
    yield e.Room(f"S1{house}", seats, "South")
    yield e.Room(f"L1{house}", seats, "North", "lab")
    yield e.Room(f"U1{house}", seats, "South", "studio")
    yield e.Room(f"Hall{house}", 4 * seats, "South")


def _links(house: int) -> Iterator[e.Link]:
    for block in range(BLOCKS):
        pair = tuple(_Class(house, block, course).id for course in ("Civics", "Economics"))
        yield e.Link(f"together {house}{block}", e.LinkKind.SAME_PERIOD, pair)
        yield e.Link(f"both {house}{block}", e.LinkKind.SAME_STUDENTS, pair)
        stack = tuple(_Class(house, block, course).id for course in ("Studio", "AP Studio"))
        yield e.Link(f"stack {house}{block}", e.LinkKind.STACKED, stack)
    follow = tuple(_Class(house, 0, course).id for course in ("Biology", "Math"))
    yield e.Link(f"follow {house}", e.LinkKind.CONSECUTIVE, follow)


def _student(house: int, block: int, i: int, sped: int) -> e.Student:
    return e.Student(
        _id(house, block, i),
        sped=i < sped,
        grade="9" if block < BLOCKS // 2 else "10",
        groups=("Robotics",) if block == BLOCKS - 1 else (),
        # One of the first block leaves early on R, when his block has nothing.
        unavailable=("R4",) if (block, i) == (0, 0) else (),
    )


def _requests(house: int, block: int, i: int) -> e.RequestList:
    requests = []
    for course in _courses_of(i):
        alternates = ("Studio",) if course == "AP Studio" else ()
        requests.append(e.CourseRequest(course, 2 if "Studio" in course else 1, alternates))
    return e.RequestList(_id(house, block, i), tuple(requests))
