"""Find and replace: where a text is found, and that another takes its place everywhere or nowhere."""

import pytest
from small_school import small

from echelon_desktop.model.dataset import Dataset
from echelon_desktop.model.find_replace import Sought, Written, replace_title, write_texts
from echelon_desktop.model.pasting import Pasted
from echelon_desktop.model.sheets import sheet_of


@pytest.mark.parametrize(
    ("field", "sought", "whole", "cell", "after"),
    [
        ("teachers", "T1", True, "T1", "T9"),
        ("teachers", "t1", True, "T1;T10;T1", "T9;T10;T9"),
        ("teachers", "T1", True, "T10;T2", None),
        ("teachers", "T1", False, "T10;T2", "T90;T2"),
        ("teachers", " ", False, "T10;T2", None),
        ("department", "Arts", True, "Fine Arts", None),
        ("department", "fine", False, "Fine Arts", "T9 Arts"),
        ("department", "a.b", False, "acb", None),
    ],
)
def test_a_text_is_found_as_a_part_or_as_all_of_an_entry(
    field: str, sought: str, whole: bool, cell: str, after: str | None
) -> None:
    column = sheet_of("sections").file.column(field)
    look = Sought(sought, whole)
    assert look.is_in(cell, column) == (after is not None)
    if after is not None:
        assert look.replaced(cell, column, "T9") == after


def test_what_is_put_in_its_place_is_taken_as_it_stands() -> None:
    column = sheet_of("rooms").file.column("type")
    assert Sought("Lab", False).replaced("Lab 1", column, r"\1 \g<0>") == r"\1 \g<0> 1"


def replace(dataset: Dataset, table: str, field: str, sought: str, by: str) -> Pasted:
    sheet, look = sheet_of(table), Sought(sought)
    column, columns = sheet.file.column(field), sheet.file.columns
    cells = []
    for record in dataset.table(table).values():
        for row, values in zip(sheet.rows(record), sheet.reader(columns)(record), strict=True):
            text = column.cell.format(values[columns.index(column)])
            if look.is_in(text, column):
                cells.append(Written(len(cells) + 1, row, column, look.replaced(text, column, by)))
    return write_texts(dataset, sheet, cells, replace_title(sought, by, len(cells)))


def test_a_teacher_is_replaced_everywhere_in_one_edit_that_can_be_taken_back() -> None:
    dataset, before = small(), small()
    done = replace(dataset, "sections", "teachers", "T1", "T2")
    assert done.edit is not None
    assert (done.cells, done.edit.title) == (2, "Replace T1 by T2 in 2 cells")
    inverse, _ = dataset.apply(done.edit)
    assert [s.teachers for s in dataset.school.sections.values()] == [("T2",), ("T2",), ("T2",)]
    dataset.apply(inverse)
    assert dataset.school.sections == before.school.sections


def test_a_request_gives_way_to_another_in_lists_of_requests_and_of_alternates() -> None:
    dataset = small()
    done = replace(dataset, "requests", "course", "ENG", "ART")
    assert done.edit is not None
    dataset.apply(done.edit)
    assert [r.course for r in dataset.school.requests["P3"].requests] == ["ART"]
    done = replace(dataset, "requests", "alternates", "ART", "")
    assert done.edit is not None
    dataset.apply(done.edit)
    assert dataset.school.requests["P1"].requests[1].alternates == ()


def test_where_one_cell_refuses_nothing_is_replaced() -> None:
    done = replace(small(), "sections", "teachers", "T2", "T9")
    assert done.edit is None
    assert [(r.line, r.column, r.text) for r in done.refusals] == [
        (1, "Teacher Assigned", "T1;T9"),
        (2, "Teacher Assigned", "T9"),
    ]
    assert "no teacher 'T9'" in done.refusals[0].why


def test_an_id_that_two_would_have_is_refused() -> None:
    dataset = small()
    sheet = sheet_of("rooms")
    (record,) = dataset.table("rooms").values()
    cells = [Written(1, row, sheet.file.columns[0], "13") for row in sheet.rows(record)]
    assert write_texts(dataset, sheet, cells, "Replace").edit is not None
    sections = sheet_of("sections")
    rows = [sections.rows(r)[0] for r in dataset.table("sections").values()]
    cells = [Written(at, row, sections.file.columns[0], "S9") for at, row in enumerate(rows, 1)]
    done = write_texts(dataset, sections, cells, "Replace")
    assert done.edit is None
    assert "already a section 'S9'" in done.refusals[0].why
