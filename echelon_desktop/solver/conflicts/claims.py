"""
Claims: what a school's records and rules demand of the places of sections, each in the user's words.

A claim names the records it comes from and the sections it concerns, posts itself on a :class:`Board`, and
can be weakened to fewer sections, so that an explanation names no more of them than it needs.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations, pairwise, product
from typing import Self

from echelon_desktop.model.entities import LinkKind
from echelon_desktop.model.slots import SlotGrid
from echelon_desktop.model.wording import counted, listed
from echelon_desktop.solver.conflicts.board import Board, Place


@dataclass(frozen=True, slots=True)
class Claim(ABC):
    """
    One demand.

    Parameters
    ----------
    table, key
        The record it comes from.
    sections
        Those it concerns.
    """

    table: str
    key: str
    sections: tuple[str, ...]

    joins = False  # whether it ties its sections to each other, rather than demanding something of each
    fewest = 1  # sections without which it says nothing

    @abstractmethod
    def text(self) -> str:
        """The claim as a sentence."""

    @abstractmethod
    def remedy(self) -> str:
        """What would take the claim out of the way, as a sentence."""

    @abstractmethod
    def post(self, board: Board) -> None:
        """Demand it of the board."""

    def without(self, section: str) -> Self | None:
        """The claim about the other sections, None when nothing would be left of it."""
        left = tuple(s for s in self.sections if s != section)
        return replace(self, sections=left) if len(left) >= self.fewest else None


@dataclass(frozen=True, slots=True)
class Worded(Claim):
    """A claim in words that were found with it."""

    sentence: str
    advice: str

    def text(self) -> str:
        return self.sentence

    def remedy(self) -> str:
        return self.advice


@dataclass(frozen=True, slots=True)
class Impossible(Worded):
    """What cannot hold wherever sections stand; explains itself alone."""

    def post(self, board: Board) -> None:
        board.any_of([])


@dataclass(frozen=True, slots=True)
class Confined(Worded):
    """Sections that may only stand inside a mask: absences, allowed periods, rules, forbidden places."""

    allowed: int

    def post(self, board: Board) -> None:
        for section in self.sections:
            board.at_most(board.meets(section, ~self.allowed), 0)


@dataclass(frozen=True, slots=True)
class Patterned(Worded):
    """A section keeps to its pattern and terms."""

    def post(self, board: Board) -> None:
        board.at_most(board.where(self.sections[0], lambda place: not place.usual), 0)


@dataclass(frozen=True, slots=True)
class Locked(Claim):
    """A section stays where it is locked."""

    periods: tuple[str, ...]
    terms: tuple[str, ...]

    def text(self) -> str:
        where = " of ".join(listed(names) for names in (self.periods, self.terms) if names)
        return f"{self.sections[0]} is locked in {where}."

    def remedy(self) -> str:
        return f"Unlock {self.sections[0]}."

    def post(self, board: Board) -> None:
        def here(place: Place) -> bool:
            return set(self.periods) in (set(), set(place.periods)) and set(place.terms) == set(self.terms)

        board.any_of(board.where(self.sections[0], here))


@dataclass(frozen=True, slots=True)
class OneAtATime(Claim):
    """A teacher or a room has one section at a time; ``heads`` are the stacks of the sections."""

    who: str
    verb: str
    heads: tuple[str, ...]  # per section the first of its stack
    n_slots: int
    joins = True
    fewest = 2

    def text(self) -> str:
        return f"{self.who} {self.verb} one section at a time: {listed(self.sections)}."

    def remedy(self) -> str:
        if self.table == "rooms":
            return "Give one of these sections another room."
        return "Give one of these sections another teacher."

    def post(self, board: Board) -> None:
        stacks: dict[str, list[str]] = {}
        for section, head in zip(self.sections, self.heads, strict=True):
            stacks.setdefault(head, []).append(section)
        if all(len(members) == 1 for members in stacks.values()):
            for slot in range(self.n_slots):
                board.at_most([x for s in self.sections for x in board.meets(s, 1 << slot)], 1)
            return
        for one, other in combinations(stacks.values(), 2):
            for a, b in product(one, other):
                for slot in range(self.n_slots):
                    board.at_most([*board.meets(a, 1 << slot), *board.meets(b, 1 << slot)], 1)

    def without(self, section: str) -> Self | None:
        kept = [(s, head) for s, head in zip(self.sections, self.heads, strict=True) if s != section]
        if len({head for _, head in kept}) < self.fewest:
            return None
        return replace(self, sections=tuple(s for s, _ in kept), heads=tuple(head for _, head in kept))


@dataclass(frozen=True, slots=True)
class LinkedPlaces(Claim):
    """Sections that stand at the same time, or one after the other, as a link says."""

    kind: LinkKind
    grid: SlotGrid
    shared_seats: int  # of a stack
    joins = True
    fewest = 2

    def text(self) -> str:
        names = listed(self.sections)
        if self.kind is LinkKind.STACKED:
            return f"{names} are stacked: the same time and {counted(self.shared_seats, 'seat')} together."
        if self.kind is LinkKind.SAME_PERIOD:
            return f"{names} meet in the same periods."
        return f"{names} meet one right after the other."

    def remedy(self) -> str:
        return f"Take the link {self.key} off, or a section out of it."

    def post(self, board: Board) -> None:
        for a, b in pairwise(self.sections):
            if a in board.places and b in board.places:
                self._tie(board, a, b, turned=False)
                self._tie(board, b, a, turned=True)
        if self.kind is LinkKind.STACKED:
            held = [x for seat, x in board.held.items() if seat.section in self.sections]
            board.at_most(held, self.shared_seats)

    def _tie(self, board: Board, a: str, b: str, *, turned: bool) -> None:
        for literal, place in zip(board.taken[a], board.places[a], strict=True):
            fits = partial(self._fits, place, turned=turned)
            board.implies(literal, board.where(b, fits))

    def _fits(self, a: Place, b: Place, *, turned: bool) -> bool:
        return self.grid.linked(self.kind, b, a) if turned else self.grid.linked(self.kind, a, b)

    def without(self, section: str) -> Self | None:
        # Links tie neighbours in the list; only its ends can go without joining what was not joined.
        if section not in (self.sections[0], self.sections[-1]) or len(self.sections) == self.fewest:
            return None
        return replace(self, sections=tuple(s for s in self.sections if s != section))


@dataclass(frozen=True, slots=True)
class LabsApart(Claim):
    """A teacher's labs are not in adjacent slots."""

    rule: str
    adjacent: tuple[int, ...]
    joins = True
    fewest = 2

    def text(self) -> str:
        labs = listed(self.sections)
        return f'The labs {labs} of {self.key} are not in consecutive periods (rule "{self.rule}").'

    def remedy(self) -> str:
        return f'Give the rule "{self.rule}" a level, or one of these labs another teacher.'

    def post(self, board: Board) -> None:
        for a, b in combinations(self.sections, 2):
            for slot, beside in enumerate(self.adjacent):
                for later in range(len(self.adjacent)):
                    if beside >> later & 1:
                        for x, y in product(board.meets(a, 1 << slot), board.meets(b, 1 << later)):
                            board.at_most([x, y], 1)


@dataclass(frozen=True, slots=True)
class TeachingLimit(Claim):
    """A teacher teaches no more than a rule's limit says."""

    rule: str
    limit: int
    joins = True

    def remedy(self) -> str:
        return f'Raise the limit, give the rule "{self.rule}" a level, or a section another teacher.'


@dataclass(frozen=True, slots=True)
class Breaks(TeachingLimit):
    """A teacher does not teach all slots of any of these windows."""

    windows: tuple[int, ...]

    def text(self) -> str:
        return (
            f"{self.key} teaches at most {counted(self.limit, 'period')} in a row "
            f'(rule "{self.rule}"), and has {listed(self.sections)}.'
        )

    def post(self, board: Board) -> None:
        taught = {}
        for slot in range(max((w.bit_length() for w in self.windows), default=0)):
            taught[slot] = board.model.new_bool_var("")
            for section in self.sections:
                for literal in board.meets(section, 1 << slot):
                    board.implies(literal, [taught[slot]])
        for window in self.windows:
            slots = [taught[slot] for slot in taught if window >> slot & 1]
            board.at_most(slots, len(slots) - 1)


@dataclass(frozen=True, slots=True)
class LoadLimit(TeachingLimit):
    """A teacher has at most so many sections in any term."""

    terms: tuple[int, ...]

    def text(self) -> str:
        return (
            f"{self.key} teaches at most {counted(self.limit, 'section')} at a time of the year "
            f'(rule "{self.rule}"), and has {listed(self.sections)}.'
        )

    def post(self, board: Board) -> None:
        for term in self.terms:
            board.at_most([x for s in self.sections for x in board.meets(s, term)], self.limit)
