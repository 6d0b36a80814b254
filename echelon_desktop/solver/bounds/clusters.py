"""
Bound by clusters: a few courses that cannot all meet apart, found around unmet requests, solved by CP-SAT.

Around an unmet request a set of courses is grown: the courses of its student that have few sections, then
whichever is tied most to those in it, a tie being the students who want both, divided by the numbers of
sections (a course of many sections hardly restricts anybody). The problem confined to these courses, and to
requests that nothing else satisfies, is solved for the fewest unmet requests; all hard rules that concern the
sections stay in force. Courses without which the figure stays the same are taken out again, since what they
do not need can serve another cluster.
"""

from collections import Counter
from collections.abc import Callable
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from echelon_desktop.solver.bounds.bound import Reason, Witness
from echelon_desktop.solver.bounds.charges import Charge
from echelon_desktop.solver.cpsat.size import fits
from echelon_desktop.solver.problem import Problem, Solution
from echelon_desktop.solver.project import kept_requests, kept_sections, project

SIZE = 14  # courses; CP-SAT seldom closes more than 18
LIMIT_S = 5.0
SEEDS = 20  # where there is no schedule to show where it hurts
RELAXED = ("all other courses",)


class Clusters:
    """
    Clusters of a problem.

    Parameters
    ----------
    problem
        Any problem.
    should_stop
        Asked several times a second.
    """

    def __init__(self, problem: Problem, should_stop: Callable[[], bool]) -> None:
        self._problem, self._should_stop = problem, should_stop
        self._n_sections = [len(sections) for sections in problem.course_sections()]

    def seeds(self, incumbent: Solution | None, free: NDArray[np.bool_]) -> list[int]:
        """
        Requests to look around, those of courses with few sections first.

        Those that the incumbent leaves unmet; without one, a request of each of the students whose courses
        have the fewest sections.
        """
        if incumbent is not None:
            candidates = np.flatnonzero((incumbent.seat < 0) & free).tolist()
            return sorted(candidates, key=self._sections_for)
        tightness: dict[int, float] = {}
        first: dict[int, int] = {}
        for r in sorted(np.flatnonzero(free).tolist(), key=self._sections_for):
            student = int(self._problem.request_student[r])
            first.setdefault(student, r)
            tightness[student] = tightness.get(student, 0.0) + 1 / max(1, self._sections_for(r))
        return [first[student] for student in sorted(first, key=lambda n: -tightness[n])[:SEEDS]]

    def _sections_for(self, request: int) -> int:
        return self._n_sections[int(self._problem.options[request][0])]

    def charge(self, seed: int, free: NDArray[np.bool_]) -> Charge | None:
        """
        Look around one request.

        Parameters
        ----------
        seed
            Number of the request.
        free
            Shape (requests,): requests that may be charged.

        Returns
        -------
        Charge or None
            None when the cluster around it costs nothing, or no answer came in time.
        """
        courses = self._grow(seed, free)
        unmet = self._least(courses, free)
        if not unmet:
            return None
        for course in sorted(courses, key=lambda c: -self._n_sections[c]):
            if self._least(courses - {course}, free) == unmet:
                courses = courses - {course}
        requests = self._share(courses, free)
        sections = kept_sections(self._problem, courses).tolist()
        students = np.unique(self._problem.request_student[requests])
        witness = Witness(
            Reason.CLUSTER,
            unmet,
            tuple(sorted(courses)),
            tuple(sections),
            students=len(students),
            slots=self._slots(sections),
            relaxed=RELAXED,
        )
        return Charge(requests, unmet, witness)

    def _grow(self, seed: int, free: NDArray[np.bool_]) -> set[int]:
        problem = self._problem
        own = free & (problem.request_student == problem.request_student[seed])
        courses = [int(problem.options[r][0]) for r in np.flatnonzero(own).tolist()]
        cluster = set(sorted(courses, key=self._n_sections.__getitem__)[: SIZE // 2])
        cluster.add(int(problem.options[seed][0]))
        while len(cluster) < SIZE:
            pull: dict[int, float] = {}
            for a in cluster:
                for b, students in self._ties.get(a, Counter()).items():
                    if b not in cluster:
                        tie = students / (self._n_sections[a] * self._n_sections[b])
                        pull[b] = pull.get(b, 0.0) + tie
            if not pull:
                break
            cluster.add(max(pull, key=lambda c: (pull[c], -c)))
        return cluster

    @cached_property
    def _ties(self) -> dict[int, Counter[int]]:
        """For each course the others that its students want, and how many of them do."""
        problem = self._problem
        wanted: dict[int, list[int]] = {}
        for student, options in zip(problem.request_student.tolist(), problem.options, strict=True):
            if len(options) == 1 and self._n_sections[int(options[0])]:
                wanted.setdefault(student, []).append(int(options[0]))
        ties: dict[int, Counter[int]] = {}
        for courses in wanted.values():
            for a, b in combinations(courses, 2):
                ties.setdefault(a, Counter())[b] += 1
                ties.setdefault(b, Counter())[a] += 1
        return ties

    def _share(self, courses: set[int], free: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Free requests that only these courses satisfy, of students with at least two such."""
        problem = self._problem
        share = np.zeros(problem.n_requests, np.bool_)
        share[kept_requests(problem, courses, free)] = True
        several = np.bincount(problem.request_student[share], minlength=problem.n_students) > 1
        return share & several[problem.request_student]

    def _least(self, courses: set[int], free: NDArray[np.bool_]) -> int:
        from echelon_desktop.solver.cpsat.run import Limits
        from echelon_desktop.solver.cpsat.unmet import minimise_unmet

        if self._should_stop() or not courses:
            return 0
        part = project(self._problem, courses, self._share(courses, free))
        if not fits(part):  # stating the model alone would outlast the search that this runs beside
            return 0
        found, least = minimise_unmet(part, Limits(LIMIT_S, workers=1, should_stop=self._should_stop))
        # Without any schedule there is no telling an infeasible problem from one not solved in time.
        return 0 if found is None else least

    def _slots(self, sections: list[int]) -> int:
        union = 0
        for s in sections:
            for mask in self._problem.choice_mask[self._problem.choices_of(s)].tolist():
                union |= mask
        return union.bit_count()
