"""
Graph colouring, exactly: either the vertices can be coloured, or here is a part of the graph that cannot.

Vertices are one-section courses, colours the slots of a term, an edge says that two courses must not meet at
the same time. Sets of vertices, colours and edges are the bits of integers.

The search colours the vertex with the fewest colours left (D. Brélaz, "New methods to color the vertices of
a graph", 1979), jumps back over decisions that a dead end does not depend on (P. Prosser, "Hybrid algorithms
for the constraint satisfaction problem", 1993), tries of interchangeable unused colours only one, and leaves
out vertices that always find a colour. The edges on which the dead ends depend are the uncolourable part.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

POLL_NODES = 512  # between two looks at whether to stop


class GiveUp(Exception):
    """The search took longer than it was given."""


@dataclass(frozen=True, slots=True)
class Graph:
    """
    A graph to colour.

    Parameters
    ----------
    colours
        For each vertex the mask of its colours.
    edges
        Breakable edges, as pairs of vertices; edge ``e`` is bit ``e`` of a mask of edges.
    hard
        Edges that are always there.
    """

    colours: Sequence[int]
    edges: Sequence[tuple[int, int]]
    hard: Sequence[tuple[int, int]]

    def neighbours(self) -> list[list[tuple[int, int]]]:
        """For each vertex its neighbours, each with the bit of the edge (0 where it is hard)."""
        found: list[list[tuple[int, int]]] = [[] for _ in self.colours]
        numbered = [(a, b, 1 << e) for e, (a, b) in enumerate(self.edges)]
        for a, b, bit in [*numbered, *((a, b, 0) for a, b in self.hard)]:
            found[a].append((b, bit))
            found[b].append((a, bit))
        return found

    def colour_classes(self) -> list[int]:
        """Masks of interchangeable colours: those that the same vertices may have."""
        alike: dict[tuple[bool, ...], int] = {}
        for c in bits(_union(self.colours)):
            key = tuple(bool(mask >> c & 1) for mask in self.colours)
            alike[key] = alike.get(key, 0) | 1 << c
        return list(alike.values())


class Colourer:
    """
    Asks the same graph again and again, with different edges broken.

    Parameters
    ----------
    graph
        What is to be coloured.
    should_stop
        Asked now and then; GiveUp is raised once it says yes.
    """

    def __init__(self, graph: Graph, should_stop: Callable[[], bool]) -> None:
        self._colours = list(graph.colours)
        self._around = graph.neighbours()
        self._classes = graph.colour_classes()
        self._should_stop = should_stop

    def uncolourable_part(self, broken: int, node_limit: int) -> int | None:
        """
        Edges that cannot all be kept, or None when the graph without the broken edges can be coloured.

        Parameters
        ----------
        broken
            Mask of the edges left out.
        node_limit
            Decisions after which to give up.

        Raises
        ------
        GiveUp
            If there is no answer within the limit, or it is asked to stop.
        """
        around = [[(u, bit) for u, bit in edges if not bit & broken] for edges in self._around]
        kept = self._peel(around)
        if not kept:
            return None
        around = [[(u, bit) for u, bit in edges if kept >> u & 1] for edges in around]
        clique = _large_clique(kept, around)
        if len(clique) > _union(self._colours[v] for v in clique).bit_count():
            inside = mask_of(clique)
            return _union(bit for v in clique for u, bit in around[v] if inside >> u & 1)
        return _Search(self, around, kept, mask_of(clique), node_limit).run()

    def _peel(self, around: list[list[tuple[int, int]]]) -> int:
        """Vertices that remain when those with more colours than neighbours go, again and again."""
        spare = [len(edges) - mask.bit_count() for edges, mask in zip(around, self._colours, strict=True)]
        kept = mask_of(v for v, left in enumerate(spare) if left >= 0)
        loose = [v for v, left in enumerate(spare) if left < 0]
        while loose:
            for u, _ in around[loose.pop()]:
                spare[u] -= 1
                if spare[u] == -1 and kept >> u & 1:
                    kept &= ~(1 << u)
                    loose.append(u)
        return kept


class _Search:
    """One depth-first search."""

    def __init__(
        self,
        colourer: Colourer,
        around: list[list[tuple[int, int]]],
        kept: int,
        first: int,
        node_limit: int,
    ) -> None:
        self._around, self._node_limit = around, node_limit
        self._classes, self._should_stop = colourer._classes, colourer._should_stop
        self._open = set(bits(kept))
        self._left = list(colourer._colours)
        # For each vertex and colour it lost: the decided neighbour that took it, and the edge between them.
        self._lost: list[dict[int, tuple[int, int]]] = [{} for _ in around]
        self._order = [(not first >> v & 1, -len(edges)) for v, edges in enumerate(around)]
        self._used = [0] * max(1, _union(colourer._colours).bit_length())
        self._nodes = 0
        self._part = 0

    def run(self) -> int | None:
        return None if self._dead_end() is None else self._part

    def _dead_end(self) -> int | None:
        """None when all open vertices find colours; else the decided vertices that are to blame."""
        self._nodes += 1
        if self._nodes > self._node_limit or (self._nodes % POLL_NODES == 0 and self._should_stop()):
            raise GiveUp
        if not self._open:
            return None
        v = min(self._open, key=lambda u: (self._left[u].bit_count(), self._order[u]))
        self._open.discard(v)
        blamed = mask_of(u for u, _ in self._lost[v].values())
        edges = _union(bit for _, bit in self._lost[v].values())
        for colour in self._worth_trying(v):
            changed = self._take(v, colour)
            below = self._dead_end()
            if below is None:
                return None
            self._give_back(v, colour, changed)
            if not below >> v & 1:
                self._open.add(v)
                return below
            blamed |= below
        self._open.add(v)
        self._part |= edges
        return blamed & ~(1 << v)

    def _worth_trying(self, v: int) -> Iterator[int]:
        """Colours left to a vertex, of unused interchangeable ones the first."""
        fresh = 0
        for colour in list(bits(self._left[v])):
            if not self._used[colour]:
                alike = next(mask for mask in self._classes if mask >> colour & 1)
                if fresh & alike:
                    continue
                fresh |= alike
            yield colour

    def _take(self, v: int, colour: int) -> list[int]:
        changed, bit = [], 1 << colour
        self._used[colour] += 1
        for u, edge in self._around[v]:
            if self._left[u] & bit and u in self._open:
                self._left[u] ^= bit
                self._lost[u][colour] = (v, edge)
                changed.append(u)
        return changed

    def _give_back(self, v: int, colour: int, changed: list[int]) -> None:
        self._used[colour] -= 1
        for u in changed:
            self._left[u] |= 1 << colour
            del self._lost[u][colour]


def _large_clique(kept: int, around: list[list[tuple[int, int]]]) -> list[int]:
    """A large clique, greedily from every vertex."""
    near = [mask_of(u for u, _ in edges) & kept for edges in around]
    best: list[int] = []
    for v in bits(kept):
        clique, left = [v], near[v]
        if left.bit_count() < len(best):
            continue
        while left:
            u = max(bits(left), key=lambda w: (near[w] & left).bit_count())
            clique.append(u)
            left &= near[u]
        if len(clique) > len(best):
            best = clique
    return best


def bits(mask: int) -> Iterator[int]:
    """Numbers of the bits that are set."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def mask_of(numbers: "Iterator[int] | Sequence[int]") -> int:
    """Mask with these bits set."""
    mask = 0
    for number in numbers:
        mask |= 1 << number
    return mask


def _union(masks: "Iterator[int] | Sequence[int]") -> int:
    union = 0
    for mask in masks:
        union |= mask
    return union
