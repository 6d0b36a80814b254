"""How balance divides its time."""

import pytest

from echelon_desktop.solver.search.even import CALM, share, turns


@pytest.mark.parametrize(
    ("total", "warm", "n"), [(10.0, 3.0, 3), (10.0, 25.0, 0), (10.0, 19.0, 1), (0.0, 0.0, 0)]
)
def test_a_calm_turn_then_as_many_warm_ones_as_there_is_time_for(total: float, warm: float, n: int) -> None:
    plan = list(turns(total, warm))
    assert plan[0][0] == CALM
    assert [hot > CALM for hot, _ in plan[1:]] == [True] * n
    assert sum(length for _, length in plan) == pytest.approx(total)


def test_more_of_much_time_is_for_balance() -> None:
    assert share(5) < share(60) == share(300) < 0.5
