"""Records and edits as JSON values, for the journal, the school file and messages between processes."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeAlias, get_args, get_origin

import cattrs
from cattrs.errors import ForbiddenExtraKeysError
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Edit, RowChange
from echelon_desktop.model.tables import TABLES

Hook: TypeAlias = Callable[[Any, Any], Any]

_converter = cattrs.Converter(forbid_extra_keys=True, detailed_validation=False)


@lru_cache(maxsize=1 << 14)
def _seat(course: str, section: str) -> e.Seat:
    return e.Seat(course, section)


# A school has a hundred thousand seats, thirty of them alike: one object for those, and no general code.
_converter.register_structure_hook(e.Seat, lambda value, _: _seat(**value))
_converter.register_unstructure_hook(e.Seat, lambda seat: {"course": seat.course, "section": seat.section})


def _is_tuple(hint: Any) -> bool:
    return get_origin(hint) is tuple


# Tuples too take a multiple of the time in general code. Those of the records are all ``tuple[X, ...]``.
@_converter.register_structure_hook_factory(_is_tuple)
def _tuple_from_json(hint: Any) -> Hook:
    (item, _) = get_args(hint)
    if item is str:
        return lambda value, _: tuple(map(str, value))
    hook = _converter.get_structure_hook(item)
    return lambda value, _: tuple([hook(part, item) for part in value])


@_converter.register_unstructure_hook_factory(_is_tuple)
def _tuple_to_json(hint: Any) -> Callable[[Any], Any]:
    (item, _) = get_args(hint)
    if item is str:
        return list
    hook = _converter.get_unstructure_hook(item)
    return lambda value: [hook(part) for part in value]


for _record in (e.CourseRequest, *(spec.record for spec in TABLES.values())):
    _converter.register_unstructure_hook(
        _record, make_dict_unstructure_fn(_record, _converter, _cattrs_omit_if_default=True)
    )
    _converter.register_structure_hook(
        _record, make_dict_structure_fn(_record, _converter, _cattrs_forbid_extra_keys=True)
    )


def record_to_json(record: Any) -> dict[str, Any]:
    """A record as a JSON object; fields at their default are left out."""
    return dict(_converter.unstructure(record))


def record_from_json(table: str, value: Any) -> e.Record:
    """
    The record of a table from what :func:`record_to_json` gave.

    Raises
    ------
    KeyError, TypeError, ValueError
        If the value does not describe such a record.
    """
    try:
        record: e.Record = _converter.structure(value, TABLES[table].record)
    except ForbiddenExtraKeysError as exc:
        raise _unknown_field(exc) from exc
    return record


def edit_to_json(edit: Edit) -> dict[str, Any]:
    """An edit as a JSON object: its title and its rows in order."""
    rows = []
    for c in edit.changes:
        row: dict[str, Any] = {"table": c.table, "key": c.key}
        if c.record is not None:
            row["record"] = record_to_json(c.record)
        if c.index is not None:
            row["index"] = c.index
        rows.append(row)
    return {"title": edit.title, "changes": rows}


def edit_from_json(value: Any) -> Edit:
    """The edit that :func:`edit_to_json` gave; raises as :func:`record_from_json` does."""
    changes = []
    for row in value["changes"]:
        key = row["key"] if isinstance(row["key"], str) else tuple(row["key"])
        record = record_from_json(row["table"], row["record"]) if "record" in row else None
        changes.append(RowChange(row["table"], key, record, row.get("index")))
    return Edit(value["title"], tuple(changes))


def value_codec(hint: Any) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """
    For values of one type (a field of a record): the function to a JSON value, and the one back.

    The latter raises as :func:`record_from_json` does.
    """
    to_json = _converter.get_unstructure_hook(hint)
    from_json = _converter.get_structure_hook(hint)

    def back(value: Any) -> Any:
        try:
            return from_json(value, hint)
        except ForbiddenExtraKeysError as exc:
            raise _unknown_field(exc) from exc

    return to_json, back


def _unknown_field(exc: ForbiddenExtraKeysError) -> ValueError:
    """That error is no ValueError by itself, as those of all other wrong values are."""
    return ValueError(f"unknown field {', '.join(sorted(exc.extra_fields))}")
