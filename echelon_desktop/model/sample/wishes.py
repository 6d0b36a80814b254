"""The requests of the students of a sample school, from the sections they hold in its hidden schedule."""

from collections import defaultdict
from collections.abc import Sequence
from random import Random

from echelon_desktop.model.entities import CourseRequest
from echelon_desktop.model.sample.planning import PlannedCourse
from echelon_desktop.model.sample.sectioning import Pupil, subject_of
from echelon_desktop.model.sample.shape import Shape

_SWAPS = 3  # tried for each student
_MOST_ALTERNATES = 2


def requests_of(shape: Shape, pupils: Sequence[Pupil], random: Random) -> list[tuple[CourseRequest, ...]]:
    """Requests of each pupil, core courses first; those of a hidden schedule unless none shall be planted."""
    wanted = [[section.course for section in pupil.taken] for pupil in pupils]
    if not shape.planted:
        _swap(pupils, wanted, random)
    if not shape.alternates:
        return [tuple(CourseRequest(course.id) for course in courses) for courses in wanted]
    electives = list(dict.fromkeys(c for courses in wanted for c in courses if _is_elective(c)))
    return [
        tuple(_with_alternates(course, courses, pupil.grade, electives, random) for course in courses)
        for pupil, courses in zip(pupils, wanted, strict=True)
    ]


def _swap(pupils: Sequence[Pupil], wanted: list[list[PlannedCourse]], random: Random) -> None:
    """Swap electives between students of a grade: demand stays as it is, the hidden schedule is lost."""
    by_grade: dict[int, list[int]] = defaultdict(list)
    for i, pupil in enumerate(pupils):
        by_grade[pupil.grade].append(i)
    for _ in range(_SWAPS * len(pupils)):
        a = random.randrange(len(pupils))
        others = by_grade[pupils[a].grade]
        b = others[random.randrange(len(others))]
        from_a = [c for c in wanted[a] if _is_elective(c)]
        from_b = [c for c in wanted[b] if _is_elective(c)]
        if a == b or not from_a or not from_b:
            continue
        give, take = random.choice(from_a), random.choice(from_b)
        if _fits(take, wanted[a], give) and _fits(give, wanted[b], take):
            wanted[a][wanted[a].index(give)] = take
            wanted[b][wanted[b].index(take)] = give


def _is_elective(course: PlannedCourse) -> bool:
    return not course.offer.shares


def _fits(course: PlannedCourse, courses: list[PlannedCourse], instead_of: PlannedCourse) -> bool:
    return all(subject_of(course) != subject_of(other) for other in courses if other is not instead_of)


def _with_alternates(
    course: PlannedCourse,
    courses: list[PlannedCourse],
    grade: int,
    electives: list[PlannedCourse],
    random: Random,
) -> CourseRequest:
    if not _is_elective(course):
        return CourseRequest(course.id)
    taken = {subject_of(other) for other in courses}
    liked = [c for c in electives if c.offer.liking(grade) > 1 and subject_of(c) not in taken]
    number = min(len(liked), random.randint(0, _MOST_ALTERNATES))
    return CourseRequest(course.id, 2, tuple(c.id for c in random.sample(liked, number)))
