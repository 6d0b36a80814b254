"""
Graph colouring, exactly: either the vertices can be coloured, or here is a part of the graph that cannot.

Vertices are one-section courses, colours the slots of a term, an edge says that two courses must not meet at
the same time. Sets of vertices, colours and edges are the bits of integers.

The search colours the vertex with the fewest colours left (D. Brélaz, "New methods to color the vertices of
a graph", 1979), jumps back over decisions that a dead end does not depend on (P. Prosser, "Hybrid algorithms
for the constraint satisfaction problem", 1993), tries of interchangeable unused colours only one, and leaves
out vertices that always find a colour. The edges on which the dead ends depend are the uncolourable part.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from echelon_desktop.solver.bounds.colour_kernel import COLOURABLE, NODE_LIMIT, UNFINISHED, colour, room
from echelon_desktop.solver.search.jit import compiled

NODES = 2_000  # decisions between two looks at whether to stop, when interpreted: about 0.1 s
COMPILED_SPEED = 50  # times as many when compiled
PAUSES = (1, 2, 5, 10, 20, 50, 200)  # how many looks at most, attempt by attempt
PATIENCE = 30  # questions


class GiveUp(Exception):
    """There was no answer in the time given, or no time is left."""


@dataclass(frozen=True, slots=True)
class Graph:
    """
    A graph to colour.

    Parameters
    ----------
    n_vertices, n_colours
        How many.
    edges
        Breakable edges, as pairs of vertices; edge ``e`` is bit ``e`` of a mask of edges.
    hard
        Edges that are always there.
    last
        Mask of vertices not to begin with.
    """

    n_vertices: int
    n_colours: int
    edges: Sequence[tuple[int, int]]
    hard: Sequence[tuple[int, int]]
    last: int = 0

    def neighbours(self) -> list[list[tuple[int, int]]]:
        """For each vertex its neighbours, each with the number of the edge (-1 where it is hard)."""
        found: list[list[tuple[int, int]]] = [[] for _ in range(self.n_vertices)]
        numbered = [(a, b, e) for e, (a, b) in enumerate(self.edges)]
        for a, b, e in [*numbered, *((a, b, -1) for a, b in self.hard)]:
            found[a].append((b, e))
            found[b].append((a, e))
        return found


class Colourer:
    """
    Asks the same graph again and again, with different edges broken.

    The first questions are answered by the interpreter; when many decisions have been made, the kernel is
    compiled (read from the cache, if it was compiled before).

    Parameters
    ----------
    graph
        What is to be coloured.
    should_stop
        Asked now and then; GiveUp is raised once it says yes.
    patience
        Questions after which compiling is worth its seconds.
    """

    def __init__(self, graph: Graph, should_stop: Callable[[], bool], patience: int = PATIENCE) -> None:
        around = graph.neighbours()
        start = [0]
        for neighbours in around:
            start.append(start[-1] + len(neighbours))
        near = [u for neighbours in around for u, _ in neighbours]
        label = [e for neighbours in around for _, e in neighbours]
        self._graph, self._fixed = graph, [start, near, label]
        self._cliques = _cliques(graph, around)
        self._should_stop, self._patience = should_stop, patience
        self._questions = 0

    def uncolourable_part(self, broken: int) -> int | None:
        """
        Edges that cannot all be kept, or None when the graph without the broken edges can be coloured.

        Parameters
        ----------
        broken
            Mask of the edges left out.

        Raises
        ------
        GiveUp
            If it is asked to stop, or no attempt comes to an end.
        """
        whole = [clique for clique in self._cliques if not clique[1] & broken] or [(0, 0)]
        # Which clique is coloured first decides whether the search is short; so short ones are tried first.
        for attempt, pauses in enumerate(PAUSES):
            members, inside = whole[attempt % len(whole)]
            if members.bit_count() > self._graph.n_colours:
                return inside
            answer, part = self._ask(broken, members, pauses)
            if answer != UNFINISHED:
                return None if answer == COLOURABLE else part
        raise GiveUp

    def _ask(self, broken: int, first: int, pauses: int) -> tuple[int, int]:
        """The kernel's answer and the edges it marks; UNFINISHED after so many pauses."""
        n, k, n_edges = self._graph.n_vertices, self._graph.n_colours, len(self._graph.edges)
        search: Callable[..., int] = colour
        numbers: list[Any] = [
            [n, k, NODES, 0, 0, 0],
            *self._fixed,
            _flags(broken, n_edges),
            _flags(first, n),
            [0] * room(n, k),
            [0] * n_edges,
        ]
        self._questions += 1
        if self._questions > self._patience:
            search = compiled(colour)
            numbers = [np.array(values, np.int64) for values in numbers]
            numbers[0][NODE_LIMIT] = NODES * COMPILED_SPEED
        answer = UNFINISHED
        for _ in range(pauses):
            answer = int(search(*numbers))
            if answer != UNFINISHED:
                break
            if self._should_stop():
                raise GiveUp
        return answer, mask_of([e for e, mark in enumerate(numbers[-1]) if mark])


def _cliques(graph: Graph, around: list[list[tuple[int, int]]]) -> list[tuple[int, int]]:
    """
    Cliques to begin with, found greedily from every vertex: their vertices and breakable edges.

    Those that have more vertices than there are colours come first, then those without vertices that the
    graph wants coloured last, large before small.
    """
    near = [mask_of([u for u, _ in edges]) for edges in around]
    found = set()
    for v in range(len(around)):
        clique, left = 1 << v, near[v]
        while left:
            u = max(bits(left), key=lambda w: (near[w] & left).bit_count())
            clique |= 1 << u
            left &= near[u]
        found.add(clique)
    cliques = []

    def order(clique: int) -> tuple[bool, bool, int, int]:
        size = clique.bit_count()
        return size <= graph.n_colours, bool(clique & graph.last), -size, clique

    for clique in sorted(found, key=order):
        inside = [e for v in bits(clique) for u, e in around[v] if clique >> u & 1 and e >= 0]
        cliques.append((clique, mask_of(inside)))
    return cliques


def _flags(mask: int, length: int) -> list[int]:
    return [mask >> i & 1 for i in range(length)]


def bits(mask: int) -> Iterator[int]:
    """Numbers of the bits that are set."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def mask_of(numbers: Iterable[int]) -> int:
    """Mask with these bits set."""
    mask = 0
    for number in numbers:
        mask |= 1 << number
    return mask


def union(masks: Iterable[int]) -> int:
    """Bits set in any of the masks."""
    found = 0
    for mask in masks:
        found |= mask
    return found
