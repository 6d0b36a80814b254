"""From a :class:`Solution` to the schedule that it means, and back."""

from dataclasses import replace

import numpy as np

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.solver.assign.openings import locked_section
from echelon_desktop.solver.compile import NO_SCHEDULE
from echelon_desktop.solver.problem import Ints, Keys, Problem, Solution


def schedule_of(
    solution: Solution, problem: Problem, keys: Keys, school: School, baseline: Schedule = NO_SCHEDULE
) -> Schedule:
    """The schedule that a solution means; locks, forbidden places and pins are those of the baseline."""
    placements = {}
    for s, section_id in enumerate(keys.sections):
        choice, section = keys.choices[solution.choice[s]], school.sections[section_id]
        before = baseline.placements.get(section_id, e.Placement("", section_id))
        section = locked_section(section, before)
        placements[section_id] = replace(
            before,
            periods=choice.periods,
            terms=choice.terms,
            teachers=section.teachers,
            room=section.room,
        )
    seats: dict[str, list[e.Seat]] = {student: [] for student in keys.students}
    for (student, course), s in zip(keys.requests, solution.seat, strict=True):
        if s >= 0:
            seats[student].append(e.Seat(course, keys.sections[s]))
    seatings = {}
    for student, held in seats.items():
        before_seating = baseline.seatings.get(student, e.Seating("", student))
        seatings[student] = replace(before_seating, seats=tuple(held))
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
