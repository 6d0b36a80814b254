"""One seed, one worker, one number of moves: one schedule, whatever the order of rows and the process."""

import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from echelon_desktop.model.csv_io import RESULT_FILES, read_school, write_school
from echelon_desktop.model.dataset import School
from echelon_desktop.model.rules import RULES_FILE, STANDARD, format_rules, preset_rules
from echelon_desktop.model.sample import FAMILIES, make_school
from echelon_desktop.model.tables import SCHOOL_TABLES

RULES = preset_rules(STANDARD)


def shuffled(school: School, seed: int) -> School:
    """The same records with the rows of every file but the bell schedule in another order."""
    chance = Random(seed)
    tables = {spec.name: list(getattr(school, spec.name).values()) for spec in SCHOOL_TABLES}
    for name, records in tables.items():
        if name not in {"periods", "terms"}:
            chance.shuffle(records)
    return School(**tables)


def folder_of(school: School, folder: Path) -> Path:
    folder.mkdir()
    write_school(school, folder)
    (folder / RULES_FILE).write_text(format_rules(RULES), encoding="utf-8")
    return folder


def solved(folder: Path, out: Path, hash_seed: int, moves: int) -> dict[str, bytes]:
    """The files of a schedule, made by a process of its own."""
    words = ["solve", str(folder), "--out", str(out), "--iterations", str(moves), "--workers", "1"]
    words += ["--seed", "7", "--time-limit", "600", "--quiet"]
    environment = os.environ | {"PYTHONHASHSEED": str(hash_seed)}
    command = [sys.executable, "-m", "echelon_desktop", *words]
    subprocess.run(command, env=environment, check=True, cwd=Path(__file__).parents[2])
    return {name: (out / name).read_bytes() for name in RESULT_FILES}


def rows_put_back(files: dict[str, bytes]) -> dict[str, list[bytes]]:
    return {name: sorted(data.splitlines()) for name, data in files.items()}


@pytest.mark.parametrize(("family", "students", "moves"), [("singletons", 400, 1000), ("semesters", 40, 200)])
def test_same_files_again_and_with_rows_shuffled_back(
    family: str, students: int, moves: int, tmp_path: Path
) -> None:
    school = make_school(students, seed=4, shape=FAMILIES[family]).school
    other = shuffled(school, 1)
    assert list(other.sections) != list(school.sections)
    first = solved(folder_of(school, tmp_path / "school"), tmp_path / "first", 1, moves)
    again = solved(tmp_path / "school", tmp_path / "again", 2, moves)
    assert again == first
    mixed = solved(folder_of(other, tmp_path / "mixed"), tmp_path / "out", 3, moves)
    assert mixed != first  # in the order of its own files
    assert rows_put_back(mixed) == rows_put_back(first)
    assert read_school(tmp_path / "mixed").school != school
