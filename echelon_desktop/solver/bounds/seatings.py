"""Which slots a student's requests can take together: all sets of them, where there are few."""

from collections.abc import Callable, Iterable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from echelon_desktop.solver.bounds.wishes import Wishes
from echelon_desktop.solver.problem import Problem

MOST = 200  # sets of slots that are looked at for one request


class Seatings:
    """
    All sets of slots that the requests of each student can take together, without anybody else.

    Requests that no section is open to are left out; so are seats, other students, and that requests for two
    courses may only be met in certain sections together.

    Parameters
    ----------
    problem, wishes
        Any problem, and what its requests can use.
    """

    def __init__(self, problem: Problem, wishes: Wishes) -> None:
        masks = [wish.masks for wish in wishes.kinds]
        of_student: list[list[int]] = [[] for _ in range(problem.n_students)]
        for student, kind in zip(problem.request_student.tolist(), wishes.of_request.tolist(), strict=True):
            if masks[kind]:
                of_student[student].append(kind)
        numbers: dict[tuple[int, tuple[int, ...]], int] = {}  # students who are alike are looked at once
        self._like = np.array(
            [
                numbers.setdefault((blocked, tuple(sorted(kinds))), len(numbers))
                for blocked, kinds in zip(problem.student_blocked.tolist(), of_student, strict=True)
            ],
            np.int64,
        )
        self._alike = [(blocked, _together([masks[k] for k in kinds])) for blocked, kinds in numbers]

    @property
    def impossible(self) -> NDArray[np.bool_]:
        """Shape (students,): whose requests cannot all be met."""
        return np.array([taken is not None and not taken for _, taken in self._alike], np.bool_)[self._like]

    def least(self, cost: Callable[[int, int], int]) -> NDArray[np.int64]:
        """
        Least cost of each student's sets of slots.

        Parameters
        ----------
        cost
            Of slots in which a student is away, and of slots taken.

        Returns
        -------
        ndarray
            Shape (students,); 0 where nothing is known.
        """
        return np.array(
            [min((cost(away, t) for t in taken), default=0) if taken else 0 for away, taken in self._alike],
            np.int64,
        )[self._like]


def _together(requests: Iterable[tuple[int, ...]]) -> tuple[int, ...] | None:
    """Unions of one mask of each that are disjoint; None where these are too many to look at."""
    reached: tuple[int, ...] | None = (0,)
    for masks in sorted(requests, key=lambda masks: (len(masks), masks)):
        reached = None if reached is None else _with(reached, masks)
    return reached


@lru_cache(maxsize=1 << 14)
def _with(reached: tuple[int, ...], masks: tuple[int, ...]) -> tuple[int, ...] | None:
    if len(reached) * len(masks) > MOST:
        return None
    return tuple(sorted({have | mask for have in reached for mask in masks if have & mask == 0}))
