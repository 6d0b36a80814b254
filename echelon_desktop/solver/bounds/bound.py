"""What a bound is: so many requests certainly stay unmet, and why, in numbers that can be put into words."""

from dataclasses import dataclass, field
from enum import StrEnum

from echelon_desktop.model.wording import counted, few_of, listed
from echelon_desktop.solver.problem import Keys

RANKS = 3  # classes of Problem.request_rank


class Reason(StrEnum):
    """Why requests certainly stay unmet."""

    NO_SECTION = "no section"  # no section of the course admits the student at a time the student is there
    SLOTS = "more requests than slots"  # a student's requests do not fit the student's slots
    SEATS = "seats"  # the seats of these courses do not hold those who want them
    CLUSTER = "cluster"  # these sections cannot stand so that all these students hold all these courses


@dataclass(frozen=True, slots=True)
class Witness:
    """
    The reason for a part of a bound.

    Parameters
    ----------
    reason
        What is the matter.
    unmet
        Requests that stay unmet for this reason.
    courses, sections
        Courses concerned, and their sections when their places matter; numbers of the problem.
    students
        How many students are concerned.
    slots
        How many slots there are to choose from; 0 when slots do not matter.
    relaxed
        What the proof leaves out; the bound holds all the same, since to leave something out only helps.
    """

    reason: Reason
    unmet: int
    courses: tuple[int, ...] = ()
    sections: tuple[int, ...] = ()
    students: int = 0
    slots: int = 0
    relaxed: tuple[str, ...] = ()

    def words(self, keys: Keys) -> str:
        """The witness for a scheduler: a sentence, and what the proof leaves out."""
        if not self.relaxed:
            return self._reason(keys)
        return f"{self._reason(keys)} Left out of account: {listed(self.relaxed)}."

    def _reason(self, keys: Keys) -> str:
        some = f"At least {counted(self.unmet, 'request')} cannot be met: "
        names, who = few_of([keys.courses[c] for c in self.courses]), counted(self.students, "student")
        if self.reason is Reason.NO_SECTION:
            return f"{some}no section of {names} is open to the student."
        if self.reason is Reason.SLOTS:
            verb = "has" if self.students == 1 else "have"
            return f"{some}{who} {verb} more requests than slots in which the courses can meet."
        if self.reason is Reason.SEATS:
            return f"{some}{names} {'has' if len(self.courses) == 1 else 'have'} too few seats."
        kind = "one-section " if len(self.sections) == len(self.courses) else ""
        return (
            f"{some}the {len(self.courses)} {kind}courses {names} cannot meet in "
            f"{counted(self.slots, 'slot')} so that {who} can take all they want of them."
        )


@dataclass(frozen=True, slots=True)
class Bound:
    """
    How many requests certainly stay unmet, in any schedule that keeps the hard rules.

    Parameters
    ----------
    unmet
        Shape (3,): among the requests of rank 1, of ranks 1 and 2, of all ranks.
    witnesses
        Why; their figures add up to the last of ``unmet``.
    """

    unmet: tuple[int, int, int] = (0, 0, 0)
    witnesses: tuple[Witness, ...] = field(default=())

    @property
    def total(self) -> int:
        """Requests of any rank that certainly stay unmet."""
        return self.unmet[-1]
