"""What could not be read is told once, and nothing that only follows from it."""

import csv
from dataclasses import dataclass
from pathlib import Path

import pytest

from echelon_desktop.model.checks import KINDS, check_school
from echelon_desktop.model.checks.unread import is_read, rests_on
from echelon_desktop.model.columns import FILES, SCHOOL_FILES, Need, match_titles
from echelon_desktop.model.csv_io import read_school, write_school
from echelon_desktop.model.entities import Rule
from echelon_desktop.model.findings import Finding
from echelon_desktop.model.sample import FAMILIES, make_school

COLUMNS = [(s.name, c.title) for s in SCHOOL_FILES for c in s.columns if c.need is Need.REQUIRED]
WORKBOOK = b"PK\x03\x04"


@dataclass(frozen=True)
class Sample:
    """A school of every rule in files, its rules, and what is found in it as it is."""

    folder: Path
    rules: tuple[Rule, ...]
    found: frozenset[tuple[str, str]]

    def new_findings(self) -> list[Finding]:
        return [f for f in findings(self.folder, self.rules) if (f.code, f.message) not in self.found]

    def drop_column(self, file: str, title: str) -> None:
        rows = self.rows(file)
        column = next(c for c in FILES[file].columns if c.title == title)
        at = match_titles(FILES[file].columns, rows[0]).index(column)
        self.write(file, [[*row[:at], *row[at + 1 :]] for row in rows])

    def rows(self, file: str) -> list[list[str]]:
        with (self.folder / file).open(newline="", encoding="utf-8-sig") as stream:
            return list(csv.reader(stream))

    def write(self, file: str, rows: list[list[str]]) -> None:
        with (self.folder / file).open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows(rows)


def findings(folder: Path, rules: tuple[Rule, ...]) -> list[Finding]:
    imported = read_school(folder)
    return [*imported.findings, *check_school(imported.school, rules, imported, fold=False)]


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    made = make_school(24, 1, FAMILIES["every-rule"])
    write_school(made.school, tmp_path)
    period = next(iter(made.school.periods))
    # The sample has no patterns of its own.
    (tmp_path / "Patterns.csv").write_text(f"Pattern ID,Periods\nP,{period}\n", encoding="utf-8")
    found = frozenset((f.code, f.message) for f in findings(tmp_path, made.rules))
    return Sample(tmp_path, made.rules, found)


@pytest.mark.parametrize(("file", "title"), COLUMNS)
def test_a_missing_column_is_the_one_thing_told(sample: Sample, file: str, title: str):
    sample.drop_column(file, title)
    (told,) = sample.new_findings()
    assert (told.code, told.file, told.column) == ("column-missing", file, title)
    assert told.remedy


@pytest.mark.parametrize("file", [spec.name for spec in SCHOOL_FILES])
def test_a_file_that_cannot_be_read_is_the_one_thing_told(sample: Sample, file: str):
    (sample.folder / file).write_bytes(WORKBOOK)
    (told,) = sample.new_findings()
    assert (told.code, told.file) == ("not-csv", file)


@pytest.mark.parametrize("file", ["Period.csv", "Sections_Information.csv"])
def test_a_missing_file_is_told_without_what_follows(sample: Sample, file: str):
    (sample.folder / file).unlink()
    (told,) = sample.new_findings()
    assert (told.code, told.file) == ("file-missing", file)


def test_what_follows_from_a_file_that_need_not_be_there_is_told(sample: Sample):
    (sample.folder / "Rooms.csv").unlink()
    assert "no-room-of-type" in {f.code for f in sample.new_findings()}


def test_errors_in_other_files_are_told_beside_a_missing_column(sample: Sample):
    sample.drop_column("Sections_Information.csv", "Course ID")
    links = sample.rows("Links.csv")
    links.append(["L99", "stacked", "Nowhere-1;Nowhere-2"])
    sample.write("Links.csv", [row[: len(links[0])] for row in links])
    absences = sample.rows("Teacher_unavailability.csv")
    absences.append(["Nobody", absences[1][1]])
    sample.write("Teacher_unavailability.csv", absences)
    told = {(f.code, f.file, f.value) for f in sample.new_findings()}
    assert told == {
        ("column-missing", "Sections_Information.csv", ""),
        ("unknown-id", "Links.csv", "Nowhere-1"),
        ("unknown-id", "Links.csv", "Nowhere-2"),
        ("link-too-short", "Links.csv", "Nowhere-1;Nowhere-2"),
        ("unknown-id-ignored", "Teacher_unavailability.csv", "Nobody"),
    }


def test_what_findings_rest_on_are_tables_and_required_columns():
    tables = {spec.table for spec in SCHOOL_FILES}
    required = {f"{s.table}.{c.key}" for s in SCHOOL_FILES for c in s.columns if c.need is Need.REQUIRED}
    assert {need for code in KINDS for need in rests_on(code)} <= tables | required


def test_a_column_is_unread_with_its_table():
    assert not is_read(("sections.course",), {"sections"})
    assert not is_read(("sections.course",), {"sections.course"})
    assert is_read(("sections",), {"sections.course"})
