"""From counts back to students: who of a class sits when, and in which section of a pool."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from echelon_desktop.solver.problem import Bools, Ints, Problem

_Vertex: TypeAlias = tuple[str, int]
_Edge: TypeAlias = tuple[_Vertex, _Vertex, tuple[int, int, int]]


class Count(NamedTuple):
    """So many students of a class hold a seat for a request (a row of the class) at a time."""

    row: int
    pool: int
    mask: int
    number: int


def deal(counts: Sequence[Count], size: int) -> list[list[tuple[int, int, int]]]:
    """
    Deal counts out to the students of a class, so that nobody is in two places at once.

    Parameters
    ----------
    counts
        Those of one class. When ``size`` is above one their masks coincide or are disjoint, and no row and
        no mask has more than ``size`` in all.
    size
        Students in the class.

    Returns
    -------
    list
        For each student the (row, pool, mask) held.

    References
    ----------
    Edge colouring of a bipartite multigraph by alternating paths; see ``classes``.
    """
    # colours[vertex][student] is the edge of that student at the vertex; a vertex is a row or a mask.
    colours: dict[_Vertex, list[int]] = {}
    edges: list[_Edge] = []
    colour_of: list[int] = []
    for count in counts:
        row, slots = ("row", count.row), ("mask", count.mask)
        for _ in range(count.number):
            edge = len(edges)
            edges.append((row, slots, (count.row, count.pool, count.mask)))
            at_row, at_slots = (colours.setdefault(v, [-1] * size) for v in (row, slots))
            here, there = at_row.index(-1), at_slots.index(-1)
            if at_slots[here] >= 0:
                _swap(slots, here, there, colours, edges, colour_of)
            at_row[here] = at_slots[here] = edge
            colour_of.append(here)
    held: list[list[tuple[int, int, int]]] = [[] for _ in range(size)]
    for (_, _, seat), colour in zip(edges, colour_of, strict=True):
        held[colour].append(seat)
    return held


def _swap(
    vertex: _Vertex,
    first: int,
    second: int,
    colours: dict[_Vertex, list[int]],
    edges: list[_Edge],
    colour_of: list[int],
) -> None:
    """Exchange two colours along the path of them that starts at the vertex with the first."""
    path = []
    at, colour = vertex, first
    while (edge := colours[at][colour]) >= 0:
        path.append(edge)
        a, b, _ = edges[edge]
        at, colour = (b if at == a else a), (second if colour == first else first)
    for edge in path:
        for v in edges[edge][:2]:
            colours[v][colour_of[edge]] = -1
    for edge in path:
        colour_of[edge] = second if colour_of[edge] == first else first
        for v in edges[edge][:2]:
            colours[v][colour_of[edge]] = edge


def fill(
    problem: Problem, sections: Sequence[int], requests: Ints, quota: Mapping[int, tuple[int, int]]
) -> Ints:
    """
    Seat the requests of one pool at one time in the sections that stand there.

    Parameters
    ----------
    problem
        Its seats and SPED limits.
    sections
        Sections of the pool in those slots.
    requests
        Shape (n,): requests to seat; the sections have room for them in all.
    quota
        For each section how many students and how many SPED among them (-1: as many as fit). Empty spreads
        them evenly.

    Returns
    -------
    Ints
        Shape (n,): section of each request.
    """
    seats = {s: int(problem.section_seats[s]) for s in sections}
    limit = {s: int(problem.section_sped[s]) for s in sections}
    if quota:
        seats = {s: quota[s][0] for s in sections}
        limit = {s: limit[s] if quota[s][1] < 0 else quota[s][1] for s in sections}
    sizes = dict.fromkeys(sections, 0)
    sped: Bools = problem.student_sped[problem.request_student[requests]]
    placed = np.full(len(requests), -1, np.int32)
    # SPED students first: sections that they fill to their limit leave seats for the others, not the reverse.
    for i in [*np.flatnonzero(sped), *np.flatnonzero(~sped)]:
        most = {s: min(seats[s], limit[s]) if sped[i] else seats[s] for s in sections}
        open_sections = [s for s in sections if sizes[s] < most[s]]
        s = min(open_sections, key=sizes.__getitem__)
        sizes[s] += 1
        placed[i] = s
    return placed
