"""Commands on folders and school files: check, demand, sample, import, export, undo, snapshot, restore."""

import csv
import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from echelon_desktop.cli import CANNOT, OK, main
from echelon_desktop.model.csv_io import RESULT_FILES
from echelon_desktop.model.rules import format_rules, preset_rules
from echelon_desktop.model.store import SchoolFile


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "school"
    assert main(["sample", str(made), "--students", "60"]) == OK
    return made


@pytest.fixture
def file(folder: Path, tmp_path: Path) -> Path:
    made = tmp_path / "a.echelon"
    assert main(["import", str(folder), str(made)]) == OK
    return made


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def exported(file: Path, to: Path) -> dict[str, bytes]:
    assert main(["export", str(file), str(to)]) == OK
    return contents(to)


def test_same_seed_same_sample(tmp_path: Path):
    for name in ("a", "b", "c"):
        seed = "2" if name == "c" else "1"
        assert main(["sample", str(tmp_path / name), "--students", "60", "--seed", seed]) == OK
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert contents(tmp_path / "a") != contents(tmp_path / "c")


def test_one_student_is_not_called_students(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["sample", str(tmp_path / "one"), "--students", "1"]) == OK
    assert ": 1 student, 7 sections, 6 teachers." in capsys.readouterr().out


def test_a_sound_school_passes_the_checks(folder: Path, capsys: pytest.CaptureFixture[str]):
    capsys.readouterr()
    assert main(["check", str(folder)]) == OK
    assert "0 errors" in capsys.readouterr().out


def test_a_missing_column_is_told_without_what_follows_from_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
):
    path = folder / "Sections_Information.csv"
    path.write_text(path.read_text("utf-8-sig").replace("Course ID", "Notes", 1), encoding="utf-8")
    capsys.readouterr()
    assert main(["check", str(folder)]) == CANNOT
    out = capsys.readouterr().out
    assert 'Sections_Information.csv has no column "Course ID". [Sections_Information.csv, row 1,' in out
    assert "1 error, 0 warnings, 0 notes." in out


def test_findings_go_to_a_file(folder: Path, tmp_path: Path):
    with (folder / "Student_Info.csv").open("a", encoding="utf-8") as info:
        info.write("newcomer,maybe\r\n")
    for name in ("findings.csv", "findings.json"):
        assert main(["check", str(folder), "--output", str(tmp_path / name)]) == CANNOT
    with (tmp_path / "findings.csv").open(encoding="utf-8-sig", newline="") as table:
        errors = [row for row in csv.DictReader(table) if row["severity"] == "error"]
    assert [(row["file"], row["column"], row["value"]) for row in errors] == [
        ("Student_Info.csv", "SPED", "maybe")
    ]
    listed = json.loads((tmp_path / "findings.json").read_text(encoding="utf-8"))
    assert [f["row"] for f in listed if f["severity"] == "error"] == [int(errors[0]["row"])]


def test_import_counts_what_the_checks_would_say(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    loads = folder / "Teacher_Info.csv"
    header, first, *rest = loads.read_text(encoding="utf-8-sig").splitlines()
    cells = first.split(",")
    cells[header.split(",").index("Current Load")] = "77"
    loads.write_text("\n".join([header, ",".join(cells), *rest]), encoding="utf-8")
    capsys.readouterr()
    assert main(["import", str(folder), str(tmp_path / "b.echelon")]) == OK
    assert "1 warning" in capsys.readouterr().out


def test_import_then_export_gives_the_files_back(folder: Path, file: Path, tmp_path: Path):
    assert exported(file, tmp_path / "out") == contents(folder)


def test_a_second_import_is_one_change_that_undo_takes_back(folder: Path, file: Path, tmp_path: Path):
    before = exported(file, tmp_path / "before")
    info = folder / "Student_Info.csv"
    info.write_bytes(info.read_bytes() + b"newcomer,Yes\r\n")
    assert main(["import", str(folder), str(file)]) == OK
    after = exported(file, tmp_path / "after")
    assert b"newcomer" in after["Student_Info.csv"]
    assert main(["undo", str(file)]) == OK
    assert exported(file, tmp_path / "undone") == before
    assert main(["redo", str(file)]) == OK
    assert exported(file, tmp_path / "redone") == after


def test_a_workbook_may_stand_in_the_place_of_the_folder(
    folder: Path, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (folder / "rules.toml").write_text(format_rules(preset_rules("complete")), encoding="utf-8")
    assert main(["import", str(folder), str(file)]) == OK
    book = tmp_path / "School.xlsx"
    assert main(["export", str(file), str(book)]) == OK
    capsys.readouterr()
    assert main(["check", str(book)]) == OK
    said = capsys.readouterr().out
    assert "0 errors" in said
    assert "rule teacher-preps allows" in said, "the rules came with the workbook"
    assert "[School.xlsx, sheet Teacher_Info, row" in said
    again = tmp_path / "again.echelon"
    assert main(["import", str(book), str(again)]) == OK
    assert exported(again, tmp_path / "out") == exported(file, tmp_path / "before")
    assert main(["import", str(book), str(again)]) == OK
    assert "0 rows changed" in capsys.readouterr().out


def test_a_workbook_is_solved_and_its_schedule_may_be_the_start(folder: Path, file: Path, tmp_path: Path):
    book, solve = tmp_path / "School.xlsx", ["--iterations", "200", "--quiet", "--out", str(tmp_path / "out")]
    assert main(["solve", str(file), *solve]) == OK
    with SchoolFile.open(file, read_only=True) as opened:
        (scenario,) = opened.dataset.scenarios.values()
    assert main(["export", str(file), str(book), "--scenario", scenario.name]) == OK
    before = book.read_bytes()
    assert main(["solve", str(book), *solve, "--start", str(book), "--stay-close"]) == OK
    assert book.read_bytes() == before
    assert contents(tmp_path / "out").keys() >= RESULT_FILES


def test_a_workbook_that_cannot_be_read_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "School.xls").write_bytes(b"\xd0\xcf\x11\xe0")
    for words in (["check"], ["import", "to.echelon"]):
        command, *rest = words
        assert main([command, str(tmp_path / "School.xls"), *(str(tmp_path / r) for r in rest)]) == CANNOT
        assert "School.xls is a workbook of the old form (.xls). Save it as" in capsys.readouterr().err


def test_a_scenario_is_written_for_aeries_and_what_is_not_is_told(
    folder: Path, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    for path in folder.iterdir():
        # Numbers, as they are in Aeries; one teacher keeps an id that is none.
        text = path.read_text("utf-8-sig")
        path.write_text(re.sub(r"\b[ST](\d{3,4})\b", r"\1", text.replace("T001", "Miller")), encoding="utf-8")
    own = tmp_path / "own.echelon"
    assert main(["import", str(folder), str(own)]) == OK
    assert main(["solve", str(own), "--iterations", "300", "--quiet", "--out", str(tmp_path / "o")]) == OK
    with SchoolFile.open(own, read_only=True) as opened:
        (scenario,) = opened.dataset.scenarios.values()
    out = tmp_path / "aeries"
    words = ["export", str(own), str(out), "--aeries"]
    for lacking, said in ((["--school", "12"], "--scenario"), (["--scenario", scenario.name], "--school")):
        assert main([*words, *lacking]) == CANNOT
        assert said in capsys.readouterr().err
    words += ["--school", "12", "--scenario", scenario.name]
    assert main([*words, "--period", "R9=1"]) == CANNOT
    assert "--period R9=1: write" in capsys.readouterr().err
    assert main([*words, "--period", "R1=41", "--all-year", "A"]) == OK
    assert "Teacher ids that are no whole number from 1 to 32,767: " in capsys.readouterr().err
    with (out / "SMS.csv").open(encoding="utf-8", newline="") as table:
        sections = list(csv.DictReader(table))
    schedule = (tmp_path / "o" / "section_schedule.csv").read_text("utf-8-sig")
    placed = {
        str(int(row["Section ID"])): row["Period"]
        for row in csv.DictReader(schedule.splitlines())
        if row["Teacher ID"] != "Miller" and row["Period"]
    }
    assert {row["SE"] for row in sections} == placed.keys()
    assert {row["SE"] for row in sections if row["PD"] == "41"} == {s for s, p in placed.items() if p == "R1"}
    assert {(row["SC"], row["SM"]) for row in sections} == {("12", "A")}
    assert "Miller" in (out / "Not_Written.csv").read_text("utf-8-sig")
    assert main([*words, "--since", scenario.name]) == OK
    assert (out / "SMS.csv").read_text("utf-8").count("\n") == 1


def test_nothing_to_undo_is_said(file: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["undo", str(file)]) == OK
    assert main(["redo", str(file)]) == OK
    said = capsys.readouterr().out
    assert "nothing to undo" in said
    assert "nothing to redo" in said


def test_history_names_the_changes(folder: Path, file: Path, capsys: pytest.CaptureFixture[str]):
    info = folder / "Student_Info.csv"
    info.write_bytes(info.read_bytes() + b"newcomer,Yes\r\n")
    main(["import", str(folder), str(file)])
    main(["undo", str(file)])
    capsys.readouterr()
    assert main(["history", str(file)]) == OK
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert lines[1].endswith("(Import school)")


def test_back_to_a_snapshot_and_forth(
    folder: Path, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    before = exported(file, tmp_path / "before")
    assert main(["snapshot", str(file), "spring"]) == OK
    info = folder / "Student_Info.csv"
    info.write_bytes(info.read_bytes() + b"newcomer,Yes\r\n")
    main(["import", str(folder), str(file)])
    capsys.readouterr()
    assert main(["snapshot", str(file)]) == OK
    assert "spring" in capsys.readouterr().out
    assert main(["restore", str(file), "--snapshot", "spring"]) == OK
    assert exported(file, tmp_path / "restored") == before
    assert main(["undo", str(file)]) == OK
    assert b"newcomer" in exported(file, tmp_path / "undone")["Student_Info.csv"]


def test_back_to_a_backup(folder: Path, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    before = exported(file, tmp_path / "before")
    info = folder / "Student_Info.csv"
    info.write_bytes(info.read_bytes() + b"newcomer,Yes\r\n")
    main(["import", str(folder), str(file)])
    main(["undo", str(file)])  # opening a changed file for writing makes a backup
    main(["redo", str(file)])
    capsys.readouterr()
    assert main(["restore", str(file)]) == OK
    names = [line.split("  ")[-1] for line in capsys.readouterr().out.splitlines()]
    assert main(["restore", str(file), "--backup", names[-1]]) == OK
    assert exported(file, tmp_path / "restored") == before


@pytest.mark.parametrize(
    "words",
    [
        ["export", "{file}", "{tmp}/out", "--scenario", "none such"],
        ["restore", "{file}", "--snapshot", "none such"],
        ["restore", "{file}", "--backup", "none such"],
        ["import", "{tmp}/none such", "{file}"],
        ["check", "{tmp}/none such"],
    ],
)
def test_missing_things_are_named(
    words: list[str], file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    capsys.readouterr()
    assert main([word.format(file=file, tmp=tmp_path) for word in words]) == CANNOT
    assert "none such" in capsys.readouterr().err


def test_a_file_that_is_no_school_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    wrong = tmp_path / "a.echelon"
    wrong.write_text("Student ID,SPED\n", encoding="utf-8")
    assert main(["history", str(wrong)]) == CANNOT
    assert "a.echelon" in capsys.readouterr().err
    assert wrong.read_text(encoding="utf-8") == "Student ID,SPED\n"


def test_a_course_blanked_by_other_means_is_an_error_with_its_place(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    with closing(sqlite3.connect(file)) as database, database:
        section, course = database.execute("SELECT id, course FROM sections ORDER BY position").fetchone()
        database.execute("UPDATE sections SET course = '' WHERE id = ?", (section,))
        (student,) = database.execute("SELECT student FROM requests ORDER BY position LIMIT 1").fetchone()
        wanted = json.dumps([{"course": course}, {"course": ""}])
        database.execute("UPDATE requests SET requests = ? WHERE student = ?", (wanted, student))
    capsys.readouterr()
    assert main(["check", str(file)]) == CANNOT
    told = capsys.readouterr().out
    assert (
        f"error: Section {section} names no course. [Sections_Information.csv, row 2, column Course ID]"
        in told
    )
    assert (
        f"error: Student {student} has 1 request without a course. [Student_Preference_Info.csv, row 2"
        in told
    )
    assert "Enter the course, or remove the request." in told
    assert main(["solve", str(file), "--out", str(tmp_path / "out")]) == CANNOT
    assert not (tmp_path / "out").exists()


def test_what_stands_for_many_findings_is_not_hidden_as_one_more(
    folder: Path, capsys: pytest.CaptureFixture[str]
):
    path = folder / "Student_Preference_Info.csv"
    path.write_text("\n".join(path.read_text("utf-8-sig").splitlines()[:2]), encoding="utf-8")
    capsys.readouterr()
    assert main(["check", str(folder)]) == OK
    out = capsys.readouterr().out
    assert "54 more students without a request, 59 in all." in out
    assert "1 more like this" not in out


def test_demand_is_printed_and_written(
    folder: Path, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    with (folder / "Student_Preference_Info.csv").open(encoding="utf-8-sig", newline="") as rows:
        wanted = [row["Preferred Sections"].split(";") for row in csv.DictReader(rows)]
    assert main(["demand", str(folder), "--sections", "2"]) == OK
    printed = capsys.readouterr().out
    assert main(["demand", str(file), "--sections", "2"]) == OK
    assert capsys.readouterr().out == printed
    assert printed.split()[:2] == ["Course", "Requests"]
    assert main(["demand", str(file), "--sections", "99", "--out", str(tmp_path / "lists")]) == OK
    with (tmp_path / "lists" / "demand_courses.csv").open(encoding="utf-8-sig", newline="") as rows:
        courses = {row["Course"]: row for row in csv.DictReader(rows)}
    assert sum(int(row["Requests"]) for row in courses.values()) == sum(map(len, wanted))
    with (tmp_path / "lists" / "demand_wanted_together.csv").open(encoding="utf-8-sig", newline="") as rows:
        pairs = list(csv.DictReader(rows))
    assert sum(int(row["Students"]) for row in pairs) == sum(len(w) * (len(w) - 1) // 2 for w in wanted)


def test_demand_of_a_school_without_small_courses_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    school = {
        "Sections_Information.csv": "Section ID,Course ID,Teacher Assigned,# of Seats Available,Department\n"
        "A,Art,,5,\nB,Art,,5,\n",
        "Student_Preference_Info.csv": "Student ID,Preferred Sections\nS,Art\n",
    }
    for name, text in school.items():
        (tmp_path / name).write_text(text)
    main(["demand", str(tmp_path)])
    assert "No courses of at most 1 section are wanted together" in capsys.readouterr().out
