"""
Students whom nothing in a problem tells apart, taken together.

A class of ``n`` students is solved with counts from 0 to ``n`` in place of yes and no. Counts can be dealt
out to the students again when the times of their courses are single units that either coincide or do not
meet: requests and times then form a bipartite multigraph of degree at most ``n``, which has an edge
colouring with ``n`` colours, one for each student (D. König, "Über Graphen und ihre Anwendung auf
Determinantentheorie und Mengenlehre", Mathematische Annalen 77, 1916). Students for whom that does not hold,
or whom a pin, an alternate, a link or a goal of their own singles out, are classes of one.
"""

from dataclasses import dataclass

import numpy as np

from echelon_desktop.solver.problem import GoalKind, Ints, Problem

_OF_STUDENTS = {GoalKind.FREE, GoalKind.HOLES, GoalKind.DAY_BALANCE}


@dataclass(frozen=True, slots=True)
class StudentClass:
    """
    Students of equal requests, SPED flag, audiences and absences.

    Parameters
    ----------
    students
        Shape (size,).
    requests
        Shape (requests of each, size): row by row the same request of each student.
    """

    students: Ints
    requests: Ints

    @property
    def size(self) -> int:
        """Number of students."""
        return len(self.students)


def student_classes(problem: Problem, merge: bool = True) -> list[StudentClass]:
    """
    Divide the students that have requests into classes.

    Parameters
    ----------
    problem
        The problem.
    merge
        False leaves every student alone.
    """
    by_student: dict[int, list[int]] = {}
    for r, student in enumerate(problem.request_student):
        by_student.setdefault(int(student), []).append(r)
    single = _single_students(problem) if merge else set(by_student)
    options = [tuple(those.tolist()) for those in problem.options]
    times = _times(problem)
    alike: dict[object, list[list[int]]] = {}
    for student, requests in by_student.items():
        described = sorted((options[r], int(problem.request_rank[r]), r) for r in requests)
        key: object = student
        if student not in single and _merges([courses for courses, _, _ in described], times):
            key = (
                tuple(description[:2] for description in described),
                bool(problem.student_sped[student]),
                int(problem.student_blocked[student]),
                problem.audience[:, student].tobytes(),
            )
        alike.setdefault(key, []).append([r for _, _, r in described])
    classes = []
    for members in alike.values():
        rows = np.array(members, np.int32).T
        classes.append(StudentClass(problem.request_student[rows[0]], rows))
    return classes


def _single_students(problem: Problem) -> set[int]:
    """Students whom a pin, a link or a goal of their own singles out."""
    single = {int(problem.request_student[r]) for r in np.flatnonzero(problem.request_pin >= 0)}
    linked = {int(problem.section_course[s]) for s in problem.same_students.items}
    for r, options in enumerate(problem.options) if linked else ():
        if not linked.isdisjoint(options.tolist()):
            single.add(int(problem.request_student[r]))
    for goal in problem.goals:
        if goal.kind in _OF_STUDENTS:
            single.update(int(n) for n in goal.groups.items)
        if goal.kind is GoalKind.CHANGES:
            single.update(problem.request_student[goal.limits >= 0].tolist())
    return single


def _times(problem: Problem) -> dict[int, set[int]]:
    """For each course the masks of slots in which its sections may stand."""
    times: dict[int, set[int]] = {}
    for s, course in enumerate(problem.section_course):
        choices = problem.choices_of(s)
        masks = problem.choice_mask[choices.start : choices.stop]
        times.setdefault(int(course), set()).update(masks.tolist())
    return times


def _merges(requests: list[tuple[int, ...]], times: dict[int, set[int]]) -> bool:
    """Whether counts can be dealt out: one course for each request, times equal or apart."""
    wanted = {options[0] for options in requests}
    if len(wanted) < len(requests) or any(len(options) > 1 for options in requests):
        return False
    union = 0
    for mask in set().union(*(times.get(course, set()) for course in wanted)):
        if not mask or mask & union:
            return False
        union |= mask
    return True
