"""
Kills processes that use a school file, at a chosen event; run by test_store_kills.py.

Reads a job per line, as JSON, and answers each with a line. A job is done by a forked child, which tells
before each action what the file will be like after it, and after it that it was done. Events are whatever a
child passes through: the start of an SQL statement, every few instructions of SQLite, each renaming,
removing and synchronising of a file, before and after. When the chosen one comes, the child dies by
SIGKILL; or a given time later by SIGALRM, which nobody catches and which is no gentler, so that it may be
inside a commit or a copy, where no event is.
"""

import dataclasses
import hashlib
import json
import os
import random
import signal
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import alembic.command  # loaded once, for all children
from store_examples import add_course, delete_course, example, rename_student, state

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Dataset, Edit, RowChange
from echelon_desktop.model.store import Run, SchoolFile, backups, migrate, restore_backup
from echelon_desktop.model.store.rows import dataset_of

assert alembic.command


class Killer:
    """Counts events, and ends the process when the chosen one comes."""

    def __init__(self, at: int | None, after_us: int | None) -> None:
        self.events = 0
        self._at, self._after_us = at, after_us

    def event(self, *_: object) -> None:
        self.events += 1
        if self.events != self._at:
            return
        if self._after_us is None:
            os.kill(os.getpid(), signal.SIGKILL)
        else:
            signal.setitimer(signal.ITIMER_REAL, max(self._after_us, 1) / 1e6)

    def watch(self) -> None:
        """Have everything that touches the disk pass through :meth:`event`."""
        event = self.event

        class Connection(sqlite3.Connection):
            def backup(self, *args: Any, **kwargs: Any) -> None:
                event()
                super().backup(*args, **kwargs)
                event()

        real_connect = sqlite3.connect

        def connect(*args: Any, **kwargs: Any) -> sqlite3.Connection:
            connection = real_connect(*args, factory=Connection, **kwargs)
            # Pages go to the file before the commit, so that a kill finds it half written.
            connection.execute("PRAGMA cache_size = 2")
            connection.set_trace_callback(event)
            connection.set_progress_handler(event, 50)
            return connection

        sqlite3.connect = connect
        for owner, name in ((os, "fsync"), (os, "ftruncate"), (Path, "replace"), (Path, "unlink")):
            setattr(owner, name, self._around(getattr(owner, name)))

    def _around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*args: Any, **kwargs: Any) -> Any:
            self.event()
            result = call(*args, **kwargs)
            self.event()
            return result

        return watched


class Expected:
    """What a school file should be like, kept without one: its states, and the history over them."""

    def __init__(self) -> None:
        self.states = [state(example())]
        self.titles: list[str] = []
        self.at = 0

    def digest(self) -> str:
        return digest(self.states[self.at], [(t, i < self.at) for i, t in enumerate(self.titles)])

    def dataset(self) -> Dataset:
        rows = self.states[self.at]
        return dataset_of({table: [record for _, record in items] for table, items in rows.items()})

    def apply(self, edit: Edit) -> None:
        dataset = self.dataset()
        dataset.apply(edit)
        self.move_to(state(dataset), edit.title)

    def move_to(self, new: dict[str, Any], title: str) -> None:
        self.states[self.at + 1 :] = [new]
        self.titles[self.at :] = [title]
        self.at += 1


def digest(rows: dict[str, Any], history: list[tuple[str, bool]]) -> str:
    return hashlib.sha256(repr((rows, history)).encode()).hexdigest()


def digest_of(file: SchoolFile) -> str:
    """What to compare with :meth:`Expected.digest`."""
    return digest(state(file.dataset), [(entry.title, entry.done) for entry in file.history()[1:]])


def long_titles(random: random.Random) -> Edit:
    """An edit of many pages, which do not compress."""
    courses = [e.Course(f"long {i}", random.randbytes(1000).hex()) for i in range(20)]
    return Edit("Long titles", tuple(RowChange("courses", course.id, course) for course in courses))


def result(dataset: Dataset, scenario: str) -> Edit:
    """A solver's result as an edit: a scenario, all placements, all seats."""
    rows: list[RowChange] = [RowChange("scenarios", scenario, e.Scenario(scenario, scenario))]
    sections = dataset.school.sections.values()
    for section in sections:
        placement = e.Placement(scenario, section.id, ("R1",), ("S1",), section.teachers)
        rows.append(RowChange("placements", (scenario, section.id), placement))
    seats = tuple(e.Seat(section.course, section.id) for section in sections) * 20
    for student in dataset.school.students:
        seating = e.Seating(scenario, student, seats)
        rows.append(RowChange("seatings", (scenario, student), seating))
    return Edit(f"Solve {scenario}", tuple(rows))


class Worker:
    """Does a job in the child, telling what it does through a pipe."""

    def __init__(self, path: Path, seed: int, out: int) -> None:
        self.path, self.out = path, out
        self.random = random.Random(seed)
        self.expected = Expected()
        self.snapshots: dict[str, dict[str, Any]] = {}

    def tell(self, word: str) -> None:
        os.write(self.out, f"{word} {self.expected.digest()}\n".encode())

    def act(self, change_expected: Callable[[], object], change_file: Callable[[], object]) -> None:
        change_expected()
        self.tell("try")
        change_file()
        self.tell("done")

    def edit(self, file: SchoolFile) -> None:
        random, expected = self.random, self.expected
        courses = list(expected.dataset().school.courses)
        edit = random.choice(
            [
                long_titles(random),
                rename_student(random.randrange(6), str(random.random())),
                add_course(f"new {random.random()}", random.randrange(len(courses) + 1)),
                delete_course(random.choice(courses)) if courses else add_course("only"),
            ]
        )
        self.act(lambda: expected.apply(edit), lambda: file.apply(edit))

    def something(self, file: SchoolFile) -> None:
        """One of all that can be done with an open file."""
        random, expected = self.random, self.expected
        choice = random.randrange(8)
        if choice == 0 and expected.at:
            self.act(lambda: setattr(expected, "at", expected.at - 1), file.undo)
        elif choice == 1 and expected.at < len(expected.titles):
            self.act(lambda: setattr(expected, "at", expected.at + 1), file.redo)
        elif choice == 2:
            name = f"snapshot {len(self.snapshots)}"
            self.act(lambda: None, lambda: file.snapshot(name))
            self.snapshots[name] = expected.states[expected.at]
        elif choice == 3 and self.snapshots:
            name = random.choice(list(self.snapshots))
            if self.snapshots[name] != expected.states[expected.at]:
                title = f"Restore snapshot {name}"
                self.act(
                    lambda: expected.move_to(self.snapshots[name], title),
                    lambda: file.restore_snapshot(name),
                )
        elif choice == 4:
            self.act(lambda: None, lambda: file.record_run(Run("1", "one", str(random.random()))))
        else:
            self.edit(file)

    def edits(self) -> None:
        """Edits, undo, redo, snapshots and runs."""
        with SchoolFile.open(self.path) as file:
            for _ in range(14):
                self.something(file)

    def solves(self) -> None:
        """Solver runs, each with its result as a new scenario."""
        with SchoolFile.open(self.path) as file:
            for turn in range(4):
                run = Run(f"run {turn}", f"result {turn}", str(turn), seed=turn)
                self.act(lambda: None, lambda run=run: file.record_run(run))
                edit = result(self.expected.dataset(), run.scenario)
                self.act(lambda edit=edit: self.expected.apply(edit), lambda edit=edit: file.apply(edit))
                done = dataclasses.replace(run, ended="later", status="optimal", figures={"missed": turn})
                self.act(lambda: None, lambda done=done: file.record_run(done))

    def reopen(self) -> None:
        """Opening again and again, with a backup each time."""
        for _ in range(5):
            with SchoolFile.open(self.path) as file:
                self.edit(file)

    def restore(self) -> None:
        """Going back to a backup and returning."""
        for _ in range(3):
            with SchoolFile.open(self.path) as file:
                self.edit(file)
            SchoolFile.open(self.path).close()
            kept = backups(self.path)[0].path
            before = self.expected
            with SchoolFile.open(self.path) as file:
                self.edit(file)
                states, titles, at = list(before.states), list(before.titles), before.at
            self.expected = Expected()
            self.expected.states, self.expected.titles = states[:at], titles[: at - 1]
            self.expected.at = at - 1
            self.act(lambda: None, lambda kept=kept: restore_backup(self.path, kept))

    def update(self) -> None:
        """An update of the format, then edits."""
        with SchoolFile.open(self.path) as file:
            for _ in range(3):
                self.edit(file)

    def create(self) -> None:
        """A new file, then edits."""
        self.act(lambda: None, lambda: SchoolFile.create(self.path, example(), "Import").close())
        self.update()


def child(job: dict[str, Any], out: int) -> None:
    killer = Killer(job.get("at"), job.get("after_us"))
    killer.watch()
    if "scripts" in job:
        migrate.SCRIPTS = Path(job["scripts"])
    worker = Worker(Path(job["path"]), job["seed"], out)
    worker.tell("done")
    getattr(worker, job["name"])()
    os.write(out, f"end {killer.events}\n".encode())


def main() -> None:
    for line in sys.stdin:
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                os.close(read)
                child(json.loads(line), write)
                status = 0
            except BaseException as exc:
                os.write(write, f"failed {exc!r}\n".encode())
            finally:
                os._exit(status)
        os.close(write)
        with os.fdopen(read) as told:
            lines = told.read().splitlines()
        _, status = os.waitpid(pid, 0)
        ended_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        print(json.dumps({"lines": lines, "signal": ended_by}), flush=True)


if __name__ == "__main__":
    main()
