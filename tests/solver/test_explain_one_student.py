"""What one student could hold, and the smallest conflict of his wishes, against brute force."""

from dataclasses import replace
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echelon_desktop.solver.explain.one_student import Option, Wish, clash, fit, smallest_conflict

LINKED = {"L": frozenset({"Art", "Bio"})}


@st.composite
def wish_lists(draw: st.DrawFn) -> list[Wish]:
    wishes = []
    for number in range(draw(st.integers(1, 5))):
        options = [
            Option(
                draw(st.sampled_from(["Art", "Bio", "Chem", f"K{number}"])),
                draw(st.integers(1, 15)),
                (f"{number}/{i}",),
                draw(st.sampled_from([frozenset(), frozenset({"L"})])),
            )
            for i in range(draw(st.integers(0, 3)))
        ]
        wishes.append(Wish(f"W{number}", tuple(options)))
    return wishes


def brute_fit(wishes: list[Wish]) -> bool:
    return any(
        not any(clash(a, b, LINKED) for a, b in combinations(held, 2))
        for held in product(*(wish.options for wish in wishes))
    )


@given(wish_lists())
def test_fit_is_exact(wishes):
    found = fit(wishes, LINKED)
    assert (found is not None) == brute_fit(wishes)
    if found is not None:
        assert all(option in wish.options for wish, option in zip(wishes, found, strict=True))
        assert brute_fit([Wish("", (option,)) for option in found])


@given(wish_lists())
def test_a_smallest_conflict_has_nothing_to_spare(wishes):
    wish, *others = wishes
    if brute_fit(wishes):
        with pytest.raises(ValueError, match="no conflict"):
            smallest_conflict(wish, others, LINKED)
        return
    conflict = smallest_conflict(wish, others, LINKED)
    assert not brute_fit([wish, *conflict])
    for spared in conflict:
        assert brute_fit([wish, *(other for other in conflict if other is not spared)])


@pytest.mark.parametrize(
    ("second", "apart"),
    [
        (Option("Chem", 2, ("C-1",)), False),
        (Option("Chem", 3, ("C-1",)), True),
        (Option("Art", 2, ("A-2",), frozenset({"L"})), True),
        (Option("Bio", 2, ("B-1",), frozenset({"L"})), False),
        (Option("Bio", 2, ("B-1",)), True),
    ],
)
def test_what_clashes(second, apart):
    first = Option("Art", 1, ("A-1",), frozenset({"L"}))
    assert clash(first, second, LINKED) == clash(second, first, LINKED) == apart
    assert clash(replace(first, links=frozenset()), replace(second, mask=2, links=frozenset()), LINKED) == (
        second.course == "Art"
    )
