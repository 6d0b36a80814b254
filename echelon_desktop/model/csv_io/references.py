"""References that a spreadsheet seems to have broken by dropping leading zeros."""

from collections.abc import Iterator, Mapping

from echelon_desktop.model import entities as e
from echelon_desktop.model.codes import Code
from echelon_desktop.model.csv_io.log import FindingLog
from echelon_desktop.model.dataset import School
from echelon_desktop.model.tables import SCHOOL_TABLES, TABLES

Places = Mapping[tuple[str, e.Key], tuple[str, int]]


def tell_lost_zeros(
    school: School, places: Places, titles: Mapping[str, Mapping[str, str]], log: FindingLog
) -> None:
    """
    Tell of each unknown id that would be known with other leading zeros; nothing is changed.

    Told once per file, column and id, with the number of rows.
    """
    known = {spec.name: set(getattr(school, spec.name)) for spec in SCHOOL_TABLES}
    bare = {name: _by_bare_number(ids) for name, ids in known.items()}
    for table, key, field, target, id_ in _references(school):
        if id_ in known[target] or not id_.isdecimal():
            continue
        meant = bare[target].get(id_.lstrip("0"), [])
        if len(meant) != 1:
            continue
        file, row = places.get((table, key), ("", None))
        log.add(
            Code.LOST_ZEROS,
            f"There is no {TABLES[target].singular} {id_!r}, but there is {meant[0]!r}: "
            "leading zeros were probably lost in a spreadsheet.",
            f"Replace it by {meant[0]!r}, or export the file again with ids as text.",
            file=file,
            row=row,
            column=titles.get(file, {}).get(field, ""),
            value=id_,
            table=table,
            key=str(key),
            once_per=(file, field, id_),
        )


def _by_bare_number(ids: set[e.Key]) -> dict[str, list[str]]:
    bare: dict[str, list[str]] = {}
    for id_ in ids:
        if isinstance(id_, str) and id_.isdecimal():
            bare.setdefault(id_.lstrip("0"), []).append(id_)
    return bare


def _references(school: School) -> Iterator[tuple[str, e.Key, str, str, str]]:
    """(table, key, field, table referred to, id) of everything that one record says of another."""
    for spec in SCHOOL_TABLES:
        for key, record in getattr(school, spec.name).items():
            for field, target in spec.references:
                value = getattr(record, field)
                for id_ in (value,) if isinstance(value, str) else value:
                    if id_:
                        yield spec.name, key, field, target, id_
    for student, requests in school.requests.items():
        for request in requests.requests:
            yield "requests", student, "requests", "courses", request.course
            for alternate in request.alternates:
                yield "requests", student, "alternates", "courses", alternate
