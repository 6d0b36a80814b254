"""Titles that the user explained: read as the column that was meant, unless that is there itself."""

from pathlib import Path

import pytest

from echelon_desktop.model.csv_io import read_school


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "Period.csv").write_text("period_id,period_name\n1,R1\n")
    (tmp_path / "Sections_Information.csv").write_text(
        "Section ID,Course ID,# of Seats Available\nS1,BIO,9\n"
    )
    (tmp_path / "Student_Info.csv").write_text("Student ID,IEP,Bus\nP1,Yes,12\n")
    (tmp_path / "Student_Preference_Info.csv").write_text("Pupil;Wants\nP1;BIO\n")
    return tmp_path


def test_an_explained_title_is_read_as_its_column(folder: Path) -> None:
    assert not read_school(folder).school.students["P1"].sped
    titles = {
        "Student_Info.csv": {"IEP": "SPED"},
        "Student_Preference_Info.csv": {"Pupil": "Student ID", "Wants": "Preferred Sections"},
    }
    imported = read_school(folder, titles)
    assert imported.school.students["P1"].sped
    assert imported.school.students["P1"].extra == {"Bus": "12"}
    assert [r.course for r in imported.school.requests["P1"].requests] == ["BIO"]
    assert not [f for f in imported.findings if f.code in {"column-missing", "header-unknown"}]


def test_the_columns_own_title_goes_first(folder: Path) -> None:
    (folder / "Student_Info.csv").write_text("IEP,Student ID,SPED\nYes,P1,No\n")
    imported = read_school(folder, {"Student_Info.csv": {"IEP": "SPED"}})
    assert not imported.school.students["P1"].sped


def test_what_is_known_of_a_file_is_told_even_when_its_titles_mean_nothing(folder: Path) -> None:
    sources = {source.role: source for source in read_school(folder).files}
    students, wishes = sources["Student_Info.csv"], sources["Student_Preference_Info.csv"]
    assert students.header == ("Student ID", "IEP", "Bus")
    assert students.first_rows == (("P1", "Yes", "12"),)
    assert students.titles == {"id": "Student ID"}
    assert (wishes.titles, wishes.rows) == ({}, 1)
