"""How many sections of which courses a sample school offers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from random import Random

from echelon_desktop.model.sample.catalogue import (
    CORE,
    ECONOMICS,
    ELECTIVES,
    GRADE_SHARES,
    GRADES,
    LANGUAGES,
    Offer,
)
from echelon_desktop.model.sample.shape import Shape

# Sections of the electives that have several; three on average, with a long tail.
_SEVERAL = (2, 2, 3, 2, 4, 2, 6, 3, 2, 4)
_AVERAGE = 3
_FULLNESS = 2 / 3  # of singletons, on average
_DOUBLES = ("AP Chemistry", "AP Physics 1", "Culinary Arts 2", "Auto Shop 2", "Engineering Design 2")
_MOST_STACKS = 3
_CHOICE = 4  # courses at least above the most requests


@dataclass(slots=True, eq=False)
class PlannedCourse:
    """
    A course and its sections.

    Parameters
    ----------
    offer, id
        What it is, and its id in the school.
    targets
        For each section the students to expect.
    pattern
        As in a course of the school.
    half_year
        Whether it takes one of two terms.
    partner
        Economics for Government: the same students, the same period, the other term.
    stacked_with
        The course whose class it shares.
    """

    offer: Offer
    id: str
    targets: list[int]
    pattern: str = ""
    half_year: bool = False
    partner: "PlannedCourse | None" = field(default=None, repr=False)
    stacked_with: "PlannedCourse | None" = field(default=None, repr=False)


def grades_of(students: int, random: Random) -> list[int]:
    """The grade of each student, in random order."""
    grades: list[int] = []
    total = 0
    for grade in GRADES:
        total += GRADE_SHARES[grade]
        grades += [grade] * (round(students * total / 100) - len(grades))
    random.shuffle(grades)
    return grades


def numbers_of_requests(shape: Shape, slots: int, random: Random) -> list[int]:
    """How many requests each student has: mostly as many as possible, less and less often fewer."""
    least, most = min(shape.requests[0], slots), min(shape.requests[1], slots)
    numbers = []
    for _ in range(shape.students):
        number = most
        while number > least and random.randrange(100) < 45:
            number -= 1
        numbers.append(number)
    return numbers


def plan_courses(shape: Shape, grades: Sequence[int], requests: int, random: Random) -> list[PlannedCourse]:
    """The courses of a school with so many requests in all, core courses first."""
    filled = shape.seats / (1 + shape.seat_slack)
    core = _core(shape, grades, filled)
    asked = sum(sum(targets) for _, targets in core)
    singles, several = _electives(shape, [len(t) for _, t in core], max(0, requests - asked), filled)
    chosen = _choose(singles + several, random)
    several = min(several, len(chosen))
    sizes = [_SEVERAL[i % len(_SEVERAL)] for i in range(several)] + [1] * (len(chosen) - several)
    wanted = requests - asked - round(singles * filled * _FULLNESS)
    while several and sum(sizes[:several]) * filled < wanted:
        sizes[random.randrange(several)] += 1  # the catalogue is too short for so large a school
    planned = [*core]
    for offer, size in zip(chosen, sizes, strict=True):
        fewest = max(1, round(filled * (2 * _FULLNESS - 1)))
        targets = [max(1, int(filled)) for _ in range(size)]
        planned.append((offer, targets if size > 1 else [random.randint(fewest, max(fewest, int(filled)))]))
    courses = [PlannedCourse(offer, "", targets) for offer, targets in planned]
    _add_features(shape, courses)
    _number(courses)
    return courses


def _core(shape: Shape, grades: Sequence[int], filled: float) -> list[tuple[Offer, list[int]]]:
    """Core courses with enough students to be held."""
    fewest = 8 if shape.students >= 200 else 3 if shape.students >= 30 else 0.5
    sizes = {grade: grades.count(grade) for grade in GRADES}
    demand = {o.title: sum(sizes[g] * share / 100 for g, share in o.shares.items()) for o in CORE}
    core = []
    for offer in CORE:
        if demand[offer.title] >= fewest:
            asked = max(1, round(demand[offer.title]))
            core.append((offer, _split(asked, max(1, -int(-asked // filled)))))
    return core


def _split(total: int, parts: int) -> list[int]:
    return [(total + i) // parts for i in range(parts)]


def _electives(shape: Shape, core: Iterable[int], requests: int, filled: float) -> tuple[int, int]:
    """How many electives have one section and how many several, to take so many requests."""
    core = list(core)
    core_singles = core.count(1)
    share = shape.singleton_share
    several = 0
    while True:
        singles = max(0, round((share * (len(core) + several) - core_singles) / (1 - share)))
        # However few the students, each shall have something to choose.
        singles = max(singles, shape.requests[1] + _CHOICE - len(core) - several)
        if filled * (_FULLNESS * singles + _AVERAGE * several) >= requests:
            return singles, several
        several += 1


def _choose(number: int, random: Random) -> list[Offer]:
    """So many electives, beginners' courses before advanced ones."""
    chosen: list[Offer] = []
    for level in sorted({offer.level for offer in ELECTIVES}):
        offers = [offer for offer in ELECTIVES if offer.level == level]
        random.shuffle(offers)
        chosen += offers[: number - len(chosen)]
    return chosen


def _add_features(shape: Shape, courses: list[PlannedCourse]) -> None:
    by_title = {course.offer.title: course for course in courses}
    if shape.semesters:
        for title, partner in ECONOMICS.items():
            if title in by_title:
                first = by_title[title]
                offer = Offer(partner, first.offer.department, first.offer.shares)
                second = PlannedCourse(offer, "", list(first.targets), half_year=True)
                first.half_year, first.partner = True, second
                courses.append(second)
    if shape.doubles:
        for title in _DOUBLES:
            if title in by_title:
                by_title[title].pattern = "2"
    if shape.stacks:
        languages = [c for c in courses if c.offer.department == LANGUAGES and len(c.targets) == 1]
        for course in sorted(languages, key=lambda c: (-c.offer.level, c.offer.title))[:_MOST_STACKS]:
            language = course.offer.title.rstrip(" 1234")
            upper = Offer(f"AP {language}", LANGUAGES, level=max(3, course.offer.level))
            courses.append(PlannedCourse(upper, "", list(course.targets), stacked_with=course))


def _number(courses: list[PlannedCourse]) -> None:
    """Course ids as districts have them: four digits, the first ones for the department, zeros leading."""
    departments = list(dict.fromkeys(course.offer.department for course in courses))
    counts = dict.fromkeys(departments, 0)
    for course in courses:
        department = course.offer.department
        counts[department] += 1
        course.id = f"{(departments.index(department) + 1) * 100 + counts[department]:04d}"
