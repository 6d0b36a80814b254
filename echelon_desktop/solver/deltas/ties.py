"""Which sections move together: stacks and links, and what stands in the way."""

from collections.abc import Mapping, Sequence

from echelon_desktop.solver.problem import PairTable, Problem


class Ties:
    """
    What ties sections of a problem together, looked up by section.

    Parameters
    ----------
    problem
        Any problem.
    """

    def __init__(self, problem: Problem) -> None:
        self.masks: list[int] = problem.choice_mask.tolist()
        self.spans = list(zip(problem.choice_start.tolist(), problem.choice_start.tolist()[1:], strict=False))
        self.groups: dict[int, list[list[int]]] = {}
        for group in problem.exclusive:
            members = group.tolist()
            for section in members:
                self.groups.setdefault(section, []).append(members)
        self.tables: dict[int, list[PairTable]] = {}
        for table in problem.pair_tables:
            self.tables.setdefault(table.a, []).append(table)
            self.tables.setdefault(table.b, []).append(table)
        self.limits: dict[int, list[tuple[list[int], list[int]]]] = {}
        for group, most in zip(problem.slot_limit_sections, problem.slot_limit_most, strict=True):
            members = group.tolist()
            for section in members:
                self.limits.setdefault(section, []).append((members, most.tolist()))

    def swapped(self, choices: Sequence[int], section: int, choice: int) -> dict[int, int] | None:
        """
        Choices to change so that a section takes one: its stack along with it, and the sections in the way
        to where it comes from.

        Parameters
        ----------
        choices
            The choice each section takes now.
        section, choice
            What is asked about.

        Returns
        -------
        dict or None
            Section → choice, the section asked about first; None when that breaks something hard.
        """
        changes = self._with_ties(choices, section, choice)
        if changes is None:
            return None
        left = self.masks[choices[section]]
        for other in sorted(self._in_the_way(choices, changes) - changes.keys()):
            room = [k for k in range(*self.spans[other]) if self.masks[k] == left]
            more = self._with_ties(choices, other, room[0]) if room else None
            if more is None or any(changes.get(s, k) != k for s, k in more.items()):
                return None
            changes |= more
        if self._in_the_way(choices, changes) or self._broken(choices, changes):
            return None
        return changes

    def _with_ties(self, choices: Sequence[int], section: int, choice: int) -> dict[int, int] | None:
        """A choice, and those that pair tables then force on others where they now do not fit."""
        changes = {section: choice}
        queue = [section]
        for moving in queue:
            for table in self.tables.get(moving, ()):
                mine, other = (0, table.b) if moving == table.a else (1, table.a)
                fitting = table.pairs[table.pairs[:, mine] == changes[moving]][:, 1 - mine].tolist()
                if changes.get(other, choices[other]) in fitting:
                    continue
                if not fitting or other in changes:
                    return None
                changes[other] = fitting[0]
                queue.append(other)
        return changes

    def _in_the_way(self, choices: Sequence[int], changes: Mapping[int, int]) -> set[int]:
        """Sections that meet at the same time as a moved one and must not."""
        found = set()
        for section, choice in changes.items():
            mask = self.masks[choice]
            for group in self.groups.get(section, ()):
                found |= {
                    other
                    for other in group
                    if other != section and self.masks[changes.get(other, choices[other])] & mask
                }
        return found

    def _broken(self, choices: Sequence[int], changes: Mapping[int, int]) -> bool:
        """Whether a pair table, or a limit of sections in a slot, forbids the combination."""
        for section, choice in changes.items():
            for table in self.tables.get(section, ()):
                pair = [changes.get(s, choices[s]) for s in (table.a, table.b)]
                if not (table.pairs == pair).all(axis=1).any():
                    return True
            for members, most in self.limits.get(section, ()):
                masks = [self.masks[changes.get(s, choices[s])] for s in members]
                for slot, limit in enumerate(most):
                    bit = 1 << slot
                    if self.masks[choice] & bit and sum(bool(mask & bit) for mask in masks) > limit:
                        return True
        return False
