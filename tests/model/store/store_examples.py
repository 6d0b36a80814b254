"""A small dataset with a row in every table, comparable states, and random records and edits."""

from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Dataset, Edit, RowChange, School
from echelon_desktop.model.store import SchoolFile
from echelon_desktop.model.store.connect import driver
from echelon_desktop.model.tables import TABLES, TableSpec

# A folder in memory, if there is one: a killed process loses no more on a disk, only time.
MEMORY = next((folder for folder in (Path("/dev/shm"),) if folder.is_dir()), None)


def example() -> Dataset:
    """Every table has rows, every kind of value occurs."""
    school = School(
        periods=[e.Period("R1", "1", "R", 1), e.Period("G1", "5", "G", 1, {"Bell": "8:05"})],
        terms=[e.Term("S1", "Herbst"), e.Term("S2", "Früh\njahr")],
        patterns=[e.Pattern("double", (("R1", "R2"), ("G1", "G2")))],
        rooms=[e.Room("12", 30, "Main", "lab"), e.Room("Gym")],
        groups=[e.Group("AVID", "Advancement")],
        courses=[
            e.Course(
                "Bio",
                "Biology",
                "Science",
                ("R1",),
                True,
                12,
                "double",
                (("S1",), ("S2",)),
                "lab",
                {"x": "="},
            ),
            e.Course("Art", lab=False),
            e.Course("数学"),
        ],
        teachers=[e.Teacher("T1", "Science", "Bio", 5, 2, "Ada", 0.5, 5, 2, 3, ("Bio",)), e.Teacher("T2")],
        sections=[
            e.Section("Bio-1", "Bio", ("T1", "T2"), 30, groups=("AVID",), grades=("9", "10")),
            e.Section("Art-1", "Art", seats=25, room="Gym"),
        ],
        links=[e.Link("l1", e.LinkKind.SAME_PERIOD, ("Bio-1", "Art-1"))],
        unavailability=[e.Unavailability("T1", ("S1:R1", "G1"))],
        students=[e.Student(f"st{i}", sped=i % 3 == 0, unavailable=("R1",) * (i == 4)) for i in range(6)],
        requests=[
            e.RequestList(f"st{i}", (e.CourseRequest("Bio", 1, ("Art",)), e.CourseRequest("Art", 2)))
            for i in range(6)
        ],
    )
    return Dataset(
        school,
        rules=[e.Rule("r1", "sped-limit", limit=12), e.Rule("r2", "lab-spacing", 2, 3, courses=("Bio",))],
        scenarios=[e.Scenario("one", "Draft", "2026-01-02T03:04:05Z", "first"), e.Scenario("two", "Other")],
        placements=[e.Placement("one", "Bio-1", ("R1",), ("S1",), ("T1",), "12", True, ("G1",))],
        seatings=[e.Seating("one", "st1", (e.Seat("Bio", "Bio-1"), e.Seat("Bio", "Art-1")), ("Bio-1",))],
    )


def state(dataset: Dataset) -> dict[str, list[tuple[e.Key, e.Record]]]:
    """All rows of all tables in order; two datasets are the same when these are equal."""
    return {name: list(dataset.table(name).items()) for name in TABLES}


def rename_student(number: int, name: str) -> Edit:
    """An edit of one row of the example."""
    student = e.Student(f"st{number}", name=name)
    return Edit(f"Rename st{number} to {name}", (RowChange("students", student.id, student),))


def add_course(course: str, index: int | None = None) -> Edit:
    """An edit that adds a row."""
    return Edit(f"Add {course}", (RowChange("courses", course, e.Course(course), index),))


def delete_course(course: str) -> Edit:
    """An edit that deletes a row."""
    return Edit(f"Delete {course}", (RowChange("courses", course, None),))


def journal_of(path: Path) -> Path:
    return path.with_name(path.name + "-journal")


def interrupt(path: Path) -> None:
    """Leave a file as a kill in the middle of a change leaves it: pages changed, and the journal of them."""
    copied, size = path.with_name("copied"), path.stat().st_size
    with SchoolFile.open(path) as file:
        raw = driver(file._connection)
        raw.execute("PRAGMA cache_size = 2")
        raw.execute("BEGIN")
        raw.execute("DELETE FROM students")
        raw.execute("INSERT INTO snapshots VALUES ('big', '', zeroblob(200000))")
        copied.write_bytes(path.read_bytes())
        assert copied.stat().st_size > size
        journal = journal_of(path).read_bytes()
        raw.execute("ROLLBACK")
    copied.replace(path)
    journal_of(path).write_bytes(journal)


KEYS = st.sampled_from(["a", "b", "c", "d", "A", "é", ""])
_INTEGERS = st.integers(-(2**63), 2**63 - 1)  # what a school file can hold


def _values(hint: Any) -> st.SearchStrategy[Any]:
    if get_origin(hint) in (Union, UnionType):
        (inner,) = (arg for arg in get_args(hint) if arg is not NoneType)
        return st.none() | _values(inner)
    if hint is int:
        return _INTEGERS
    if hint is float:
        return st.floats(allow_nan=False)
    if hint is str:
        return st.text(max_size=5)
    if get_origin(hint) is tuple:
        return st.lists(_values(get_args(hint)[0]), max_size=2).map(tuple)
    if hint in (e.CourseRequest, e.Seat):
        return st.builds(hint, **{name: _values(h) for name, h in get_type_hints(hint).items()})
    if hint == e.Extra:
        return st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2)
    return st.from_type(hint)


def records(spec: TableSpec) -> st.SearchStrategy[Any]:
    """Records of a table, of few keys and any values."""
    hints = get_type_hints(spec.record)
    return st.builds(
        spec.record, **{name: KEYS if name in spec.key else _values(hint) for name, hint in hints.items()}
    )


RECORDS = {name: records(spec) for name, spec in TABLES.items()}
# Few tables, so that edits meet each other.
BUSY_TABLES = ("courses", "seatings", "rules")


@st.composite
def edits(draw: st.DrawFn, dataset: Dataset, tables: tuple[str, ...] = BUSY_TABLES) -> Edit:
    """An edit that fits a dataset: rows put, moved and deleted, in one or several tables."""
    changes: dict[tuple[str, e.Key], RowChange] = {}
    for _ in range(draw(st.integers(1, 5))):
        table = draw(st.sampled_from(tables))
        rows = dataset.table(table)
        if len(rows) and draw(st.booleans()):
            key = draw(st.sampled_from(list(rows)))
            record = draw(st.none() | st.just(rows[key]))
        else:
            record = draw(RECORDS[table])
            key = TABLES[table].key_of(record)
        index = None if record is None else draw(st.none() | st.integers(0, len(rows) + 1))
        changes[table, key] = RowChange(table, key, record, index)
    return Edit(draw(st.text(max_size=5)), tuple(changes.values()))


@st.composite
def datasets(draw: st.DrawFn, tables: tuple[str, ...] = BUSY_TABLES) -> Dataset:
    """Datasets with rows in some tables."""
    dataset = Dataset()
    for _ in range(draw(st.integers(0, 3))):
        dataset.apply(draw(edits(dataset, tables)))
    return dataset
