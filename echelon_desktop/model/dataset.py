"""
The school in memory: tables of records, and the one way to change them.

A :class:`Dataset` is changed only by :meth:`Dataset.apply`, which takes an :class:`Edit` and returns its
inverse. Undo, the journal in the school file, autosave and the refresh of views all rest on that.
"""

from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from echelon_desktop.errors import EditError
from echelon_desktop.model import entities as e
from echelon_desktop.model.tables import SCHOOL_TABLES, TABLES, TableSpec
from echelon_desktop.model.wording import an

R = TypeVar("R", bound=e.Record)


class Table(Mapping[e.Key, R], Generic[R]):
    """
    Records of one kind by key, in the order of the school's file.

    Read it like a mapping; iterate ``values()`` for the records. It changes through :meth:`Dataset.apply`.
    """

    def __init__(self, spec: TableSpec, records: Iterable[R] = ()) -> None:
        self.spec = spec
        self._rows: dict[e.Key, R] = {}
        for record in records:
            key = spec.key_of(record)
            if key in self._rows:
                raise EditError(f"There is already {an(spec.singular)} {key!r}.")
            self._rows[key] = record

    def __getitem__(self, key: e.Key) -> R:
        return self._rows[key]

    def __iter__(self) -> Iterator[e.Key]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    # The views of the mapping itself would ask for each row by its key: five times as slow, and everything
    # that looks at a whole school reads through these.

    def keys(self) -> KeysView[e.Key]:
        """The keys, in the order of the rows."""
        return self._rows.keys()

    def values(self) -> ValuesView[R]:
        """The records, in their order; ask anew after a change."""
        return self._rows.values()

    def items(self) -> ItemsView[e.Key, R]:
        """The keys with their records; ask anew after a change."""
        return self._rows.items()

    def _replace(self, changes: Iterable["RowChange"]) -> list["RowChange"]:
        """Make the changes and return those that take them back, positions included."""
        changes = list(changes)
        position: dict[e.Key, int] = {}
        if any(c.record is None or c.index is not None for c in changes):
            position = {key: i for i, key in enumerate(self._rows)}
        inverse: list[RowChange] = []
        inserts: list[tuple[int, e.Key, R]] = []
        for change in changes:
            key, before = change.key, self._rows.get(change.key)
            if change.record is None:
                if before is None:
                    raise EditError(f"There is no {self.spec.singular} {key!r} to delete.")
                inverse.append(RowChange(self.spec.name, key, before, position[key]))
                del self._rows[key]
                continue
            record = cast(R, change.record)
            if change.index is None:
                inverse.append(RowChange(self.spec.name, key, before))
                self._rows[key] = record
                continue
            inverse.append(RowChange(self.spec.name, key, before, position.get(key)))
            self._rows.pop(key, None)
            inserts.append((change.index, key, record))
        if inserts:
            items = list(self._rows.items())
            for index, key, record in sorted(inserts, key=lambda item: item[0]):
                items.insert(index, (key, record))
            self._rows = dict(items)
        return inverse


@dataclass(frozen=True, slots=True)
class RowChange:
    """
    One row as it shall be: ``record`` put under ``key``, or the row deleted when ``record`` is None.

    ``index`` is where the row goes (0-based, among the rows as they are after the edit). None leaves a row
    where it is, and puts a new one at the end.
    """

    table: str
    key: e.Key
    record: e.Record | None
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of the data as a value: what the user calls it, and the rows as they shall be."""

    title: str
    changes: tuple[RowChange, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What an edit touched: keys per table, and the tables that gained, lost or reordered rows."""

    keys: Mapping[str, frozenset[e.Key]]
    reshaped: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.keys)


class School:
    """The facts: what the school's own files say. Attributes are :class:`Table` s."""

    periods: Table[e.Period]
    terms: Table[e.Term]
    patterns: Table[e.Pattern]
    rooms: Table[e.Room]
    groups: Table[e.Group]
    courses: Table[e.Course]
    teachers: Table[e.Teacher]
    sections: Table[e.Section]
    links: Table[e.Link]
    unavailability: Table[e.Unavailability]
    students: Table[e.Student]
    requests: Table[e.RequestList]

    def __init__(self, **records: Iterable[e.Record]) -> None:
        unknown = set(records) - {spec.name for spec in SCHOOL_TABLES}
        if unknown:
            raise EditError(f"A school has no table {', '.join(sorted(unknown))}.")
        for spec in SCHOOL_TABLES:
            table: Table[Any] = Table(spec, cast(Iterable[Any], records.get(spec.name, ())))
            setattr(self, spec.name, table)

    def __eq__(self, other: object) -> bool:
        """Equal when all tables hold equal records in the same order."""
        if not isinstance(other, School):
            return NotImplemented
        return all(
            list(getattr(self, spec.name).items()) == list(getattr(other, spec.name).items())
            for spec in SCHOOL_TABLES
        )

    __hash__ = None  # type: ignore[assignment]  # it changes


@dataclass(frozen=True, slots=True)
class Schedule:
    """
    One schedule, whole: placements by section id and seatings by student id.

    A value, unlike the tables it is read from; the solver makes it and ``verify`` judges it.
    """

    placements: Mapping[str, e.Placement]
    seatings: Mapping[str, e.Seating]

    @property
    def is_empty(self) -> bool:
        """Whether no section has a place and no student a seat."""
        return not any(x.periods for x in self.placements.values()) and not any(
            x.seats for x in self.seatings.values()
        )


class Dataset:
    """
    All that a school file holds, in memory: the school, its rules and its scenarios.

    Parameters
    ----------
    school
        The facts; taken over, not copied.
    rules, scenarios, placements, seatings
        The decisions, as records.
    """

    def __init__(
        self,
        school: School | None = None,
        rules: Iterable[e.Rule] = (),
        scenarios: Iterable[e.Scenario] = (),
        placements: Iterable[e.Placement] = (),
        seatings: Iterable[e.Seating] = (),
    ) -> None:
        self.school = school or School()
        self.rules = Table[e.Rule](TABLES["rules"], rules)
        self.scenarios = Table[e.Scenario](TABLES["scenarios"], scenarios)
        self.placements = Table[e.Placement](TABLES["placements"], placements)
        self.seatings = Table[e.Seating](TABLES["seatings"], seatings)

    def table(self, name: str) -> Table[Any]:
        """The table of that name; EditError when there is none."""
        if name not in TABLES:
            raise EditError(f"There is no table {name!r}.")
        owner = self if name in {"rules", "scenarios", "placements", "seatings"} else self.school
        return cast(Table[Any], getattr(owner, name))

    def apply(self, edit: Edit) -> tuple[Edit, Changes]:
        """
        Make an edit, whole or not at all.

        Returns
        -------
        tuple
            The edit that takes it back (of the same title), and what was touched.

        Raises
        ------
        EditError
            If a row to delete is missing, a record is of the wrong kind or under a key not its own, or a
            row is named twice. Nothing is changed then.
        """
        by_table: dict[str, list[RowChange]] = {}
        for change in edit.changes:
            by_table.setdefault(change.table, []).append(change)
        for name, changes in by_table.items():
            self._check(name, changes)
        inverse: list[RowChange] = []
        reshaped = set()
        for name, changes in by_table.items():
            undo = self.table(name)._replace(changes)
            if any(c.record is None or c.index is not None for c in (*undo, *changes)):
                reshaped.add(name)
            inverse += undo
        keys = {name: frozenset(c.key for c in changes) for name, changes in by_table.items()}
        return Edit(edit.title, tuple(inverse)), Changes(keys, frozenset(reshaped))

    def _check(self, name: str, changes: list[RowChange]) -> None:
        table = self.table(name)
        spec = table.spec
        seen: set[e.Key] = set()
        for change in changes:
            if change.key in seen:
                raise EditError(f"The edit names the {spec.singular} {change.key!r} twice.")
            seen.add(change.key)
            if change.record is None:
                if change.key not in table:
                    raise EditError(f"There is no {spec.singular} {change.key!r} to delete.")
            elif not isinstance(change.record, spec.record) or spec.key_of(change.record) != change.key:
                raise EditError(f"The record for {spec.singular} {change.key!r} is not one of its own.")

    def schedule(self, scenario: str) -> Schedule:
        """The schedule of a scenario, whole (a copy of the moment)."""
        return Schedule(
            {p.section: p for p in self.placements.values() if p.scenario == scenario},
            {s.student: s for s in self.seatings.values() if s.scenario == scenario},
        )
