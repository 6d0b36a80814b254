"""Import, export, import is the identity, whatever the texts; and no damage ends in a traceback."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_school_files import SMALL_SCHOOL, write_files

from echelon_desktop.errors import InputError
from echelon_desktop.model import columns as c
from echelon_desktop.model import entities as e
from echelon_desktop.model.csv_io import Imported, read_school, write_school
from echelon_desktop.model.dataset import School
from echelon_desktop.model.findings import Severity

AWKWARD = "aB01é\u00a0 ,|'\"=+-@\t\r\n.:/#_\u2028名"

texts = st.text(AWKWARD, max_size=6).map(str.strip)
ids = texts.filter(bool)
listed_ids = st.text(AWKWARD.replace(":", ""), min_size=1, max_size=6).map(str.strip).filter(bool)
course_ids = st.text(AWKWARD + ";", min_size=1, max_size=6).map(str.strip).filter(bool)
extra_cells = st.text(AWKWARD + ";", max_size=6)
counts = st.none() | st.integers(0, 40)


@pytest.fixture(scope="module", autouse=True)
def _no_waiting_for_the_disk():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.fsync", lambda handle: None)
        yield


def round_trip(school: School) -> Imported:
    with tempfile.TemporaryDirectory() as folder:
        write_school(school, folder)
        return read_school(folder)


def some(items, **kwargs):
    """A tuple of distinct items."""
    return st.lists(items, unique=True, max_size=3, **kwargs).map(tuple)


def among(items, **kwargs):
    return some(st.sampled_from(list(items)), **kwargs) if items else st.just(())


@st.composite
def extras(draw, spec: c.FileSpec):
    """A strategy for what the unknown columns of one file hold, the titles the same for all rows."""
    titles = draw(st.lists(st.text(AWKWARD + ";", max_size=5).map(str.strip).filter(bool), max_size=2))
    kept: dict[str, str] = {}
    for title in titles:
        if c.match_titles(spec.columns, [title]) == [None]:
            kept.setdefault(c.normal_title(title), title)
    return st.fixed_dictionaries(dict.fromkeys(kept.values(), extra_cells))


@st.composite
def records(draw, spec: c.FileSpec, record: type, keys=ids, **fields):
    extra = draw(extras(spec))
    own = st.builds(record, keys, extra=extra, **fields)
    return draw(st.lists(own, max_size=4, unique_by=lambda record: record.id))


@st.composite
def request_lists(draw):
    wide, long = draw(extras(c.PREFERENCES)), draw(extras(c.COURSE_REQUESTS))
    lists = []
    for student in draw(st.lists(ids, unique=True, max_size=4)):
        courses = draw(st.lists(course_ids, unique=True, max_size=5))
        plain = draw(st.integers(0, len(courses)))
        requests = [e.CourseRequest(course) for course in courses[:plain]]
        for course in courses[plain:]:
            rank, alternates = draw(st.integers(1, 3)), draw(some(listed_ids))
            extra = draw(long)
            if len(requests) == plain and rank == 1 and not alternates and not extra:
                rank = 2  # where the long file takes over, a request says more than a course
            requests.append(e.CourseRequest(course, rank, alternates, extra))
        lists.append(e.RequestList(student, tuple(requests), draw(wide)))
    for each in lists:
        # The long file's columns are there for all its rows or for none.
        first = next((i for i, r in enumerate(each.requests) if ";" in r.course), None)
        if first is not None and first < len(each.requests):
            lists[lists.index(each)] = e.RequestList(each.student, each.requests[:first], each.extra)
    return lists


@st.composite
def schools(draw) -> School:
    periods = draw(records(c.PERIODS, e.Period, listed_ids, number=texts, day=texts, order=st.integers(0, 9)))
    terms = draw(records(c.TERMS, e.Term, listed_ids.filter(lambda t: "|" not in t), name=texts))
    slot_texts = [p.id for p in periods] + [f"{t.id}:{p.id}" for t in terms for p in periods]
    slots = among(slot_texts)
    term_choices = some(among([t.id for t in terms], min_size=1)) if terms else st.just(())
    choices = some(among(slot_texts, min_size=1)) if slot_texts else st.just(())
    patterns = draw(records(c.PATTERNS, e.Pattern, choices=choices))
    rooms = draw(records(c.ROOMS, e.Room, seats=counts, building=texts, type=texts))
    groups = draw(records(c.GROUPS, e.Group, listed_ids, name=texts))
    teachers = draw(
        records(
            *(c.TEACHERS, e.Teacher, listed_ids),
            department=texts,
            dedicated_course=texts,
            load=counts,
            science_sections=counts,
            name=texts,
            fte=st.sampled_from([None, 0.0, 0.5, 1.0, 0.333333333]),
            max_load=counts,
            max_preps=counts,
            max_consecutive=counts,
            courses=some(listed_ids),
        )
    )
    common = {
        "pattern": texts,
        "term_choices": term_choices,
        "allowed_periods": slots,
        "sped_limit": counts,
    }
    sections = draw(
        records(
            *(c.SECTIONS, e.Section, listed_ids),
            course=course_ids,
            teachers=some(listed_ids),
            seats=st.integers(0, 99),
            department=texts,
            room=texts,
            grades=some(listed_ids),
            groups=some(listed_ids),
            **common,
        )
    )
    courses = {
        course.id: course
        for course in draw(
            records(
                *(c.COURSES, e.Course, course_ids),
                title=texts,
                department=ids,
                lab=st.sampled_from([None, True, False]),
                room_type=texts,
                **common,
            )
        )
    }
    extra = {title: "" for course in courses.values() for title in course.extra}
    for section in sections:
        own = next((s.department for s in sections if s.course == section.course and s.department), "")
        courses.setdefault(section.course, e.Course(section.course, department=own, extra=extra))
    return School(
        periods=periods,
        terms=terms,
        patterns=patterns,
        rooms=rooms,
        groups=groups,
        courses=draw(st.permutations(list(courses.values()))),
        teachers=teachers,
        sections=sections,
        links=draw(
            records(c.LINKS, e.Link, kind=st.sampled_from(e.LinkKind), sections=some(listed_ids, min_size=1))
        ),
        unavailability={
            a.teacher: a for a in draw(st.lists(st.builds(e.Unavailability, ids, slots), max_size=3))
        }.values(),
        students=draw(
            records(
                *(c.STUDENTS, e.Student),
                sped=st.booleans(),
                name=texts,
                grade=texts.filter(lambda text: not text.endswith(".0")),
                counselor=texts,
                groups=some(listed_ids),
                unavailable=slots,
            )
        ),
        requests=draw(request_lists()),
    )


def tables(school: School) -> dict[str, list[object]]:
    return {name: list(table.values()) for name, table in vars(school).items()}


@settings(max_examples=40)
@given(schools())
def test_a_school_comes_back_as_it_was_written(school: School):
    assert tables(round_trip(school).school) == tables(school)


OPTIONAL = {
    "Courses.csv": "Course ID,Title,Lab,Allowed Periods,Pattern\nBiology,Life,yes,R1;R2,2\nLatin,,,,\n",
    "Course_Requests.csv": "Student ID,Course ID,Rank,Alternates,Why\nA,Latin,2,Biology,fun\nC,Latin,1,,\n",
    "Terms.csv": "Term ID,Name\nS1,Fall\nS2,Spring\n",
    "Patterns.csv": "Pattern ID,Periods\ndouble,R1;R2\ndouble,G1;G2\n",
    "Links.csv": "Link ID,Kind,Sections\nL1,Stacked,S1;S3\n",
    "Rooms.csv": "Room ID,Seats,Wing\n101,30,=A1\n",
    "Student_Info.csv": (
        'Student ID,SPED,Grade,Groups,Room,room\n"A",Yes,9,Band,"x\ny",\'=z\nB,No,"10",Band;Chess,,\n'
    ),
}
VALID = {**SMALL_SCHOOL, **OPTIONAL}
PIECES = [
    b'"',
    b"'",
    b",",
    b";",
    b"|",
    b"\t",
    b"\r",
    b"\n",
    b"=",
    b"\0",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\x81",
]


@st.composite
def damaged(draw) -> dict[str, bytes | None]:
    """Valid files, some with bytes changed, put in, taken out or repeated, one perhaps missing."""
    files: dict[str, bytes | None] = {name: text.encode() for name, text in VALID.items()}
    for name in draw(st.lists(st.sampled_from(list(VALID)), min_size=1, max_size=4)):
        data = bytearray(files[name] or b"")
        for _ in range(draw(st.integers(1, 4))):
            start = draw(st.integers(0, len(data)))
            end = min(len(data), start + draw(st.integers(0, 20)))
            patch = draw(
                st.sampled_from(PIECES) | st.binary(max_size=4) | st.just(bytes(data[start:end]) * 2)
            )
            data[start:end] = patch
        files[name] = bytes(data)
    if draw(st.booleans()):
        files[draw(st.sampled_from(list(VALID)))] = None
    return files


@settings(max_examples=80)
@given(damaged())
def test_damage_gives_findings_and_what_was_read_comes_back(files: dict[str, bytes | None]):
    with tempfile.TemporaryDirectory() as folder:
        imported = read_school(write_files(Path(folder), files))
    assert all(finding.message and finding.remedy for finding in imported.findings)
    assert tables(round_trip(imported.school).school) == tables(imported.school)


@settings(max_examples=60)
@given(st.sampled_from(list(SMALL_SCHOOL)), st.binary(max_size=300))
def test_any_bytes_at_all(name: str, data: bytes):
    with tempfile.TemporaryDirectory() as folder:
        imported = read_school(write_files(Path(folder), {name: data}))
    assert tables(round_trip(imported.school).school) == tables(imported.school)


def test_export_is_stable(tmp_path: Path):
    school = read_school(write_files(tmp_path / "in", VALID)).school
    first = write_school(school, tmp_path / "first")
    again = write_school(read_school(tmp_path / "first").school, tmp_path / "second")
    assert [path.name for path in first] == [path.name for path in again]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]


@pytest.mark.real
@pytest.mark.parametrize("name", ["chico", "yor83", "kfu93"])
def test_real_schools(name: str, real_school: Callable[[str], Path]):
    imported = read_school(real_school(name))
    assert [f for f in imported.findings if f.severity > Severity.NOTE] == []
    again = round_trip(imported.school)
    assert again.findings == []
    assert again.school == imported.school


def test_an_unreadable_folder_is_an_input_error(tmp_path: Path):
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(InputError, match="cannot be read"):
        read_school(file)
    with pytest.raises(InputError, match="cannot be written"):
        write_school(School(), file)
