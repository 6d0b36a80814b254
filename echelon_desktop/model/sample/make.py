"""A sample school from a shape and a seed."""

from dataclasses import dataclass, replace
from random import Random
from typing import Any

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.rules import STANDARD, preset_rules
from echelon_desktop.model.sample.blocks import BlockSchool
from echelon_desktop.model.sample.planning import grades_of, numbers_of_requests, plan_courses
from echelon_desktop.model.sample.records import Plan, schedule_of, school_of
from echelon_desktop.model.sample.sectioning import Pupil, Sectioner
from echelon_desktop.model.sample.shape import Shape
from echelon_desktop.model.sample.staffing import fit_seats, meetings_of, place, staff
from echelon_desktop.model.sample.wishes import requests_of
from echelon_desktop.model.slots import SlotGrid

_NO_LIMIT = 1 << 30


@dataclass(frozen=True, slots=True)
class Sample:
    """
    A sample school.

    Parameters
    ----------
    shape, seed
        What it was made from.
    school, rules
        As any school.
    planted
        A schedule that meets all requests, None when none was planted.
    """

    shape: Shape
    seed: int
    school: School
    rules: tuple[e.Rule, ...]
    planted: Schedule | None


def make_school(
    students: int | None = None, seed: int = 1, shape: Shape | None = None, **changes: Any
) -> Sample:
    """
    Make a school.

    Parameters
    ----------
    students
        How many; that of the shape (800) unless given.
    seed
        The same seed and shape give the same school, on every platform.
    shape, changes
        What it shall be like, and fields of :class:`Shape` to replace.

    Raises
    ------
    InputError
        If there is no school of that shape.
    """
    if students is not None:
        changes["students"] = students
    shape = replace(shape or Shape(), **changes)
    if shape.every_rule:
        made = BlockSchool.of(shape.students)
        return Sample(shape, seed, made.school(), made.rules(), made.schedule())
    random, rules = Random(seed), preset_rules(STANDARD)
    periods, terms = _periods(shape), _terms(shape)
    grid = SlotGrid(School(periods=periods, terms=terms))
    grades = grades_of(shape.students, random)
    wishes = numbers_of_requests(shape, len(shape.days) * shape.periods_per_day, random)
    courses = plan_courses(shape, grades, sum(wishes), random)
    meetings = meetings_of(shape, courses)
    teachers = staff(shape, meetings, grid, random)
    place(meetings, teachers, grid, random)
    pupils = [
        # Every so many is SPED, so that a small school has its share too.
        Pupil(i, grade, _every(shape.sped_share, i), random.random() < shape.honors_share, wanted)
        for i, (grade, wanted) in enumerate(zip(grades, wishes, strict=True))
    ]
    sectioner = Sectioner(meetings, len(periods), _sped_limit(rules), random)
    for pupil in random.sample(pupils, len(pupils)):
        sectioner.seat(pupil)
    if shape.unequal_seats:
        fit_seats(shape, meetings)
    plan = Plan(shape, periods, terms, meetings, teachers, pupils)
    school = school_of(plan, requests_of(shape, pupils, random), random)
    return Sample(shape, seed, school, rules, schedule_of(plan, school) if shape.planted else None)


def _every(share: float, number: int) -> bool:
    return int((number + 1) * share) > int(number * share)


def _periods(shape: Shape) -> list[e.Period]:
    first = 0 if shape.zero_period else 1
    places = [(day, order) for day in shape.days for order in range(first, shape.periods_per_day + 1)]
    return [e.Period(f"{day}{order}", str(i), day, order) for i, (day, order) in enumerate(places, 1)]


def _terms(shape: Shape) -> list[e.Term]:
    return [e.Term("S1", "Fall"), e.Term("S2", "Spring")] if shape.semesters else []


def _sped_limit(rules: tuple[e.Rule, ...]) -> int:
    limits = [rule.limit for rule in rules if rule.kind == "sped-limit" and rule.limit is not None]
    return min(limits, default=_NO_LIMIT)
