"""
Where records name others, so that a new id reaches every place that had the old one.

What happens to a mention of a record that is deleted depends on what the mention says:

- a record that makes no sense without it goes too (a section without its course);
- a list of what is there loses it (the teachers of a section);
- a list that restricts, where empty means "anything", loses it unless it would become empty: a restriction
  must not be lifted by accident, and the checks tell of the name that is left.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias, cast

from echelon_desktop.model import entities as e
from echelon_desktop.model.fitting import without_seats

Names: TypeAlias = Mapping[str, str | None]
"""Id → its new name, None when it is deleted; ids that are not in it stay."""

LEAST_LINKED = 2  # sections; a link of fewer says nothing

_Remap: TypeAlias = Callable[[Any, Names], Any]  # record → record, None when it goes too


def naming(target: str) -> tuple[str, ...]:
    """Tables with records that can name a record of the table ``target``."""
    return tuple(_REMAPS.get(target, {}))


def remapped(table: str, record: e.Record, target: str, names: Names) -> e.Record | None:
    """
    The record with every mention of ids of the table ``target`` replaced.

    Returns
    -------
    Record or None
        The very record where it mentions none of them; None when it goes with what it mentions.
    """
    result: e.Record | None = record
    for remap in _REMAPS.get(target, {}).get(table, ()):
        if result is not None:
            result = remap(result, names)
    return result


def _with(record: Any, field: str, before: Any, after: Any) -> Any:
    return record if after == before else replace(record, **{field: after})


def _needed(field: str) -> _Remap:
    def remap(record: Any, names: Names) -> Any:
        before = getattr(record, field)
        after = names.get(before, before)
        return None if after is None else _with(record, field, before, after)

    return remap


def _one(field: str, keep: bool = False) -> _Remap:
    """A field that names one record or none; ``keep`` leaves the name of a deleted one."""

    def remap(record: Any, names: Names) -> Any:
        before = getattr(record, field)
        after = names.get(before, before)
        return _with(record, field, before, (before if keep else "") if after is None else after)

    return remap


def _some(field: str) -> _Remap:
    def remap(record: Any, names: Names) -> Any:
        before = getattr(record, field)
        return _with(record, field, before, _renamed(before, names))

    return remap


def _limit(field: str) -> _Remap:
    def remap(record: Any, names: Names) -> Any:
        before = getattr(record, field)
        return _with(record, field, before, _renamed(before, names) or before)

    return remap


def _slots(field: str, of_terms: bool, limits: bool = False) -> _Remap:
    """A field of slot texts."""

    def remap(record: Any, names: Names) -> Any:
        before = getattr(record, field)
        after = tuple(dict.fromkeys(t for text in before if (t := _slot(text, of_terms, names)) is not None))
        return _with(record, field, before, after or (before if limits else ()))

    return remap


def _slot(text: str, of_terms: bool, names: Names) -> str | None:
    if not of_terms and text in names:
        return names[text]
    term, colon, period = text.partition(":")
    named = term if of_terms else period
    if not colon or named not in names:
        return text
    after = names[named]
    if after is None:
        return None
    return f"{after}:{period}" if of_terms else f"{term}:{after}"


def _renamed(items: tuple[str, ...], names: Names) -> tuple[str, ...]:
    return tuple(dict.fromkeys(n for item in items if (n := names.get(item, item)) is not None))


def _sets(field: str, whole: bool) -> _Remap:
    """A field of choices, each a set of names; without one of them a ``whole`` choice goes."""

    def remap(record: Any, names: Names) -> Any:
        before = getattr(record, field)
        kept = [
            _renamed(choice, names)
            for choice in before
            if not (whole and any(names.get(item, item) is None for item in choice))
        ]
        after = tuple(dict.fromkeys(choice for choice in kept if choice))
        return _with(record, field, before, after or before)

    return remap


def _link(record: e.Link, names: Names) -> e.Link | None:
    after = _renamed(record.sections, names)
    if len(after) < LEAST_LINKED and after != record.sections:
        return None
    return cast(e.Link, _with(record, "sections", record.sections, after))


def _requests(record: e.RequestList, names: Names) -> e.RequestList:
    after = []
    for request in record.requests:
        course = names.get(request.course, request.course)
        if course is not None:
            alternates = _renamed(request.alternates, names)
            same = (course, alternates) == (request.course, request.alternates)
            after.append(request if same else replace(request, course=course, alternates=alternates))
    return cast(e.RequestList, _with(record, "requests", record.requests, tuple(after)))


def _seats(field: str) -> _Remap:
    def named(seat: e.Seat, names: Names) -> Any:
        before = getattr(seat, field)
        return names.get(before, before)

    def remap(record: e.Seating, names: Names) -> Any:
        kept = without_seats(record, [seat for seat in record.seats if named(seat, names) is not None])
        after = tuple(replace(seat, **{field: named(seat, names)}) for seat in kept.seats)
        return _with(kept, "seats", kept.seats, after)

    return remap


def _place(field: str) -> _Remap:
    """The periods or terms of a placement: it stands nowhere when one of them is no more."""

    def remap(record: e.Placement, names: Names) -> Any:
        before = getattr(record, field)
        if any(names.get(item, item) is None for item in before):
            return replace(record, periods=(), terms=(), locked=False)
        return _with(record, field, before, _renamed(before, names))

    return remap


_SLOT_FIELDS = (
    ("courses", "allowed_periods", True),
    ("sections", "allowed_periods", True),
    ("unavailability", "slots", False),
    ("students", "unavailable", False),
    ("rules", "periods", True),
    ("placements", "forbidden", False),
)

# Target → table → what happens to its records.
_REMAPS: dict[str, dict[str, tuple[_Remap, ...]]] = {
    "periods": {"patterns": (_sets("choices", whole=True),), "placements": (_place("periods"),)},
    "terms": {
        "courses": (_sets("term_choices", whole=False),),
        "sections": (_sets("term_choices", whole=False),),
        "placements": (_place("terms"),),
    },
    "patterns": {"courses": (_one("pattern", keep=True),), "sections": (_one("pattern", keep=True),)},
    "rooms": {"sections": (_one("room"),), "placements": (_one("room"),)},
    "groups": {"sections": (_limit("groups"),), "students": (_some("groups"),)},
    "courses": {
        "teachers": (_one("dedicated_course"), _limit("courses")),
        "sections": (_needed("course"),),
        "requests": (_requests,),
        "rules": (_limit("courses"),),
        "seatings": (_seats("course"),),
    },
    "teachers": {
        "sections": (_some("teachers"),),
        "unavailability": (_needed("teacher"),),
        "rules": (_limit("teachers"),),
        "placements": (_some("teachers"),),
    },
    "sections": {
        "links": (_link,),
        "rules": (_limit("sections"),),
        "placements": (_needed("section"),),
        "seatings": (_seats("section"), _some("pinned")),
    },
    "students": {"requests": (_needed("student"),), "seatings": (_needed("student"),)},
}
for _table, _field, _limits in _SLOT_FIELDS:
    for _target in ("periods", "terms"):
        _old = _REMAPS[_target].get(_table, ())
        _REMAPS[_target][_table] = (*_old, _slots(_field, _target == "terms", _limits))
