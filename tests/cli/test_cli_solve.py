"""``echelon solve``: files, exit codes, interruption, repeatability."""

import csv
import errno
import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from echelon_desktop.cli import CANNOT, INTERRUPTED, NOTHING_FOUND, OK, USAGE, main
from echelon_desktop.errors import InputError
from echelon_desktop.model.csv_io import RESULT_FILES, write_school
from echelon_desktop.model.rules import RULES_FILE, format_rules
from echelon_desktop.model.sample import FAMILIES, make_school
from echelon_desktop.model.store import SchoolFile

HARD_DAY = Path(__file__).parents[1] / "data" / "hard_day"


@pytest.fixture
def sample(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """The files of a small made-up school in which every request can be met."""
    folder = tmp_path / "school"
    assert main(["sample", str(folder), "--students", "90", "--seed", "3"]) == OK
    capsys.readouterr()
    return folder


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_solved_school_has_every_file_and_no_section_over_its_seats(sample: Path, tmp_path: Path):
    out = tmp_path / "out"
    assert main(["solve", str(sample), "--out", str(out), "--time-limit", "6", "--quiet"]) == OK
    assert {path.name for path in out.iterdir()} == {*RESULT_FILES, "summary.json"}
    seats = {
        r["Section ID"]: int(r["# of Seats Available"]) for r in rows(sample / "Sections_Information.csv")
    }
    placed = rows(out / "section_schedule.csv")
    assert sorted(r["Section ID"] for r in placed) == sorted(seats)
    held = Counter(r["Section ID"] for r in rows(out / "student_schedule.csv"))
    assert all(n <= seats[section] for section, n in held.items())
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert summary["counts"]["met"] == held.total()
    assert summary["counts"]["unmet"] == len(rows(out / "unmet_requests.csv"))
    assert summary["levels"][0]["bound"] <= summary["levels"][0]["value"]


def test_progress_and_summary_as_json_lines(sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    arguments = ["solve", str(sample), "--out", str(tmp_path / "out"), "--time-limit", "3", "--json"]
    assert main(arguments) == OK
    *progress, summary = map(json.loads, capsys.readouterr().out.splitlines())
    assert all(line["bound"] >= 0 for line in progress)
    assert summary["status"] in {"optimal", "feasible"}
    assert summary["seed"] == 1


def test_same_seed_and_iterations_give_the_same_files(sample: Path, tmp_path: Path):
    def solved(name: str, seed: int) -> dict[str, bytes]:
        out = tmp_path / name
        words = ["--iterations", "300", "--workers", "1", "--seed", str(seed), "--time-limit", "600"]
        assert main(["solve", str(sample), "--out", str(out), *words, "--quiet"]) == OK
        return {name: (out / name).read_bytes() for name in RESULT_FILES}

    assert solved("a", 5) == solved("b", 5)
    assert solved("c", 6) != solved("a", 5)


def test_the_hard_day_is_proven(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    out = tmp_path / "out"
    assert main(["solve", str(HARD_DAY), "--out", str(out), "--time-limit", "200"]) == OK
    said = capsys.readouterr().out
    assert "No schedule is better at any level: proven." in said
    assert re.search(r"requests met, [\d,]+ unmet;", said)
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert summary["status"] == "optimal"
    assert all(level["value"] == level["bound"] for level in summary["levels"])


def test_a_schedule_that_still_fits_stays_as_it_is(sample: Path, tmp_path: Path):
    first, second = tmp_path / "first", tmp_path / "second"
    assert main(["solve", str(sample), "--out", str(first), "--time-limit", "3", "--quiet"]) == OK
    words = ["--start", str(first), "--stay-close", "--time-limit", "2", "--seed", "9", "--quiet"]
    assert main(["solve", str(sample), "--out", str(second), *words]) == OK
    levels = {x["name"]: x["value"] for x in json.loads((second / "summary.json").read_text())["levels"]}
    assert levels["schedule-changes"] == 0
    for name in ("section_schedule.csv", "student_schedule.csv"):
        assert sorted(map(str, rows(first / name))) == sorted(map(str, rows(second / name)))


def test_staying_close_needs_something_to_stay_close_to(
    sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["solve", str(sample), "--out", str(tmp_path / "out"), "--stay-close"]) == CANNOT
    assert "--start" in capsys.readouterr().err


def test_a_start_is_never_made_worse(sample: Path, tmp_path: Path):
    first, second = tmp_path / "first", tmp_path / "second"
    assert main(["solve", str(sample), "--out", str(first), "--time-limit", "4", "--quiet"]) == OK
    words = ["--start", str(first), "--time-limit", "1", "--quiet"]
    assert main(["solve", str(sample), "--out", str(second), *words]) == OK
    before, after = (json.loads((p / "summary.json").read_text("utf-8"))["levels"] for p in (first, second))
    assert [level["value"] for level in after] <= [level["value"] for level in before]


def test_a_school_file_keeps_the_schedule_as_a_scenario(
    sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file = tmp_path / "a.echelon"
    assert main(["import", str(sample), str(file)]) == OK
    assert main(["solve", str(file), "--out", str(tmp_path / "out"), "--time-limit", "2"]) == OK
    assert "Draft 1" in capsys.readouterr().out
    (tmp_path / "back").mkdir()
    summary = tmp_path / "back" / "summary.json"
    summary.write_bytes((tmp_path / "out" / "summary.json").read_bytes())
    assert main(["export", str(file), str(tmp_path / "back"), "--scenario", "Draft 1"]) == OK
    assert not summary.exists()  # it was of another schedule
    summary.write_text('{"versions": {"of": "somebody else"}}', encoding="utf-8")
    assert main(["export", str(file), str(tmp_path / "back"), "--scenario", "Draft 1"]) == OK
    assert summary.exists()
    name = "student_schedule.csv"
    assert (tmp_path / "back" / name).read_bytes() == (tmp_path / "out" / name).read_bytes()
    assert main(["undo", str(file)]) == OK
    assert main(["export", str(file), str(tmp_path / "no"), "--scenario", "Draft 1"]) == CANNOT


def test_a_school_file_keeps_the_run(sample: Path, tmp_path: Path):
    path, out = tmp_path / "a.echelon", tmp_path / "out"
    assert main(["import", str(sample), str(path)]) == OK
    assert main(["solve", str(path), "--out", str(out), "--time-limit", "2", "--seed", "7"]) == OK
    with SchoolFile.open(path, read_only=True) as file:
        (run,) = file.runs()
        (scenario,) = file.dataset.scenarios.values()
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert (run.scenario, run.settings["name"]) == (scenario.id, "Draft 1")
    assert (run.seed, run.status, run.figures["levels"]) == (7, summary["status"], summary["levels"])
    assert run.figures["unmet"] == summary["counts"]["unmet"]
    assert 0 <= run.figures["certain"] <= run.figures["unmet"]
    assert run.figures["progress"]


def test_a_school_file_keeps_what_cannot_be_written(
    sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def full(*_: object) -> None:
        raise InputError("No space left on device.")

    path, out = tmp_path / "a.echelon", tmp_path / "out"
    assert main(["import", str(sample), str(path)]) == OK
    monkeypatch.setattr("echelon_desktop.cli.solve.write_result", full)
    assert main(["solve", str(path), "--out", str(out), "--time-limit", "2"]) == CANNOT
    told = "".join(capsys.readouterr())
    assert "No space left on device." in told
    assert "as scenario 'Draft 1'" in told
    with SchoolFile.open(path, read_only=True) as file:
        assert any(seating.seats for seating in file.dataset.seatings.values())


def test_a_schedule_that_cannot_be_written_is_saved_elsewhere(
    sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    out, elsewhere = tmp_path / "out", tmp_path / "temporary"
    elsewhere.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(elsewhere))
    write = Path.open

    def full(path: Path, mode: str = "r", *rest: object, **more: object) -> object:
        if "w" in mode and path.is_relative_to(out):
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(path, mode, *rest, **more)

    words = ["solve", str(sample), "--out", str(out), "--time-limit", "2", "--quiet"]
    with monkeypatch.context() as disk:
        disk.setattr("echelon_desktop.cli.solve.make_writable", lambda folder: folder.mkdir())
        disk.setattr(Path, "open", full)
        assert main(words) == CANNOT
    (folder,) = elsewhere.iterdir()
    told = capsys.readouterr().err
    assert "No space left on device" in told
    assert str(folder) in told
    assert not list(out.iterdir())
    assert (folder / "section_schedule.csv").stat().st_size > 0
    assert (folder / "summary.json").stat().st_size > 0


def test_a_school_file_keeps_a_run_that_found_nothing(tmp_path: Path):
    path, out = tmp_path / "a.echelon", tmp_path / "out"
    assert main(["import", str(HARD_DAY), str(path)]) == OK
    assert main(["solve", str(path), "--out", str(out), "--time-limit", "0.001"]) == NOTHING_FOUND
    with SchoolFile.open(path, read_only=True) as file:
        (run,) = file.runs()
        assert not file.dataset.scenarios
    assert (run.scenario, "unmet" in run.figures) == ("", False)
    assert run.ended


@pytest.mark.parametrize("how", [[], ["--quiet"]])
def test_a_school_file_in_use_is_solved_and_left_alone(
    sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], how: list[str]
):
    path = tmp_path / "a.echelon"
    assert main(["import", str(sample), str(path)]) == OK
    with SchoolFile.open(path) as file:
        assert main(["solve", str(path), "--out", str(tmp_path / "out"), "--time-limit", "1", *how]) == OK
        assert not file.dataset.scenarios
    assert "Not kept in a.echelon" in capsys.readouterr().err


def test_warnings_do_not_forbid_solving_but_are_told_of(
    sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    words = ["solve", str(sample), "--out", str(tmp_path / "out"), "--time-limit", "1"]
    assert main(words) == OK
    assert "warning" not in capsys.readouterr().err
    teacher = rows(sample / "Teacher_Info.csv")[0]["Teacher ID"]
    with (sample / "Teacher_unavailability.csv").open("a", encoding="utf-8") as file:
        file.write(f"{teacher},Z9\r\n")  # a slip: that teacher is there whenever Z9 was to say
    assert main(words) == OK
    assert "1 warning about the school; see echelon check" in capsys.readouterr().err


def test_findings_that_forbid_solving_are_printed(
    sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (sample / "Period.csv").unlink()
    assert main(["solve", str(sample), "--out", str(tmp_path / "out")]) == CANNOT
    assert "Period.csv" in capsys.readouterr().err


def test_a_contradiction_is_told_in_the_schools_words(
    sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    section = rows(sample / "Sections_Information.csv")[0]["Section ID"]
    rules = tmp_path / "rules.toml"
    rules.write_text(
        f"""
        [[rule]]
        id = "mornings"
        kind = "allowed-periods"
        sections = ["{section}"]
        periods = ["R1"]

        [[rule]]
        id = "afternoons"
        kind = "allowed-periods"
        sections = ["{section}"]
        periods = ["G4"]
        """,
        encoding="utf-8",
    )
    assert main(["solve", str(sample), "--out", str(tmp_path / "out"), "--rules", str(rules)]) == CANNOT
    said = capsys.readouterr().err
    assert section in said
    assert not (tmp_path / "out" / "section_schedule.csv").exists()


def test_an_earlier_schedule_is_not_taken_for_what_solving_came_to(
    sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    first, second = rows(sample / "Sections_Information.csv")[:2]
    assert first["Teacher Assigned"] == second["Teacher Assigned"]
    sections = json.dumps([first["Section ID"], second["Section ID"]])
    rules = tmp_path / "rules.toml"
    rules.write_text(
        f"""
        [[rule]]
        id = "mornings"
        kind = "allowed-periods"
        sections = {sections}
        periods = ["R1", "R2"]

        [[rule]]
        id = "breaks"
        kind = "teacher-consecutive"
        limit = 1
        """,
        encoding="utf-8",
    )
    out, moved = tmp_path / "out", tmp_path / "out" / "earlier-schedule"
    out.mkdir()
    earlier = dict.fromkeys((*RESULT_FILES, "summary.json"), b"earlier")
    for name, content in {**earlier, "notes.txt": b"mine"}.items():
        (out / name).write_bytes(content)
    words = ["solve", str(sample), "--out", str(out), "--rules", str(rules), "--time-limit", "60"]
    for times in range(2):
        assert main(words) == CANNOT
        said = capsys.readouterr().err
        assert 'at most 1 period in a row (rule "breaks")' in said
        assert (f"are in {moved} now" in said) == (times == 0)  # then there is none to be moved
        assert {path.name for path in out.iterdir()} == {"notes.txt", "summary.json", moved.name}
        assert {path.name: path.read_bytes() for path in moved.iterdir()} == earlier
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert summary["status"] == "infeasible"
    assert any("breaks" in fact for fact in summary["conflict"])


def test_too_little_time_is_not_a_failure_of_the_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    arguments = ["solve", str(HARD_DAY), "--out", str(tmp_path / "out"), "--time-limit", "0.001"]
    assert main(arguments) == NOTHING_FOUND
    assert "more time" in capsys.readouterr().err
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"summary.json"}


@pytest.mark.parametrize(
    "words",
    [
        ["solve"],
        ["solve", "school"],
        ["solve", "school", "--out", "x", "--time-limit", "-1"],
        ["solve", "school", "--out", "x", "--workers", "no"],
        ["no-such-command"],
    ],
)
def test_bad_usage(words: list[str], capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == USAGE
    assert "usage:" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["nowhere"], [str(HARD_DAY), "--rules", "no-such-preset"]])
def test_missing_things_are_named(words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["solve", *words, "--out", str(tmp_path / "out")]) == CANNOT
    assert words[-1] in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_told_before_solving(
    sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    assert main(["solve", str(sample), "--out", str(tmp_path / "file" / "out")]) == CANNOT
    assert "Choose another --out" in capsys.readouterr().err


def test_a_file_that_a_spreadsheet_holds_is_told_before_solving(
    sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    held = tmp_path / "student_schedule.csv"
    held.write_bytes(b"earlier")
    touch = Path.open

    def sharing(path: Path, mode: str = "r", *rest: object, **more: object) -> object:
        if path == held and mode != "rb":
            raise PermissionError(errno.EACCES, "Permission denied")
        return touch(path, mode, *rest, **more)

    monkeypatch.setattr(Path, "open", sharing)
    monkeypatch.setattr("echelon_desktop.cli.solve.solve_school", None)
    assert main(["solve", str(sample), "--out", str(tmp_path)]) == CANNOT
    assert f"{held} cannot be replaced: Permission denied" in capsys.readouterr().err
    assert held.read_bytes() == b"earlier"


@pytest.mark.skipif(os.name != "posix", reason="sends a signal to one process, which Windows cannot")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_interrupt_keeps_the_best(sample: Path, tmp_path: Path, sent: signal.Signals):
    out = tmp_path / "out"
    words = ["solve", str(sample), "--out", str(out), "--time-limit", "300", "--json", "--seed", "2"]
    # A bound that cannot be reached keeps it busy: one student asks for the impossible.
    with (sample / "Student_Preference_Info.csv").open("a", encoding="utf-8") as file:
        courses = [r["Course ID"] for r in rows(sample / "Sections_Information.csv")]
        file.write(f"greedy,{';'.join(dict.fromkeys(courses))}\r\n")
    command = [sys.executable, "-m", "echelon_desktop", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if json.loads(line)["unmet"] is not None:
                process.send_signal(sent)
                break
        last = process.stdout.read().splitlines()[-1]
    assert process.returncode == OK
    assert json.loads(last)["ended"] == "stopped"
    assert (out / "section_schedule.csv").exists()


@pytest.mark.skipif(os.name != "posix", reason="sends a signal to one process, which Windows cannot")
def test_an_interrupt_is_heard_while_cp_sat_works(tmp_path: Path):
    school, out = tmp_path / "school", tmp_path / "out"
    made = make_school(48, shape=FAMILIES["every-rule"])
    school.mkdir()
    write_school(made.school, school)
    (school / RULES_FILE).write_text(format_rules(made.rules), encoding="utf-8")
    words = ["solve", str(school), "--out", str(out), "--time-limit", "60", "--json"]
    command = [sys.executable, "-m", "echelon_desktop", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if json.loads(line)["unmet"] is not None:
                process.send_signal(signal.SIGINT)
                break
        last = process.stdout.read().splitlines()[-1]
    assert process.returncode == OK
    assert json.loads(last)["ended"] == "stopped"
    assert (out / "section_schedule.csv").exists()


def test_an_interrupt_before_there_is_anything_to_keep_ends_without_a_traceback(
    sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    def interrupted(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("echelon_desktop.cli.solve.load_source", interrupted)
    assert main(["solve", str(sample), "--out", str(tmp_path / "out")]) == INTERRUPTED
    assert capsys.readouterr().err == "echelon: interrupted.\n"
    assert not (tmp_path / "out").exists()


def test_summary_and_schedule_are_written_together_or_not_at_all(
    sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    out = tmp_path / "out"
    words = ["solve", str(sample), "--out", str(out), "--time-limit", "2", "--quiet"]
    assert main(words) == OK
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    write = Path.open

    def full(path: Path, mode: str = "r", *rest: object, **more: object) -> object:
        if "w" in mode and "summary.json" in path.name:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(path, mode, *rest, **more)

    monkeypatch.setattr(Path, "open", full)
    assert main([*words, "--seed", "2"]) == CANNOT
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
