"""``echelon trade-offs``: figures as a recount has them, and schedules that are read again."""

import json
import re
from pathlib import Path

import pytest

from echelon_desktop.cli import CANNOT, OK, main
from echelon_desktop.model.csv_io import read_schedule, read_school, write_school
from echelon_desktop.model.sample import FAMILIES, make_school
from echelon_desktop.solver.verify import verify


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A school whose courses have few sections each, with a schedule that was hardly searched for."""
    made = tmp_path / "school"
    write_school(make_school(80, 2, FAMILIES["six-periods"]).school, made)
    solve = ("solve", str(made), "--out", str(made), "--iterations", "1500", "--workers", "1", "--quiet")
    assert main(solve) == OK
    return made


def test_each_is_written_with_the_figures_that_are_told(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    out = tmp_path / "out"
    assert main(["trade-offs", str(folder), "--start", str(folder), "--out", str(out)]) == OK
    first, *lines = capsys.readouterr().out.splitlines()
    figures = json.loads((folder / "summary.json").read_text())["counts"]
    assert first.startswith(f"{figures['unmet']} unmet, size spread {figures['size_spread']}: ")
    school = read_school(folder).school
    assert lines
    for line in lines:
        unmet, spread, written = re.fullmatch(r"(\d+) unmet, size spread (\d+): (.+)", line).groups()
        verdict = verify(school, (), read_schedule(school, Path(written)).schedule)
        assert (verdict.counts.unmet, verdict.counts.size_spread) == (int(unmet), int(spread))
        assert int(spread) < figures["size_spread"]


def test_a_schedule_that_is_not_whole_is_refused(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    places = folder / "section_schedule.csv"
    places.write_text("".join(places.read_text().splitlines(keepends=True)[:-1]))
    assert main(["trade-offs", str(folder), "--start", str(folder)]) == CANNOT
    assert "breaks hard rules" in capsys.readouterr().err
