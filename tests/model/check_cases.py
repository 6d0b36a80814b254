"""For each kind of finding the smallest school that has it, and the same school mended."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import School
from echelon_desktop.model.slots import MAX_SLOTS

BASE: dict[str, tuple[Any, ...]] = {
    "periods": (e.Period("R1", day="R", order=1), e.Period("R2", day="R", order=2)),
    "courses": (e.Course("Art"),),
    "teachers": (e.Teacher("T1"),),
    "sections": (e.Section("A1", "Art", ("T1",), seats=2),),
    "students": (e.Student("s1"),),
    "requests": (e.RequestList("s1", (e.CourseRequest("Art"),)),),
}
"""A school without a flaw: two periods, a course, a teacher, a section, a student."""


def school(**tables: Any) -> School:
    """The flawless school, with some of its tables replaced."""
    return School(**(BASE | tables))


def asks(student: str, *courses: str) -> e.RequestList:
    return e.RequestList(student, tuple(e.CourseRequest(course) for course in courses))


def section(id: str, course: str = "Art", *teachers: str, seats: int = 2, **more: Any) -> e.Section:
    return e.Section(id, course, teachers, seats=seats, **more)


@dataclass(frozen=True)
class Case:
    """A kind of finding: tables that have it, tables that do not, and the place that is named."""

    code: str
    bad: dict[str, Any]
    good: dict[str, Any]
    at: tuple[str, str]  # table, key
    rules: tuple[e.Rule, ...] = ()
    good_rules: tuple[e.Rule, ...] | None = None
    value: str | None = None
    id: str = field(default="")


LOAD_2 = e.Rule("teacher-load", "teacher-load", limit=2)
PREPS_1 = e.Rule("teacher-preps", "teacher-preps", limit=1)
SPED_1 = e.Rule("sped-limit", "sped-limit", limit=1)
ART, BAND, CHOIR = e.Course("Art"), e.Course("Band"), e.Course("Choir")
THREE_PERIODS = (*BASE["periods"], e.Period("R3", day="R", order=3))


def cases() -> Iterator[Case]:
    yield from _calendar_and_references()
    yield from _sections_and_links()
    yield from _teachers()
    yield from _students_and_requests()
    yield from _demand()


def _calendar_and_references() -> Iterator[Case]:
    yield Case("no-periods", {"periods": ()}, {}, ("periods", ""))
    yield Case("no-sections", {"sections": (), "requests": (asks("s1"),)}, {}, ("sections", ""))
    days = MAX_SLOTS // 9
    many = tuple(e.Period(f"{d}-{i}", day=str(d), order=i) for d in range(days) for i in range(9))
    yield Case("too-many-slots", {"periods": (*many, *BASE["periods"])}, {"periods": many}, ("periods", ""))
    twice = (e.Period("R1", day="R", order=1), e.Period("R2", day="R", order=1))
    yield Case("period-order-twice", {"periods": twice}, {}, ("periods", "R2"), value="1")
    yield Case("id-missing", {"rooms": (e.Room(" "),)}, {"rooms": (e.Room("1"),)}, ("rooms", " "))
    yield Case(
        "similar-ids",
        {"rooms": (e.Room("Gym"), e.Room("gym "))},
        {"rooms": (e.Room("Gym"), e.Room("Gym 2"))},
        ("rooms", "gym "),
    )
    yield Case("no-course", {"sections": (section("A1", " ", "T1"),)}, {}, ("sections", "A1"))
    yield Case("no-course", {"requests": (asks("s1", "Art", ""),)}, {}, ("requests", "s1"), id="of a request")
    yield Case(
        "unknown-id",
        {"sections": (section("A1", "Art", "T1", "T9"),)},
        {"sections": (section("A1", "Art", "T1", "T9"),), "teachers": (e.Teacher("T1"), e.Teacher("T9"))},
        ("sections", "A1"),
        value="T9",
    )
    yield Case(
        "unknown-id",
        {"sections": (section("A1", "Aart", "T1"),), "requests": (asks("s1", "Aart"),)},
        {},
        ("sections", "A1"),
        value="Aart",
        id="course of a section",
    )
    links = (e.Link("L", e.LinkKind.STACKED, ("A1", "A2")),)
    yield Case(
        "unknown-id",
        {"links": links},
        {"links": links, "sections": (*BASE["sections"], section("A2", "Art", "T1"))},
        ("links", "L"),
        value="A2",
        id="section of a link",
    )
    absence = (e.Unavailability("T9", ("R1",)),)
    yield Case(
        "unknown-id-ignored",
        {"unavailability": absence},
        {"unavailability": absence, "teachers": (e.Teacher("T1"), e.Teacher("T9"))},
        ("unavailability", "T9"),
        value="T9",
    )
    yield Case(
        "unknown-id-ignored",
        {"requests": (*BASE["requests"], asks("s9", "Art"))},
        {"requests": BASE["requests"]},
        ("requests", "s9"),
        value="s9",
        id="requests of an unknown student",
    )
    yield Case(
        "unknown-pattern",
        {"courses": (e.Course("Art", pattern="A/B"),)},
        {
            "courses": (e.Course("Art", pattern="A/B"),),
            "patterns": (e.Pattern("A/B", (("R1",), ("R2",))),),
        },
        ("courses", "Art"),
        value="A/B",
    )
    for table, records, key in (
        ("courses", (e.Course("Art", allowed_periods=("R1", "R7")),), "Art"),
        ("sections", (section("A1", "Art", "T1", allowed_periods=("R1", "R7")),), "A1"),
        ("unavailability", (e.Unavailability("T1", ("R7",)),), "T1"),
        ("students", (e.Student("s1", unavailable=("R7",)),), "s1"),
        ("patterns", (e.Pattern("odd", (("R7",),)),), "odd"),
    ):
        yield Case(
            "unknown-period",
            {table: records},
            {table: records, "periods": (*BASE["periods"], e.Period("R7", day="R", order=7))},
            (table, key),
            value="R7",
            id=table,
        )
    rule = e.Rule("mornings", "allowed-periods", periods=("R1", "R7"))
    mended = e.Rule("mornings", "allowed-periods", periods=("R1",))
    yield Case("unknown-period", {}, {}, ("rules", "mornings"), (rule,), (mended,), "R7", "rules")
    halves = (e.Course("Art", term_choices=(("S1",), ("S3",))),)
    terms = (e.Term("S1"), e.Term("S2"))
    yield Case(
        "unknown-term",
        {"courses": halves, "terms": terms},
        {"courses": halves, "terms": (*terms, e.Term("S3"))},
        ("courses", "Art"),
        value="S3",
    )
    for name in ("courses", "departments", "teachers", "sections"):
        wrong: dict[str, Any] = {name: ("Nothing",)}
        right: dict[str, Any] = {
            name: {"courses": ("Art",), "teachers": ("T1",), "sections": ("A1",)}.get(name, ())
        }
        yield Case(
            "rule-names-unknown",
            {},
            {},
            ("rules", "r"),
            (e.Rule("r", "allowed-periods", periods=("R1",), **wrong),),
            (e.Rule("r", "allowed-periods", periods=("R1",), **right),),
            "Nothing",
            name,
        )


def _sections_and_links() -> Iterator[Case]:
    yield Case(
        "section-cannot-meet",
        {"unavailability": (e.Unavailability("T1", ("R1", "R2")),)},
        {"unavailability": (e.Unavailability("T1", ("R1",)),)},
        ("sections", "A1"),
        id="teacher away",
    )
    yield Case(
        "section-cannot-meet",
        {"courses": (e.Course("Art", allowed_periods=("R1",)),)},
        {"courses": (e.Course("Art", allowed_periods=("R1", "R2")),)},
        ("sections", "A1"),
        (e.Rule("r", "allowed-periods", courses=("Art",), periods=("R2",)),),
        id="rule against course",
    )
    yield Case(
        "section-cannot-meet",
        {"courses": (e.Course("Art", pattern="3"),)},
        {"courses": (e.Course("Art", pattern="2"),)},
        ("sections", "A1"),
        id="pattern",
    )
    yield Case(
        "section-without-seats", {"sections": (section("A1", "Art", "T1", seats=0),)}, {}, ("sections", "A1")
    )
    yield Case("section-without-teacher", {"sections": (section("A1", "Art"),)}, {}, ("sections", "A1"))
    open_one = {"sections": (section("A1", "Art"),)}
    staffed = e.Rule("section-teachers", "section-teachers")
    roomed = e.Rule("section-rooms", "section-rooms")
    able = open_one | {"teachers": (e.Teacher("T1", courses=("Art",)),)}
    yield Case("section-without-teacher", open_one, able, ("sections", "A1"), (), (staffed,), id="given")
    yield Case("nobody-may-teach", open_one, able, ("sections", "A1"), (staffed,))
    yield Case("no-room-of-type", {}, {"rooms": (e.Room("7"),)}, ("sections", "A1"), (roomed,))
    lab = {"courses": (e.Course("Art", room_type="lab"),)}
    yield Case(
        "no-room-of-type",
        lab | {"rooms": (e.Room("7"),)},
        lab | {"rooms": (e.Room("7", type="lab"),)},
        ("sections", "A1"),
        (roomed,),
        id="lab",
    )
    yield Case(
        "section-stays-without", open_one, able, ("sections", "A1"), (replace(staffed, level=2),), id="level"
    )
    in_room = (section("A1", "Art", "T1", room="7"),)
    yield Case(
        "room-too-small",
        {"sections": in_room, "rooms": (e.Room("7", 1),)},
        {"sections": in_room, "rooms": (e.Room("7", 2),)},
        ("sections", "A1"),
        value="7",
    )
    three = tuple(section(f"A{i}", "Art", f"T{i}", room="7") for i in (1, 2, 3))
    crowded = {
        "sections": three,
        "rooms": (e.Room("7"),),
        "teachers": tuple(e.Teacher(f"T{i}") for i in (1, 2, 3)),
    }
    yield Case("room-overbooked", crowded, crowded | {"periods": THREE_PERIODS}, ("rooms", "7"))
    yield Case(
        "nobody-eligible",
        {"sections": (*BASE["sections"], section("A2", "Art", "T1", grades=("9",)))},
        {
            "sections": (*BASE["sections"], section("A2", "Art", "T1", grades=("9",))),
            "students": (e.Student("s1", grade="9"),),
        },
        ("sections", "A2"),
        value="9",
    )
    two = (section("A1", "Art", "T1"), section("A2", "Art", "T1"))
    yield Case(
        "link-too-short",
        {"links": (e.Link("L", e.LinkKind.STACKED, ("A1",)),), "sections": two},
        {"links": (e.Link("L", e.LinkKind.STACKED, ("A1", "A2")),), "sections": two},
        ("links", "L"),
    )
    apart = (
        section("A1", "Art", "T1", allowed_periods=("R1",)),
        section("A2", "Art", "T2", allowed_periods=("R2",)),
    )
    free = (section("A1", "Art", "T1"), section("A2", "Art", "T2"))
    helpers = {"teachers": (e.Teacher("T1"), e.Teacher("T2"))}
    for kind, order in (
        (e.LinkKind.STACKED, ("A1", "A2")),
        (e.LinkKind.SAME_PERIOD, ("A1", "A2")),
        (e.LinkKind.CONSECUTIVE, ("A2", "A1")),
    ):
        linked = helpers | {"links": (e.Link("L", kind, order),)}
        yield Case(
            "link-cannot-meet",
            linked | {"sections": apart},
            linked | {"sections": free},
            ("links", "L"),
            id=kind,
        )
    same_period = helpers | {"links": (e.Link("L", e.LinkKind.SAME_PERIOD, ("A1", "A2")),)}
    yield Case(
        "link-cannot-meet",
        same_period | {"sections": two},
        same_period | {"sections": free},
        ("links", "L"),
        id="one teacher in the same period",
    )
    terms = {
        "terms": (e.Term("S1"), e.Term("S2")),
        "links": (e.Link("L", e.LinkKind.CONSECUTIVE, ("A1", "A2")),),
    }
    yield Case(
        "link-cannot-meet",
        helpers
        | terms
        | {
            "sections": (replace(free[0], term_choices=(("S1",),)), replace(free[1], term_choices=(("S2",),)))
        },
        helpers | terms | {"sections": (replace(free[0], term_choices=(("S1",),)), free[1])},
        ("links", "L"),
        id="consecutive in different terms",
    )
    at_once = tuple(
        section(s, c, t, allowed_periods=("R1",)) for s, c, t in (("A1", "Art", "T1"), ("B1", "Band", "T2"))
    )
    together = helpers | {
        "courses": (ART, BAND),
        "links": (e.Link("L", e.LinkKind.SAME_STUDENTS, ("A1", "B1")),),
    }
    yield Case(
        "linked-courses-clash",
        together | {"sections": at_once},
        together | {"sections": (at_once[0], replace(at_once[1], allowed_periods=()))},
        ("links", "L"),
    )
    stack = {
        "links": (e.Link("L", e.LinkKind.STACKED, ("A1", "A2")),),
        "teachers": (e.Teacher("T1"), e.Teacher("T2")),
        "rooms": (e.Room("1"), e.Room("2")),
    }
    yield Case(
        "stack-disagrees",
        stack | {"sections": free},
        stack | {"sections": (section("A1", "Art", "T1"), section("A2", "Art"))},
        ("links", "L"),
        id="teachers",
    )
    yield Case(
        "stack-disagrees",
        stack | {"sections": (section("A1", "Art", "T1", room="1"), section("A2", "Art", "T1", room="2"))},
        stack | {"sections": (section("A1", "Art", "T1", room="1"), section("A2", "Art", "T1"))},
        ("links", "L"),
        id="rooms",
    )


def _teachers() -> Iterator[Case]:
    three = tuple(section(f"A{i}", "Art", "T1") for i in (1, 2, 3))
    yield Case(
        "teacher-overbooked",
        {"sections": three},
        {"sections": three, "periods": THREE_PERIODS},
        ("teachers", "T1"),
    )
    yield Case(
        "teacher-overbooked",
        {"sections": three},
        {"sections": three, "links": (e.Link("L", e.LinkKind.STACKED, ("A1", "A2")),)},
        ("teachers", "T1"),
        id="a stack is one class",
    )
    doubles = {
        "courses": (ART, e.Course("Lab", pattern="2")),
        "sections": (section("L1", "Lab", "T1"), section("A1", "Art", "T1")),
    }
    yield Case(
        "teacher-overbooked",
        doubles
        | {
            "periods": (*BASE["periods"], e.Period("G1", day="G", order=1)),
            "unavailability": (e.Unavailability("T1", ("G1",)),),
        },
        doubles | {"periods": (*BASE["periods"], e.Period("G1", day="G", order=1))},
        ("teachers", "T1"),
        id="double period",
    )
    two = (section("A1", "Art", "T1"), section("A2", "Art", "T1"))
    yield Case(
        "course-cannot-fit",
        {"sections": two, "courses": (e.Course("Art", allowed_periods=("R1",)),)},
        {"sections": two, "courses": (e.Course("Art", allowed_periods=("R1", "R2")),)},
        ("courses", "Art"),
        value="R1",
    )
    bands = (ART, BAND)
    yield Case(
        "dedicated-elsewhere",
        {"courses": bands, "teachers": (e.Teacher("T1", dedicated_course="Band"),)},
        {"courses": bands, "teachers": (e.Teacher("T1", dedicated_course="Art"),)},
        ("sections", "A1"),
        value="T1",
    )
    yield Case(
        "dedicated-course-shared",
        {"teachers": (e.Teacher("T1"), e.Teacher("T2", dedicated_course="Art"))},
        {"teachers": (e.Teacher("T1", dedicated_course="Art"), e.Teacher("T2", dedicated_course="Art"))},
        ("sections", "A1"),
        value="T1",
    )
    in_arts = (section("A1", "Art", "T1", department="Arts"),)
    yield Case(
        "department-differs",
        {"sections": in_arts, "teachers": (e.Teacher("T1", "Math"),)},
        {"sections": in_arts, "teachers": (e.Teacher("T1", " arts"),)},
        ("sections", "A1"),
        value="T1",
        id="teacher",
    )
    helped = (section("A1", "Art", "T1", "T2", department="Arts"),)
    yield Case(
        "department-differs",
        {"sections": helped, "teachers": (e.Teacher("T1", "Math"), e.Teacher("T2", "Support"))},
        {"sections": helped, "teachers": (e.Teacher("T1", "Arts"), e.Teacher("T2", "Support"))},
        ("sections", "A1"),
        id="one of two teachers",
    )
    yield Case(
        "department-differs",
        {"sections": in_arts, "courses": (e.Course("Art", department="Music"),)},
        {"sections": in_arts, "courses": (e.Course("Art", department="Arts"),)},
        ("sections", "A1"),
        value="Arts",
        id="course",
    )
    yield Case(
        "load-differs",
        {"teachers": (e.Teacher("T1", load=2),)},
        {"teachers": (e.Teacher("T1", load=1),)},
        ("teachers", "T1"),
        value="2",
    )
    yield Case(
        "science-sections-differ",
        {
            "teachers": (e.Teacher("T1", science_sections=0),),
            "courses": (e.Course("Art", department="Science"),),
        },
        {"teachers": (e.Teacher("T1", science_sections=0),)},
        ("teachers", "T1"),
        value="0",
    )
    three_open = {"sections": three, "periods": THREE_PERIODS}
    yield Case("load-exceeded", three_open, {"sections": two}, ("teachers", "T1"), (LOAD_2,))
    half = three_open | {"teachers": (e.Teacher("T1", fte=0.5),)}
    yield Case(
        "load-exceeded",
        {"sections": two} | {"teachers": half["teachers"]},
        {},
        ("teachers", "T1"),
        (LOAD_2,),
        id="half-time",
    )
    years = {
        "terms": (e.Term("S1"), e.Term("S2")),
        "courses": (e.Course("Art", term_choices=(("S1",), ("S2",))),),
    }
    five = tuple(section(f"A{i}", "Art", "T1") for i in range(5))
    yield Case(
        "load-exceeded",
        years | {"sections": five, "periods": THREE_PERIODS},
        years | {"sections": five[:4], "periods": THREE_PERIODS},
        ("teachers", "T1"),
        (LOAD_2,),
        id="half-year sections",
    )
    preps = {"courses": (ART, BAND), "sections": (section("A1", "Art", "T1"), section("B1", "Band", "T1"))}
    yield Case("preps-exceeded", preps, {}, ("teachers", "T1"), (PREPS_1,))
    graded = e.Rule("teacher-load", "teacher-load", level=2, limit=2)
    yield Case("limit-will-be-missed", three_open, {"sections": two}, ("teachers", "T1"), (graded,))
    yield Case(
        "limit-will-be-missed",
        three_open | {"teachers": (e.Teacher("T1", max_load=2),)},
        three_open | {"teachers": (e.Teacher("T1", max_load=3),)},
        ("teachers", "T1"),
        value="2",
        id="no rule enforces it",
    )
    yield Case(
        "teacher-without-sections", {"teachers": (e.Teacher("T1"), e.Teacher("T2"))}, {}, ("teachers", "T2")
    )
    idle = {"teachers": (e.Teacher("T1", courses=("Art",)), e.Teacher("T2", courses=("Art",)))}
    given = e.Rule("section-teachers", "section-teachers")
    open_one = {"sections": (*BASE["sections"], section("A2", "Art"))}
    yield Case("teacher-without-sections", idle, idle | open_one, ("teachers", "T2"), (given,), id="given")


def _students_and_requests() -> Iterator[Case]:
    yield Case("no-requests", {"requests": ()}, {}, ("requests", ""))
    three = {
        "courses": (ART, BAND, CHOIR),
        "teachers": tuple(e.Teacher(f"T{i}") for i in (1, 2, 3)),
        "sections": (section("A1", "Art", "T1"), section("B1", "Band", "T2"), section("C1", "Choir", "T3")),
        "requests": (asks("s1", "Art", "Band", "Choir"),),
    }
    yield Case("too-many-requests", three, three | {"periods": THREE_PERIODS}, ("requests", "s1"), value="3")
    yield Case(
        "too-many-requests",
        three | {"periods": THREE_PERIODS, "students": (e.Student("s1", unavailable=("R2",)),)},
        three | {"periods": THREE_PERIODS},
        ("requests", "s1"),
        id="away",
    )
    full = {"teachers": three["teachers"], "sections": three["sections"], "courses": three["courses"]}
    limit = e.Rule("no-gaps", "student-free-periods", grades=("9",), limit=1)
    ninth_grader = (e.Student("s1", grade="9"),)
    yield Case(
        "too-few-requests",
        full | {"periods": THREE_PERIODS, "students": ninth_grader},
        full | {"periods": THREE_PERIODS, "students": ninth_grader, "requests": (asks("s1", "Art", "Band"),)},
        ("requests", "s1"),
        (limit,),
    )
    yield Case(
        "too-few-requests",
        full | {"periods": THREE_PERIODS, "students": ninth_grader},
        full | {"periods": THREE_PERIODS, "students": (e.Student("s1", grade="9", unavailable=("R3",)),)},
        ("requests", "s1"),
        (limit,),
        id="away is not free",
    )
    # Three courses in two periods, no two of which exclude each other, and one more period for nothing.
    packed = three | {"periods": THREE_PERIODS}
    morning = ("R1", "R2")
    yield Case(
        "requests-clash",
        packed | {"courses": tuple(e.Course(c, allowed_periods=morning) for c in ("Art", "Band", "Choir"))},
        packed | {"courses": (ART, *(e.Course(c, allowed_periods=morning) for c in ("Band", "Choir")))},
        ("requests", "s1"),
    )
    yield Case(
        "request-while-away",
        {
            "students": (e.Student("s1", unavailable=("R1",)),),
            "courses": (e.Course("Art", allowed_periods=("R1",)),),
        },
        {"courses": (e.Course("Art", allowed_periods=("R1",)),)},
        ("requests", "s1"),
        value="Art",
    )
    pair = {
        "teachers": (e.Teacher("T1"), e.Teacher("T2")),
        "sections": (section("A1", "Art", "T1"), section("B1", "Band", "T2")),
        "requests": (asks("s1", "Art", "Band"),),
    }
    yield Case(
        "courses-always-clash",
        pair
        | {"courses": (e.Course("Art", allowed_periods=("R1",)), e.Course("Band", allowed_periods=("R1",)))},
        pair | {"courses": (e.Course("Art", allowed_periods=("R1",)), BAND)},
        ("courses", "Art"),
        value="Band",
    )
    ninth = (section("A1", "Art", "T1", grades=("9",)),)
    yield Case(
        "no-eligible-section",
        {
            "sections": ninth,
            "students": (e.Student("s1", grade="10"), e.Student("s2", grade="9")),
            "requests": (asks("s1", "Art"), asks("s2", "Art")),
        },
        {"sections": ninth, "students": (e.Student("s1", grade="9"),)},
        ("requests", "s1"),
        value="Art",
    )
    yield Case(
        "grade-missing",
        {
            "sections": ninth,
            "students": (e.Student("s1"), e.Student("s2", grade="9")),
            "requests": (asks("s1", "Art"), asks("s2", "Art")),
        },
        {"sections": ninth, "students": (e.Student("s1", grade="9"),)},
        ("students", "s1"),
    )
    two_students = (e.Student("s1"), e.Student("s2"))
    yield Case(
        "student-without-requests",
        {"students": two_students},
        {"students": two_students, "requests": (asks("s1", "Art"), asks("s2", "Art"))},
        ("students", "s2"),
    )
    yield Case(
        "request-twice", {"requests": (asks("s1", "Art", "Art"),)}, {}, ("requests", "s1"), value="Art"
    )
    for bad in (
        (e.CourseRequest("Art", alternates=("Art",)),),
        (e.CourseRequest("Art", alternates=("Band",)), e.CourseRequest("Band")),
    ):
        tables = {k: v for k, v in pair.items() if k != "requests"} | {"courses": (ART, BAND)}
        yield Case(
            "alternate-useless",
            tables | {"requests": (e.RequestList("s1", bad),)},
            tables | {"requests": (e.RequestList("s1", (e.CourseRequest("Art", alternates=("Band",)),)),)},
            ("requests", "s1"),
            id=f"{len(bad)} requests",
        )
    yield Case(
        "rank-below-one",
        {"requests": (e.RequestList("s1", (e.CourseRequest("Art", rank=0),)),)},
        {},
        ("requests", "s1"),
        value="0",
    )


def _demand() -> Iterator[Case]:
    yield Case(
        "request-without-section",
        {"courses": (ART, BAND), "requests": (asks("s1", "Art", "Band"),)},
        {},
        ("courses", "Band"),
        value="Band",
    )
    many = tuple(e.Student(f"s{i}", sped=True) for i in range(3))
    all_ask = tuple(asks(student.id, "Art") for student in many)
    asked = {"students": many, "requests": all_ask}
    yield Case(
        "demand-above-seats",
        asked,
        asked | {"sections": (section("A1", "Art", "T1", seats=3),)},
        ("courses", "Art"),
        value="3",
    )
    stack = {
        "courses": (ART, BAND),
        "sections": (section("A1", "Art", "T1"), section("B1", "Band", "T1")),
        "students": many,
        "requests": (asks("s0", "Art"), asks("s1", "Art"), asks("s2", "Band")),
    }
    yield Case(
        "demand-above-seats",
        stack | {"links": (e.Link("L", e.LinkKind.STACKED, ("A1", "B1")),)},
        stack,
        ("courses", "Art"),
        value="3",
        id="shared seats",
    )
    roomy = asked | {"sections": (section("A1", "Art", "T1", seats=3),)}
    yield Case(
        "sped-demand-above-seats",
        roomy,
        roomy | {"courses": (e.Course("Art", sped_limit=3),)},
        ("courses", "Art"),
        (SPED_1,),
        value="3",
    )
    yield Case(
        "course-without-requests",
        {"courses": (ART, BAND), "sections": (*BASE["sections"], section("B1", "Band", "T1"))},
        {
            "courses": (ART, BAND),
            "sections": (*BASE["sections"], section("B1", "Band", "T1")),
            "requests": (e.RequestList("s1", (e.CourseRequest("Art", alternates=("Band",)),)),),
        },
        ("courses", "Band"),
    )
    yield Case(
        "sections-to-spare",
        {"sections": (section("A1", "Art", "T1", seats=9), section("A2", "Art", "T1", seats=9))},
        {"sections": (section("A1", "Art", "T1", seats=1), section("A2", "Art", "T1", seats=1))},
        ("courses", "Art"),
        value="2",
    )
