"""Whether a problem is small enough for CP-SAT; does not load OR-Tools."""

from echelon_desktop.solver.cpsat.classes import student_classes
from echelon_desktop.solver.cpsat.pools import section_pools, twin_sections
from echelon_desktop.solver.problem import Problem

# Counts up to which CP-SAT is tried first; a draft above it is left to the local search.
FITS_SIZE = 15_500


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


def fits(problem: Problem) -> bool:
    """
    Whether CP-SAT usually proves every level within seconds, if the bounds can be met.

    Measured on departments of a real school: eight of them, of 77 sections and 1,384 requests (7,000 counts),
    in 2 s of processor time; twelve, of 121 sections and 2,398 requests (15,000 counts), in 6 to 8 s;
    fifteen, of 146 sections (19,000 counts), not in 40 s. Where seats are too few for the requests it may
    fail from 4,000 counts on. A school of 11,400 requests but 18 kinds of students has 804 counts.

    References
    ----------
    docs/decisions/0006-cpsat-model.md
    """
    return model_size(problem) <= FITS_SIZE
