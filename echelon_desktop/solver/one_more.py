"""
What one more section of a course would do for a schedule as it stands.

The sections are added to the school off the board, all at once: there they change nothing, and what bringing
one onto the board would do is a move like any other (``deltas``). They have no teacher and no room.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.demand import CourseDemand, another_section
from echelon_desktop.model.entities import Rule
from echelon_desktop.model.tables import SCHOOL_TABLES
from echelon_desktop.solver.assign.openings import as_given
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.deltas.row import Deltas, Move, warmup
from echelon_desktop.solver.deltas.standing import as_it_stands
from echelon_desktop.solver.problem import Keys, Problem, Solution

EXACT_S = 0.3
"""For the exact figures of a section's places."""


@dataclass(frozen=True, slots=True)
class OneMore:
    """
    A situation with one more section of some courses, none of which has a place.

    Parameters
    ----------
    problem, keys, solution
        The schedule as it stands.
    sections
        Course → number of its new section.
    """

    problem: Problem
    keys: Keys
    solution: Solution
    sections: Mapping[str, int]


def with_one_more(
    school: School, rules: tuple[Rule, ...], schedule: Schedule, courses: Iterable[CourseDemand]
) -> OneMore:
    """Lay out a schedule in a school that has another section of each of these courses."""
    added = {
        each.course: another_section(school, each, _name(school, each)) for each in courses if each.class_size
    }
    tables = {spec.name: getattr(school, spec.name).values() for spec in SCHOOL_TABLES}
    larger = School(**tables | {"sections": [*school.sections.values(), *added.values()]})
    compiled = compile_school(as_given(larger, schedule), rules, schedule)
    problem, keys, solution = as_it_stands(schedule, *compiled, larger)
    number = {section: s for s, section in enumerate(keys.sections)}
    return OneMore(problem, keys, solution, {course: number[x.id] for course, x in added.items()})


def best_moves(
    problem: Problem, solution: Solution, sections: Iterable[int]
) -> Iterator[tuple[int, Move | None]]:
    """The move of each section that costs least, exact where that is soon known; None where none can be."""
    kernels = warmup()
    kernels.wait()
    deltas = Deltas(problem, solution, kernels)
    for section in sections:
        found = {move.choices[section]: move for move in deltas.moves(section)}
        found |= {move.choices[section]: move for move in deltas.exact(section, EXACT_S)}
        yield section, min(found.values(), key=lambda move: (move.levels, -move.exact), default=None)


def _name(school: School, demand: CourseDemand) -> str:
    name = f"{demand.course}+"
    while name in school.sections:
        name += "+"
    return name
