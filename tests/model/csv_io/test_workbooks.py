"""Excel workbooks in the place of CSV files: what is read and told, and that it comes back as written."""

import io
import re
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart
from small_school_files import SMALL_SCHOOL, codes, only, write_files
from test_csv_round_trip import VALID, schools, tables

from echelon_desktop.errors import InputError
from echelon_desktop.model.csv_io import Imported, read_schedule, read_school, write_schedule
from echelon_desktop.model.csv_io.schedule_writer import schedule_tables
from echelon_desktop.model.csv_io.school_writer import school_tables
from echelon_desktop.model.csv_io.workbook_writer import MOST_CHARACTERS, Table, write_workbook
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.entities import Placement, Seat, Seating
from echelon_desktop.model.sample import make_school

Sheets = Mapping[str, list[list[Any]]]

SMALL: dict[str, list[list[Any]]] = {
    Path(name).stem: [line.split(",") for line in text.splitlines()] for name, text in SMALL_SCHOOL.items()
}
STUDENTS = "Student_Info"


def moment(*parts: int) -> datetime:
    """A date with a time, as spreadsheets have it: of no zone."""
    return datetime(*parts)  # noqa: DTZ001


def save(path: Path, sheets: Sheets) -> Path:
    """Write a workbook as a person would have it; a cell may be (value, number format)."""
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for r, row in enumerate(rows, 1):
            for c, value in enumerate(row, 1):
                if isinstance(value, tuple):
                    value, sheet.cell(r, c).number_format = value
                sheet.cell(r, c).value = value
    book.save(path)
    return path


def changed(tmp_path: Path, changes: Mapping[str, list[list[Any]] | None] | None = None) -> Imported:
    """Read the small school as a workbook, with sheets added, replaced, or left out (None)."""
    sheets = {title: rows for title, rows in {**SMALL, **(changes or {})}.items() if rows is not None}
    return read_school(save(tmp_path / "School.xlsx", sheets))


def alter(path: Path, change: Callable[[str, str], str]) -> Path:
    """Change the XML of a workbook's sheets, given with their names in the file."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            if name.startswith("xl/worksheets/"):
                data = change(name, data.decode()).encode()
            archive.writestr(name, data)
    return path


# Reading -------------------------------------------------------------------------------------------


def test_a_workbook_is_a_school_as_its_folder_is(tmp_path: Path):
    imported = changed(tmp_path)
    assert imported.findings == []
    assert imported.school == read_school(write_files(tmp_path / "folder")).school


def test_sheets_and_workbooks_are_known_as_files_are(tmp_path: Path):
    folder = tmp_path / "folder"
    gone = {"Student_Info.csv": None, "Teacher_Info.csv": None, "Period.csv": None}
    write_files(folder, {**gone, "Sections_Information.csv": None})
    save(folder / "People.xlsx", {"STUDENT info": SMALL[STUDENTS], "teachers": SMALL["Teacher_Info"]})
    save(folder / "period.xlsx", {"Sheet1": SMALL["Period"]})
    save(folder / "x.XLSX", {"Sections-Information": SMALL["Sections_Information"]})
    (folder / "~$People.xlsx").write_bytes(b"of Excel, while the workbook is open")
    imported = read_school(folder)
    assert imported.school == read_school(write_files(tmp_path / "again")).school
    assert codes(imported) == ["file-name"]
    finding = only(imported, "file-name")
    assert finding.file == "People.xlsx, sheet teachers"


def test_findings_name_workbook_sheet_row_and_column(tmp_path: Path):
    rows = [["Student ID", "SPED"], [None, None], ["A", "perhaps"], ["B", "No"]]
    finding = only(changed(tmp_path, {STUDENTS: rows}), "not-yes-or-no")
    assert finding.place() == "School.xlsx, sheet Student_Info, row 3, column SPED"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (7, "7"),
        (7.0, "7"),
        (0.1 + 0.2, "0.3"),
        (618, "618"),
        ((618, "0000"), "0618"),
        ("0618", "0618"),
        (12345678901234, "12345678901234"),
        (True, "TRUE"),
        ("é 名", "é 名"),
        (date(2026, 1, 2), "2026-01-02"),
        ((moment(2026, 1, 2), "d-mmm"), "2-Jan"),
        ((moment(2002, 1, 1), "mmm-yy"), "Jan-02"),
        (moment(2026, 1, 2, 8, 30), "2026-01-02 08:30:00"),
        (time(8, 30), "08:30:00"),
        ("a_x000D_b", "a\rb"),
        ("'=1", "'=1"),
        ("-", "-"),
    ],
)
def test_a_cell_is_the_text_that_one_sees(tmp_path: Path, cell: Any, text: str):
    imported = changed(tmp_path, {STUDENTS: [["Student ID", "SPED", "Note"], ["A", "No", cell]]})
    assert imported.school.students["A"].extra == {"Note": text}
    assert ("date-read" in codes(imported)) == isinstance(
        cell[0] if isinstance(cell, tuple) else cell, (date, time)
    )


def test_an_id_that_a_spreadsheet_took_for_a_date_is_told(tmp_path: Path):
    rows = [["Student ID", "SPED"], [(moment(2026, 1, 2), "d-mmm"), "No"]]
    assert only(changed(tmp_path, {STUDENTS: rows}), "excel-date").value == "2-Jan"


def test_numbers_and_booleans_are_what_the_columns_want(tmp_path: Path):
    changes = {
        "Period": [["period_id", "period_name"], [1, "R1"], [2, "R2"], [3, "G1"], [4, "G2"]],
        STUDENTS: [["Student ID", "SPED", "Grade"], [101, True, 9.0], [102, False, 10]],
        "Teacher_Info": [["Teacher ID", "FTE"], ["T1", 0.5], ["T2", 1]],
    }
    school = changed(tmp_path, changes).school
    assert [period.number for period in school.periods.values()] == ["1", "2", "3", "4"]
    assert [(s.id, s.sped, s.grade) for s in school.students.values()] == [
        *(("101", True, "9"), ("102", False, "10"))
    ]
    assert [teacher.fte for teacher in school.teachers.values()] == [0.5, 1.0]


def test_formulas_count_by_their_results(tmp_path: Path):
    rows = [["Student ID", "SPED", "Note"], *([name, "No", "=A1"] for name in "ABCD")]
    path = save(tmp_path / "School.xlsx", {**SMALL, STUDENTS: rows})

    def compute(name: str, xml: str) -> str:
        xml = xml.replace('<c r="C2"><f>A1</f><v /></c>', '<c r="C2" t="str"><f>A1</f><v>text</v></c>')
        xml = xml.replace('<c r="C3"><f>A1</f><v /></c>', '<c r="C3" t="str"><f>A1</f><v></v></c>')
        return xml.replace('<c r="C4"><f>A1</f><v /></c>', '<c r="C4" t="e"><f>A1</f><v>#N/A</v></c>')

    imported = read_school(alter(path, compute))
    assert [s.extra["Note"] for s in imported.school.students.values()] == ["text", "", "", ""]
    missing, failed = only(imported, "formula-without-result"), only(imported, "formula-failed")
    assert missing.place() == "School.xlsx, sheet Student_Info, row 5, column Note"
    assert failed.place() == "School.xlsx, sheet Student_Info, row 4, column Note"
    assert failed.value == "#N/A"


def test_a_column_of_formulas_without_results_is_one_story(tmp_path: Path):
    rows = [["Student ID", "SPED"], *([f"=B{n}", "No"] for n in range(1, 6))]
    imported = changed(tmp_path, {STUDENTS: rows})
    told = only(imported, "formula-without-result")
    assert told.message.endswith("The same in 4 more rows.")
    assert codes(imported).count("id-missing") == 5


def test_cells_beyond_what_a_sheet_says_of_its_size_are_read(tmp_path: Path):
    path = save(tmp_path / "School.xlsx", SMALL)
    wrong = alter(path, lambda name, xml: re.sub('<dimension ref="[^"]*"', '<dimension ref="A1"', xml))
    assert read_school(wrong).school == read_school(write_files(tmp_path / "folder")).school


def test_formatted_rows_without_anything_in_them_are_no_rows(tmp_path: Path):
    empty = [[("", "@"), (None, "0")]] * 3000
    imported = changed(tmp_path, {STUDENTS: [*SMALL[STUDENTS], *empty, ["C", "No"], *empty]})
    assert imported.findings == []
    assert list(imported.school.students) == ["A", "B", "C"]
    assert next(s.rows for s in imported.files if s.sheet == STUDENTS) == 3


def test_a_cell_without_a_title_is_kept(tmp_path: Path):
    imported = changed(tmp_path, {STUDENTS: [["Student ID", "SPED"], ["A", "No", None, "moved"]]})
    assert only(imported, "column-untitled").file == "School.xlsx, sheet Student_Info"
    assert imported.school.students["A"].extra == {"Column 4": "moved"}


def test_sheets_that_are_not_read_are_told(tmp_path: Path):
    path = save(tmp_path / "School.xlsx", {**SMALL, "Rooms": [["Room ID"], ["1"]], "Lunch": [["a"]], "E": []})
    book = load_workbook(path)
    book["Rooms"].sheet_state = "hidden"
    book.create_chartsheet("Chart").add_chart(BarChart())
    book.save(path)
    imported = read_school(path)
    told = {(finding.code, finding.file) for finding in imported.findings}
    assert told == {
        ("sheet-hidden", "School.xlsx, sheet Rooms"),
        *(("file-unknown", f"School.xlsx, sheet {title}") for title in ("Lunch", "E", "Chart")),
    }
    assert not imported.school.rooms


def test_an_empty_sheet_and_one_twice(tmp_path: Path):
    path = save(tmp_path / "School.xlsx", {**SMALL, STUDENTS: [], "Students": SMALL[STUDENTS]})
    imported = read_school(path)
    assert only(imported, "file-empty").file == "School.xlsx, sheet Student_Info"
    assert only(imported, "file-twice").file == "School.xlsx, sheet Students"


def test_a_file_counts_before_a_sheet_of_that_name(tmp_path: Path):
    folder = write_files(tmp_path / "folder")
    save(folder / "School.xlsx", {STUDENTS: [["Student ID", "SPED"], ["Z", "No"]]})
    imported = read_school(folder)
    assert list(imported.school.students) == ["A", "B"]
    assert only(imported, "file-twice").file == "School.xlsx, sheet Student_Info"


def test_a_workbook_that_has_nothing_to_do_with_the_school_is_told_once(tmp_path: Path):
    folder = write_files(tmp_path / "folder")
    save(folder / "Budget.xlsx", {"2025": [["a"]], "2026": [["a"]]})
    assert [(f.code, f.file) for f in read_school(folder).findings] == [("file-unknown", "Budget.xlsx")]


# What cannot be read -------------------------------------------------------------------------------

OLD = b"\xd0\xcf\x11\xe0" + b"\0" * 600
LOCKED = OLD + "EncryptedPackage".encode("utf-16-le")


def zipped(**parts: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return content.getvalue()


UNREADABLE = {
    "password": (LOCKED, "protected by a password", "Take the password off"),
    "old": (OLD, "old form", "Excel workbook"),
    "cut off": (b"PK\x03\x04 and no more", "damaged", "save it again"),
    "a zip file": (zipped(a=b"b"), "damaged", "save it again"),
    "no workbook": (b"Student ID,SPED\n", "not a workbook", "Export it again"),
    "binary": (zipped(**{"xl/workbook.bin": b""}), "binary workbook", "Excel workbook"),
    "OpenDocument": (
        zipped(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"),
        *("OpenDocument", "Excel workbook"),
    ),
}


@pytest.mark.parametrize(("data", "problem", "remedy"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_told_with_a_remedy(tmp_path: Path, data: bytes, problem: str, remedy: str):
    path = tmp_path / "School.xlsx"
    path.write_bytes(data)
    with pytest.raises(InputError, match=f"{problem}.*{remedy}"):
        read_school(path)
    folder = write_files(tmp_path / "folder", {"Courses.xlsx": data})
    finding = only(read_school(folder), "workbook-unreadable")
    assert (finding.file, problem in finding.message, remedy in finding.remedy) == (
        "Courses.xlsx",
        True,
        True,
    )
    assert "courses" in read_school(folder).unread
    (folder / "Courses.xlsx").rename(folder / "Salaries.xlsx")
    assert only(read_school(folder), "workbook-not-read").file == "Salaries.xlsx"


def test_a_folder_with_nothing_but_a_locked_workbook_says_why(tmp_path: Path):
    (tmp_path / "School.xlsx").write_bytes(LOCKED)
    with pytest.raises(InputError, match=r"none of the files.*password"):
        read_school(tmp_path)


def test_a_workbook_without_a_school_names_what_it_needs(tmp_path: Path):
    with pytest.raises(InputError, match="none of the sheets of a school, such as Period, "):
        read_school(save(tmp_path / "Budget.xlsx", {"2025": [["a"]], "2026": [["a"]]}))


def test_a_damaged_sheet_is_told_and_the_others_are_read(tmp_path: Path):
    path = save(tmp_path / "School.xlsx", {**SMALL, "Courses": [["Course ID"], ["Art"]]})
    last = f"xl/worksheets/sheet{len(SMALL) + 1}.xml"
    imported = read_school(
        alter(path, lambda name, xml: xml.replace("</row>", "<row>") if name == last else xml)
    )
    assert only(imported, "workbook-unreadable").file == "School.xlsx, sheet Courses"
    assert list(imported.school.students) == ["A", "B"]


# Writing -------------------------------------------------------------------------------------------


def round_trip(school: School) -> Imported:
    with tempfile.TemporaryDirectory() as folder:
        return read_school(write_workbook(school_tables(school), Path(folder) / "School.xlsx"))


@settings(max_examples=40, deadline=None)
@given(schools())
def test_a_school_comes_back_as_it_was_written(school: School):
    assert tables(round_trip(school).school) == tables(school)


@pytest.mark.parametrize("students", [40, 400])
def test_a_sample_school_comes_back(students: int):
    school = make_school(students).school
    imported = round_trip(school)
    assert imported.findings == []
    assert imported.school == school


def test_a_school_of_every_file_comes_back(tmp_path: Path):
    school = read_school(write_files(tmp_path / "in", VALID)).school
    assert tables(round_trip(school).school) == tables(school)


TEXTS = [
    "0618",
    "1/2",
    "=1+1",
    "+1",
    "-1",
    "@x",
    "'=1",
    "#N/A",
    "_x000D_",
    "\a",
    "a\r\nb",
    "  é名",
    '"',
    "\ufffe",
]


def test_a_column_of_numbers_may_have_signs_commas_and_words(tmp_path: Path):
    lines = [
        ["Course", "Spare"],
        ["007", "+12"],
        ["008", "1,234"],
        ["009", "?"],
        ["010", ""],
        ["011", "-2.5"],
    ]
    path = write_workbook({"courses": Table(lines, {1})}, tmp_path / "courses.xlsx")
    rows = list(load_workbook(path)["courses"].values)
    assert rows[1:] == [("007", 12), ("008", 1234), ("009", "?"), ("010", None), ("011", -2.5)]


def test_texts_stay_texts_and_numbers_are_numbers(tmp_path: Path):
    rows = [["Id", "Seats"], *([text, str(n)] for n, text in enumerate(TEXTS)), ["none", ""]]
    path = write_workbook({"Rooms.csv": Table(rows, {1})}, tmp_path / "Rooms.xlsx")
    sheet = load_workbook(path)["Rooms"]
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.number_format for cell in cells} == {"@"}
    assert [row[1].value for row in sheet.iter_rows(min_row=2)] == [*range(len(TEXTS)), None]
    assert sheet["A1"].font.bold
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", f"A1:B{len(rows)}")
    assert sheet.column_dimensions["A"].width >= max(map(len, TEXTS))
    assert sheet.column_dimensions["A"].number_format == "@", "so that an id typed below keeps its zeros"
    read = read_school_sheet(path)
    assert read == [*TEXTS, "none"]


def read_school_sheet(path: Path) -> list[str]:
    """First column of the one sheet of a workbook, as reading has it."""
    from echelon_desktop.model.csv_io.cellcode import restored
    from echelon_desktop.model.csv_io.log import FindingLog
    from echelon_desktop.model.csv_io.workbook_reader import open_workbook

    (sheet,) = open_workbook(path, path.read_bytes())
    return [restored(cells[0]) for _, cells in sheet.rows(FindingLog())][1:]


def test_a_schedule_in_a_workbook_is_read_back_as_from_files(tmp_path: Path):
    school = read_school(write_files(tmp_path / "in")).school
    schedule = Schedule(
        {"S1": Placement("", "S1", ("R1",), (), ("T1",)), "S2": Placement("", "S2", ("G1",), (), ("T2",))},
        {"A": Seating("", "A", (Seat("Biology", "S1"), Seat("English 9", "S2")))},
    )
    path = write_workbook(schedule_tables(school, schedule), tmp_path / "Schedule.xlsx")
    sheet = load_workbook(path)["section_schedule"]
    assert [cell.value for cell in sheet[2]] == ["S1", "R1", "Biology", "T1", None, 30, 1, 1]
    assert read_schedule(school, path) == read_schedule(
        school, write_schedule(school, schedule, tmp_path / "o")[0].parent
    )
    assert read_schedule(school, path).schedule == schedule


def test_a_school_with_its_schedule_has_no_unknown_sheets(tmp_path: Path):
    school = read_school(write_files(tmp_path / "in")).school
    sheets = {**school_tables(school), **schedule_tables(school, Schedule({}, {}))}
    imported = read_school(write_workbook(sheets, tmp_path / "School.xlsx"))
    assert (imported.findings, imported.school) == ([], school)


def test_a_write_that_fails_leaves_the_old_workbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = write_workbook({"Rooms.csv": Table([["Room ID"], ["1"]])}, tmp_path / "School.xlsx")
    before = path.read_bytes()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(InputError, match="No space left"):
        write_workbook({"Rooms.csv": Table([["Room ID"], ["2"]])}, path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_what_echelon_did_not_write_is_not_replaced(tmp_path: Path):
    table = {"Rooms.csv": Table([["Room ID"], ["1"]])}
    mine = save(tmp_path / "School.xlsx", {"Rooms": [["Room ID"]], "Budget": [["a"]]})
    with pytest.raises(InputError, match="would be lost: Budget"):
        write_workbook(table, mine)
    (tmp_path / "x.xlsx").write_bytes(b"text")
    with pytest.raises(InputError, match="no workbook that Echelon wrote"):
        write_workbook(table, tmp_path / "x.xlsx")
    assert write_workbook(table, write_workbook(table, tmp_path / "y.xlsx")).exists()


def test_what_a_cell_cannot_hold_is_refused(tmp_path: Path):
    long = Table([["Room ID", "Note"], ["1", "x" * (MOST_CHARACTERS + 1)]])
    with pytest.raises(InputError, match="Note of 1 is longer than the 32,767 characters"):
        write_workbook({"Rooms.csv": long}, tmp_path / "School.xlsx")
    assert not (tmp_path / "School.xlsx").exists()


@pytest.mark.real
@pytest.mark.parametrize("name", ["chico", "yor83", "kfu93"])
def test_real_schools_come_back(name: str, real_school: Callable[[str], Path]):
    imported = read_school(real_school(name))
    again = round_trip(imported.school)
    assert (again.findings, again.school) == ([], imported.school)
