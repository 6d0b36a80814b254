"""Blocks from spreadsheets: whole or not at all, and what was refused is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_school import small

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Dataset
from echelon_desktop.model.entry import EntryReader
from echelon_desktop.model.pasting import (
    Pasted,
    format_block,
    parse_block,
    spread,
    without_titles,
    write_block,
)
from echelon_desktop.model.sheets import RowId, sheet_of

cell = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)


@given(st.lists(st.lists(cell, min_size=2, max_size=2), min_size=1, max_size=4))
def test_a_block_survives_the_clipboard(block: list[list[str]]) -> None:
    assert parse_block(format_block(block)) == block


def test_what_excel_puts_on_the_clipboard_is_read() -> None:
    assert parse_block('a\t"b ""c""\nd"\r\n1\t\r\n') == [["a", 'b "c"\nd'], ["1", ""]]


@pytest.mark.parametrize(
    ("height", "width", "lines", "cells"), [(1, 1, 1, 2), (4, 2, 4, 2), (3, 3, 3, 2), (2, 6, 2, 6)]
)
def test_a_block_fills_a_selection_that_is_a_multiple(
    height: int, width: int, lines: int, cells: int
) -> None:
    filled = spread([["a", "b"]], height, width)
    assert len(filled) == lines
    assert all(row == ["a", "b"] * (cells // 2) for row in filled)


def columns(dataset: Dataset, table: str, first: str) -> list:
    found = list(sheet_of(table).columns(dataset))
    return found[next(i for i, column in enumerate(found) if column.key == first) :]


def paste(dataset: Dataset, table: str, first: str, rows: list[RowId], text: str) -> Pasted:
    return write_block(
        dataset, sheet_of(table), columns(dataset, table, first), rows, parse_block(text), "Paste"
    )


def test_a_first_line_of_titles_is_not_data() -> None:
    titles = columns(small(), "students", "id")
    assert without_titles([["Student ID", "SPED"], ["P9", "No"]], titles) == [["P9", "No"]]
    assert without_titles([["P8", "No"], ["P9", "No"]], titles) == [["P8", "No"], ["P9", "No"]]


def test_cells_are_written_in_one_edit_and_lines_beyond_the_last_row_are_new_rows() -> None:
    dataset = small()
    pasted = paste(dataset, "students", "id", [RowId("P3")], "P3\tYes\tAna\nP4\tNo\tBob\n")
    assert pasted.refusals == ()
    assert pasted.edit is not None
    assert pasted.edit.title == "Paste 6 cells into students"
    assert (pasted.cells, pasted.added) == (6, 1)
    dataset.apply(pasted.edit)
    assert dataset.school.students["P3"] == e.Student("P3", True, "Ana")
    assert dataset.school.students["P4"] == e.Student("P4", False, "Bob")


def test_one_bad_cell_and_nothing_is_written() -> None:
    pasted = paste(small(), "sections", "course", [RowId("S1"), RowId("S2")], "ENG\tT9\t5\nNONE\tT1\tmany")
    assert pasted.edit is None
    assert [(r.line, r.column, r.text) for r in pasted.refusals] == [
        (1, "Teacher Assigned", "T9"),
        (2, "Course ID", "NONE"),
        (2, "# of Seats Available", "many"),
    ]
    assert "no teacher 'T9'" in pasted.refusals[0].why


def test_cells_beyond_the_last_column_are_refused() -> None:
    pasted = paste(small(), "rooms", "type", [RowId("12")], "Lab\t7")
    assert [(r.line, r.text) for r in pasted.refusals] == [(1, "7")]


def test_a_new_row_needs_what_it_cannot_be_without() -> None:
    pasted = paste(small(), "sections", "teachers", [], "T1\t20")
    assert [r.column for r in pasted.refusals] == ["Course ID"]
    dataset = small()
    pasted = paste(dataset, "sections", "course", [], "ENG\tT1\t20")
    assert pasted.edit is not None
    dataset.apply(pasted.edit)
    assert dataset.school.sections["S4"] == e.Section("S4", "ENG", ("T1",), 20)


def test_ids_may_be_handed_on_within_a_block_but_not_given_twice() -> None:
    dataset = small()
    pasted = paste(dataset, "teachers", "id", [RowId("T1"), RowId("T2")], "T2\nT3")
    assert pasted.edit is not None
    dataset.apply(pasted.edit)
    assert dataset.school.sections["S2"].teachers == ("T2", "T3")
    pasted = paste(small(), "teachers", "id", [RowId("T1")], "T7\nT7")
    assert [r.line for r in pasted.refusals] == [2]


@pytest.mark.parametrize(
    ("table", "field", "text", "value"),
    [
        ("sections", "seats", "30.0", 30),
        ("sections", "teachers", "T1, T2", ("T1", "T2")),
        ("sections", "allowed_periods", "1;Fall:R2", ("R1", "Fall:R2")),
        ("sections", "pattern", "2", "2"),
        ("sections", "pattern", "block", "block"),
        ("courses", "term_choices", "Fall|Spring", (("Fall",), ("Spring",))),
        ("students", "sped", "y", True),
        ("courses", "lab", "", None),
        ("links", "kind", "stacked", e.LinkKind.STACKED),
        ("sections", "id", " S1 ", "S1"),
    ],
)
def test_texts_are_read_as_in_files(table: str, field: str, text: str, value: object) -> None:
    dataset = small()
    sheet = sheet_of(table)
    entry = EntryReader(dataset, sheet).read(sheet.file.column(field), text, RowId("S1"))
    assert (entry.value, entry.refusal) == (value, "")


@pytest.mark.parametrize(
    ("table", "field", "text", "why"),
    [
        ("sections", "course", "", "cannot be blank"),
        ("sections", "course", "Falconry", "no course 'Falconry'"),
        ("sections", "teachers", "T1;T9", "no teacher 'T9'"),
        ("sections", "allowed_periods", "R9", "no period 'R9'"),
        ("sections", "pattern", "0", "no pattern"),
        ("sections", "seats", "-1", "whole number"),
        ("sections", "seats", "99999999999", "at most nine digits"),
        ("courses", "term_choices", "Fall;S9", "no term 'S9'"),
        ("sections", "id", "S2", "already a section"),
        ("sections", "id", "a;b", "semicolon"),
        ("requests", "rank", "0", "at least 1"),
        ("periods", "order", "", "cannot be blank"),
        ("students", "sped", "maybe", "Yes or No"),
    ],
)
def test_texts_that_mean_nothing_are_refused_with_a_reason(
    table: str, field: str, text: str, why: str
) -> None:
    dataset = small()
    sheet = sheet_of(table)
    entry = EntryReader(dataset, sheet).read(sheet.file.column(field), text, RowId("S1"))
    assert why in entry.refusal


@pytest.mark.parametrize("text", ["1,000", "1 000", "1\N{NO-BREAK SPACE}000", "1'000", "1,000.00"])
def test_thousands_are_read_as_spreadsheets_write_them(text: str) -> None:
    dataset = small()
    seats = columns(dataset, "sections", "seats")[0]
    assert EntryReader(dataset, sheet_of("sections")).read(seats, text).value == 1000


@pytest.mark.parametrize("text", ["1,00", "10,0000", "1,000 000", ",100", "1,,000"])
def test_what_is_not_grouped_by_thousands_is_refused(text: str) -> None:
    dataset = small()
    seats = columns(dataset, "sections", "seats")[0]
    assert EntryReader(dataset, sheet_of("sections")).read(seats, text).refusal
