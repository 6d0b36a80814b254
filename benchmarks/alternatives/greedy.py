"""
Greedy: each section into the emptiest period for its course, then each student's requests in order.

Courses with few sections go first, in both steps; nothing that was decided is changed again.
"""

import random
from collections import Counter

from alternatives.plain import Outcome, PlainSchool


def solve(school: PlainSchool, seconds: float, seed: int) -> Outcome:
    """Build a schedule in one pass; None where a teacher's sections end up without a free period."""
    chance = random.Random(seed)
    sections_of = school.sections_of()
    period = [-1] * len(school.course)
    busy: set[tuple[int, int]] = set()
    standing: Counter[tuple[int, int]] = Counter()
    at_once: Counter[int] = Counter()
    order = sorted(
        range(len(period)),
        key=lambda s: (len(school.allowed[s]), len(sections_of[school.course[s]]), chance.random()),
    )
    for section in order:
        teacher, course = school.teacher[section], school.course[section]
        options = [p for p in school.allowed[section] if teacher < 0 or (teacher, p) not in busy]
        if not options:
            return Outcome(None, ())
        chosen = min(options, key=lambda p: (standing[course, p], at_once[p]))
        period[section] = chosen
        busy.add((teacher, chosen))
        standing[course, chosen] += 1
        at_once[chosen] += 1
    seats, sped_seats = list(school.seats), list(school.sped_seats)
    taken, seat = set(), [-1] * len(school.requests)
    students = list(range(len(school.sped)))
    chance.shuffle(students)
    turn = {student: i for i, student in enumerate(students)}
    for r in sorted(
        range(len(seat)),
        key=lambda r: (turn[school.requests[r][0]], len(sections_of.get(school.requests[r][1], ()))),
    ):
        student, course = school.requests[r]
        sped = school.sped[student]
        options = [
            s
            for s in sections_of.get(course, ())
            if (student, period[s]) not in taken and seats[s] > 0 and (not sped or sped_seats[s] > 0)
        ]
        if options:
            chosen = max(options, key=lambda s: (seats[s], -s))
            seat[r] = chosen
            seats[chosen] -= 1
            sped_seats[chosen] -= sped
            taken.add((student, period[chosen]))
    return Outcome(period, seat)
