"""
Bound by one-section courses: a section each, so their times must differ wherever a student wants two of them.

The problem is confined to courses of one section that meets, wherever it is put, at some time of one term; to
requests that only such a course satisfies; and to the times in that term. Each section is then a vertex that
takes one of its slots as its colour, two sections of a teacher or room have a hard edge, two courses that a
student wants have an edge that may be broken at the cost of a request. Seats, SPED limits, links and
students' absences are left out. All this only lets more requests be met, so what :class:`Breaking` proves is
a valid bound on the requests considered.
"""

from collections.abc import Callable
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from echelon_desktop.solver.bounds.bound import Reason, Witness
from echelon_desktop.solver.bounds.breaking import Breaking, Part
from echelon_desktop.solver.bounds.charges import Charge
from echelon_desktop.solver.bounds.colouring import Graph, bits, mask_of, union
from echelon_desktop.solver.figures import term_masks
from echelon_desktop.solver.problem import Problem

RELAXED = ("sections of other courses", "seats", "links", "students' absences")


class Singletons:
    """
    The relaxation to one-section courses.

    Parameters
    ----------
    problem
        Any problem; one without such courses gives a graph without vertices.
    chosen
        Shape (requests,): requests that may be used.
    """

    def __init__(self, problem: Problem, chosen: NDArray[np.bool_]) -> None:
        self._problem = problem
        alone = {sections[0] for sections in problem.course_sections() if len(sections) == 1}
        self._term, self.sections = self._best_term(alone)
        number = {s: v for v, s in enumerate(self.sections)}
        self.requests: list[list[int]] = [[] for _ in self.sections]
        vertex_of = {int(problem.section_course[s]): v for s, v in number.items()}
        order = sorted(np.flatnonzero(chosen).tolist(), key=lambda r: int(problem.request_student[r]))
        for r in order:
            options = problem.options[r]
            v = vertex_of.get(int(options[0])) if len(options) == 1 else None
            if v is not None and problem.may_sit(int(problem.request_student[r]), self.sections[v]):
                self.requests[v].append(r)
        flat = [r for row in self.requests for r in row]
        numbers = {int(student): i for i, student in enumerate(np.unique(problem.request_student[flat]))}
        self.students = [
            mask_of(numbers[int(student)] for student in problem.request_student[row])
            for row in self.requests
        ]
        self.graph = self._graph(number)

    def charge(self, should_stop: Callable[[], bool], report: Callable[[tuple[Charge, ...]], None]) -> None:
        """
        Find what is certainly unmet among the requests.

        Parameters
        ----------
        should_stop
            Asked now and then.
        report
            Told of the charges, which together replace those told before, each time they rise.
        """
        breaking = Breaking(self.graph, self.students, should_stop)
        breaking.least_cost(lambda unmet: report(tuple(self._charges(breaking, unmet))))

    def _charges(self, breaking: Breaking, unmet: int) -> list[Charge]:
        separate = breaking.separate_parts()
        if sum(cost for cost, _ in separate) < unmet:
            separate = [(unmet, breaking.all_parts())]
        return [self._charge(breaking, cost, part) for cost, part in separate]

    def _charge(self, breaking: Breaking, unmet: int, part: Part) -> Charge:
        flat = [r for row in self.requests for r in row]
        requests = np.zeros(self._problem.n_requests, np.bool_)
        requests[[flat[i] for i in bits(part.requests)]] = True
        sections = [self.sections[v] for v in breaking.vertices(part)]  # edges of slots are all hard
        witness = Witness(
            Reason.CLUSTER,
            unmet,
            tuple(int(self._problem.section_course[s]) for s in sections),
            tuple(sections),
            students=len(np.unique(self._problem.request_student[requests])),
            slots=self._term.bit_count(),
            relaxed=RELAXED,
        )
        return Charge(requests, unmet, witness)

    def _best_term(self, alone: set[int]) -> tuple[int, list[int]]:
        """The term in which most of the sections meet in any case, and those sections."""
        best: tuple[int, list[int]] = (0, [])
        for term in term_masks(self._problem):
            bound_to = [s for s in sorted(alone) if all(mask & term for mask in self._masks(s))]
            if len(bound_to) > len(best[1]):
                best = (term, bound_to)
        return best

    def _masks(self, section: int) -> list[int]:
        masks: list[int] = self._problem.choice_mask[self._problem.choices_of(section)].tolist()
        return masks or [0]

    def _graph(self, number: dict[int, int]) -> Graph:
        """
        Courses and slots as vertices, which take the slots as colours.

        The slots have all different colours, and a section has no colour of a slot where it cannot be: so
        absences and restrictions hold while colours stay interchangeable, which keeps the search short.
        """
        reach = [union(mask & self._term for mask in self._masks(s)) for s in self.sections]
        self._term = union(reach)
        slots = list(bits(self._term))
        n = len(self.sections)
        hard = {
            (v, n + i) for v, mask in enumerate(reach) for i, slot in enumerate(slots) if not mask >> slot & 1
        }
        if hard:
            hard.update(combinations(range(n, n + len(slots)), 2))
        for group in self._problem.exclusive:
            together = sorted(number[int(s)] for s in group if int(s) in number)
            hard.update(combinations(together, 2))
        edges = [
            (a, b)
            for a, b in combinations(range(n), 2)
            if self.students[a] & self.students[b] and (a, b) not in hard
        ]
        self.students += [0] * len(slots)
        self.requests += [[] for _ in slots]
        last = mask_of(range(n, n + len(slots)))
        return Graph(n + len(slots), len(slots), edges, sorted(hard), last)
