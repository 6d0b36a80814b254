"""Which levels the general search anneals together."""

from echelon_desktop.model.sample import FAMILIES, make_school
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.general.layout import HARD
from echelon_desktop.solver.general.plan import stages_of
from echelon_desktop.solver.general.scheme import scheme_of


def test_ranks_go_together_and_so_do_levels_about_students_days() -> None:
    sample = make_school(8, shape=FAMILIES["every-rule"])
    problem, _ = compile_school(sample.school, sample.rules)
    names = [level.name for level in problem.levels()]
    stages = stages_of(scheme_of(problem))
    groups = [[names[level - HARD - 1] for level in stage.levels] for stage in stages]
    assert [name for group in groups for name in group] == names
    assert [group for group in groups if len(group) > 1] == [
        ["unmet requests, rank 1", "unmet requests, rank 2"],
        ["student-day-balance", "student-holes", "allowed-periods + student-free-periods"],
    ]
    for stage in stages:
        factors = [stage.factor[level] for level in stage.levels]
        assert factors == sorted(set(factors), reverse=True)
        assert sum(stage.factor) == sum(factors)
        assert stage.hot >= stage.cold > 0
