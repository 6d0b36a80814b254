"""Random schools small enough to try every schedule, and every schedule of them."""

from collections.abc import Iterator
from itertools import product
from random import Random

import numpy as np

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.solver.figures import goal_count, level_values
from echelon_desktop.solver.problem import NO_LIMIT, GoalKind, Problem, Solution


def tiny_school(seed: int) -> tuple[School, Schedule]:
    """A school of few slots, sections and students that uses much of what the model can say; and pins."""
    rng = Random(seed)
    periods = [e.Period(f"R{i + 1}", day="R", order=i) for i in range(rng.randint(2, 3))]
    terms = [e.Term("S1"), e.Term("S2")] if rng.random() < 0.4 else []
    halves = (("S1",), ("S2",))
    courses = [
        e.Course(
            f"C{i}",
            pattern=rng.choice(["", "", "", "2"]),
            term_choices=halves if terms and rng.random() < 0.6 else (),
        )
        for i in range(rng.randint(2, 4))
    ]
    teachers = [e.Teacher(f"T{i}") for i in range(3)]
    absences = [
        e.Unavailability(teacher.id, (rng.choice(periods).id,)) for teacher in teachers if rng.random() < 0.3
    ]
    sections = [
        e.Section(
            f"S{i}",
            rng.choice(courses).id,
            (rng.choice(teachers).id,),
            seats=rng.randint(1, 3),
            sped_limit=rng.choice([None, None, 0, 1]),
            grades=("9",) if rng.random() < 0.15 else (),
        )
        for i in range(rng.randint(2, 4))
    ]
    links = []
    if rng.random() < 0.4:
        links.append(e.Link("L", e.LinkKind.STACKED, (sections[0].id, sections[1].id)))
    students, requests, seatings = [], [], {}
    for i in range(rng.randint(2, 3)):
        away = (rng.choice(periods).id,) if rng.random() < 0.2 else ()
        students.append(e.Student(f"P{i}", rng.random() < 0.3, grade=rng.choice("9X"), unavailable=away))
        wanted = rng.sample(courses, rng.randint(1, min(3, len(courses))))
        wishes = [
            e.CourseRequest(
                course.id,
                rng.choice([1, 1, 2]),
                (rng.choice(courses).id,) if rng.random() < 0.2 else (),
            )
            for course in wanted
        ]
        requests.append(e.RequestList(f"P{i}", tuple(wishes)))
        section = rng.choice(sections)
        if rng.random() < 0.1 and section.course in {course.id for course in wanted}:
            seat = e.Seat(section.course, section.id)
            seatings[f"P{i}"] = e.Seating("", f"P{i}", (seat,), (section.id,))
    school = School(
        periods=periods,
        terms=terms,
        courses=courses,
        teachers=teachers,
        sections=sections,
        links=links,
        unavailability=absences,
        students=students,
        requests=requests,
    )
    return school, Schedule({}, seatings)


def placements(problem: Problem) -> Iterator[tuple[int, ...]]:
    """Every feasible choice for all sections, hard rules on them included."""
    hard = [goal for goal in problem.goals if goal.level == 0 and goal.kind is not GoalKind.FREE]
    nobody = np.full(problem.n_requests, -1, np.int32)
    spans = [range(a, b) for a, b in zip(problem.choice_start[:-1], problem.choice_start[1:], strict=True)]
    tables = [(t.a, t.b, {tuple(pair) for pair in t.pairs.tolist()}) for t in problem.pair_tables]
    groups = [group.tolist() for group in problem.exclusive]
    for taken in product(*spans):
        masks = [int(problem.choice_mask[k]) for k in taken]
        if all((taken[a], taken[b]) in pairs for a, b, pairs in tables) and all(
            masks[s] & masks[t] == 0 for group in groups for s in group for t in group if s < t
        ):
            solution = Solution(np.array(taken, np.int32), nobody)
            if not any(goal_count(problem, goal, solution) for goal in hard):
                yield taken


def seatings(problem: Problem, masks: list[int]) -> Iterator[list[int]]:
    """Every way to seat the students where the sections stand: the section of each request, or -1."""
    sections_of = problem.course_sections()
    shared = [
        (set(m.tolist()), int(seats))
        for m, seats in zip(problem.capacity_sections, problem.capacity_seats, strict=True)
    ]
    seat = [-1] * problem.n_requests

    def fits(r: int, s: int) -> bool:
        student = int(problem.request_student[r])
        if not problem.may_sit(student, s) or masks[s] & int(problem.student_blocked[student]):
            return False
        for q in range(r):
            held = seat[q]
            if (
                held >= 0
                and problem.request_student[q] == student
                and (masks[held] & masks[s] or problem.section_course[held] == problem.section_course[s])
            ):
                return False
        sitting = [q for q in range(r) if seat[q] >= 0]
        if sum(seat[q] == s for q in sitting) >= problem.section_seats[s]:
            return False
        limit = int(problem.section_sped[s])
        if limit < NO_LIMIT and problem.student_sped[student]:
            sped = sum(
                seat[q] == s and bool(problem.student_sped[problem.request_student[q]]) for q in sitting
            )
            if sped >= limit:
                return False
        return all(
            sum(seat[q] in members for q in sitting) < seats for members, seats in shared if s in members
        )

    def together() -> bool:
        held = [(int(problem.request_student[r]), s) for r, s in enumerate(seat) if s >= 0]
        for members in (set(group.tolist()) for group in problem.same_students):
            here = {student for student, s in held if s in members}
            courses = {int(problem.section_course[s]) for s in members}
            for student, s in held:
                if student in here and s not in members and int(problem.section_course[s]) in courses:
                    return False
        return True

    def place(r: int) -> Iterator[list[int]]:
        if r == problem.n_requests:
            if together():
                yield list(seat)
            return
        pin = int(problem.request_pin[r])
        for s in [pin] if pin >= 0 else [s for course in problem.options[r] for s in sections_of[course]]:
            if fits(r, s):
                seat[r] = s
                yield from place(r + 1)
                seat[r] = -1
        if pin < 0:
            yield from place(r + 1)

    yield from place(0)


def all_values(problem: Problem) -> set[tuple[int, ...]]:
    """The values of every schedule there is; empty when the problem is infeasible."""
    seen: set[tuple[int, ...]] = set()
    tried: set[tuple[int, ...]] = set()
    for taken in placements(problem):
        masks = [int(problem.choice_mask[k]) for k in taken]
        # Where two placements overlap alike for everybody, their seatings cost alike (there are no labs).
        clash = tuple(np.ravel([[bool(a & b) for b in masks] for a in masks]))
        blocked = tuple(bool(m & int(b)) for m in masks for b in problem.student_blocked)
        if clash + blocked not in tried:
            tried.add(clash + blocked)
            choice = np.array(taken, np.int32)
            for seat in seatings(problem, masks):
                seen.add(level_values(problem, Solution(choice, np.array(seat, np.int32))))
    return seen
