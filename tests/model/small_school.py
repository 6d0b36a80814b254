"""A small school with a schedule, in which most tables name each other."""

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Dataset, School


def small() -> Dataset:
    """Two courses that meet in R1 and R2, an elective, three students with seats, and what restricts them."""
    school = School(
        periods=[e.Period("R1", "1", "R", 1), e.Period("R2", "2", "R", 2), e.Period("G1", "3", "G", 1)],
        terms=[e.Term("Fall"), e.Term("Spring")],
        patterns=[e.Pattern("block", (("R1", "R2"), ("G1",)))],
        rooms=[e.Room("12", 30)],
        groups=[e.Group("AVID")],
        courses=[
            e.Course("BIO", "Biology", "Science", ("R1", "Fall:R2")),
            e.Course("ENG", "English", "English", pattern="block", extra={"Code": "x"}),
            e.Course("ART", "Art", term_choices=(("Fall",), ("Spring",))),
        ],
        teachers=[e.Teacher("T1", "Science", "BIO", 1), e.Teacher("T2", "English")],
        sections=[
            e.Section("S1", "BIO", ("T1",), 20, room="12", groups=("AVID",)),
            e.Section("S2", "ENG", ("T1", "T2"), 20),
            e.Section("S3", "ART", ("T2",), 20, allowed_periods=("G1",)),
        ],
        links=[e.Link("L1", e.LinkKind.SAME_PERIOD, ("S1", "S2"))],
        unavailability=[e.Unavailability("T1", ("G1", "Spring:R1"))],
        students=[e.Student("P1", groups=("AVID",)), e.Student("P2", True), e.Student("P3")],
        requests=[
            e.RequestList("P1", (e.CourseRequest("BIO"), e.CourseRequest("ENG", 2, ("ART",)))),
            e.RequestList("P2", (e.CourseRequest("BIO"), e.CourseRequest("ART"))),
            e.RequestList("P3", (e.CourseRequest("ENG"),)),
        ],
    )
    return Dataset(
        school,
        [e.Rule("r", "lab-spacing", teachers=("T1",)), e.Rule("s", "sped-limit", limit=3, courses=("ENG",))],
        [e.Scenario("1", "Draft")],
        [
            e.Placement("1", "S1", ("R1",), (), ("T1",), "12", True),
            e.Placement("1", "S2", ("R1", "R2"), (), ("T1", "T2")),
            e.Placement("1", "S3", ("G1",), ("Fall",), ("T2",)),
        ],
        [
            e.Seating("1", "P1", (e.Seat("BIO", "S1"), e.Seat("ENG", "S3")), ("S3",)),
            e.Seating("1", "P2", (e.Seat("BIO", "S1"), e.Seat("ART", "S3"))),
            e.Seating("1", "P3", (e.Seat("ENG", "S2"),)),
        ],
    )
