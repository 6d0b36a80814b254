"""
What the school file costs: opening, an edit, a solver's whole result, a snapshot.

    python benchmarks/store.py [SCHOOL_FOLDER] [--in FOLDER]

Without a folder of CSV files, a school of the size of a large high school is made up. The file is written
below ``--in`` (the system's temporary folder otherwise), whose disk decides what an edit costs.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Dataset, Edit, RowChange, School
from echelon_desktop.model.store import SchoolFile

T = TypeVar("T")

STUDENTS, SECTIONS, COURSES, REQUESTS = 5349, 1206, 300, 8


def made_up() -> School:
    return School(
        periods=[e.Period(f"{day}{n}", day=day, order=n) for day in "RG" for n in range(1, 5)],
        courses=[e.Course(f"c{i}") for i in range(COURSES)],
        sections=[e.Section(f"s{i}", f"c{i % COURSES}", (f"t{i % 150}",), 30) for i in range(SECTIONS)],
        students=[e.Student(f"st{i}", sped=i % 9 == 0) for i in range(STUDENTS)],
        requests=[
            e.RequestList(
                f"st{i}",
                tuple(e.CourseRequest(f"c{(i * 7 + j * 13) % COURSES}", j + 1) for j in range(REQUESTS)),
            )
            for i in range(STUDENTS)
        ],
    )


def result(school: School, scenario: str, turn: int) -> Edit:
    """A solver's result: a placement of every section and the seats of every student."""
    periods = [period.id for period in school.periods.values()] or ["R1"]
    sections = list(school.sections.values())
    changes = [
        RowChange(
            "placements",
            (scenario, section.id),
            e.Placement(scenario, section.id, (periods[(i + turn) % len(periods)],)),
        )
        for i, section in enumerate(sections)
    ]
    for i, student in enumerate(student.id for student in school.students.values()):
        seats = (sections[(i * 7 + j * 13 + turn) % len(sections)] for j in range(REQUESTS))
        seating = e.Seating(scenario, student, tuple(e.Seat(s.course, s.id) for s in seats))
        changes.append(RowChange("seatings", (scenario, student), seating))
    return Edit(f"Result {turn}", tuple(changes))


def timed(name: str, action: Callable[[], T], times: int = 1) -> T:
    seconds, busy = [], []
    for _ in range(times):
        start, busy_start = time.perf_counter(), time.process_time()
        value = action()
        seconds.append(time.perf_counter() - start)
        busy.append(time.process_time() - busy_start)
    took, computed = statistics.median(seconds) * 1e3, statistics.median(busy) * 1e3
    print(f"{name:42} {took:8.1f} ms, {computed:8.1f} ms of it computing")
    return value


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("school", nargs="?", type=Path, help="a folder of CSV files")
    parser.add_argument("--in", dest="folder", type=Path, help="where to write the file")
    args = parser.parse_args()
    if args.school:
        from echelon_desktop.model.csv_io import read_school

        school = read_school(args.school).school
    else:
        school = made_up()
    dataset = Dataset(school, scenarios=[e.Scenario("a", "A"), e.Scenario("b", "B")])
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        path = Path(folder) / "school.echelon"
        file = timed("create", lambda: SchoolFile.create(path, dataset, "Benchmark"))
        students = iter([student.id for student in school.students.values()] * 3)

        def rename() -> None:
            student = next(students)
            file.apply(Edit("Rename", (RowChange("students", student, e.Student(student, name="A")),)))

        timed("edit of one row (median of 50)", rename, 50)
        timed("undo of it (median of 20)", file.undo, 20)
        timed("result, first", lambda: file.apply(result(school, "a", 0)))
        timed("result, second", lambda: file.apply(result(school, "a", 1)))
        timed("undo of a result", file.undo)
        timed("redo of a result", file.redo)
        timed("edit of one row after that", rename, 50)
        timed("snapshot", lambda: file.snapshot("one"))
        file.apply(result(school, "b", 2))
        timed("restore snapshot", lambda: file.restore_snapshot("one"))
        file.undo()
        file.close()
        timed("open, with a backup", lambda: SchoolFile.open(path).close())
        timed("open, two scenarios (median of 5)", lambda: SchoolFile.open(path).close(), 5)
        timed("open, reading only (median of 5)", lambda: SchoolFile.open(path, read_only=True).close(), 5)
        print(f"{'size of the file':42} {path.stat().st_size / 1e6:8.1f} MB")


if __name__ == "__main__":
    main()
