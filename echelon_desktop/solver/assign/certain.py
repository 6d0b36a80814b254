"""What is certain of a school whose teachers and rooms are given out after its periods are found."""

from echelon_desktop.solver.assign.asked import Asked, staffed_result
from echelon_desktop.solver.assign.openings import NEEDS
from echelon_desktop.solver.bounds import Bound, flow_bound, level_bounds
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.result import LevelFigure, Result
from echelon_desktop.solver.verify import Verdict


def whole_result(
    asked: Asked, result: Result, placed: tuple[Bound, tuple[LevelFigure, ...]], verdict: Verdict
) -> tuple[Result, Bound]:
    """
    The result of a solve for the whole schedule, and the bound on unmet requests that holds for it.

    Parameters
    ----------
    asked
        The question of the free turns.
    result
        Of the periods and seats that were staffed.
    placed
        Bound and levels of a free turn.
    verdict
        Of the whole schedule. Where the periods minded more than they must, so that bounds on them say
        nothing, those are counted anew for it.
    """
    bound, levels = placed
    free, _ = compile_school(asked.school, asked.rules, asked.baseline, asked.openings)
    counted = level_bounds(free, bound, verdict.score)
    if asked.placing != asked.openings:
        bound = flow_bound(free)
        counted = level_bounds(free, bound, verdict.score)
        levels = tuple(LevelFigure(figure.name, figure.value, 0) for figure in verdict.figures)
    whole = staffed_result(result, verdict, levels, counted)
    return whole, bound


def nothing_above(asked: Asked, result: Result, verdict: Verdict | None) -> bool:
    """Whether all that matters more than a teacher and a room for every section is certainly at its best."""
    levels = [rule.level for rule in asked.rules if rule.kind in NEEDS and rule.level is not None]
    figures = zip(result.levels, verdict.figures if verdict is not None else (), strict=True)
    return all(level.proven for level, figure in figures if figure.level < min(levels, default=0))
