"""References that a spreadsheet seems to have broken by dropping leading zeros."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from echelon_desktop.model import entities as e
from echelon_desktop.model.codes import Code
from echelon_desktop.model.csv_io.log import FindingLog
from echelon_desktop.model.dataset import School
from echelon_desktop.model.tables import SCHOOL_TABLES, TABLES

Places = Mapping[tuple[str, str], tuple[str, int]]


class _Reference(NamedTuple):
    table: str
    key: str
    fields: tuple[str, ...]  # the first that is a column of the file is meant
    target: str
    id: str
    course: str = ""  # of the request it belongs to


def tell_lost_zeros(
    school: School,
    places: Places,
    request_places: Mapping[str, Mapping[str, tuple[str, int]]],
    titles: Mapping[str, Mapping[str, str]],
    log: FindingLog,
) -> None:
    """
    Tell of each unknown id that would be known with other leading zeros; nothing is changed.

    Told once per file, column and id, with the number of rows.

    Parameters
    ----------
    school
        What was read.
    places, request_places
        (table, key), and student → course, → file and line.
    titles
        File → field → title as found.
    log
        Where the findings go.
    """
    bare = {spec.name: _by_bare_number(getattr(school, spec.name)) for spec in SCHOOL_TABLES}
    for reference in _unknown_references(school):
        id_, target = reference.id, reference.target
        meant = bare[target].get(id_.lstrip("0"), []) if id_.isdecimal() else []
        if len(meant) != 1:
            continue
        place = request_places.get(reference.key, {}).get(reference.course) if reference.course else None
        file, row = place or places.get((reference.table, reference.key)) or ("", None)
        own_titles = titles.get(file, {})
        field = next((name for name in reference.fields if name in own_titles), "")
        log.add(
            Code.LOST_ZEROS,
            f"There is no {TABLES[target].singular} {id_!r}, but there is {meant[0]!r}: "
            "leading zeros were probably lost in a spreadsheet.",
            f"Replace it by {meant[0]!r}, or export the file again with ids as text.",
            file=file,
            row=row,
            column=own_titles.get(field, ""),
            value=id_,
            table=reference.table,
            key=reference.key,
            once_per=(file, field, id_),
        )


def _by_bare_number(ids: Mapping[e.Key, object]) -> dict[str, list[str]]:
    bare: dict[str, list[str]] = {}
    for id_ in ids:
        if isinstance(id_, str) and id_.isdecimal():
            bare.setdefault(id_.lstrip("0"), []).append(id_)
    return bare


def _unknown_references(school: School) -> Iterator[_Reference]:
    """What a record says of another that does not exist."""
    for spec in SCHOOL_TABLES:
        for field, target in spec.references:
            known: Mapping[e.Key, object] = getattr(school, target)
            for key, record in getattr(school, spec.name).items():
                value = getattr(record, field)
                for id_ in (value,) if isinstance(value, str) else value:
                    if id_ and id_ not in known:
                        yield _Reference(spec.name, key, (field,), target, id_)
    for each in school.requests.values():
        for request in each.requests:
            course = request.course
            if course not in school.courses:
                yield _Reference("requests", each.student, ("course", "requests"), "courses", course, course)
            for id_ in request.alternates:
                if id_ not in school.courses:
                    yield _Reference("requests", each.student, ("alternates",), "courses", id_, course)
