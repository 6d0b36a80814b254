"""What moving a section costs at a glance, against schedules made anew with the section moved."""

import random

from plain_schools import school
from test_kernels import Never

from echelon_desktop.solver.search.chain import Chain
from echelon_desktop.solver.search.glance import choose_slot, glance
from echelon_desktop.solver.search.plain import PlainProblem
from echelon_desktop.solver.search.state import lay_out

ROOMY = 99


def chain_with(problem: PlainProblem, slots: list[int]) -> Chain:
    """Everybody seated as well as can be where sections stand in ``slots``."""
    chain = Chain(lay_out(problem), 1, Never())  # type: ignore[arg-type]
    chain.begin(slots, None)
    return chain


def at_a_glance(chain: Chain, section: int) -> list[int]:
    glance(chain.at, chain._data, section)
    return chain._data[chain.at.worse : chain.at.worse + chain.at.n_slots]


def test_with_one_section_a_course_a_glance_is_exact() -> None:
    for seed in range(30):
        chance = random.Random(seed)
        wanted = [chance.sample(range(4), chance.randint(1, 4)) for _ in range(12)]
        problem = school(n_slots=4, sections=[(c, -1, ROOMY) for c in range(4)], requests=wanted)
        stand = [0, 1, 2, 3]
        chain = chain_with(problem, stand)
        assert chain.missed == 0
        for section in range(4):
            costs = at_a_glance(chain, section)
            for slot in set(range(4)) - {stand[section]}:
                there = [slot if s == section else p for s, p in enumerate(stand)]
                assert costs[slot] == chain_with(problem, there).missed


def test_who_has_a_seat_elsewhere_and_who_gets_in_are_seen() -> None:
    # Course 1 has a second section in slot 2, so that its students make way; nobody can attend 0 and 2 both.
    sections = [(0, -1, ROOMY), (1, -1, ROOMY), (1, -1, ROOMY), (2, -1, ROOMY)]
    problem = school(n_slots=4, sections=sections, requests=[[0, 1], [0, 1], [0, 2], [0, 2]])
    chain = chain_with(problem, [0, 1, 2, 0])
    assert chain.missed == 2
    # Whichever of the two courses in slot 0 is unmet would gain both of its students.
    assert at_a_glance(chain, 0)[1:] == [-2, -2, -2] or at_a_glance(chain, 3)[1:] == [-2, -2, -2]


def test_seats_bound_what_is_gained() -> None:
    problem = school(n_slots=2, sections=[(0, -1, 1), (1, -1, ROOMY)], requests=[[0, 1]] * 3)
    chain = chain_with(problem, [0, 0])
    gained = at_a_glance(chain, 0)[1]
    assert gained == -1


def test_the_colder_the_surer_the_cheapest_slot_is_drawn() -> None:
    wanted = [[0, 1], [0, 1], [0, 2], [0, 3], [0, 3], [0, 3]]
    problem = school(n_slots=4, sections=[(c, -1, ROOMY) for c in range(4)], requests=wanted)
    chain = chain_with(problem, [0, 1, 2, 3])
    assert at_a_glance(chain, 0)[1:] == [2, 1, 3]

    def drawn(temperature: float) -> list[int]:
        draws = [choose_slot(chain.at, chain._data, 0, -1, 0.0, temperature) for _ in range(300)]
        return [draws.count(p) for p in range(4)]

    assert drawn(0.01) == [0, 0, 300, 0]
    hot = drawn(100.0)
    assert hot[0] == 0
    assert min(hot[1:]) > 50
    stays = [choose_slot(chain.at, chain._data, 0, -1, 1.0, 0.01) for _ in range(50)]
    assert stays == [-1] * 50
