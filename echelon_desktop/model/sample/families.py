"""Families of sample schools: the kinds on which searches are measured and compared."""

from echelon_desktop.model.sample.shape import Shape

FAMILIES = {
    "plain": Shape(),
    "singletons": Shape(students=900, singleton_share=0.7),
    "unequal-seats": Shape(students=900, singleton_share=0.55, unequal_seats=True, seat_slack=0.03),
    "tight": Shape(unequal_seats=True, seat_slack=0.0),
    "busy-teachers": Shape(students=1000, singleton_share=0.62, requests=(7, 8), loads=(7, 8), absences=1.0),
    "free-choice": Shape(singleton_share=0.6, planted=False),
    "four-periods": Shape(
        students=1000,
        days=("P",),
        periods_per_day=4,
        requests=(4, 4),
        loads=(4, 4),
        absences=0.0,
        singleton_share=0.6,
        unequal_seats=True,
        seat_slack=0.005,
    ),
    "six-periods": Shape(
        students=600,
        days=("P",),
        periods_per_day=6,
        requests=(6, 6),
        loads=(5, 6),
        singleton_share=0.8,
        seats=20,
    ),
    "sixteen-periods": Shape(
        students=600,
        days=("A", "B"),
        periods_per_day=8,
        requests=(10, 14),
        loads=(10, 14),
        singleton_share=0.6,
    ),
    "semesters": Shape(singleton_share=0.6, semesters=True),
    "double-periods": Shape(singleton_share=0.6, doubles=True),
    "stacks": Shape(singleton_share=0.6, stacks=True, co_teaching=True),
    "general": Shape(
        semesters=True,
        doubles=True,
        stacks=True,
        co_teaching=True,
        alternates=True,
        grade_restrictions=True,
        rooms=True,
        zero_period=True,
    ),
    "every-rule": Shape(students=96, every_rule=True),
    "district": Shape(students=50_000, singleton_share=0.4),
}
"""Shapes by name; take the size that is wanted with ``make_school(students, seed, FAMILIES[name])``."""
