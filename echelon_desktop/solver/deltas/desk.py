"""From a problem and a schedule to the flat data of :mod:`layout`."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echelon_desktop.solver.deltas.layout import AWAY, COUNTED, GROUP_KINDS, LOST, N_FRONT, UNMET, Layout
from echelon_desktop.solver.deltas.tiers import tiers_of, unit_costs
from echelon_desktop.solver.figures import goal_count, term_masks
from echelon_desktop.solver.problem import Goal, GoalKind, Problem, Ragged, Solution
from echelon_desktop.solver.search.state import QUANTILE_UNIT, QUANTILES


@dataclass(frozen=True, slots=True, eq=False)
class Desk:
    """A problem laid out with a schedule; ``data`` is the schedule's, and never written."""

    at: Layout
    data: NDArray[np.int64]
    tier_levels: tuple[int, ...]


def lay_out(problem: Problem, solution: Solution) -> Desk:
    """Lay out a problem and its present schedule."""
    levels = problem.levels()
    level_of = {
        number: i for i, level in enumerate(levels, 1) if level.rank is None for number in level.goals
    }
    n_levels = len(levels) + 1
    sections = problem.course_sections()
    requests_of_course: list[list[int]] = [[] for _ in range(problem.n_courses)]
    most_options = 1
    for r, options in enumerate(problem.options):
        for course in options.tolist():
            requests_of_course[course].append(r)
        most_options = max(most_options, sum(len(sections[c]) for c in options.tolist()))
    own: list[list[int]] = [[] for _ in range(problem.n_students)]
    for r, student in enumerate(problem.request_student.tolist()):
        own[student].append(r)
    most_requests = max(map(len, own), default=0) + 1
    groups = _Groups(problem, level_of)
    frees = [(level_of.get(i, 0), g) for i, g in enumerate(problem.goals) if g.kind is GoalKind.FREE]
    students_free: list[list[int]] = [[] for _ in range(problem.n_students)]
    for number, (_, goal) in enumerate(frees):
        for student in goal.groups.items.tolist():
            students_free[student].append(number)
    costs = unit_costs(problem, n_levels, level_of)
    tiers = tiers_of(problem, own, costs)
    stacks = np.full(problem.n_sections, -1, np.int64)
    for number, members in enumerate(problem.capacity_sections):
        stacks[members] = number
    apart = [*problem.exclusive, *problem.slot_limit_sections]
    most = np.ones((len(apart), problem.n_slots), np.int64)
    most[len(problem.exclusive) :] = np.reshape(problem.slot_limit_most, (-1, problem.n_slots))
    tied = {s for table in problem.pair_tables for s in (table.a, table.b)}
    homes = home_choices(problem)
    away = np.flatnonzero((homes >= 0) & (homes != solution.choice))
    unmet = np.flatnonzero(solution.seat < 0)
    seated = solution.seat >= 0
    sped = seated & problem.student_sped[problem.request_student]
    load = np.bincount(solution.seat[seated], minlength=problem.n_sections)
    stacked = seated & (stacks[solution.seat] >= 0)
    n_stacks = len(problem.capacity_sections)
    pinned = problem.request_pin >= 0
    n_requests, n_students = problem.n_requests, problem.n_students
    arrays: dict[str, Any] = {
        "section_course": problem.section_course,
        "section_seats": problem.section_seats,
        "section_sped": problem.section_sped,
        "section_audience": problem.section_audience,
        "section_stack": stacks,
        **_ranges("section_links", "section_link", _owners(problem.same_students, problem.n_sections)),
        "section_choices": problem.choice_start,
        "section_home": homes,
        "section_tied": [s in tied for s in range(problem.n_sections)],
        **_ranges("section_apart", "section_apart_from", _owners(apart, problem.n_sections)),
        **_ranges("apart_sections", "apart_section", [members.tolist() for members in apart]),
        "apart_most": most,
        **_ranges("section_groups", "section_group", groups.of_section),
        "audience": problem.audience,
        "stack_seats": problem.capacity_seats,
        **_ranges("link_sections", "link_section", [m.tolist() for m in problem.same_students]),
        "choice_mask": problem.choice_mask,
        "choice_price": costs["choice"],
        **_ranges("course_sections", "course_section", sections),
        **_ranges("course_requests", "course_request", requests_of_course),
        "student_sped": problem.student_sped,
        "student_blocked": problem.student_blocked,
        **_ranges("student_requests", "student_request", own),
        "request_student": problem.request_student,
        "request_rank": problem.request_rank,
        "request_pin": problem.request_pin,
        "request_home": costs["seats"],
        "request_leave": tiers.leave,
        "request_options": problem.options.start,
        "option_course": problem.options.items,
        "option_cost": problem.option_cost,
        "option_price": tiers.option,
        "unmet_cost": costs["unmet"],
        "alternates_cost": costs["alternates"],
        "balance_cost": costs["balance"],
        "home_cost": costs["home"],
        "tier_scale": tiers.scale,
        "tier_level": tiers.level,
        "group_kind": groups.kind,
        "group_level": groups.level,
        "group_weight": groups.weight,
        "group_limit": groups.limit,
        **_ranges("group_sections", "group_section", groups.sections),
        "free_level": [level for level, _ in frees],
        "free_weight": [goal.weight for _, goal in frees],
        "free_limit": [int(goal.limits[0]) for _, goal in frees],
        **_ranges("student_frees", "student_free", students_free),
        "term_mask": term_masks(problem),
        "adjacent": problem.adjacent,
        "next_slot": problem.next_slot,
        "section_choice": solution.choice,
        "section_mask": problem.choice_mask[solution.choice],
        "load": load,
        "sped_load": np.bincount(solution.seat[sped], minlength=problem.n_sections),
        "stack_load": np.bincount(stacks[solution.seat[stacked]], minlength=n_stacks),
        "seat": solution.seat,
        "value": _values(problem, solution, n_levels, level_of),
        "spread": [int(np.ptp(load[those])) if those else 0 for those in sections],
        "group_cost": groups.costs(problem, solution),
        "moving": [0] * (2 * problem.n_sections + 2),
        "unmet": _padded(unmet, n_requests),
        "unmet_place": _places(unmet, n_requests),
        "away": _padded(away, problem.n_sections),
        "away_place": _places(away, problem.n_sections),
        "value_before": [0] * n_levels,
        "value_placed": [0] * n_levels,
        "log_request": [0] * (4 * n_requests + 8),
        "log_seat": [0] * (4 * n_requests + 8),
        "placed_section": [0] * (problem.n_sections + 1),
        "placed_choice": [0] * (problem.n_sections + 1),
        "touched_course": [0] * problem.n_courses,
        "touched_group": [0] * len(groups.kind),
        "course_stamp": [0] * problem.n_courses,
        "group_stamp": [0] * len(groups.kind),
        "student_stamp": [0] * n_students,
        "request_stamp": [0] * n_requests,
        "concerned": [0] * n_students,
        "concern": [0] * n_students,
        "busy_before": [0] * n_students,
        "regain": [0] * n_students,
        "changed": [0] * n_requests,
        "bound": [0] * n_levels,
        "before": [0] * most_requests,
        "order": [0] * most_requests,
        "options": [0] * most_requests,
        "option": [0] * (most_requests * most_options),
        "price": [0] * (most_requests * most_options),
        "rest": [0] * (most_requests + 1),
        "pick": [0] * (most_requests + 1),
        "taken": [0] * (most_requests + 1),
        "cost": [0] * (most_requests + 1),
        "chosen": [0] * most_requests,
        "best": [0] * most_requests,
        "weight": [0] * n_levels,
        "quantile": [int(-math.log((i + 0.5) / QUANTILES) * QUANTILE_UNIT) for i in range(QUANTILES)],
        "best_value": [0] * n_levels,
        "best_choice": solution.choice,
        "best_seat": solution.seat,
    }
    front = np.zeros(N_FRONT, np.int64)
    front[LOST] = np.count_nonzero(pinned & (solution.seat != problem.request_pin))
    front[UNMET], front[AWAY] = len(unmet), len(away)
    parts = {name: np.asarray(values, np.int64).ravel() for name, values in arrays.items()}
    ends = np.cumsum([N_FRONT, *(len(part) for part in parts.values())]).tolist()
    at = Layout(
        n_slots=problem.n_slots,
        n_sections=problem.n_sections,
        n_students=n_students,
        n_requests=n_requests,
        n_choices=len(problem.choice_mask),
        n_levels=n_levels,
        n_terms=len(arrays["term_mask"]),
        n_tiers=len(tiers.scale),
        n_free=len(frees),
        most_options=most_options,
        home_price=tiers.home,
        mixed=int(len(problem.options.items) > n_requests or len(problem.same_students) > 0),
        **dict(zip(parts, ends, strict=False)),
    )
    return Desk(at, np.concatenate([front, *parts.values()]), tuple(int(t) for t in tiers.level))


def home_choices(problem: Problem) -> NDArray[np.int64]:
    """The choice of each section that is no change; -1 where none or every one is. Shape (sections,)."""
    homes = np.full(problem.n_sections, -1, np.int64)
    for goal in problem.goals:
        if goal.kind is GoalKind.CHANGES:
            for s in range(problem.n_sections):
                choices = problem.choices_of(s)
                free = [k for k in choices if not goal.cost[k]]
                if free and (len(free) < len(choices) or len(choices) == 1):
                    homes[s] = free[0]
    return homes


def _padded(items: NDArray[Any], n: int) -> NDArray[Any]:
    """A list with room for ``n`` items."""
    return np.concatenate([items, np.zeros(n - len(items), np.int64)])


def _places(items: NDArray[Any], n: int) -> NDArray[Any]:
    """Where in a list each of ``n`` items stands; anything for those not in it."""
    places = np.zeros(n, np.int64)
    places[items] = np.arange(len(items))
    return places


def _ranges(starts: str, items: str, lists: Sequence[Sequence[int]]) -> dict[str, Any]:
    packed = Ragged.of(lists)
    return {starts: packed.start, items: packed.items}


def _owners(lists: Iterable[NDArray[Any]], n: int) -> list[list[int]]:
    """For each of ``n`` items the lists in which it stands."""
    owners: list[list[int]] = [[] for _ in range(n)]
    for number, members in enumerate(lists):
        for item in members.tolist():
            owners[item].append(number)
    return owners


class _Groups:
    """Every group of a goal that counts where sections stand, as one of its own."""

    def __init__(self, problem: Problem, level_of: dict[int, int]) -> None:
        self.kind: list[int] = []
        self.level: list[int] = []
        self.weight: list[int] = []
        self.limit: list[int] = []
        self.sections: list[list[int]] = []
        for number, goal in enumerate(problem.goals):
            if goal.kind not in GROUP_KINDS:
                continue
            for i, members in enumerate(goal.groups):
                self.kind.append(GROUP_KINDS[goal.kind])
                self.level.append(level_of.get(number, 0))
                self.weight.append(goal.weight)
                self.limit.append(int(goal.limits[i]) if len(goal.limits) else 0)
                self.sections.append(members.tolist())
        self.of_section = _owners([np.array(m, np.int64) for m in self.sections], problem.n_sections)

    def costs(self, problem: Problem, solution: Solution) -> list[int]:
        """What each group counts now."""
        kinds = {code: kind for kind, code in GROUP_KINDS.items()}
        return [
            goal_count(
                problem,
                Goal(kinds[kind], 1, groups=Ragged.of([members]), limits=np.array([limit], np.int32)),
                solution,
            )
            for kind, limit, members in zip(self.kind, self.limit, self.sections, strict=True)
        ]


def _values(
    problem: Problem, solution: Solution, n_levels: int, level_of: dict[int, int]
) -> NDArray[np.int64]:
    """Value of each level as far as the kernels count it."""
    values = np.zeros(n_levels, np.int64)
    for i, level in enumerate(problem.levels(), 1):
        if level.rank is not None:
            values[i] = sum(
                problem.goals[g].weight * goal_count(problem, problem.goals[g], solution, level.rank)
                for g in level.goals
            )
    for number, goal in enumerate(problem.goals):
        if goal.kind in COUNTED and goal.kind is not GoalKind.UNMET:
            values[level_of.get(number, 0)] += goal.weight * goal_count(problem, goal, solution)
    return values
