"""Small plain schools for the search's tests, and an independent recount of what comes back."""

import itertools
import random
from dataclasses import replace

import numpy as np

from echelon_desktop.solver.search.found import Found
from echelon_desktop.solver.search.plain import PlainProblem


def school(
    *,
    n_slots: int,
    sections: list[tuple[int, int, int]],
    requests: list[list[int]],
    n_courses: int | None = None,
    sped: list[int] = (),
    sped_limit: int = 99,
    labs: bool = False,
) -> PlainProblem:
    """A school from (course, teacher, seats) of each section and the courses each student wants."""
    pairs = [(student, course) for student, wanted in enumerate(requests) for course in wanted]
    highest = max([s[0] for s in sections] + [c for _, c in pairs], default=-1)
    full = (1 << n_slots) - 1
    return PlainProblem(
        n_slots=n_slots,
        n_courses=highest + 1 if n_courses is None else n_courses,
        n_teachers=max([s[1] for s in sections], default=-1) + 1,
        section_course=np.array([s[0] for s in sections], np.int32),
        section_teacher=np.array([s[1] for s in sections], np.int32),
        section_seats=np.array([s[2] for s in sections], np.int32),
        section_sped=np.full(len(sections), sped_limit, np.int32),
        section_allowed=np.full(len(sections), full, np.int64),
        student_sped=np.array([n in sped for n in range(len(requests))], np.bool_),
        student_blocked=np.zeros(len(requests), np.int64),
        request_student=np.array([s for s, _ in pairs], np.int32),
        request_course=np.array([c for _, c in pairs], np.int32),
        request_weight=np.ones(len(pairs), np.int64),
        request_section=np.full(len(pairs), -1, np.int32),
        section_lab=np.full(len(sections), labs, np.bool_),
        adjacent=np.array(
            [sum(1 << q for q in range(n_slots) if abs(p - q) == 1) for p in range(n_slots)], np.int64
        ),
    )


def random_school(seed: int, *, most_sections: int = 5, most_students: int = 6) -> PlainProblem:
    """A random school with every kind of restriction, small enough to enumerate."""
    chance = random.Random(seed)
    n_slots = chance.randint(2, 3)
    n_courses = chance.randint(1, 4)
    sections = [
        (chance.randrange(n_courses), chance.choice([-1, 0, 1]), chance.randint(1, 3))
        for _ in range(chance.randint(1, most_sections))
    ]
    wanted = [
        chance.sample(range(n_courses), chance.randint(0, n_courses))
        for _ in range(chance.randint(0, most_students))
    ]
    plain = school(
        n_slots=n_slots,
        sections=sections,
        requests=wanted,
        n_courses=n_courses,
        sped=[n for n in range(len(wanted)) if chance.random() < 0.3],
        sped_limit=chance.randint(0, 2),
    )
    full = (1 << n_slots) - 1
    return replace(
        plain,
        section_allowed=np.array(
            [full if chance.random() < 0.6 else chance.randint(1, full) for _ in sections], np.int64
        ),
        student_blocked=np.array(
            [1 << chance.randrange(n_slots) if chance.random() < 0.2 else 0 for _ in wanted], np.int64
        ),
        request_weight=np.array([chance.choice([1, 1, 3]) for _ in range(plain.n_requests)], np.int64),
    )


def broken_rules(problem: PlainProblem, found: Found) -> list[str]:
    """Every hard rule that a result breaks, counted from the problem alone."""
    broken: list[str] = []
    slot, seat = found.section_slot.tolist(), found.request_section.tolist()
    taught: set[tuple[int, int]] = set()
    for s, p in enumerate(slot):
        if not 0 <= p < problem.n_slots or not int(problem.section_allowed[s]) >> p & 1:
            broken.append(f"section {s} in slot {p}")
        teacher = int(problem.section_teacher[s])
        if teacher >= 0 and (teacher, p) in taught:
            broken.append(f"teacher {teacher} twice in {p}")
        taught.add((teacher, p))
    busy: set[tuple[int, int]] = set()
    size, special = [0] * len(slot), [0] * len(slot)
    for r, s in enumerate(seat):
        if s < 0:
            continue
        n = int(problem.request_student[r])
        if problem.section_course[s] != problem.request_course[r]:
            broken.append(f"request {r} in a section of another course")
        if problem.request_section[r] not in (-1, s):
            broken.append(f"request {r} not where it is pinned")
        if int(problem.student_blocked[n]) >> slot[s] & 1:
            broken.append(f"student {n} cannot come in {slot[s]}")
        if (n, slot[s]) in busy:
            broken.append(f"student {n} twice in {slot[s]}")
        busy.add((n, slot[s]))
        size[s] += 1
        special[s] += bool(problem.student_sped[n])
    broken += [
        f"section {s} overfull"
        for s in range(len(slot))
        if size[s] > problem.section_seats[s] or special[s] > problem.section_sped[s]
    ]
    missed = [r for r, s in enumerate(seat) if s < 0]
    if found.missed != len(missed) or found.missed_weight != sum(problem.request_weight[missed].tolist()):
        broken.append("missed requests miscounted")
    sizes: dict[int, list[int]] = {}
    for s, n in enumerate(size):
        sizes.setdefault(int(problem.section_course[s]), []).append(n)
    if found.size_spread != sum(max(v) - min(v) for v in sizes.values()):
        broken.append("size spread miscounted")
    return broken


def least_missed(problem: PlainProblem) -> int | None:
    """Least weight missed, by trying every placement and every seating; None without a placement."""
    slots = [[p for p in range(problem.n_slots) if int(mask) >> p & 1] for mask in problem.section_allowed]
    best: int | None = None
    for placed in itertools.product(*slots):
        taught = [(t, p) for t, p in zip(problem.section_teacher.tolist(), placed, strict=True) if t >= 0]
        if len(set(taught)) == len(taught):
            missed = _least_missed_at(problem, placed, best)
            best = missed if best is None else min(best, missed)
    return best


def _least_missed_at(problem: PlainProblem, placed: tuple[int, ...], stop_at: int | None) -> int:
    """Branch over requests, each to every section or none; gives up a branch that cannot beat ``stop_at``."""
    weight, course = problem.request_weight.tolist(), problem.section_course.tolist()
    best = sum(weight) + 1 if stop_at is None else stop_at + 1
    seats, sped_seats = problem.section_seats.tolist(), problem.section_sped.tolist()
    busy = problem.student_blocked.tolist()

    def branch(r: int, missed: int) -> None:
        nonlocal best
        if missed >= best:
            return
        if r == problem.n_requests:
            best = missed
            return
        n = int(problem.request_student[r])
        sped = bool(problem.student_sped[n])
        for s, p in enumerate(placed):
            if course[s] != problem.request_course[r] or problem.request_section[r] not in (-1, s):
                continue
            if seats[s] and (sped_seats[s] or not sped) and not busy[n] >> p & 1:
                seats[s] -= 1
                sped_seats[s] -= sped
                busy[n] |= 1 << p
                branch(r + 1, missed)
                busy[n] &= ~(1 << p)
                sped_seats[s] += sped
                seats[s] += 1
        branch(r + 1, missed + weight[r])

    branch(0, 0)
    return best
