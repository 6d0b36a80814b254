"""How balance divides its time."""

import pytest

from echelon_desktop.solver.search.even import plan, share


@pytest.mark.parametrize(
    ("total", "turn", "n"), [(10.0, 3.0, 3), (10.0, 25.0, 0), (10.0, 19.0, 1), (0.0, 0.0, 0)]
)
def test_a_calm_turn_then_as_many_warm_ones_as_there_is_time_for(total: float, turn: float, n: int) -> None:
    calm, warm = plan(total, turn)
    assert calm + n * warm == pytest.approx(total)
    assert (warm > 0) == (n > 0)
    assert calm > 0 or not total


def test_more_of_much_time_is_for_balance() -> None:
    assert share(5) < share(60) == share(300) < 0.5
