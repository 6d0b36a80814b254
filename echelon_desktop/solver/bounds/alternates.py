"""How many requests certainly lack their first choice: seats and restrictions alone."""

import numpy as np

from echelon_desktop.solver.problem import Problem


def least_without_first_choice(problem: Problem) -> int:
    """
    Requests that are unmet or met by an alternate, whatever one does.

    Of the requests for a course, those have no seat in it whose students no section of it admits at a time
    they are there, and of the others as many as there are seats too few. Each of them is unmet or met by an
    alternate, which costs 1 or more. Where sections stand, teachers, rooms and links are left out.

    Parameters
    ----------
    problem
        Any problem.
    """
    sections = problem.course_sections()
    masks = [
        set(problem.choice_mask[k.start : k.stop].tolist())
        for k in map(problem.choices_of, range(problem.n_sections))
    ]
    without = 0
    asking = np.zeros(problem.n_courses, np.int64)
    for r, options in enumerate(problem.options):
        student, course = int(problem.request_student[r]), int(options[0])
        blocked = int(problem.student_blocked[student])
        if any(
            problem.may_sit(student, s) and any(mask & blocked == 0 for mask in masks[s])
            for s in sections[course]
        ):
            asking[course] += 1
        else:
            without += 1
    for course, those in enumerate(sections):
        without += max(0, int(asking[course]) - int(problem.section_seats[those].sum(dtype=np.int64)))
    return without
