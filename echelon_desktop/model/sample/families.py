"""Families of sample schools: the kinds on which searches are measured and compared."""

from echelon_desktop.model.sample.shape import Shape

FAMILIES = {
    "plain": Shape(),
    "singletons": Shape(singleton_share=0.5),
    "tight": Shape(unequal_seats=True, seat_slack=0.0),
    "busy-teachers": Shape(loads=(6, 8), absences=0.3),
    "free-choice": Shape(planted=False),
    "six-periods": Shape(days=("P",), periods_per_day=6, requests=(4, 6), loads=(4, 5)),
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
}
"""Shapes by name; take the size that is wanted with ``make_school(students, seed, FAMILIES[name])``."""
