"""Where claims are posted: a CP-SAT model of where sections stand and who is pinned into them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from ortools.sat.python import cp_model

from echelon_desktop.model.slots import Choice

Literal = cp_model.IntVar


@dataclass(frozen=True, slots=True)
class Place(Choice):
    """One way for a section to meet; ``usual`` when its pattern and terms provide for it."""

    usual: bool = True


@dataclass(frozen=True, slots=True)
class PinnedSeat:
    """A student who must hold this section."""

    student: str
    section: str
    course: str  # of the section
    sped: bool


class Board:
    """
    Sections that each take one of their places, and pinned seats that are held or not.

    What is true in every school is posted here: a student holds one seat at a time, and a course once.
    Everything else comes from claims, which post through :meth:`at_most` and :meth:`any_of`; while
    :attr:`condition` is set, what is posted holds only if that literal does. Sections that are not on the
    board are passed over, so that a claim about many can be posted on a part of the school.

    Parameters
    ----------
    places
        For each section on the board its places.
    seats
        Pinned seats; those of sections on the board count.
    """

    def __init__(self, places: Mapping[str, Sequence[Place]], seats: Iterable[PinnedSeat]) -> None:
        self.model = cp_model.CpModel()
        self.condition: Literal | None = None
        self.places = places
        self.taken = {
            section: [self.model.new_bool_var("") for _ in options] for section, options in places.items()
        }
        for literals in self.taken.values():
            self.model.add_exactly_one(literals)
        self.held: dict[PinnedSeat, Literal] = {}
        for seat in seats:
            if seat.section in places:
                literal = self.model.new_bool_var("")
                for other, held in self.held.items():
                    if other.student == seat.student:
                        self._one_at_a_time(other, held, seat, literal)
                self.held[seat] = literal

    def _one_at_a_time(self, a: PinnedSeat, held_a: Literal, b: PinnedSeat, held_b: Literal) -> None:
        if a.course == b.course:
            self.model.add_at_most_one(held_a, held_b)
            return
        for (i, x), (j, y) in product(enumerate(self.places[a.section]), enumerate(self.places[b.section])):
            if x.mask & y.mask:
                self.at_most([held_a, held_b, self.taken[a.section][i], self.taken[b.section][j]], 3)

    def where(self, section: str, test: Callable[[Place], bool]) -> list[Literal]:
        """Literals of the section's places that pass; none when it is not on the board."""
        literals = self.taken.get(section, [])
        return [x for x, place in zip(literals, self.places.get(section, ()), strict=True) if test(place)]

    def meets(self, section: str, mask: int) -> list[Literal]:
        """Literals of the section's places that touch a mask of slots."""
        return self.where(section, lambda place: bool(place.mask & mask))

    def at_most(self, literals: Sequence[Literal], limit: int) -> None:
        """Post that at most so many of the literals are true."""
        if len(literals) > limit:
            constraint = self.model.add(cp_model.LinearExpr.sum(literals) <= limit)
            if self.condition is not None:
                constraint.only_enforce_if(self.condition)

    def any_of(self, literals: Sequence[cp_model.LiteralT]) -> None:
        """Post that one of the literals is true; with none given, that the claim cannot hold."""
        constraint = self.model.add_bool_or(literals)
        if self.condition is not None:
            constraint.only_enforce_if(self.condition)

    def implies(self, literal: Literal, others: Sequence[Literal]) -> None:
        """Post that one of the others is true if the literal is."""
        self.any_of([literal.negated(), *others])
