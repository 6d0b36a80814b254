"""
The exact search behind ``colouring``, on flat sequences: interpreted on lists, compiled on arrays.

One sequence ``w`` holds all that changes, in rows that :func:`room` lays out; no row is ever grown.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from echelon_desktop.solver.search.jit import entry, kernel

Ints: TypeAlias = NDArray[np.int64] | list[int]

COLOURABLE, NOT_COLOURABLE, UNFINISHED = 1, 0, -1

# Numbers in ``size``; the last three say where an unfinished search stands.
VERTICES, COLOURS, NODE_LIMIT, BEGUN, DEPTH, CHANGES = 0, 1, 2, 3, 4, 5


def room(n: int, k: int) -> int:
    """Length of ``w`` for n vertices and k colours."""
    return 7 * n + 4 * (n + 1) + 3 * n * k + k + (n + 1) * n


@kernel
def _ones(mask: int) -> int:
    """How many bits are set."""
    count = 0
    while mask:
        mask &= mask - 1
        count += 1
    return count


@kernel
def _peel(
    n: int, k: int, start: Ints, near: Ints, label: Ints, gone: Ints, w: Ints, is_open: int, queue: int
) -> int:
    """Open the vertices that remain when those with more colours than neighbours go; how many remain."""
    spare = 0
    remaining, waiting = n, 0
    for v in range(n):
        degree = 0
        for i in range(start[v], start[v + 1]):
            if label[i] < 0 or not gone[label[i]]:
                degree += 1
        w[spare + v] = degree - k
        w[is_open + v] = 1
        if w[spare + v] < 0:
            w[is_open + v] = 0
            w[queue + waiting] = v
            waiting += 1
            remaining -= 1
    while waiting:
        waiting -= 1
        v = w[queue + waiting]
        for i in range(start[v], start[v + 1]):
            u = near[i]
            if w[is_open + u] and (label[i] < 0 or not gone[label[i]]):
                w[spare + u] -= 1
                if w[spare + u] < 0:
                    w[is_open + u] = 0
                    w[queue + waiting] = u
                    waiting += 1
                    remaining -= 1
    return remaining


@entry
def colour(
    size: Ints,
    start: Ints,
    near: Ints,
    label: Ints,
    gone: Ints,
    first: Ints,
    w: Ints,
    part: Ints,
) -> int:
    """
    Colour a graph, or mark the edges on which every attempt fails.

    Parameters
    ----------
    size
        Numbers of vertices and colours, decisions after which to pause, and zeros. To go on after a pause,
        call again with the same arguments.
    start, near, label
        Neighbours of vertex v are ``near[start[v]:start[v + 1]]``; ``label`` is the edge, -1 for a hard one.
    gone
        Shape (edges,): 1 where an edge is broken.
    first
        Shape (vertices,): 1 for vertices to be coloured before others with as few colours left.
    w
        Room to work in, zeros at the start.
    part
        Shape (edges,), zeros: set to 1 for the edges that cannot all be kept.

    Returns
    -------
    int
        COLOURABLE, NOT_COLOURABLE or UNFINISHED.
    """
    n, k, limit = size[VERTICES], size[COLOURS], size[NODE_LIMIT]
    spare, left, is_open, ret = 0, n, 2 * n, 3 * n
    stack = 4 * n + 0
    todo, current, since = stack + n + 1, stack + 2 * (n + 1), stack + 3 * (n + 1)
    lost_to = stack + 4 * (n + 1)
    lost_by = lost_to + n * k
    trail = lost_by + n * k
    used = trail + n * k + n
    blamed = used + k
    if not size[BEGUN]:
        size[BEGUN] = 1
        for v in range(n):
            w[left + v] = (1 << k) - 1
        if _peel(n, k, start, near, label, gone, w, is_open, trail) == 0:
            return COLOURABLE
        for i in range(n * k):
            w[lost_to + i] = -1
    nodes, depth, changes = 0, size[DEPTH], size[CHANGES]
    forward = True
    while True:
        if forward:
            nodes += 1
            if nodes > limit:
                size[DEPTH], size[CHANGES] = depth, changes
                return UNFINISHED
            v, fewest, tie = -1, k + 1, 0
            for u in range(n):
                if w[is_open + u]:
                    few = _ones(w[left + u])
                    rank = first[u] * 4 * n * k + w[spare + u]
                    if few < fewest or (few == fewest and rank > tie):
                        v, fewest, tie = u, few, rank
            if v < 0:
                return COLOURABLE
            w[is_open + v] = 0
            for u in range(n):
                w[blamed + depth * n + u] = 0
            choices = 0
            fresh = False
            for c in range(k):
                if w[lost_to + v * k + c] >= 0:
                    w[blamed + depth * n + w[lost_to + v * k + c]] = 1
                elif w[used + c]:
                    choices |= 1 << c
                elif not fresh:
                    # Colours that nobody has yet are interchangeable.
                    choices |= 1 << c
                    fresh = True
            w[stack + depth], w[todo + depth], w[current + depth] = v, choices, -1
            w[since + depth] = changes
            depth += 1
            forward = False
        else:
            # A dead end below: take the colour back, and jump over the decision if it is not to blame.
            if depth == 0:
                return NOT_COLOURABLE
            d = depth - 1
            v, c = w[stack + d], w[current + d]
            w[used + c] -= 1
            while changes > w[since + d]:
                changes -= 1
                u = w[trail + changes]
                w[left + u] |= 1 << c
                w[lost_to + u * k + c] = -1
            if not w[ret + v]:
                w[is_open + v] = 1
                depth -= 1
                continue
            for u in range(n):
                if w[ret + u]:
                    w[blamed + d * n + u] = 1
        d = depth - 1
        v = w[stack + d]
        if w[todo + d] == 0:
            for c in range(k):
                if w[lost_to + v * k + c] >= 0 and w[lost_by + v * k + c] >= 0:
                    part[w[lost_by + v * k + c]] = 1
            for u in range(n):
                w[ret + u] = w[blamed + d * n + u]
            w[ret + v] = 0
            w[is_open + v] = 1
            depth -= 1
            continue
        c = 0
        while not w[todo + d] >> c & 1:
            c += 1
        w[todo + d] &= ~(1 << c)
        w[current + d] = c
        w[used + c] += 1
        for i in range(start[v], start[v + 1]):
            u = near[i]
            if w[is_open + u] and w[left + u] >> c & 1 and (label[i] < 0 or not gone[label[i]]):
                w[left + u] &= ~(1 << c)
                w[lost_to + u * k + c] = v
                w[lost_by + u * k + c] = label[i]
                w[trail + changes] = u
                changes += 1
        forward = True
