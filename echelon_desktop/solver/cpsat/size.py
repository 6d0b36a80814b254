"""Whether a problem is small enough for CP-SAT; does not load OR-Tools."""

from echelon_desktop.solver.cpsat.classes import student_classes
from echelon_desktop.solver.cpsat.pools import section_pools, twin_sections
from echelon_desktop.solver.problem import Problem


def model_size(problem: Problem) -> int:
    """Number of counts in the CP-SAT model: classes of students × requests × pools × slots."""
    times_of_course: dict[int, list[tuple[int, int]]] = {}
    for pool in section_pools(problem, twin_sections(problem)):
        times_of_course.setdefault(pool.course, []).extend((pool.audience, mask) for mask in pool.at)
    size = 0
    for members in student_classes(problem):
        student = int(members.students[0])
        blocked = int(problem.student_blocked[student])
        for request in members.requests[:, 0]:
            for course in problem.options[int(request)]:
                size += sum(
                    not mask & blocked and (row < 0 or bool(problem.audience[row, student]))
                    for row, mask in times_of_course.get(int(course), ())
                )
    return size
