"""
What one student could hold, exactly: which of the requests fit together, and which smallest set does not.

A student has few requests, so a small search settles each question; no seat, section or other student moves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations


@dataclass(frozen=True, slots=True)
class Option:
    """
    A way to meet a request: sections of one course that meet in the same slots.

    ``links`` are the same-students links that they belong to.
    """

    course: str
    mask: int
    sections: tuple[str, ...]
    links: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Wish:
    """A request with the options that are open to the student."""

    course: str
    options: tuple[Option, ...]

    @property
    def mask(self) -> int:
        """All slots in which it could be held."""
        mask = 0
        for option in self.options:
            mask |= option.mask
        return mask


LinkedCourses = Mapping[str, frozenset[str]]  # link → courses of its sections


def clash(first: Option, second: Option, linked: LinkedCourses) -> bool:
    """Whether a student cannot hold both: at one time, one course twice, or apart from a linked section."""
    if first.mask & second.mask or first.course == second.course:
        return True
    return any(second.course in linked[link] for link in first.links - second.links) or any(
        first.course in linked[link] for link in second.links - first.links
    )


def fit(wishes: Sequence[Wish], linked: LinkedCourses) -> tuple[Option, ...] | None:
    """
    Options that can be held together, one for each wish in order; None when there are none.

    Exact: a search that settles the wish with the fewest open options first, tries each wish's options in
    order, and remembers where it failed.
    """
    if _slots_wanted(wishes) > _slots_open(wishes):
        return None
    options = [(w, option) for w, wish in enumerate(wishes) for option in wish.options]
    of_wish = [sum(1 << i for i, (w, _) in enumerate(options) if w == wish) for wish in range(len(wishes))]
    closes = [of_wish[w] for w, _ in options]
    for i, others in enumerate(_clashes([option for _, option in options], linked)):
        closes[i] |= others
    failed: set[int] = set()

    def search(undone: frozenset[int], open_options: int) -> dict[int, Option] | None:
        if not undone:
            return {}
        if open_options in failed:
            return None
        wish = min(undone, key=lambda w: (open_options & of_wish[w]).bit_count())
        here = open_options & of_wish[wish]
        if not here:
            # Not remembered: elsewhere the same options may be all that are wanted.
            return None
        while here:
            lowest = here & -here
            here ^= lowest
            number = lowest.bit_length() - 1
            rest = search(undone - {wish}, open_options & ~closes[number])
            if rest is not None:
                return rest | {wish: options[number][1]}
        failed.add(open_options)
        return None

    found = search(frozenset(range(len(wishes))), (1 << len(options)) - 1)
    return None if found is None else tuple(found[w] for w in range(len(wishes)))


def _clashes(options: Sequence[Option], linked: LinkedCourses) -> list[int]:
    """For each option the bits of those that clash with it."""
    if any(option.links for option in options):
        found = [0] * len(options)
        for (i, first), (j, second) in combinations(enumerate(options), 2):
            if clash(first, second, linked):
                found[i] |= 1 << j
                found[j] |= 1 << i
        return found
    # Most schools have no such links; then slot by slot is quicker than pair by pair.
    sharing: dict[int | str, int] = {}
    places: list[list[int | str]] = [[*_bits(option.mask), option.course] for option in options]
    for i, own in enumerate(places):
        for place in own:
            sharing[place] = sharing.get(place, 0) | 1 << i
    found = []
    for i, own in enumerate(places):
        others = 0
        for place in own:
            others |= sharing[place]
        found.append(others & ~(1 << i))
    return found


def _bits(mask: int) -> list[int]:
    bits = []
    while mask:
        bits.append(mask & -mask)
        mask &= mask - 1
    return bits


def smallest_conflict(wish: Wish, others: Sequence[Wish], linked: LinkedCourses) -> tuple[Wish, ...]:
    """
    Others that cannot be held together with the wish: without any one of them, the rest could.

    Where every option takes one slot, wish and result are the Hall violator: more wishes than slots.

    Raises
    ------
    ValueError
        If they all fit together.
    """
    kept = list(others)
    if fit([wish, *kept], linked) is not None:
        raise ValueError("The wishes fit together; there is no conflict.")
    for other in others:
        without = [w for w in kept if w is not other]
        if fit([wish, *without], linked) is None:
            kept = without
    return tuple(kept)


def _slots_wanted(wishes: Sequence[Wish]) -> int:
    return sum(min((option.mask.bit_count() for option in wish.options), default=0) for wish in wishes)


def _slots_open(wishes: Sequence[Wish]) -> int:
    mask = 0
    for wish in wishes:
        mask |= wish.mask
    return mask.bit_count()
