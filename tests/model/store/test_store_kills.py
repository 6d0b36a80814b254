"""
A hundred kills: the file opens, every acknowledged change is there, and undoing everything is the start.

Each job is first done to its end, to count the events it passes through; the kills are then spread over
them.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from store_examples import example, rename_student, state

from echelon_desktop.model.csv_io import write_school
from echelon_desktop.model.store import SchoolFile, backups, migrate

HERE = Path(__file__).parent
ENVIRONMENT = os.environ | {"PYTHONPATH": os.pathsep.join([str(HERE), str(HERE.parents[2])])}

# A further revision that rewrites a table and leaves the data as they are.
NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    op.create_table("pets", sa.Column("name", sa.Text, primary_key=True))
    op.add_column("students", sa.Column("pet", sa.Text))
    op.execute("UPDATE students SET pet = name")
    op.execute("INSERT INTO pets SELECT id FROM students")
"""

Run = Callable[[dict[str, Any]], dict[str, Any]]


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """Have a job done by the driver."""
    if not hasattr(os, "fork"):
        pytest.skip("kills at chosen events take os.fork")
    driver = subprocess.Popen(
        [sys.executable, str(HERE / "store_kill_driver.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    )
    assert driver.stdin
    assert driver.stdout

    def run(job: dict[str, Any]) -> dict[str, Any]:
        print(json.dumps(job), file=driver.stdin, flush=True)
        result: dict[str, Any] = json.loads(driver.stdout.readline())
        failed = [line for line in result["lines"] if line.startswith("failed")]
        assert not failed, failed
        return result

    yield run
    driver.communicate()
    assert driver.returncode == 0


def exported(file: SchoolFile, folder: Path) -> dict[str, bytes]:
    """The school's own files, by name."""
    folder.mkdir()
    write_school(file.dataset.school, folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a new school file, to be copied for each kill, and its export beside."""
    folder = tmp_path_factory.mktemp("start")
    (folder / "school").mkdir()
    with SchoolFile.create(folder / "school" / "a.echelon", example(), "Import") as file:
        exported(file, folder / "exported")
    return folder


@pytest.fixture
def updated_scripts(tmp_path: Path) -> Path:
    scripts = tmp_path / "scripts"
    shutil.copytree(migrate.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    (scripts / "versions" / "0003_next.py").write_text(NEXT)
    return scripts


# Name of a job, number of kills at an event, number of kills some microseconds after one.
JOBS = [
    ("edits", 20, 16),
    ("solves", 8, 8),
    ("reopen", 8, 8),
    ("restore", 8, 8),
    ("update", 8, 6),
    ("create", 4, 4),
]


def test_the_kills_are_a_hundred() -> None:
    assert sum(at + after for _, at, after in JOBS) >= 100


@pytest.mark.parametrize(("name", "at_event", "after_event"), JOBS)
def test_nothing_acknowledged_is_lost(
    name: str,
    at_event: int,
    after_event: int,
    run: Run,
    start: Path,
    fast_folder: Path,
    updated_scripts: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if name == "update":
        monkeypatch.setattr(migrate, "SCRIPTS", updated_scripts)
    wanted = {path.name: path.read_bytes() for path in (start / "exported").iterdir()}

    def job(number: int) -> dict[str, Any]:
        folder = fast_folder / str(number)
        if name == "create":
            folder.mkdir()
        else:
            shutil.copytree(start / "school", folder)
        return {
            "name": name,
            "path": str(folder / "a.echelon"),
            "seed": 1,
            "scripts": str(migrate.SCRIPTS),
        }

    whole = run(job(0))
    assert whole["signal"] == 0
    events = int(whole["lines"][-1].removeprefix("end "))
    kills = [(round((i + 0.5) / at_event * events), None) for i in range(at_event)]
    # Prime numbers, so that times and events do not keep step.
    kills += [(round((i + 0.25) / after_event * events), i * 397 % 3001) for i in range(after_event)]
    half_written = 0
    for number, (at, after_us) in enumerate(kills, 1):
        todo = job(number)
        result = run(todo | {"at": at, "after_us": after_us})
        assert result["signal"] or after_us is not None
        half_written += Path(f"{todo['path']}-journal").exists()
        check_after_kill(todo, result["lines"], wanted, fast_folder / f"export {number}")
    if name in ("edits", "update"):
        # Or the kills came where they cannot hurt.
        assert half_written > len(kills) // 10


def check_after_kill(job: dict[str, Any], lines: list[str], wanted: dict[str, bytes], export: Path) -> None:
    # Imported here: it takes os.fork.
    from store_kill_driver import digest_of

    told = [line.split() for line in lines if not line.startswith("end")]
    acknowledged = [digest for word, digest in told if word == "done"][-1]
    # What was begun may be there or not; nothing else may.
    possible = {acknowledged, told[-1][1]}
    path = Path(job["path"])
    if job["name"] == "create" and not path.exists():
        assert [word for word, _ in told] == ["done", "try"]
        SchoolFile.create(path, example(), "Import").close()
    for backup in backups(path):
        SchoolFile.open(backup.path, read_only=True).close()
    with SchoolFile.open(path, read_only=True) as reader:
        assert digest_of(reader) in possible
    with SchoolFile.open(path) as file:
        assert digest_of(file) in possible
        while file.undo():
            pass
        assert state(file.dataset) == state(example())
        assert exported(file, export) == wanted
        file.apply(rename_student(1, "Ada"))  # life goes on
    left = {p.name for p in path.parent.iterdir() if p.is_file()}
    assert left - {"a.echelon.part", "a.echelon.part-journal"} == {"a.echelon"}
    assert not list((path.parent / "a backups").glob("*.part*"))


ENDLESS = (
    "import sys; from pathlib import Path; from store_examples import *;"
    "from echelon_desktop.model.store import SchoolFile\n"
    "file = SchoolFile.open(Path(sys.argv[1]))\n"
    "for number in range(1_000_000):\n"
    "    file.apply(rename_student(1, str(number))); print(number, flush=True)"
)


@pytest.mark.parametrize("acknowledged", [1, 5, 20])
def test_a_kill_from_outside_on_any_system(acknowledged: int, start: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.echelon"
    shutil.copy(start / "school" / "a.echelon", path)
    with subprocess.Popen(
        [sys.executable, "-c", ENDLESS, str(path)], stdout=subprocess.PIPE, text=True, env=ENVIRONMENT
    ) as process:
        assert process.stdout
        for _ in range(acknowledged):
            process.stdout.readline()
        process.kill()
        last = process.stdout.read().split()[-1:]
    seen = int(last[0]) if last else acknowledged - 1
    with SchoolFile.open(path) as file:
        assert int(file.dataset.school.students["st1"].name) in (seen, seen + 1)
        while file.undo():
            pass
        assert state(file.dataset) == state(example())
