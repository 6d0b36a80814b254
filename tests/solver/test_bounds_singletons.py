"""Bounds by one-section courses: colouring, the cost of breaking edges, and what they prove of schools."""

from collections.abc import Iterator
from itertools import combinations, product
from random import Random

import numpy as np
import pytest
from tiny_schools import all_values, tiny_school

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import School
from echelon_desktop.model.rules import preset_rules
from echelon_desktop.solver.bounds import Reason, colouring, flow_bound, improve_bounds
from echelon_desktop.solver.bounds.bound import Witness
from echelon_desktop.solver.bounds.breaking import Breaking
from echelon_desktop.solver.bounds.charges import Charge, Ledger
from echelon_desktop.solver.bounds.colouring import Colourer, GiveUp, Graph, bits
from echelon_desktop.solver.bounds.flow import FlowRelaxation
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.problem import Solution

STANDARD = preset_rules("standard")


def never() -> bool:
    return False


def random_graph(rng: Random) -> Graph:
    n, k = rng.randint(1, 7), rng.randint(1, 4)
    pairs = [pair for pair in combinations(range(n), 2) if rng.random() < 0.7]
    hard = [pair for pair in pairs if rng.random() < 0.2]
    return Graph(n, k, [pair for pair in pairs if pair not in hard], hard, rng.getrandbits(n))


def colourings(graph: Graph, edges) -> bool:
    ways = product(range(graph.n_colours), repeat=graph.n_vertices)
    return any(all(way[a] != way[b] for a, b in [*edges, *graph.hard]) for way in ways)


@pytest.mark.parametrize("patience", [10**6, 0], ids=["interpreted", "compiled"])
def test_a_graph_is_coloured_or_a_part_of_it_is_named_that_cannot_be(patience):
    rng = Random(1)
    named = 0
    for _ in range(300):
        graph = random_graph(rng)
        broken = sum(1 << i for i in range(len(graph.edges)) if rng.random() < 0.2)
        kept = [edge for i, edge in enumerate(graph.edges) if not broken >> i & 1]
        part = Colourer(graph, never, patience).uncolourable_part(broken)
        assert (part is None) == colourings(graph, kept)
        if part is not None:
            assert not part & broken
            assert not colourings(graph, [graph.edges[i] for i in bits(part)])
            named += part > 0
    assert named > 50


def rings(number: int) -> Graph:
    """Odd rings, each tied to all of the others: three colours each, and no clique shows it."""
    first = range(0, 5 * number, 5)
    edges = [(r + i, r + (i + 1) % 5) for r in first for i in range(5)]
    edges += [(a + i, b + j) for a, b in combinations(first, 2) for i in range(5) for j in range(5)]
    return Graph(5 * number, 3 * number - 1, edges, [])


@pytest.mark.parametrize("patience", [10**6, 0], ids=["interpreted", "compiled"])
def test_colouring_goes_on_after_a_pause_and_gives_up_when_asked(patience, monkeypatch):
    part = Colourer(rings(3), never, patience).uncolourable_part(0)
    assert part == (1 << len(rings(3).edges)) - 1
    monkeypatch.setattr(colouring, "NODES", 2)
    monkeypatch.setattr(colouring, "COMPILED_SPEED", 1)
    monkeypatch.setattr(colouring, "PAUSES", (100_000,))
    assert Colourer(rings(3), never, patience).uncolourable_part(0) == part
    with pytest.raises(GiveUp):
        Colourer(rings(3), lambda: True, patience).uncolourable_part(0)
    monkeypatch.setattr(colouring, "PAUSES", (1,))
    with pytest.raises(GiveUp):
        Colourer(rings(3), never, patience).uncolourable_part(0)


def cost_by_brute_force(graph: Graph, students: list[int]) -> int | None:
    best = None
    for way in product(range(graph.n_colours), repeat=graph.n_vertices):
        if any(way[a] == way[b] for a, b in graph.hard):
            continue
        cost = 0
        for student in range(max(mask.bit_length() for mask in students)):
            held = [way[v] for v, mask in enumerate(students) if mask >> student & 1]
            cost += len(held) - len(set(held))
        best = cost if best is None else min(best, cost)
    return best


def test_the_cost_of_breaking_edges_is_the_least_there_is():
    rng = Random(2)
    seen = set()
    for _ in range(150):
        n, k = rng.randint(2, 6), rng.randint(1, 3)
        students = [0] * n
        for student in range(rng.randint(1, 6)):
            for v in rng.sample(range(n), rng.randint(1, min(n, 4))):
                students[v] |= 1 << student
        hard = [pair for pair in combinations(range(n), 2) if rng.random() < 0.15]
        edges = [
            (a, b) for a, b in combinations(range(n), 2) if students[a] & students[b] and (a, b) not in hard
        ]
        graph = Graph(n, k, edges, hard)
        least = cost_by_brute_force(graph, students)
        if least is None:
            continue
        told: list[int] = []
        breaking = Breaking(graph, students, never)
        assert breaking.least_cost(told.append) == least
        assert told == list(range(1, least + 1))
        if least:
            used = breaking.all_parts().requests
            assert least <= used.bit_count() <= sum(mask.bit_count() for mask in students)
        seen.add(least)
    assert {0, 1, 2, 3} <= seen


def unmet_of(wishes: list[set[int]], colours: list[int]) -> int:
    """Requests missed when courses meet in these slots: of those in one slot a student holds one."""
    return sum(len(wanted) - len({colours[v] for v in wanted}) for wanted in wishes)


def colourings_up_to_names(n: int, k: int, used: int = 0) -> Iterator[list[int]]:
    if n == 0:
        yield []
        return
    for colour in range(min(used + 1, k)):
        for rest in colourings_up_to_names(n - 1, k, max(used, colour + 1)):
            yield [colour, *rest]


def test_students_of_many_courses_are_counted_no_more_often_than_they_miss_one():
    several = 0
    for seed in range(600, 1400):
        rng = Random(seed)
        k, n, m = rng.choice([1, 2, 2, 3, 3]), rng.randint(3, 8), rng.randint(1, 14)
        wishes = [set(rng.sample(range(n), min(n, rng.choice([2, 2, 2, 3, 3, 4])))) for _ in range(m)]
        students = [sum(1 << i for i, wanted in enumerate(wishes) if v in wanted) for v in range(n)]
        edges = [(a, b) for a, b in combinations(range(n), 2) if students[a] & students[b]]
        breaking = Breaking(Graph(n, k, edges, []), students, never)
        found = breaking.least_cost(lambda cost: None)
        ways = list(colourings_up_to_names(n, k))
        assert found == min(unmet_of(wishes, way) for way in ways)
        charged, first = [set() for _ in wishes], 0
        for v, mask in enumerate(students):
            for i, student in enumerate(bits(mask)):
                if breaking.all_parts().requests >> (first + i) & 1:
                    charged[student].add(v)
            first += mask.bit_count()
        # A charge may count on no request that is not in its share, since others may charge that.
        assert min(unmet_of(charged, way) for way in ways) >= found
        several += found > 1 and sum(cost for cost, _ in breaking.separate_parts()) < found
    assert several > 50


def test_one_student_who_misses_three_courses_in_one_slot_is_not_counted_four_times():
    # A pair in one slot twice over: what then joins the pairs costs the student one course, not one a pair.
    lists = {"x": ("a", "b", "c", "d")}
    for i, (one, other) in enumerate([("a", "b"), ("c", "d"), ("a", "c"), ("b", "d")]):
        others = (f"h{i}", f"i{i}", f"j{i}")
        for n in range(6):
            lists |= {f"{one}{i}{n}": (*others, one), f"{other}{i}{n}": (*others, other)}
    assert improved(school_of(lists, slots=4))[2].total == 3


def school_of(lists: dict[str, tuple[str, ...]], slots: int, **fields) -> School:
    """A school of one-section courses."""
    courses = sorted({course for wanted in lists.values() for course in wanted})
    return School(
        periods=[e.Period(f"R{i}", day="R", order=i) for i in range(slots)],
        sections=[e.Section(f"S{c}", c, seats=99, **fields.get(c, {})) for c in courses],
        requests=[
            e.RequestList(student, tuple(e.CourseRequest(c) for c in wanted))
            for student, wanted in lists.items()
        ],
    )


def improved(school: School, incumbent: Solution | None = None, rules=STANDARD):
    problem, keys = compile_school(school, rules)
    told = []
    bound = improve_bounds(problem, incumbent, flow_bound(problem), time_limit_s=60, on_bound=told.append)
    assert [b.total for b in told] == sorted({b.total for b in told})
    assert not told or told[-1] == bound
    return problem, keys, bound


TRIANGLE = {"P": ("A", "B"), "Q": ("B", "C"), "X": ("A", "C")}


def test_three_courses_tied_in_pairs_do_not_fit_in_two_slots():
    problem, keys, bound = improved(school_of(TRIANGLE, 2))
    assert flow_bound(problem).total == 0
    assert bound.unmet == (1, 1, 1)
    (witness,) = bound.witnesses
    assert (witness.reason, witness.students, witness.slots) == (Reason.CLUSTER, 3, 2)
    assert witness.words(keys) == (
        "At least 1 request cannot be met: the 3 one-section courses A, B and C cannot meet in 2 slots "
        "so that 3 students can take all they want of them. "
        "Left out of account: sections of other courses, seats, links and students' absences."
    )


def test_a_teacher_ties_courses_as_students_do():
    teacher = {"A": {"teachers": ("T",)}, "C": {"teachers": ("T",)}}
    assert improved(school_of({"P": ("A", "B"), "Q": ("B", "C")}, 2, **teacher))[2].total == 1
    assert improved(school_of({"P": ("A", "B"), "Q": ("B", "C")}, 2))[2].total == 0


def test_where_sections_can_be_counts():
    # In two slots A stands only in the first and D only in the second, so B, tied to both, has none.
    only = {"A": {"allowed_periods": ("R0",)}, "D": {"allowed_periods": ("R1",)}}
    lists = {"P": ("A", "B"), "Q": ("B", "D")}
    problem, _, bound = improved(school_of(lists, 2, **only))
    assert (flow_bound(problem).total, bound.total) == (0, 1)
    assert improved(school_of(lists, 2))[2].total == 0


def test_the_bound_counts_how_many_want_each_pair():
    twice = {f"{student}{i}": wanted for student, wanted in TRIANGLE.items() for i in range(2)}
    assert improved(school_of(twice, 2))[2].total == 2


def test_separate_clusters_add_up_and_are_named_apart():
    other = {f"{s}2": tuple(c.lower() for c in wanted) for s, wanted in TRIANGLE.items()}
    bound = improved(school_of({**TRIANGLE, **other}, 2))[2]
    assert bound.total == 2
    assert [(w.unmet, len(w.courses)) for w in bound.witnesses] == [(1, 3), (1, 3)]


def test_students_short_of_slots_are_charged_once():
    lists = {**TRIANGLE, "Z": ("A", "B", "C")}
    bound = improved(school_of(lists, 2))[2]
    assert bound.total == 2
    assert {w.reason: w.unmet for w in bound.witnesses} == {Reason.SLOTS: 1, Reason.CLUSTER: 1}


def test_full_year_sections_and_double_periods_are_one_section_courses_too():
    school = school_of(TRIANGLE, 2)
    year = School(
        periods=school.periods.values(),
        terms=[e.Term("S1"), e.Term("S2")],
        sections=school.sections.values(),
        requests=school.requests.values(),
    )
    assert improved(year)[2].total == 1
    double = School(
        periods=[e.Period(f"R{i}", day="R", order=i) for i in range(4)],
        courses=[e.Course(c, pattern="4") for c in "ABC"],
        sections=school.sections.values(),
        requests=school.requests.values(),
    )
    assert improved(double)[2].total >= 1


def linked_triangle() -> School:
    """The triangle, one of its courses with two sections that are held at the same time."""
    school = school_of(TRIANGLE, 2)
    return School(
        periods=school.periods.values(),
        sections=[*school.sections.values(), e.Section("SB2", "B", seats=99)],
        links=[e.Link("L", e.LinkKind.SAME_PERIOD, ("SB", "SB2"))],
        requests=school.requests.values(),
    )


@pytest.mark.parametrize("seat", [None, [0, -1, 1, 2, 0, 2]])
def test_clusters_of_courses_with_several_sections_are_found_around_unmet_requests(seat):
    incumbent = None if seat is None else Solution(np.zeros(4, np.int32), np.array(seat, np.int32))
    problem, keys, bound = improved(linked_triangle(), incumbent)
    assert (flow_bound(problem).total, bound.total) == (0, 1)
    (witness,) = bound.witnesses
    assert (len(witness.courses), len(witness.sections), witness.slots) == (3, 4, 2)
    assert "the 3 courses A, B and C cannot meet in 2 slots" in witness.words(keys)


def test_courses_that_a_cluster_does_not_need_are_left_to_others():
    school = linked_triangle()
    lists = [
        e.RequestList(r.student, (*r.requests, e.CourseRequest("D"))) if r.student == "P" else r
        for r in school.requests.values()
    ]
    easy = School(
        periods=[*school.periods.values(), e.Period("G", day="G")],
        courses=[e.Course(c, allowed_periods=("R0", "R1")) for c in "ABC"],
        sections=[*school.sections.values(), e.Section("SD", "D", seats=99)],
        links=school.links.values(),
        requests=lists,
    )
    _, keys, bound = improved(easy)
    assert [{keys.courses[c] for c in w.courses} for w in bound.witnesses] == [{"A", "B", "C"}]


def test_an_incumbent_that_is_reached_ends_the_work():
    problem, _ = compile_school(school_of(TRIANGLE, 2), STANDARD)
    seat = np.array([0, -1, 1, 2, 0, 2], np.int32)
    found = Solution(np.zeros(3, np.int32), seat)
    twice = improve_bounds(problem, found, flow_bound(problem), time_limit_s=60)
    assert twice.total == 1
    assert improve_bounds(problem, found, twice, time_limit_s=60) is twice


def test_ranks_are_raised_by_what_is_proven_of_them():
    ranked = School(
        periods=[e.Period("R1"), e.Period("R2", order=1)],
        sections=[e.Section(c, c, seats=9) for c in "ABC"],
        requests=[
            e.RequestList(s, tuple(e.CourseRequest(c, rank=1 + (s == "X")) for c in wanted))
            for s, wanted in TRIANGLE.items()
        ],
    )
    assert improved(ranked)[2].unmet == (0, 1, 1)


def test_a_request_is_not_charged_twice():
    problem, _ = compile_school(school_of(TRIANGLE, 2), STANDARD)
    everything = np.ones(problem.n_requests, np.bool_)
    ledger = Ledger(FlowRelaxation(problem), everything)
    charge = Charge(everything, 1, Witness(Reason.CLUSTER, 1))
    assert ledger.replace((), (charge,))
    assert not ledger.free().any()
    with pytest.raises(ValueError, match="twice"):
        ledger.replace((), (Charge(everything, 1, Witness(Reason.CLUSTER, 1)),))


@pytest.mark.parametrize("block", range(4))
def test_no_schedule_of_a_tiny_school_is_better_than_the_improved_bound(block):
    raised = 0
    for seed in range(block * 25, block * 25 + 25):
        rng = Random(seed)
        if seed % 2:
            school, baseline = tiny_school(seed)
            problem, _ = compile_school(school, STANDARD, baseline)
        else:
            courses = "ABCD"[: rng.randint(3, 4)]
            lists = {f"P{i}": tuple(rng.sample(courses, 2)) for i in range(rng.randint(3, 5))}
            teachers = {c: {"teachers": (rng.choice("TU"),)} for c in courses}
            problem, _ = compile_school(school_of(lists, rng.randint(2, 3), **teachers), STANDARD)
        found = all_values(problem)
        if not found:
            continue
        counted = flow_bound(problem)
        bound = improve_bounds(problem, None, counted, time_limit_s=60)
        levels = [level for level in problem.levels() if level.rank is not None]
        for rank in range(3):
            at = [i for i, level in enumerate(levels) if level.rank <= rank]
            assert bound.unmet[rank] <= min(sum(v[i] for i in at) for v in found), seed
        raised += bound.total > counted.total
    assert raised
