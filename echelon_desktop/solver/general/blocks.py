"""
Blocks: sections that pair tables tie together, and the ways in which a whole block can meet.

A stack, a chain of linked sections or a single section is placed as one: a *row* of a block is a choice for
each of its sections, such that every pair table within holds and no two of them want one teacher or room at
once. The search moves blocks from row to row and never looks at a pair table again.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from echelon_desktop.solver.problem import Problem

MOST_ROWS = 1024
"""Rows of a block that are kept; of a block with more, a sample."""
MOST_STEPS = 200_000


@dataclass(frozen=True, slots=True)
class Block:
    """Sections that are placed together, and for each way to do so the choice of each of them."""

    sections: tuple[int, ...]
    rows: tuple[tuple[int, ...], ...]


def blocks_of(problem: Problem, keep: tuple[tuple[int, ...], ...] = ()) -> list[Block]:
    """
    Split a problem's sections into blocks.

    Parameters
    ----------
    problem
        Any problem.
    keep
        Choices of all sections, one tuple a schedule: what they give a block is among its rows for certain.

    Returns
    -------
    list of Block
        Every section in exactly one; a block that cannot meet at all has no rows.
    """
    neighbours: dict[int, set[int]] = {s: set() for s in range(problem.n_sections)}
    for table in problem.pair_tables:
        neighbours[table.a].add(table.b)
        neighbours[table.b].add(table.a)
    blocks, seen = [], set[int]()
    for first in range(problem.n_sections):
        if first in seen:
            continue
        members = [first]
        seen.add(first)
        for s in members:
            found = sorted(neighbours[s] - seen)
            members += found
            seen.update(found)
        blocks.append(tuple(members))
    rows = _Rows(problem)
    return [Block(members, rows.of(members, keep)) for members in blocks]


class _Rows:
    """Enumerates the rows of blocks."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.mask = [int(m) for m in problem.choice_mask]
        self.partners: dict[tuple[int, int], dict[int, set[int]]] = {}
        for table in problem.pair_tables:
            for a, b, pairs in (
                (table.a, table.b, table.pairs.tolist()),
                (table.b, table.a, table.pairs[:, ::-1].tolist()),
            ):
                after: dict[int, set[int]] = {}
                for i, j in pairs:
                    after.setdefault(i, set()).add(j)
                known = self.partners.get((a, b))
                if known is not None:  # two tables for one pair: both hold
                    after = {i: js & known.get(i, set()) for i, js in after.items()}
                self.partners[a, b] = after
        self.groups: dict[int, set[int]] = {}
        for number, group in enumerate(problem.exclusive):
            for s in group.tolist():
                self.groups.setdefault(s, set()).add(number)

    def of(self, members: tuple[int, ...], keep: tuple[tuple[int, ...], ...]) -> tuple[tuple[int, ...], ...]:
        if len(members) == 1:
            return tuple((k,) for k in self.problem.choices_of(members[0]))
        rows: dict[tuple[int, ...], None] = {}
        for schedule in keep:
            kept = tuple(schedule[s] for s in members)
            if all(self._fits(members, kept[:depth], kept[depth]) for depth in range(len(kept))):
                rows[kept] = None
        for row in self._walk(members, random.Random(members[0])):
            rows[row] = None
            if len(rows) >= MOST_ROWS:
                break
        return tuple(rows)

    def _walk(self, members: tuple[int, ...], chance: random.Random) -> Iterator[tuple[int, ...]]:
        """All rows in random order, as far as so many steps go."""
        steps = MOST_STEPS
        row: list[int] = []
        waiting = [self._candidates(members, row, chance)]
        while waiting and steps:
            steps -= 1
            if len(row) == len(waiting):
                row.pop()
            if not waiting[-1]:
                waiting.pop()
                continue
            row.append(waiting[-1].pop())
            if len(row) == len(members):
                yield tuple(row)
            else:
                waiting.append(self._candidates(members, row, chance))

    def _candidates(self, members: tuple[int, ...], row: list[int], chance: random.Random) -> list[int]:
        depth = len(row)
        choices = [k for k in self.problem.choices_of(members[depth]) if self._fits(members, tuple(row), k)]
        chance.shuffle(choices)
        return choices

    def _fits(self, members: tuple[int, ...], row: tuple[int, ...], choice: int) -> bool:
        """Whether a choice of the next section goes with those of the sections before it."""
        s = members[len(row)]
        for other, taken in zip(members, row, strict=False):
            after = self.partners.get((other, s))
            if after is not None and choice not in after.get(taken, ()):
                return False
            shared = self.groups.get(s, set()) & self.groups.get(other, set())
            if shared and self.mask[choice] & self.mask[taken]:
                return False
        return True
