"""
Slots: the times of the year in which a section can meet, as bits of a mask.

A slot is a term × period. Slot ``t * n_periods + p`` is period ``p`` in term ``t``, so a mask of slots is an
``int``; two things clash when their masks meet.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from echelon_desktop.model.dataset import School
from echelon_desktop.model.entities import LinkKind, Placement, Section

MAX_SLOTS = 63  # a mask fits a signed 64-bit integer with room for a sign


@dataclass(frozen=True, slots=True)
class Choice:
    """One way for a section to meet: its periods and terms (as in a placement) and the slots they make."""

    periods: tuple[str, ...]
    terms: tuple[str, ...]  # () is all terms
    mask: int

    def is_in(self, placement: Placement, n_terms: int) -> bool:
        """Whether a placement says this of its section; one without periods says at most the terms."""
        whole_year = not placement.terms or len(set(placement.terms)) == n_terms
        terms = () if whole_year else placement.terms
        return (not placement.periods or set(self.periods) == set(placement.periods)) and (
            not (placement.periods or placement.terms) or set(self.terms) == set(terms)
        )


class SlotGrid:
    """
    The slots of a school.

    Parameters
    ----------
    school
        Its periods and terms are read once; make a new grid after they change.
    """

    def __init__(self, school: School) -> None:
        self._school = school
        self.periods = tuple(school.periods.values())
        self.terms = tuple(term.id for term in school.terms.values())
        self._terms = self.terms or ("",)
        self._period_index = {period.id: i for i, period in enumerate(self.periods)}
        self._term_index = {term: i for i, term in enumerate(self._terms)}
        self.n_slots = len(self.periods) * len(self._terms)
        self.all = (1 << self.n_slots) - 1

    def name(self, slot: int) -> str:
        """Slot text of a slot: "R1", or "S1:R1" where the school has terms."""
        term, period = divmod(slot, len(self.periods))
        name = self.periods[period].id
        return f"{self._terms[term]}:{name}" if self.terms else name

    def names(self, mask: int) -> tuple[str, ...]:
        """Slot texts of a mask, a period that stands in all terms named once."""
        out = []
        for i, period in enumerate(self.periods):
            slots = [i + t * len(self.periods) for t in range(len(self._terms))]
            held = [slot for slot in slots if mask >> slot & 1]
            out += [period.id] if len(held) == len(slots) else [self.name(slot) for slot in held]
        return tuple(out)

    def parse(self, text: str) -> int | None:
        """Mask of a slot text, None when it names an unknown period or term."""
        if text in self._period_index:
            return self.mask_of((text,), ())
        term, colon, period = text.partition(":")
        if colon and term in self._term_index and period in self._period_index:
            return self.mask_of((period,), (term,))
        return None

    def mask(self, texts: Iterable[str]) -> int:
        """Mask of several slot texts; unknown ones (the checks report them) add nothing."""
        mask = 0
        for text in texts:
            mask |= self.parse(text) or 0
        return mask

    def mask_of(self, periods: Iterable[str], terms: Iterable[str]) -> int:
        """Mask of all these periods in all these terms; no terms is all terms. KeyError when unknown."""
        term_numbers = [self._term_index[t] for t in terms] or list(range(len(self._terms)))
        mask = 0
        for period in periods:
            p = self._period_index[period]
            for t in term_numbers:
                mask |= 1 << (t * len(self.periods) + p)
        return mask

    def mask_of_placement(self, placement: Placement | None) -> int:
        """The slots of a placement; 0 when it has no period, or names what the school does not know."""
        if placement is None or not placement.periods:
            return 0
        try:
            return self.mask_of(placement.periods, placement.terms)
        except KeyError:
            return 0

    def allowed(self, texts: tuple[str, ...]) -> int:
        """Mask of a list of allowed slots, where an empty list allows all."""
        return self.mask(texts) if texts else self.all

    def runs(self, length: int) -> list[tuple[str, ...]]:
        """All runs of so many consecutive periods of one day, in order; consecutive by ``Period.order``."""
        by_place = {(p.day, p.order): p.id for p in self.periods}
        runs = []
        for period in self.periods:
            run = [by_place.get((period.day, period.order + i)) for i in range(length)]
            if None not in run:
                runs.append(tuple(name for name in run if name is not None))
        return runs

    def adjacent(self) -> tuple[int, ...]:
        """For each slot the mask of slots right before and after it, in the same day and term."""
        masks = [0] * self.n_slots
        for a, b in enumerate(self.following()):
            if b >= 0:
                masks[a] |= 1 << b
                masks[b] |= 1 << a
        return tuple(masks)

    def following(self) -> tuple[int, ...]:
        """For each slot the one right after it, in the same day and term; -1 where there is none."""
        following = [-1] * self.n_slots
        for first, second in self.runs(2):
            for t in range(len(self._terms)):
                start = t * len(self.periods)
                following[start + self._period_index[first]] = start + self._period_index[second]
        return tuple(following)

    def days(self) -> list[list[int]]:
        """Slots of each day of each term, in the order of the day."""
        days: dict[str, list[tuple[int, int]]] = {}
        for p, period in enumerate(self.periods):
            days.setdefault(period.day, []).append((period.order, p))
        starts = range(0, self.n_slots, len(self.periods)) if self.periods else ()
        return [[start + p for _, p in sorted(day)] for start in starts for day in days.values()]

    def linked(self, kind: LinkKind, a: Choice, b: Choice) -> bool:
        """
        Whether a link lets two sections meet so, of which the first stands right before the second in it.

        Stacked sections meet in the same slots, those of one period in the same periods. Of consecutive ones
        the second starts right where the first ends, on every day that either meets, in a term of both.
        """
        if kind is LinkKind.STACKED:
            return a.mask == b.mask
        if kind is LinkKind.SAME_PERIOD:
            return set(a.periods) == set(b.periods)
        in_one_term = not a.terms or not b.terms or not set(a.terms).isdisjoint(b.terms)
        return in_one_term and self._ends(a) == self._starts(b)

    def _starts(self, choice: Choice) -> dict[str, int]:
        """Where a choice begins on each day that it meets."""
        starts: dict[str, int] = {}
        for period in (self._school.periods[p] for p in choice.periods):
            starts[period.day] = min(period.order, starts.get(period.day, period.order))
        return starts

    def _ends(self, choice: Choice) -> dict[str, int]:
        """The place after its last, on each day that a choice meets."""
        ends: dict[str, int] = {}
        for period in (self._school.periods[p] for p in choice.periods):
            ends[period.day] = max(period.order + 1, ends.get(period.day, period.order + 1))
        return ends

    def choices(self, section: Section) -> tuple[Choice, ...]:
        """
        All ways in which a section's pattern and terms let it meet, before any rule forbids some.

        An unknown pattern or term gives none; the checks report it.
        """
        course = self._school.courses.get(section.course)
        pattern = section.pattern or (course.pattern if course else "")
        terms = section.term_choices or (course.term_choices if course else ()) or ((),)
        if pattern in self._school.patterns:
            known = self._period_index.keys()
            sets = [c for c in self._school.patterns[pattern].choices if set(c) <= known]
        elif pattern in {"", "1"}:
            sets = [(period.id,) for period in self.periods]
        elif pattern.isdecimal() and pattern != "0":
            sets = self.runs(int(pattern))
        else:
            sets = []
        found = []
        for term_set in terms:
            if not set(term_set) <= self._term_index.keys():
                continue
            kept = () if set(term_set) == set(self.terms) else term_set
            found += [Choice(periods, kept, self.mask_of(periods, kept)) for periods in sets]
        return tuple(found)
