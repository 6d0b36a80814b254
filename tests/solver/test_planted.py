"""The hidden schedule of a sample school is perfect, in the eyes of verify."""

import pytest

from echelon_desktop.model.sample import FAMILIES, make_school
from echelon_desktop.solver.verify import verify

PLANTED = [name for name, shape in FAMILIES.items() if shape.planted]


@pytest.mark.parametrize("family", PLANTED)
@pytest.mark.parametrize("students", [5, 60, 300])
def test_planted_schedule_keeps_all_and_meets_all(family: str, students: int) -> None:
    sample = make_school(students, seed=students, shape=FAMILIES[family])
    assert sample.planted is not None
    verdict = verify(sample.school, sample.rules, sample.planted)
    assert verdict.ok
    assert verdict.counts.requests > 0
    assert verdict.counts.unmet == 0
    assert verdict.counts.alternates_granted == 0
