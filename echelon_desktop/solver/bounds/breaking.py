"""
How many students at least must miss a course, when a graph of courses cannot be coloured.

To let two courses meet at the same time costs a request of every student who wants both. Where the graph
cannot be coloured, some edge of an uncolourable part is broken; so the least cost is that of the cheapest set
of broken edges that meets every uncolourable part (R. Reiter, "A theory of diagnosis from first principles",
1987). The tree of such sets is searched up to a budget: when none remains, the cost is above the budget.

Broken edges join courses into blocks that meet at the same time. A student with ``n`` courses in a block
misses ``n - 1`` of them. To join two blocks costs one request of each student with courses in both.
"""

from bisect import insort
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from echelon_desktop.solver.bounds.colouring import Colourer, GiveUp, Graph, bits, mask_of

TIGHTEN = 3  # times a part is proven again from itself, which sheds edges


@dataclass(frozen=True, slots=True)
class Part:
    """An uncolourable part: its edges, and the requests whose students want both courses of an edge."""

    edges: int
    requests: int  # numbered vertex by vertex, within a vertex by student


class Breaking:
    """
    The least cost of breaking edges, from below.

    Parameters
    ----------
    graph
        Courses and their edges.
    students
        For each vertex the mask of the students who want it.
    should_stop
        Asked now and then.
    """

    def __init__(self, graph: Graph, students: Sequence[int], should_stop: Callable[[], bool]) -> None:
        self._graph, self._students, self._should_stop = graph, students, should_stop
        self._colourer = Colourer(graph, should_stop)
        self._price = [(students[a] & students[b]).bit_count() for a, b in graph.edges]
        self._number = {frozenset(edge): e for e, edge in enumerate(graph.edges)}
        self._hard = {frozenset(edge) for edge in graph.hard}
        self._cheap: list[int] = []  # for each price the edges that cost no more
        self._every_edge = (1 << len(graph.edges)) - 1
        self._place = self._places()
        self._request_bits = self._requests_of_edges()
        self.parts: list[Part] = []  # those of few requests first

    def least_cost(self, report: Callable[[int], None]) -> int:
        """
        Raise the bound as far as it goes.

        Parameters
        ----------
        report
            Told of every bound proven, rising.

        Returns
        -------
        int
            The last bound: the least cost itself, unless a search gave up or was stopped.
        """
        bound = 0
        with suppress(GiveUp):
            if self._colourer.uncolourable_part(self._every_edge) is not None:
                return bound  # courses that must be apart cannot be: there is no schedule
            self._find_separate_parts()
        with suppress(GiveUp):
            while self._dearer_than(bound, (), 0, 0):
                bound += 1
                report(bound)
        return bound

    def separate_parts(self) -> list[tuple[int, Part]]:
        """Parts that share no request, with the least cost of each."""
        found, taken = [], 0
        for part in self.parts:
            if not part.requests & taken:
                taken |= part.requests
                found.append((self._cheapest(part.edges), part))
        return found

    def vertices(self, part: Part) -> list[int]:
        """Courses at the ends of a part's edges."""
        return sorted({v for e in bits(part.edges) for v in self._graph.edges[e]})

    def all_parts(self) -> Part:
        """The parts found, as one; with all requests that joining its courses was charged for."""
        edges = requests = 0
        for part in self.parts:
            edges |= part.edges
        courses = mask_of(v for e in bits(edges) for v in self._graph.edges[e])
        for requested, (a, b) in zip(self._request_bits, self._graph.edges, strict=True):
            if courses >> a & courses >> b & 1:
                requests |= requested
        return Part(edges, requests)

    def _places(self) -> list[dict[int, int]]:
        """For each vertex the number of each student's request."""
        first, places = 0, []
        for mask in self._students:
            places.append({student: first + i for i, student in enumerate(bits(mask))})
            first += mask.bit_count()
        return places

    def _requests_of_edges(self) -> list[int]:
        """For each edge the requests of those who want both ends."""
        found = []
        for a, b in self._graph.edges:
            both = list(bits(self._students[a] & self._students[b]))
            found.append(mask_of([self._place[v][student] for v in (a, b) for student in both]))
        return found

    def _find_separate_parts(self) -> None:
        """Parts without a common edge, each found with those before it broken."""
        broken = 0
        while (part := self._prove(broken)) is not None:
            broken |= part.edges

    def _prove(self, broken: int) -> Part | None:
        edges = self._colourer.uncolourable_part(broken)
        if edges is None:
            return None
        for _ in range(TIGHTEN):
            try:
                again = self._colourer.uncolourable_part(self._every_edge & ~edges)
            except GiveUp:
                break
            if again is None or again.bit_count() >= edges.bit_count():
                break
            edges = again
        if not edges:  # courses that must be apart cannot be: no schedule, so that no cost is the least
            raise GiveUp
        requests = 0
        for e in bits(edges):
            requests |= self._request_bits[e]
        part = Part(edges, requests)
        insort(self.parts, part, key=lambda each: each.requests.bit_count())
        return part

    def _dearer_than(self, budget: int, blocks: tuple[int, ...], broken: int, kept: int) -> bool:
        """
        Whether every way to meet all parts costs more than the budget.

        Parameters
        ----------
        budget
            What is left to spend.
        blocks, broken
            What is broken so far: blocks of courses that meet together, and all edges inside them.
        kept
            Edges that are not to be broken: with any of them it has been tried.
        """
        several = self._several(blocks)
        while True:
            if self._should_stop():
                raise GiveUp
            unmet = [part for part in self.parts if not part.edges & broken]
            affordable = self._priced(budget) & ~kept
            choices = [(part.edges & affordable, part) for part in unmet]
            if any(not edges for edges, _ in choices) or self._separate_cost(choices, several) > budget:
                return True
            if not choices:
                if self._prove(broken) is None:
                    return False
                continue
            edge = next(bits(min((edges for edges, _ in choices), key=int.bit_count)))
            joined = self._join(blocks, broken, edge)
            if joined is not None:
                price, more_blocks, more_broken = joined
                tried = more_broken & kept
                if price <= budget and not tried:
                    dearer = self._dearer_than(budget - price, more_blocks, more_broken, kept)
                    if not dearer:
                        return False
            kept |= 1 << edge

    def _priced(self, most: int) -> int:
        """Edges that cost at most so much to break, between courses not joined to others yet."""
        while len(self._cheap) <= most:
            price = len(self._cheap)
            self._cheap.append(mask_of([e for e, p in enumerate(self._price) if p <= price]))
        return self._cheap[most]

    def _cheapest(self, edges: int) -> int:
        price = 0
        while not edges & self._priced(price):
            price += 1
        return price

    def _several(self, blocks: tuple[int, ...]) -> list[int]:
        """Of each student with several courses in one block his requests for those."""
        found = []
        for block in blocks:
            once = twice = 0
            for v in bits(block):
                twice |= once & self._students[v]
                once |= self._students[v]
            found += [
                mask_of([place[student] for v in bits(block) if student in (place := self._place[v])])
                for student in bits(twice)
            ]
        return found

    def _separate_cost(self, choices: list[tuple[int, Part]], several: list[int]) -> int:
        """What parts that share no request cost at least, each by its cheapest edge."""
        # Sharing no request matters: three edges between one student's three courses cost two requests. So
        # does a student's share in a block: to join it to another is paid once, for whichever of his courses.
        cost = taken = 0
        for edges, part in choices:
            if not part.requests & taken:
                taken |= part.requests
                for requests in several:
                    if requests & part.requests:
                        taken |= requests
                cost += self._cheapest(edges)
        return cost

    def _join(
        self, blocks: tuple[int, ...], broken: int, edge: int
    ) -> tuple[int, tuple[int, ...], int] | None:
        """Price, blocks and broken edges when an edge is broken too; None if a hard edge is in the way."""
        ends = self._graph.edges[edge]
        sides = [next((block for block in blocks if block >> v & 1), 1 << v) for v in ends]
        who = [0, 0]
        for side in (0, 1):
            for v in bits(sides[side]):
                who[side] |= self._students[v]
        for a in bits(sides[0]):
            for b in bits(sides[1]):
                pair = frozenset((a, b))
                if pair in self._hard:
                    return None
                if pair in self._number:
                    broken |= 1 << self._number[pair]
        rest = tuple(block for block in blocks if block not in sides)
        return (who[0] & who[1]).bit_count(), (*rest, sides[0] | sides[1]), broken
