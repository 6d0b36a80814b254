"""
Course requests, which come in a wide form (a list per student), in a long form (a row each), or in both.

The wide file holds, of each student, the requests up to the first that says more than a course; the long file
holds the rest. So both together keep the order of the student's list.
"""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, replace

from echelon_desktop.model.cells import SEPARATOR
from echelon_desktop.model.codes import Code
from echelon_desktop.model.csv_io.log import FindingLog
from echelon_desktop.model.csv_io.reading import RawTable
from echelon_desktop.model.csv_io.rows import Row, RowReader
from echelon_desktop.model.entities import CourseRequest, RequestList

Place = tuple[str, int]


@dataclass(slots=True)
class _Draft:
    place: Place
    extra: dict[str, str]
    requests: dict[str, CourseRequest] = dataclasses.field(default_factory=dict)
    places: dict[str, Place] = dataclasses.field(default_factory=dict)  # by course


def read_requests(
    wide: RawTable | None, long: RawTable | None, reader: RowReader
) -> Iterator[tuple[RequestList, Place, dict[str, Place]]]:
    """
    Read the request lists, in the order of the wide file and then of the long one.

    Yields
    ------
    tuple
        The list, where it begins, and where each of its courses stands.
    """
    drafts: dict[str, _Draft] = {}
    if wide is not None:
        for row in reader.rows(wide):
            _add_wide(drafts, wide, row, reader.log)
    if long is not None:
        blank = {title: "" for _, title in wide.extra} if wide else {}
        for row in reader.rows(long):
            draft = drafts.get(row.id)
            if draft is None:
                # As it will be when the list is written to the wide file and read again.
                draft = drafts[row.id] = _Draft((long.source.name, row.line), dict(blank))
            _add_long(draft, long, row, reader.log)
    for student, draft in drafts.items():
        requests = RequestList(student, tuple(draft.requests.values()), draft.extra)
        if long is not None and long.extra:
            requests = _with_columns_of(long, requests)
        yield requests, draft.place, draft.places


def split_requests(requests: RequestList) -> tuple[tuple[str, ...], tuple[CourseRequest, ...]]:
    """Courses for the wide file, and the requests for the long one."""
    plain = 0
    for request in requests.requests:
        if request.rank != 1 or request.alternates or request.extra or SEPARATOR in request.course:
            break
        plain += 1
    return tuple(r.course for r in requests.requests[:plain]), requests.requests[plain:]


def _with_columns_of(long: RawTable, requests: RequestList) -> RequestList:
    """Give what will be written to the long file its unknown columns, as reading it again will."""
    plain, rest = split_requests(requests)
    if all(request.extra for request in rest):
        return requests
    blank = {title: "" for _, title in long.extra}
    filled = tuple(request if request.extra else replace(request, extra=blank) for request in rest)
    return replace(requests, requests=(*requests.requests[: len(plain)], *filled))


def _add_wide(drafts: dict[str, _Draft], table: RawTable, row: Row, log: FindingLog) -> None:
    draft = drafts.get(row.id)
    if draft is None:
        draft = drafts[row.id] = _Draft((table.source.name, row.line), row.extra)
    else:
        tell_merged(table, row, draft.place[1], draft.extra, log)
    for course in row.values["requests"]:
        if course in draft.requests:
            _tell_twice(table, row, "requests", course, log)
        else:
            draft.requests[course] = CourseRequest(course)
            draft.places[course] = table.source.name, row.line


def _add_long(draft: _Draft, table: RawTable, row: Row, log: FindingLog) -> None:
    course = row.values["course"]
    if not course:
        return
    rank, alternates = row.values["rank"], row.values["alternates"]
    request = CourseRequest(course, rank, alternates, row.extra)
    before = draft.requests.get(course)
    if before is not None:
        _tell_twice(table, row, "course", course, log)
        if before.rank != 1 or before.alternates or before.extra:
            return
    draft.requests[course] = request
    draft.places[course] = table.source.name, row.line


def tell_merged(table: RawTable, row: Row, first: int, extra: dict[str, str], log: FindingLog) -> None:
    """Tell that a further row about the same id was added to the first, and what of it could not be."""
    column = table.source.titles[table.spec.id_column.key]
    log.add(
        Code.ROWS_MERGED,
        f"{row.id!r} has more than one row; what they list was put together.",
        f"Nothing need be done if row {first} is about the same one.",
        file=table.source.name,
        row=row.line,
        column=column,
        value=row.id,
        table=table.spec.table,
        key=row.id,
    )
    for title, text in row.extra.items():
        if text and text != extra.get(title):
            log.add(
                Code.ROW_EXTRA_LOST,
                f"{text!r} could not be kept: row {first} says otherwise for {row.id!r}.",
                "Put all of it in one row.",
                file=table.source.name,
                row=row.line,
                column=title,
                value=text,
                table=table.spec.table,
                key=row.id,
            )


def _tell_twice(table: RawTable, row: Row, field: str, course: str, log: FindingLog) -> None:
    log.add(
        Code.REQUEST_TWICE,
        f"{row.id!r} requests {course!r} more than once; it counts once.",
        "Remove the repetition, or enter the course that was meant.",
        file=table.source.name,
        row=row.line,
        column=table.source.titles[field],
        value=course,
        table=table.spec.table,
        key=row.id,
    )
