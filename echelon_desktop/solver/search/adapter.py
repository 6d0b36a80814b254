"""Between a :class:`Problem` and the plain school that the local search solves; refuses what is not plain."""

import numpy as np

from echelon_desktop.errors import UnsupportedError
from echelon_desktop.solver.problem import Goal, GoalKind, Ints, Problem, Solution
from echelon_desktop.solver.search.plain import MAX_SLOTS, PlainProblem
from echelon_desktop.solver.search.run import Found, Start

_GOALS = {GoalKind.BALANCE: "spread", GoalKind.SPACING: "labs"}
_MOST_WEIGHT = 1 << 60


def plain_from(problem: Problem) -> PlainProblem:
    """
    The plain school that a problem is.

    Raises
    ------
    UnsupportedError
        If it is more than plain; the message lists what the local search does not do.
    """
    reasons = refusals(problem)
    if reasons:
        raise UnsupportedError(f"The local search does not do {', '.join(reasons)}.")
    teacher, n_teachers = _teachers(problem)
    labs = np.zeros(problem.n_sections, np.bool_)
    for goal in problem.goals:
        if goal.kind is GoalKind.SPACING:
            labs[goal.groups.items] = True
    allowed = np.zeros(problem.n_sections, np.int64)
    for section in range(problem.n_sections):
        masks = problem.choice_mask[problem.choice_start[section] : problem.choice_start[section + 1]]
        allowed[section] = np.bitwise_or.reduce(masks) if len(masks) else 0
    return PlainProblem(
        n_slots=problem.n_slots,
        n_courses=problem.n_courses,
        n_teachers=n_teachers,
        section_course=problem.section_course,
        section_teacher=teacher,
        section_seats=problem.section_seats,
        section_sped=problem.section_sped,
        section_allowed=allowed,
        student_sped=problem.student_sped,
        student_blocked=problem.student_blocked,
        request_student=problem.request_student,
        request_course=problem.options.items,
        request_weight=_weights(problem),
        request_section=problem.request_pin,
        section_lab=labs,
        adjacent=problem.adjacent,
        goals=tuple(_GOALS[goal.kind] for goal in _ordered(problem) if goal.kind in _GOALS),
    )


def refusals(problem: Problem) -> list[str]:
    """What the local search does not do of what the problem asks, in words; empty when it is plain."""
    single = problem.choice_mask & (problem.choice_mask - 1) == 0
    groups = np.bincount(problem.exclusive.items, minlength=problem.n_sections)
    kinds = [goal.kind for goal in _ordered(problem)]
    hard = {goal.kind for goal in problem.goals if goal.level == 0}
    checks = {
        "sections that meet in several slots": not single.all(),
        "more slots than it has bits for": problem.n_slots > MAX_SLOTS,
        "co-teaching, or teachers and rooms at once": bool((groups > 1).any()),
        "sections whose teachers or rooms are given out later": len(problem.slot_limit_sections) > 0,
        "stacked or linked sections": bool(problem.pair_tables) or len(problem.capacity_sections) > 0,
        "sections linked for the same students": len(problem.same_students) > 0,
        "sections for some grades or groups": bool((problem.section_audience >= 0).any()),
        "alternates": len(problem.options.items) != problem.n_requests,
        "sections that may stand nowhere": bool((np.diff(problem.choice_start) == 0).any()),
        "pins that do not fit": not _pins_fit(problem),
        "hard rules beside allowed periods and limits": bool(hard),
        "unmet requests below another goal": kinds[:1] != [GoalKind.UNMET],
        "more than one goal of a kind": len(set(kinds)) < len(kinds),
        "lab spacing of some of a teacher's labs only": not _labs_are_whole(problem),
        "goals of one level": len({goal.level for goal in _ordered(problem)}) < len(kinds),
    }
    known = {GoalKind.UNMET, GoalKind.CONSTANT, *_GOALS}
    other = sorted({str(kind) for kind in kinds if kind not in known})
    return [name for name, found in checks.items() if found] + [f"the goal {kind}" for kind in other]


def solution_from(problem: Problem, found: Found) -> Solution | None:
    """What the search found in the problem's numbers, None when it found nothing."""
    if found.section_slot is None or found.request_section is None:
        return None
    return solution_of(problem, found.section_slot, found.request_section)


def solution_of(problem: Problem, section_slot: np.ndarray, request_section: np.ndarray) -> Solution:
    """Slots of sections, and the section of each request (-1 unmet), in the problem's numbers."""
    choice = np.zeros(problem.n_sections, np.int32)
    for section, slot in enumerate(section_slot.tolist()):
        choices = np.arange(problem.choice_start[section], problem.choice_start[section + 1])
        choice[section] = choices[problem.choice_mask[choices] == 1 << slot][0]
    return Solution(choice, request_section.astype(np.int32))


def start_from(problem: Problem, solution: Solution) -> Start:
    """A solution as a start of the search."""
    masks = problem.choice_mask[solution.choice].tolist()
    slots = np.array([mask.bit_length() - 1 for mask in masks], np.int64)
    return Start(slots, solution.seat)


def _ordered(problem: Problem) -> list[Goal]:
    """Goals that cost something, the most important first; constants cost the same anyway."""
    goals = [goal for goal in problem.goals if goal.level > 0 and goal.kind is not GoalKind.CONSTANT]
    return sorted(goals, key=lambda goal: goal.level)


def _teachers(problem: Problem) -> tuple[Ints, int]:
    teacher = np.full(problem.n_sections, -1, np.int32)
    for number, members in enumerate(problem.exclusive):
        teacher[members] = number
    return teacher, len(problem.exclusive)


def _labs_are_whole(problem: Problem) -> bool:
    """Whether the labs of each spacing group are just the labs of one exclusive group."""
    teacher, _ = _teachers(problem)
    for goal in problem.goals:
        if goal.kind is not GoalKind.SPACING:
            continue
        owners = [set(teacher[members].tolist()) for members in goal.groups]
        if any(len(owner) != 1 or -1 in owner for owner in owners):
            return False
        if len({next(iter(owner)) for owner in owners}) < len(owners):
            return False
    return True


def _pins_fit(problem: Problem) -> bool:
    pinned = np.flatnonzero(problem.request_pin >= 0)
    if not len(pinned):
        return True
    if len(problem.options.items) != problem.n_requests:
        return False
    at = problem.request_pin[pinned]
    if (problem.section_course[at] != problem.options.items[pinned]).any():
        return False
    special = problem.student_sped[problem.request_student[pinned]]
    pins = np.bincount(at, minlength=problem.n_sections)
    sped = np.bincount(at, weights=special, minlength=problem.n_sections)
    return bool((pins <= problem.section_seats).all() and (sped <= problem.section_sped).all())


def _weights(problem: Problem) -> np.ndarray:
    """Weights under which one request of a rank outweighs all of the ranks after it."""
    counts = np.bincount(problem.request_rank, minlength=3)
    weights = [1, 1, 1]
    for rank in (1, 0):
        weights[rank] = weights[rank + 1] * (int(counts[rank + 1]) + 1)
    if weights[0] * problem.n_requests > _MOST_WEIGHT:
        raise UnsupportedError("The local search does not do ranks of so many requests.")
    return np.array(weights, np.int64)[problem.request_rank]
