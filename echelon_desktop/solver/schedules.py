"""From a :class:`Solution` to the schedule that it means, and back."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.solver.assign.openings import locked_section
from echelon_desktop.solver.compile import NO_SCHEDULE
from echelon_desktop.solver.problem import Ints, Keys, Problem, Solution


def schedule_of(solution: Solution, keys: Keys, school: School, baseline: Schedule = NO_SCHEDULE) -> Schedule:
    """The schedule that a solution means; locks, forbidden places and pins are those of the baseline."""
    return _rows(solution, keys, school, baseline, range(len(keys.sections)), keys.students)


def rows_changed(
    before: Solution, after: Solution, problem: Problem, keys: Keys, school: School, baseline: Schedule
) -> Schedule:
    """
    Of the schedule that a solution means, the rows of sections and students that have changed.

    ``before`` is what the baseline means. Students with a seat in a section off the board, which is in no
    solution, change when the section gets a place.
    """
    moved = np.flatnonzero(before.choice != after.choice)
    changed = {keys.requests[r][0] for r in np.flatnonzero(before.seat != after.seat).tolist()}
    back = {keys.sections[s] for s in moved.tolist() if problem.choice_mask[before.choice[s]] == 0}
    if back:
        for student, seating in baseline.seatings.items():
            if any(seat.section in back for seat in seating.seats):
                changed.add(student)
    return _rows(after, keys, school, baseline, moved.tolist(), sorted(changed))


def _rows(
    solution: Solution,
    keys: Keys,
    school: School,
    baseline: Schedule,
    sections: Iterable[int],
    students: Iterable[str],
) -> Schedule:
    placements = {}
    for s in sections:
        section_id, choice = keys.sections[s], keys.choices[solution.choice[s]]
        before = baseline.placements.get(section_id, e.Placement("", section_id))
        section = locked_section(school.sections[section_id], before)
        placements[section_id] = replace(
            before,
            periods=choice.periods,
            terms=choice.terms,
            teachers=section.teachers,
            room=section.room,
        )
    seats: dict[str, list[e.Seat]] = {student: [] for student in students}
    for (student, course), section in zip(keys.requests, solution.seat.tolist(), strict=True):
        if section >= 0 and student in seats:
            seats[student].append(e.Seat(course, keys.sections[section]))
    seatings = {}
    for student, held in seats.items():
        seating = baseline.seatings.get(student, e.Seating("", student))
        seatings[student] = replace(seating, seats=tuple(held))
    return Schedule(placements, seatings)


def solution_of(schedule: Schedule, problem: Problem, keys: Keys) -> Solution | None:
    """The solution that a schedule means, None when a section is unplaced or stands where it may not."""
    choice = choices_taken(schedule, problem, keys)
    return None if (choice < 0).any() else Solution(choice, seats_taken(schedule, keys))


def choices_taken(schedule: Schedule, problem: Problem, keys: Keys) -> Ints:
    """The choice that each section has in a schedule, -1 where it stands in none. Shape (sections,)."""
    choice = np.full(len(keys.sections), -1, np.int32)
    n_terms = len(np.unique(problem.slot_term))
    for s, section_id in enumerate(keys.sections):
        placement = schedule.placements.get(section_id, e.Placement("", section_id))
        for k in problem.choices_of(s) if placement.periods else ():
            if keys.choices[k].is_in(placement, n_terms):
                choice[s] = k
    return choice


def seats_taken(schedule: Schedule, keys: Keys) -> Ints:
    """The section in which each request has its seat in a schedule, or -1. Shape (requests,)."""
    number = {section_id: s for s, section_id in enumerate(keys.sections)}
    held = {
        (student, seat.course): number.get(seat.section, -1)
        for student, seating in schedule.seatings.items()
        for seat in seating.seats
    }
    return np.array([held.get(request, -1) for request in keys.requests], np.int32)
