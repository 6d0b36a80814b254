"""The edit that turns one dataset into another: for snapshots, comparisons and repeated imports."""

from bisect import bisect_left
from typing import Any

from echelon_desktop.model.dataset import Dataset, Edit, RowChange, Table
from echelon_desktop.model.tables import TABLES


def difference(before: Dataset, after: Dataset, title: str = "") -> Edit:
    """
    The edit of that title which, applied to ``before``, gives ``after``, the order of rows included.

    It deletes, adds, changes and moves as few rows as can be; none when the two are equal.
    """
    changes: list[RowChange] = []
    for name in TABLES:
        changes += table_changes(name, before.table(name), after.table(name))
    return Edit(title, tuple(changes))


def table_changes(name: str, before: Table[Any], after: Table[Any]) -> list[RowChange]:
    """The changes that turn one table of that name into another."""
    changes = [RowChange(name, key, None) for key in before if key not in after]
    order = {key: i for i, key in enumerate(before)}
    common = [key for key in after if key in order]
    kept = {common[i] for i in _longest_rising([order[key] for key in common])}
    # Rows added behind all others need no index.
    last_old = max((i for i, key in enumerate(after) if key in order), default=-1)
    for i, (key, record) in enumerate(after.items()):
        if key not in order:
            changes.append(RowChange(name, key, record, i if i < last_old else None))
        elif key not in kept:
            changes.append(RowChange(name, key, record, i))
        elif before[key] != record:
            changes.append(RowChange(name, key, record))
    return changes


def _longest_rising(values: list[int]) -> list[int]:
    """Indices of a longest rising subsequence of different numbers: the rows that need not be moved."""
    tails: list[int] = []  # the smallest end of a rising run of each length
    ends: list[int] = []  # where that end is
    previous: list[int | None] = []
    for i, value in enumerate(values):
        length = bisect_left(tails, value)
        previous.append(ends[length - 1] if length else None)
        if length == len(tails):
            tails.append(value)
            ends.append(i)
        else:
            tails[length], ends[length] = value, i
    chain: list[int] = []
    at: int | None = ends[-1] if ends else None
    while at is not None:
        chain.append(at)
        at = previous[at]
    return chain[::-1]
