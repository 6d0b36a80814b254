"""What a sample school shall be like."""

from dataclasses import dataclass

from echelon_desktop.errors import InputError
from echelon_desktop.model.slots import MAX_SLOTS


@dataclass(frozen=True, slots=True)
class Shape:
    """
    Size and character of a sample school.

    Parameters
    ----------
    students
        How many; 1 or more.
    days, periods_per_day
        The bell schedule: R1 to R4 and G1 to G4 by default.
    requests
        Fewest and most course requests of a student; most have nearly the most.
    singleton_share
        Share of the courses that have one section, about; small schools have more of them. At 0.64
        and 2,200 students, demand is spread over courses much as in the published figures of a Californian
        high school of that size (median 18, upper quartile 48, 90th percentile 165, largest 565).
    seats
        Seats of a section.
    unequal_seats
        Give each section the seats that its students in the hidden schedule need, and the slack. With no
        slack every seat is taken in a perfect schedule.
    seat_slack
        Seats above demand, as a share of demand; 0.11 is 27 students to 30 seats. Where all sections have the
        same seats, singletons have more of it.
    loads
        Fewest and most sections of a teacher.
    absences
        Share of teachers who are away in one or two periods.
    sped_share, honors_share
        Share of students with SPED; share on the honors track, who take most of the honors and AP courses.
    planted
        Derive the requests from a hidden schedule that meets them all. Otherwise students choose freely, and
        nobody knows how many requests can be met.
    semesters
        Two terms; Government and Economics are half-year courses, one after the other in the same period.
    doubles
        Some courses meet in two consecutive periods.
    stacks
        The highest level of a language shares its class with the AP course.
    co_teaching
        Some classes have two teachers.
    alternates
        Students rank their requests and name alternates for electives.
    grade_restrictions
        Sections of courses for one grade admit only that grade.
    rooms
        Each teacher has a room.
    zero_period
        A period before each day's first, in which few courses meet.
    every_rule
        Another school altogether: of blocks of students, for every kind of rule and everything that a section
        can be, with a hidden schedule that costs nothing by any. Of this shape only the size counts then.
    """

    students: int = 800
    days: tuple[str, ...] = ("R", "G")
    periods_per_day: int = 4
    requests: tuple[int, int] = (5, 8)
    singleton_share: float = 1 / 3
    seats: int = 30
    unequal_seats: bool = False
    seat_slack: float = 0.11
    loads: tuple[int, int] = (3, 5)
    absences: float = 0.11
    sped_share: float = 1 / 7
    honors_share: float = 0.2
    planted: bool = True
    semesters: bool = False
    doubles: bool = False
    stacks: bool = False
    co_teaching: bool = False
    alternates: bool = False
    grade_restrictions: bool = False
    rooms: bool = False
    zero_period: bool = False
    every_rule: bool = False

    def __post_init__(self) -> None:
        slots = len(self.days) * (self.periods_per_day + self.zero_period) * (2 if self.semesters else 1)
        shares = (self.absences, self.sped_share, self.honors_share)
        demands = (
            (self.students >= 1, "A school has at least one student."),
            (bool(self.days) and self.periods_per_day >= 1, "A school has at least one period."),
            (len(set(self.days)) == len(self.days), "Each day needs its own letter."),
            (slots <= MAX_SLOTS, f"A school has at most {MAX_SLOTS} slots, not {slots}."),
            (1 <= self.requests[0] <= self.requests[1], "Requests are a range such as 5 to 8."),
            (0 <= self.singleton_share < 1, "The share of singletons is between 0 and 1."),
            (self.seats >= 1, "A section has at least one seat."),
            (self.seat_slack >= 0, "Seats cannot be fewer than the demand."),
            (1 <= self.loads[0] <= self.loads[1], "Loads are a range such as 3 to 5."),
            (all(0 <= share <= 1 for share in shares), "Shares are between 0 and 1."),
        )
        for met, message in demands:
            if not met:
                raise InputError(message)

    @property
    def general(self) -> bool:
        """Whether the school needs more than the six plain files can say."""
        return any(
            (
                self.semesters,
                self.doubles,
                self.stacks,
                self.co_teaching,
                self.alternates,
                self.grade_restrictions,
                self.rooms,
                self.every_rule,
            )
        )
