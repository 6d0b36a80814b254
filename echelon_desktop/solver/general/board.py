"""From a problem to the flat data of the general search."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echelon_desktop.solver.figures import term_masks
from echelon_desktop.solver.general import layout as the
from echelon_desktop.solver.general.blocks import blocks_of
from echelon_desktop.solver.general.layout import HARD, INFINITE, N_FRONT, Layout
from echelon_desktop.solver.general.owners import Owners, owners_of
from echelon_desktop.solver.general.scheme import Scheme, scheme_of
from echelon_desktop.solver.general.wishes import apart, asking, only_paths, surplus
from echelon_desktop.solver.problem import GoalKind, Problem
from echelon_desktop.solver.search.state import QUANTILE_UNIT, QUANTILES

NODES = 300
"""Nodes of a student's seating that are looked at, at most."""
MOST_LOG = 400_000
MOST_PLAN = 16
"""Blocks that one move may concern."""


@dataclass(frozen=True, slots=True, eq=False)
class Board:
    """A problem laid out, no section placed and no student seated; ``data`` is never written."""

    problem: Problem
    scheme: Scheme
    at: Layout
    data: NDArray[np.int64]
    n_places: int


def lay_out(problem: Problem, keep: tuple[tuple[int, ...], ...] = ()) -> Board:
    """Lay a problem out; the schedules ``keep`` (a choice for each section) can be reached for certain."""
    scheme = scheme_of(problem)
    blocks = blocks_of(problem, keep)
    owners = owners_of(problem, scheme)
    n_slots, n_sections, n_students = problem.n_slots, problem.n_sections, problem.n_students
    n_requests, n_levels = problem.n_requests, scheme.n_levels
    parts: dict[str, Any] = {}

    def ragged(ranges: str, items: str, lists: Iterable[Sequence[int]]) -> None:
        packed = [list(x) for x in lists]
        parts[ranges] = np.concatenate([[0], np.cumsum([len(x) for x in packed])]).astype(np.int64)
        parts[items] = [item for x in packed for item in x]

    _times(problem, parts)
    ragged("day_slots", "day_slot", (day.tolist() for day in problem.days))
    wanted = np.bincount(problem.options.items, minlength=problem.n_courses)
    seats = np.minimum(np.minimum(problem.section_seats, wanted[problem.section_course]), n_requests)
    parts["section_course"] = problem.section_course
    parts["section_seats"] = np.maximum(seats, 0)
    parts["section_sped"] = problem.section_sped
    parts["section_building"] = problem.section_building
    parts["section_audience"] = problem.section_audience
    groups = [*problem.exclusive, *problem.slot_limit_sections]
    ragged("section_groups", "section_group", _owned(groups, n_sections))
    ragged("section_shares", "section_share", _owned(problem.capacity_sections, n_sections))
    ragged("section_owners", "section_owner", owners.of_section)
    aparts = apart(problem)
    ragged("section_aparts", "section_apart", aparts)
    ragged("group_sections", "group_section", (group.tolist() for group in groups))
    most = np.ones((len(groups), n_slots), np.int64)
    most[len(problem.exclusive) :] = np.reshape(problem.slot_limit_most, (-1, n_slots))
    parts["group_most"] = most.ravel()
    parts["share_seats"] = problem.capacity_seats
    parts["audience"] = problem.audience.ravel()
    _choices(problem, scheme, parts, ragged)

    parts["section_choices"] = problem.choice_start
    place_of = np.zeros((n_sections, 2), np.int64)
    for number, block in enumerate(blocks):
        for place, s in enumerate(block.sections):
            place_of[s] = number, place
    parts["section_block"], parts["section_place"] = place_of.T
    ragged("block_sections", "block_section", (block.sections for block in blocks))
    sizes = [len(block.rows) * len(block.sections) for block in blocks]
    parts["block_row"] = np.concatenate([[0], np.cumsum(sizes)])[: len(blocks)]
    parts["block_rows"] = [len(block.rows) for block in blocks]
    parts["row_choice"] = [choice for block in blocks for row in block.rows for choice in row]

    ragged("course_sections", "course_section", problem.course_sections())
    ragged("course_requests", "course_request", asking(problem))
    of_student: list[list[int]] = [[] for _ in range(n_students)]
    for r, n in enumerate(problem.request_student.tolist()):
        of_student[n].append(r)
    ragged("student_requests", "student_request", of_student)
    parts["student_sped"] = problem.student_sped
    parts["student_blocked"] = problem.student_blocked
    parts["student_surplus"] = surplus(problem, of_student)
    _requests(problem, scheme, parts, ragged)
    _cells(owners, scheme, parts, ragged)
    parts["quantile"] = [int(-math.log((i + 0.5) / QUANTILES) * QUANTILE_UNIT) for i in range(QUANTILES)]

    longest = max((len(x) for x in of_student), default=0)
    offered = np.bincount(problem.section_course, minlength=problem.n_courses)
    picks = max((sum(_n_picks(problem, offered, r) for r in x) for x in of_student), default=0)
    n_log = min(4 * n_requests + 4096, MOST_LOG)
    n_moved = MOST_PLAN * max((len(block.sections) for block in blocks), default=1)
    n_owners = owners.n
    n_cells = len(parts["cell_kind"])
    rosters = np.concatenate([[0], np.cumsum(parts["section_seats"])])
    parts |= {
        "choice": [-1] * n_sections,
        "mask": [0] * n_sections,
        "taken": [0] * (len(groups) * n_slots),
        "full": _full(most),
        "course_open": [0] * problem.n_courses,
        "size": [0] * n_sections,
        "sped_size": [0] * n_sections,
        "share_size": [0] * len(problem.capacity_seats),
        "rosters": rosters,
        "roster": [0] * int(rosters[-1]),
        "seat": [-1] * n_requests,
        "place": [-1] * n_requests,
        "occupied": [0] * n_students,
        "student_unmet": [len(x) for x in of_student],
        "unmet": range(n_requests),
        "unmet_place": range(n_requests),
        "cell": [0] * n_cells,
        "value": _first_values(problem, scheme, parts),
        "smooth": [0] * n_levels,
        "cell_smooth": [0] * n_cells,
        "value_before": [0] * n_levels,
        "smooth_before": [0] * n_levels,
        "pending": [0] * n_levels,
        "log_request": [0] * n_log,
        "log_section": [0] * n_log,
        "log_cell": [0] * (2 * n_cells + 1),
        "log_count": [0] * (2 * n_cells + 1),
        "log_smooth": [0] * (2 * n_cells + 1),
        "moved_section": [0] * n_moved,
        "moved_from": [0] * n_moved,
        "plan_block": [0] * MOST_PLAN,
        "block_stamp": [0] * len(blocks),
        "course_stamp": [0] * problem.n_courses,
        "owner_stamp": [0] * n_owners,
        "student_stamp": [0] * n_students,
        "student_lost": [0] * n_students,
        "dirty": [0] * n_owners,
        "opened": [0] * problem.n_courses,
        "target_section": [0] * n_sections,
        "target_student": [0] * n_students,
        "target_course": [0] * problem.n_courses,
        "factor": [0] * n_levels,
        "held": [INFINITE] * n_levels,
        "least": [0] * n_levels,
        "best_value": [INFINITE] * n_levels,
        "best_choice": [-1] * n_sections,
        "best_seat": [-1] * n_requests,
        "worse": [0] * max((len(block.rows) for block in blocks), default=0),
        **{
            f"choice_{name}": [0] * int(np.diff(problem.choice_start).max(initial=0))
            for name in ("worse", "size")
        },
        **{f"path_{name}": [0] * (longest + 1) for name in ("request", "section", "from", "taken")},
        **{f"pick_{name}": [0] * (longest + 2) for name in _BY_REQUEST},
        **{f"pick_{name}": [0] * (picks + 1) for name in ("section", "mask", "price")},
    }
    arrays = {name: np.asarray(values, np.int64).ravel() for name, values in parts.items()}
    front = np.zeros(N_FRONT, np.int64)
    front[the.UNMET] = n_requests
    lengths = [len(front), *(len(part) for part in arrays.values())]
    at = Layout(
        n_slots=n_slots,
        n_terms=len(arrays["term_mask"]),
        n_days=len(problem.days),
        n_sections=n_sections,
        n_requests=n_requests,
        n_courses=problem.n_courses,
        n_students=n_students,
        n_owners=n_owners,
        n_levels=n_levels,
        n_log=n_log,
        margin=4 * longest + 8,
        n_homes=len(arrays["home_level"]),
        first_student=owners.first_student,
        load_price=scheme.load,
        unmet_price=max(1, min((scheme.scale[i] for i, u in enumerate(scheme.is_unmet) if u), default=1)),
        twice=int(len(problem.options.items) > n_requests),
        only_paths=int(only_paths(problem, aparts)),
        nodes=NODES,
        **dict(zip(arrays, np.cumsum(lengths).tolist(), strict=False)),
    )
    n_places = sum(max(0, len(block.rows) - 1) for block in blocks)
    return Board(problem, scheme, at, np.concatenate([front, *arrays.values()]), n_places)


_BY_REQUEST = ("first", "count", "order", "at", "taken", "best", "used", "cost", "rest")


def _times(problem: Problem, parts: dict[str, Any]) -> None:
    parts["slot_next"] = problem.next_slot
    parts["term_mask"] = term_masks(problem)
    parts["day_mask"] = [sum(1 << slot for slot in day.tolist()) for day in problem.days]
    terms = np.unique(problem.slot_term).tolist()
    parts["day_term"] = [terms.index(problem.slot_term[day[0]]) if len(day) else 0 for day in problem.days]


def _owned(lists: Iterable[NDArray[Any]], n: int) -> list[list[int]]:
    """For each of ``n`` things the numbers of the lists it is in."""
    owned: list[list[int]] = [[] for _ in range(n)]
    for number, members in enumerate(lists):
        for member in members.tolist():
            owned[member].append(number)
    return owned


def _choices(problem: Problem, scheme: Scheme, parts: dict[str, Any], ragged: Any) -> None:
    slots = range(problem.n_slots)
    masks = problem.choice_mask.tolist()
    adjacent = problem.adjacent.tolist()
    beside: dict[int, int] = {}
    for mask in set(masks):
        beside[mask] = 0
        for slot in slots:
            if mask >> slot & 1:
                beside[mask] |= adjacent[slot]
    parts["choice_mask"] = masks
    parts["choice_beside"] = [beside[mask] for mask in masks]
    costs: list[list[tuple[int, int]]] = [[] for _ in masks]
    for placed in scheme.goals:
        if placed.goal.kind in (GoalKind.CHOICE_COST, GoalKind.CHANGES):
            for k in np.flatnonzero(placed.goal.cost).tolist():
                costs[k].append((placed.level, placed.goal.weight * int(placed.goal.cost[k])))
    ragged("choice_costs", "choice_cost_level", ([level for level, _ in cost] for cost in costs))
    parts["choice_cost"] = [amount for cost in costs for _, amount in cost]


def _requests(problem: Problem, scheme: Scheme, parts: dict[str, Any], ragged: Any) -> None:
    """A request's kind is its rank, and 3 more where it is pinned; each has its cost of being unmet."""
    parts["request_student"] = problem.request_student
    parts["request_pin"] = problem.request_pin
    parts["request_kind"] = problem.request_rank + 3 * (problem.request_pin >= 0)
    parts["request_options"] = problem.options.start
    parts["option_course"] = problem.options.items
    parts["option_cost"] = problem.option_cost
    kinds: list[list[tuple[int, int]]] = []
    alternates = [0] * scheme.n_levels
    for kind in range(6):
        costs = [
            (placed.level, placed.goal.weight)
            for placed in scheme.goals
            if placed.goal.kind is GoalKind.UNMET and placed.rank in (None, kind % 3)
        ]
        kinds.append([*costs, (HARD, 1)] if kind >= 3 else costs)
    for placed in scheme.goals:
        if placed.goal.kind is GoalKind.ALTERNATES:
            alternates[placed.level] += placed.goal.weight
    ragged("kind_costs", "kind_level", ([level for level, _ in costs] for costs in kinds))
    parts["kind_cost"] = [cost for costs in kinds for _, cost in costs]
    parts["kind_price"] = [sum(scheme.scale[level] * cost for level, cost in costs) for costs in kinds]
    parts["alternate_cost"] = alternates
    price = sum(scheme.scale[level] * weight for level, weight in enumerate(alternates))
    homes = [placed for placed in scheme.goals if placed.goal.kind is GoalKind.CHANGES]
    parts["home"] = [home for placed in homes for home in placed.goal.limits.tolist()]
    parts["home_level"] = [placed.level for placed in homes]
    parts["home_cost"] = [placed.goal.weight for placed in homes]
    parts["home_price"] = [placed.goal.weight * scheme.scale[placed.level] for placed in homes]
    parts["option_price"] = problem.option_cost.astype(np.int64) * price


def _cells(owners: Owners, scheme: Scheme, parts: dict[str, Any], ragged: Any) -> None:
    cells = [cell for of_owner in owners.cells for cell in of_owner]
    parts["owner_cells"] = np.concatenate([[0], np.cumsum([len(x) for x in owners.cells])])
    parts["cell_kind"] = [cell.kind for cell in cells]
    parts["cell_level"] = [cell.level for cell in cells]
    parts["cell_weight"] = [cell.weight for cell in cells]
    parts["cell_price"] = [scheme.scale[cell.level] * cell.weight for cell in cells]
    parts["cell_limit"] = [cell.limit for cell in cells]
    parts["cell_lists"] = np.concatenate([[0], np.cumsum([len(cell.lists) for cell in cells])])
    lists = [members for cell in cells for members in cell.lists]
    ragged("list_sections", "list_section", (members.sections for members in lists))
    parts["list_full_time"] = [members.full_time for members in lists]


def _first_values(problem: Problem, scheme: Scheme, parts: dict[str, Any]) -> list[int]:
    """What an empty board costs, as far as it is not counted by cell."""
    values = [0] * scheme.n_levels
    values[the.UNPLACED] = problem.n_sections
    kinds, ranges = np.asarray(parts["request_kind"]), parts["kind_costs"]
    for kind, number in enumerate(np.bincount(kinds, minlength=6).tolist()):
        for i in range(ranges[kind], ranges[kind + 1]):
            values[parts["kind_level"][i]] += number * parts["kind_cost"][i]
    for placed in scheme.goals:
        if placed.goal.kind is GoalKind.CONSTANT:
            values[placed.level] += placed.goal.weight * int(placed.goal.limits.sum())
        elif placed.goal.kind is GoalKind.CHANGES:
            values[placed.level] += placed.goal.weight * int((placed.goal.limits >= 0).sum())
    return values


def _full(most: NDArray[np.int64]) -> list[int]:
    return [sum(1 << slot for slot in np.flatnonzero(row <= 0).tolist()) for row in most]


def _n_picks(problem: Problem, offered: NDArray[Any], request: int) -> int:
    return 1 + int(offered[problem.options[request]].sum())
