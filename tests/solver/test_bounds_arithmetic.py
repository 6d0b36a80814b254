"""The arithmetic of bounds, against all ways there are: of filling sections, loads and days."""

from itertools import combinations, product
from random import Random

import pytest

from echelon_desktop.solver.bounds import spread_of
from echelon_desktop.solver.bounds.slot_counts import Day, least_difference, least_holes
from echelon_desktop.solver.even_loads import Load, least_spread_of_loads
from echelon_desktop.solver.figures import load_per_fte


def test_spread_equals_the_best_of_all_ways_to_fill_around_those_who_stay():
    for seats in product(range(4), repeat=3):
        for held in product(*(range(n + 1) for n in seats)):
            for students in range(sum(held), sum(seats) + 1):
                ranges = (range(least, most + 1) for least, most in zip(held, seats, strict=True))
                ways = (sizes for sizes in product(*ranges) if sum(sizes) == students)
                assert spread_of(seats, students, held) == min(max(w) - min(w) for w in ways)


@pytest.mark.parametrize("seed", range(150))
def test_spread_of_loads_equals_the_best_of_all_loads(seed):
    rng = Random(seed)
    loads = []
    for _ in range(rng.randint(1, 4)):
        least = rng.randint(0, 3)
        loads.append(Load(least, least + rng.randint(0, 3), rng.choice([100, 100, 60, 50, 33])))
    fewest = rng.randint(0, sum(load.most for load in loads))
    most = rng.choice([None, max(fewest, sum(load.least for load in loads))])
    ways = [
        [load_per_fte(n, load.hundredths) for n, load in zip(way, loads, strict=True)]
        for way in product(*(range(load.least, load.most + 1) for load in loads))
        if fewest <= sum(way) and (most is None or sum(way) <= most)
    ]
    assert least_spread_of_loads(loads, fewest, most) == min((max(w) - min(w)) // 100 for w in ways)


@pytest.mark.parametrize("seed", range(300))
def test_counts_of_slots_equal_the_best_of_all_sets_of_slots(seed):
    rng = Random(seed)
    days, ways = [], [(0, (), 0)]  # slots taken in all, on each day, holes
    for _ in range(rng.randint(1, 2)):
        slots = range(rng.randint(3, 6))
        free = [i for i in slots if rng.random() < 0.8]
        open_ = [i for i in free if rng.random() < 0.8]
        forced = [i for i in open_ if rng.random() < 0.4]
        least = rng.randint(len(forced), len(open_))
        most = rng.randint(least, len(open_))
        days.append(Day(*(sum(1 << i for i in those) for those in (free, forced, open_)), least, most))
        sets = [
            taken
            for n in range(least, most + 1)
            for taken in combinations(open_, n)
            if set(forced) <= set(taken)
        ]
        ways = [
            (total + len(t), (*each, len(t)), holes + sum(i not in t and t[0] < i < t[-1] for i in free if t))
            for total, each, holes in ways
            for t in sets
        ]
    fewest = rng.randint(0, 6)
    most = fewest + rng.randint(0, 1)
    fitting = [way for way in ways if fewest <= way[0] <= most]
    least_holes_of_all = min((holes for _, _, holes in fitting), default=0)
    least_difference_of_all = min((max(each) - min(each) for _, each, _ in fitting), default=0)
    assert least_holes(tuple(days), fewest, most) == least_holes_of_all
    assert least_difference(tuple(days), fewest, most) == least_difference_of_all
