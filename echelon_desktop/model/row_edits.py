"""Edits of the rows of sheets: cells written, rows added and deleted, with all that depends on them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, cast

from echelon_desktop.errors import EditError
from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Dataset, Edit, RowChange, Table
from echelon_desktop.model.difference import table_changes
from echelon_desktop.model.fitting import fits, without_seats
from echelon_desktop.model.mentions import Names, naming, remapped
from echelon_desktop.model.sheets import LIST, OWN, RowId, Sheet
from echelon_desktop.model.tables import TABLES
from echelon_desktop.model.wording import an, counted

_NUMBERED = re.compile(r"(.*?)(\d+)", re.DOTALL)


def write_rows(
    dataset: Dataset,
    sheet: Sheet,
    cells: Mapping[RowId, Mapping[str, Any]],
    added: Sequence[Mapping[str, Any]] = (),
    title: str = "",
) -> Edit:
    """
    Write cells of rows and add rows, in one edit.

    A record that gets another id is called by it wherever it was named. Seats that students hold for what
    they no longer request, or in sections that are of another course now, are given up.

    Parameters
    ----------
    cells
        Row → field → value.
    added
        Field → value of each new row; what is not given is blank.
    title
        Of the edit; made of what is written unless given.

    Raises
    ------
    EditError
        If a row is not there, an id is blank or would be used twice.
    """
    draft = _Draft(dataset)
    write = _write_parts if sheet.parts else _write_records
    draft.rename(sheet.table, write(draft, sheet, cells, added))
    return Edit(title or _title(sheet, cells, added), draft.changes())


def delete_rows(dataset: Dataset, sheet: Sheet, rows: Iterable[RowId], title: str = "") -> Edit:
    """
    Delete rows and all that cannot be without them; whatever else names them forgets them.

    Raises
    ------
    EditError
        If a row is not there.
    """
    draft = _Draft(dataset)
    gone = list(dict.fromkeys(rows))
    records = {str(sheet.spec.key_of(r)): r for r in draft.records(sheet.table)}
    lost: dict[str, set[int]] = {}
    for row in gone:
        if row.key not in records:
            raise EditError(f"There is no {sheet.singular} {row.key!r}.")
        lost.setdefault(row.key, set()).add(row.part)
    kept: list[e.Record] = []
    names: dict[str, str | None] = {}
    for key, record in records.items():
        if key in lost:
            parts: tuple[Any, ...] = getattr(record, sheet.parts) if sheet.parts else ()
            left = tuple(part for i, part in enumerate(parts) if i not in lost[key])
            if not left:
                names[key] = None
                continue
            record = cast(e.Record, replace(record, **{sheet.parts: left}))
        kept.append(record)
    draft.put(sheet.table, kept)
    draft.rename(sheet.table, names)
    what = f"{sheet.singular} {gone[0].key}" if len(gone) == 1 else f"{len(gone):,} {sheet.title.lower()}"
    return Edit(title or f"Delete {what}", draft.changes())


def duplicate_rows(dataset: Dataset, sheet: Sheet, rows: Sequence[RowId]) -> Edit:
    """
    Add a copy of each row under the next free id.

    Raises
    ------
    EditError
        If a row is not there, or its id is that of a record of another table.
    """
    if sheet.names_another or sheet.parts:
        raise EditError(f"A {sheet.singular} has no id of its own; add a row instead.")
    taken = {str(key) for key in dataset.table(sheet.table)}
    copies = list(dataset.table(sheet.table).values())
    for row in rows:
        record = dataset.table(sheet.table).get(row.key)
        if record is None:
            raise EditError(f"There is no {sheet.singular} {row.key!r}.")
        new = next_id(taken, row.key)
        taken.add(new)
        copies.append(replace(record, **{sheet.id_field: new}))
    draft = _Draft(dataset)
    draft.put(sheet.table, copies)
    what = f"{sheet.singular} {rows[0].key}" if len(rows) == 1 else f"{len(rows):,} {sheet.title.lower()}"
    return Edit(f"Duplicate {what}", draft.changes())


def next_id(taken: Iterable[str], like: str = "") -> str:
    """
    An id that is not taken: the number at the end of ``like`` counted on, its zeros kept.

    Without ``like``, the last id taken is counted on.
    """
    taken = list(taken)
    like = like or (taken[-1] if taken else "1")
    known = set(taken)
    match = _NUMBERED.fullmatch(like)
    stem, digits = (match[1], match[2]) if match else (f"{like}-", "1")
    number = int(digits)
    while (new := f"{stem}{number:0{len(digits)}d}") in known:
        number += 1
    return new


_OF_SCENARIOS = {"placements": ("places", "section"), "seatings": ("seats", "student")}


def consequences(edit: Edit, table: str) -> list[str]:
    """
    What an edit does beside the rows of ``table``, in words: "3 sections are deleted".

    Of scenarios it is told whose seats and places change, in however many of them.
    """
    words = []
    for name, spec in TABLES.items():
        changes = [change for change in edit.changes if change.table == name and name != table]
        if changes and name in _OF_SCENARIOS:
            what, owner = _OF_SCENARIOS[name]
            owners, scenarios = ({change.key[i] for change in changes} for i in (1, 0))
            among = f" in {len(scenarios)} scenarios" if len(scenarios) > 1 else ""
            words.append(f"{what} of {counted(len(owners), owner)} change{among}")
            continue
        gone = sum(change.record is None for change in changes)
        for number, many, one in (
            (gone, "are deleted", "is deleted"),
            (len(changes) - gone, "change", "changes"),
        ):
            if number:
                words.append(f"{counted(number, spec.singular)} {one if number == 1 else many}")
    return words


def _title(sheet: Sheet, cells: Mapping[RowId, Mapping[str, Any]], added: Sequence[Mapping[str, Any]]) -> str:
    if not cells:
        one = len(added) == 1
        what = (
            f"{sheet.singular} {added[0][sheet.id_field]}" if one else f"{len(added)} {sheet.title.lower()}"
        )
        return f"Add {what}"
    written = [(row, field) for row, values in cells.items() for field in values]
    if len(written) == 1 and not added:
        row, field = written[0]
        name = field.partition(":")[2] or field.replace("_", " ")
        return f"Change {name} of {sheet.singular} {row.key}"
    return f"Change {len(written):,} cells of {sheet.title.lower()}"


class _Draft:
    """The tables that an edit touches, as they shall be."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self._records: dict[str, list[Any]] = {}

    def records(self, table: str) -> list[Any]:
        if table in self._records:
            return self._records[table]
        return list(self.dataset.table(table).values())

    def put(self, table: str, records: list[Any]) -> None:
        self._records[table] = records

    def rename(self, target: str, names: Names) -> None:
        """Give records another id, or none, in every place that names them."""
        if not names:
            return
        for table in naming(target):
            spec, kept, gone = TABLES[table], [], []
            before = self.records(table)
            for record in before:
                after = remapped(table, record, target, names)
                if after is None:
                    gone.append(spec.key_of(record))
                else:
                    kept.append(after)
            if gone or any(a is not b for a, b in zip(before, kept, strict=True)):
                self.put(table, kept)
            if gone:
                self.rename(table, {str(key): None for key in gone})

    def changes(self) -> tuple[RowChange, ...]:
        """The rows that differ from the dataset, with what the schedules must give up or follow."""
        if "sections" in self._records:
            self._follow_sections()
        if self._records.keys() & {"requests", "sections", "placements"}:
            self._give_up_seats()
        changes: list[RowChange] = []
        for name in TABLES:
            if name in self._records:
                after: Table[Any] = Table(TABLES[name], self._records[name])
                changes += table_changes(name, self.dataset.table(name), after)
        return tuple(changes)

    def _follow_sections(self) -> None:
        """Give placements the teachers and rooms of their sections now, where they had those before."""
        before = self.dataset.school.sections
        changed = {
            s.id: (before[s.id], s)
            for s in self.records("sections")
            if s.id in before and (before[s.id].teachers, before[s.id].room) != (s.teachers, s.room)
        }
        if not changed:
            return
        after = []
        for placement in self.records("placements"):
            if placement.section in changed:
                old, new = changed[placement.section]
                placement = replace(
                    placement,
                    teachers=new.teachers if placement.teachers == old.teachers else placement.teachers,
                    room=new.room if placement.room == old.room else placement.room,
                )
            after.append(placement)
        self.put("placements", after)

    def _give_up_seats(self) -> None:
        requests = {r.student: r for r in self.records("requests")}
        sections = {s.id: s for s in self.records("sections")}
        asking = {k for k, r in self.dataset.school.requests.items() if requests.get(str(k)) is not r}
        moved = {
            k
            for k, s in self.dataset.school.sections.items()
            if k not in sections or sections[str(k)].course != s.course
        }
        standing = {(p.scenario, p.section) for p in self.records("placements") if p.periods}
        fallen = {k for k, p in self.dataset.placements.items() if p.periods and k not in standing}
        if not (asking or moved or fallen):
            return
        after = []
        for seating in self.records("seatings"):
            kept = [
                seat
                for seat in seating.seats
                if (seating.scenario, seat.section) not in fallen
                and (
                    not (seating.student in asking or seat.section in moved)
                    or fits(seat, requests.get(seating.student), sections)
                )
            ]
            after.append(without_seats(seating, kept))
        self.put("seatings", after)


def _write_records(
    draft: _Draft, sheet: Sheet, cells: Mapping[RowId, Mapping[str, Any]], added: Sequence[Mapping[str, Any]]
) -> Names:
    table = draft.dataset.table(sheet.table)
    for row in cells:
        if row.key not in table:
            raise EditError(f"There is no {sheet.singular} {row.key!r}.")
    by_key = {row.key: values for row, values in cells.items()}
    records, names = [], {}
    for key, record in table.items():
        values = by_key.get(str(key))
        if values:
            record = _with_values(record, values)
            new = str(sheet.spec.key_of(record))
            if new != key:
                names[str(key)] = new
        records.append(record)
    for values in added:
        blank = {column.key: column.cell.blank for column in sheet.file.columns}
        own = {field: value for field, value in values.items() if ":" in field}
        plain = {field: value for field, value in values.items() if ":" not in field}
        if sheet.table == "periods" and plain.get("order") is None:
            plain["order"] = 1 + max((p.order for p in records if p.day == plain.get("day", "")), default=0)
        records.append(_with_values(sheet.spec.record(**(blank | plain)), own))
    _check_ids(sheet, [str(sheet.spec.key_of(record)) for record in records])
    draft.put(sheet.table, records)
    return names


def _write_parts(
    draft: _Draft, sheet: Sheet, cells: Mapping[RowId, Mapping[str, Any]], added: Sequence[Mapping[str, Any]]
) -> Names:
    """Write rows that are parts of records; a part with another id moves to that record."""
    before = draft.dataset.table(sheet.table)
    records: dict[str, Any] = {str(key): record for key, record in before.items()}
    parts: dict[str, list[Any]] = {}
    moved: list[tuple[str, Any]] = []
    gone: dict[str, set[int]] = {}
    came_from: dict[str, set[str]] = {}
    for row, values in cells.items():
        if row.key not in records or row.part >= len(getattr(records[row.key], sheet.parts)):
            raise EditError(f"There is no such {sheet.singular} of {row.key!r}.")
        own = parts.setdefault(row.key, list(getattr(before[row.key], sheet.parts)))
        own[row.part] = _with_part_values(sheet, own[row.part], values)
        common = {field: value for field, value in values.items() if _is_common(sheet, field)}
        records[row.key] = _with_values(records[row.key], common)
        new = values.get(sheet.id_field, row.key)
        if new != row.key:
            moved.append((new, own[row.part]))
            gone.setdefault(row.key, set()).add(row.part)
            came_from.setdefault(row.key, set()).add(new)
    blank = _blank_part(sheet)
    moved += [(values[sheet.id_field], _with_part_values(sheet, blank, values)) for values in added]
    for key, lost in gone.items():
        parts[key] = [part for i, part in enumerate(parts[key]) if i not in lost]
    for key, part in moved:
        if key not in records:
            records[key] = sheet.spec.record(key, ())
        parts.setdefault(key, list(getattr(records[key], sheet.parts))).append(part)
    _check_ids(sheet, list(records))
    after = []
    for key, record in records.items():
        if key in parts and not parts[key]:
            continue
        after.append(replace(record, **{sheet.parts: tuple(parts[key])}) if key in parts else record)
    draft.put(sheet.table, after)
    # All of a record under one new id is that record with another name.
    return {
        key: next(iter(new))
        for key, new in came_from.items()
        if len(new) == 1 and not parts[key] and not new & before.keys()
    }


def _is_common(sheet: Sheet, field: str) -> bool:
    """Whether a field says something of the whole record, of which the row shows a part."""
    return field.startswith(LIST) or (sheet.table == "patterns" and field.startswith(OWN))


def _blank_part(sheet: Sheet) -> Any:
    return e.CourseRequest("") if sheet.table == "requests" else ()


def _with_part_values(sheet: Sheet, part: Any, values: Mapping[str, Any]) -> Any:
    if sheet.table == "patterns":
        return values.get("choices", part)
    skipped = {sheet.id_field}
    return _with_values(
        part, {k: v for k, v in values.items() if k not in skipped and not _is_common(sheet, k)}
    )


def _with_values(record: Any, values: Mapping[str, Any]) -> Any:
    if not values:
        return record
    extra = {
        field.partition(":")[2]: value for field, value in values.items() if field.startswith((OWN, LIST))
    }
    plain = {field: value for field, value in values.items() if not field.startswith((OWN, LIST))}
    unknown = plain.keys() - {f.name for f in fields(record)}
    if unknown:
        raise EditError(f"There is no field {', '.join(sorted(unknown))}.")
    if extra:
        plain["extra"] = {**record.extra, **extra}
    return replace(record, **plain)


def _check_ids(sheet: Sheet, ids: list[str]) -> None:
    seen: set[str] = set()
    for id_ in ids:
        if not id_:
            raise EditError(f"A {sheet.spec.singular} needs an id.")
        if id_ in seen:
            raise EditError(f"There is already {an(sheet.spec.singular)} {id_!r}.")
        seen.add(id_)
