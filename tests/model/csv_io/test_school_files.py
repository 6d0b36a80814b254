"""The files of a school: which are there, what they may be called, and what each optional one says."""

from pathlib import Path

import pytest
from small_school_files import SMALL_SCHOOL, ReadFiles, codes, only, write_files

from echelon_desktop.errors import InputError
from echelon_desktop.model import entities as e
from echelon_desktop.model.checks import check_school
from echelon_desktop.model.csv_io import read_school, write_school
from echelon_desktop.model.findings import Severity

SECTIONS = SMALL_SCHOOL["Sections_Information.csv"]


def sections(extra_titles: str, *cells: str) -> dict[str, str]:
    """The sections file with further columns; cells of a row follow one another with commas."""
    lines = SECTIONS.splitlines()
    rows = [f"{line},{more}" for line, more in zip(lines[1:], cells, strict=True)]
    return {"Sections_Information.csv": "\n".join([f"{lines[0]},{extra_titles}", *rows])}


@pytest.mark.parametrize(
    ("missing", "code", "severity"),
    [
        ("Period.csv", "file-missing", Severity.ERROR),
        ("Sections_Information.csv", "file-missing", Severity.ERROR),
        ("Student_Preference_Info.csv", "file-missing", Severity.ERROR),
        ("Student_Info.csv", "file-absent", Severity.WARNING),
        ("Teacher_Info.csv", "file-absent", Severity.WARNING),
        ("Teacher_unavailability.csv", "file-not-given", Severity.NOTE),
    ],
)
def test_a_missing_file_is_a_finding(read: ReadFiles, missing: str, code: str, severity: Severity):
    finding = only(read({missing: None}), code)
    assert (finding.file, finding.severity) == (missing, severity)


def test_students_and_teachers_that_other_files_name_are_taken(read: ReadFiles):
    imported = read({"Student_Info.csv": None, "Teacher_Info.csv": None})
    assert list(imported.school.students) == ["A", "B"]
    assert list(imported.school.teachers) == ["T1", "T2"]
    assert codes(imported) == ["file-absent", "file-absent", "records-implied", "records-implied"]


def test_the_long_file_may_stand_alone(read: ReadFiles):
    imported = read(
        {
            "Student_Preference_Info.csv": None,
            "Course_Requests.csv": "Student ID,Course ID\nB,Biology\nA,Biology\n",
        }
    )
    assert list(imported.school.requests) == ["B", "A"]
    assert codes(imported) == ["column-absent", "column-absent"]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("period.CSV", []),
        ("PERIOD.csv", []),
        ("Periods.csv", ["file-name"]),
        ("period info.txt", ["file-name"]),
    ],
)
def test_file_names_are_forgiven(read: ReadFiles, name: str, told: list[str]):
    imported = read({"Period.csv": None, name: SMALL_SCHOOL["Period.csv"]})
    assert len(imported.school.periods) == 4
    assert codes(imported) == told


@pytest.mark.parametrize(
    "name", ["Sections Information.csv", "sections-information.csv", "SectionsInformation.csv"]
)
def test_spaces_and_hyphens_in_file_names(read: ReadFiles, name: str):
    imported = read({"Sections_Information.csv": None, name: SECTIONS})
    assert imported.findings == []
    assert [source.name for source in imported.files if source.role == "Sections_Information.csv"] == [name]


def test_two_files_for_one_role(read: ReadFiles):
    imported = read({"Periods.csv": "period_id,period_name\n1,X\n"})
    assert list(imported.school.periods) == ["R1", "R2", "G1", "G2"]
    assert only(imported, "file-twice").file == "Periods.csv"


def test_files_that_mean_nothing_here_are_told_of(read: ReadFiles):
    imported = read({"Lunch.csv": "a,b\n", "section_schedule.csv": "Section ID\n", "notes.txt": "hello"})
    assert only(imported, "file-unknown").file == "Lunch.csv"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file-empty"),
        (b"\xef\xbb\xbf\r\n ,\r\n", "file-empty"),
        (b"PK\x03\x04\x14\x00rest", "not-csv"),
        (b"\xd0\xcf\x11\xe0rest", "not-csv"),
        (b"Master schedule\nfor 2026\n", "header-unknown"),
        (b"Student ID,SPED\n", "no-rows"),
    ],
)
def test_files_without_rows(read: ReadFiles, content: bytes, code: str):
    assert code in codes(read({"Student_Info.csv": content}))


def test_no_file_at_all_cannot_be_read(tmp_path: Path):
    (tmp_path / "Lunch.csv").write_text("a,b\n")
    with pytest.raises(InputError, match="none of the files of a school"):
        read_school(tmp_path)


def test_a_folder_that_is_not_there_cannot_be_read(tmp_path: Path):
    with pytest.raises(InputError, match="cannot be read"):
        read_school(tmp_path / "nowhere")


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    write_files(tmp_path)

    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(InputError, match=r"Period\.csv cannot be read: Permission denied"):
        read_school(tmp_path)


def test_days_and_orders_follow_from_names(read: ReadFiles):
    periods = read().school.periods
    assert periods["G2"] == e.Period("G2", "4", "G", 2)


@pytest.mark.parametrize("names", [("R1", "R2", "Lunch"), ("A", "B", "C"), ("R1", "R 1", "G1")])
def test_names_of_another_shape_are_one_day_in_order(read: ReadFiles, names: tuple[str, ...]):
    rows = "".join(f"{i},{name}\n" for i, name in enumerate(names))
    imported = read({"Period.csv": f"period_id,period_name\n{rows}"})
    assert [(p.day, p.order) for p in imported.school.periods.values()] == [("", 1), ("", 2), ("", 3)]


def test_days_and_orders_as_given(read: ReadFiles):
    imported = read(
        {"Period.csv": "period_id,period_name,Day,Order\n1,R1,Red,0\n2,R2,,\n3,G1,Gold,5\n4,G2,x,y\n"}
    )
    assert [(p.day, p.order) for p in imported.school.periods.values()] == [
        *(("Red", 0), ("", 2), ("Gold", 5), ("x", 2)),
    ]
    assert codes(imported) == ["not-a-count"]


def test_optional_columns_of_sections(read: ReadFiles):
    imported = read(
        sections(
            "Room,Pattern,Terms,Allowed Periods,Grades,Groups,SPED Limit",
            "101,2,S1|S2,R1;3,9;10,Band,5",
            ",,S1;S2,S1:r1,,,",
            ",,,,,,",
        )
        | {"Terms.csv": "Term ID,Name\nS1,Fall\nS2,Spring\n", "Groups.csv": "Group ID,Name\nBand,\n"}
    )
    first, second, third = imported.school.sections.values()
    assert first == e.Section(
        *("S1", "Biology", ("T1",), 30, "Science", "101", "2", (("S1",), ("S2",)), ("R1", "G1")),
        *(("9", "10"), ("Band",), 5),
    )
    assert (second.term_choices, second.allowed_periods) == ((("S1", "S2"),), ("S1:R1",))
    assert third == e.Section("S3", "Biology", ("T1",), 30, "Science")
    assert list(imported.school.terms.values()) == [e.Term("S1", "Fall"), e.Term("S2", "Spring")]
    assert list(imported.school.rooms) == ["101"]
    assert codes(imported) == ["period-by-number", "records-implied"]


def test_optional_columns_of_students_and_teachers(read: ReadFiles):
    imported = read(
        {
            "Student_Info.csv": (
                "Student ID,SPED,Name,Grade,Counselor,Groups,Unavailable Periods\n"
                "A,Yes,Al,9,Ms C,Band;Chess,R1\n"
            ),
            "Teacher_Info.csv": (
                "Teacher ID,Department,Dedicated Course,Current Load,Science Sections,"
                "Name,FTE,Max Load,Max Preps,Max Consecutive\n"
                "T1,Science,Biology,2,2,Bo,0.5,3,2,4\nT2,,,,,,half,,,\n"
            ),
        }
    )
    assert imported.school.students["A"] == e.Student(
        "A", True, "Al", "9", "Ms C", ("Band", "Chess"), ("R1",)
    )
    assert imported.school.teachers["T1"] == e.Teacher("T1", "Science", "Biology", 2, 2, "Bo", 0.5, 3, 2, 4)
    assert imported.school.teachers["T2"] == e.Teacher("T2")
    assert list(imported.school.groups) == ["Band", "Chess"]
    assert codes(imported) == ["not-a-number", "records-implied"]


def test_courses_are_merged_with_what_sections_imply(read: ReadFiles):
    imported = read(
        {
            "Courses.csv": (
                "Course ID,Title,Department,Allowed Periods,Lab,SPED Limit,Pattern,Terms\n"
                "Latin,,Languages,,,,,\n"
                "Biology,Life,,R1,no,10,2,\n"
            )
        }
    )
    assert list(imported.school.courses.values()) == [
        e.Course("Latin", department="Languages"),
        e.Course("Biology", "Life", "Science", ("R1",), False, 10, "2"),
        e.Course("English 9", department="English"),
    ]
    assert imported.findings == []


def test_a_course_that_is_only_requested_is_no_record(read: ReadFiles):
    imported = read({"Student_Preference_Info.csv": "Student ID,Preferred Sections\nA,Latin\n"})
    assert "Latin" not in imported.school.courses


def test_rooms_links_patterns(read: ReadFiles):
    imported = read(
        {
            "Rooms.csv": "Room ID,Seats\n101,30\nGym,\n",
            "Links.csv": "Link ID,Kind,Sections\nL1,Same_Students,S1;S2\nL2,STACKED,S1;S3\nL3,friends,S1\n",
            "Patterns.csv": "Pattern ID,Periods\ndouble,R1;R2\nsplit,R1;G1\ndouble,3;G2\n",
        }
    )
    school = imported.school
    assert list(school.rooms.values()) == [e.Room("101", 30), e.Room("Gym")]
    assert list(school.links.values()) == [
        e.Link("L1", e.LinkKind.SAME_STUDENTS, ("S1", "S2")),
        e.Link("L2", e.LinkKind.STACKED, ("S1", "S3")),
    ]
    assert school.patterns["double"].choices == (("R1", "R2"), ("G1", "G2"))
    assert list(school.patterns) == ["double", "split"]
    assert codes(imported) == ["not-a-link-kind", "period-by-number"]


def test_requests_in_long_form_join_those_in_wide_form(read: ReadFiles):
    imported = read(
        {
            "Student_Preference_Info.csv": "Student ID,Preferred Sections\nA,Biology;Art\nB,\n",
            "Course_Requests.csv": (
                "Student ID,Course ID,Rank,Alternates\n"
                "C,Biology,1,\nA,Biology,2,English 9;Latin\nA,Latin,0,\nA,Art,1,\n"
            ),
        }
    )
    assert list(imported.school.requests.values()) == [
        e.RequestList(
            "A",
            (
                e.CourseRequest("Biology", 2, ("English 9", "Latin")),
                e.CourseRequest("Art"),
                e.CourseRequest("Latin"),
            ),
        ),
        e.RequestList("B"),
        e.RequestList("C", (e.CourseRequest("Biology"),)),
    ]
    assert codes(imported) == ["not-a-count", "request-twice", "request-twice"]


def test_what_moves_to_the_long_file_has_its_columns_at_once(read: ReadFiles, tmp_path: Path):
    """Else a plain request behind one with a rank would come back with columns that it did not have."""
    school = read(
        {
            "Student_Preference_Info.csv": "Student ID,Preferred Sections\nA,Biology;English 9\n",
            "Course_Requests.csv": "Student ID,Course ID,Rank,Alternates,Why\nA,Biology,2,,fun\n",
        }
    ).school
    assert [r.extra for r in school.requests["A"].requests] == [{"Why": "fun"}, {"Why": ""}]
    write_school(school, tmp_path / "out")
    assert read_school(tmp_path / "out").school == school


def test_aeries_headers_of_requests(read: ReadFiles):
    imported = read(
        {
            "Student_Preference_Info.csv": None,
            "SSS.csv": "STU.SC,STU.ID,STU.NM,SSS.CN,CRS.CO\n1,007,Al,0618,Biology\n1,007,Al,0315,Art\n",
        }
    )
    assert [r.course for r in imported.school.requests["007"].requests] == ["0618", "0315"]
    assert imported.school.requests["007"].requests[0].extra == {
        "STU.SC": "1",
        "STU.NM": "Al",
        "CRS.CO": "Biology",
    }


def test_the_wide_file_may_have_a_row_per_course(read: ReadFiles):
    imported = read(
        {"Student_Preference_Info.csv": "Student ID,Course Number\nA,Biology\nB,Art\nA,Art\nA,Biology\n"}
    )
    assert [r.course for r in imported.school.requests["A"].requests] == ["Biology", "Art"]
    assert codes(imported) == ["request-twice", "rows-merged"]


def test_absences_of_several_rows_are_put_together(read: ReadFiles):
    imported = read(
        {"Teacher_unavailability.csv": "Teacher ID,Unavailable Periods,Why\nT1,R1,duty\nT1,R2;R1,bus\n"}
    )
    assert imported.school.unavailability["T1"].slots == ("R1", "R2")
    assert codes(imported) == ["row-extra-lost", "rows-merged"]


def test_an_id_with_a_semicolon_cannot_be_named_in_a_list(read: ReadFiles):
    imported = read({"Groups.csv": "Group ID,Name\na;b,\n"})
    assert only(imported, "separator-in-id").value == "a;b"


def test_only_what_is_needed_is_written(read: ReadFiles, tmp_path: Path):
    written = write_school(read().school, tmp_path / "out")
    assert sorted(path.name for path in written) == sorted(SMALL_SCHOOL)
    for name, text in SMALL_SCHOOL.items():
        assert (tmp_path / "out" / name).read_bytes() == b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()


def test_requests_stand_in_the_wide_file_up_to_the_first_that_says_more(read: ReadFiles, tmp_path: Path):
    school = read(
        {
            "Course_Requests.csv": "Student ID,Course ID,Rank,Alternates\nA,Art,2,PE\nA,Music,1,\nC,Art,1,\n",
        }
    ).school
    write_school(school, tmp_path / "out")
    wide = (tmp_path / "out" / "Student_Preference_Info.csv").read_text("utf-8-sig").splitlines()
    assert wide[1:] == ["A,Biology;English 9", "B,English 9", "C,Art"]
    long = (tmp_path / "out" / "Course_Requests.csv").read_text("utf-8-sig").splitlines()
    assert long[1:] == ["A,Art,2,PE", "A,Music,1,"]


def test_a_request_that_no_list_can_hold_goes_to_the_long_file(read: ReadFiles, tmp_path: Path):
    long = 'Student ID,Course ID,Rank,Alternates\nA,"Art;Music",1,\n'
    school = read({"Course_Requests.csv": long}).school
    write_school(school, tmp_path)
    assert (tmp_path / "Course_Requests.csv").read_text("utf-8-sig").splitlines() == [
        "Student ID,Course ID,Rank,Alternates",
        "A,Art;Music,1,",
    ]
    assert read_school(tmp_path).school == school


def test_an_unknown_column_does_not_take_the_place_of_a_known_one(read: ReadFiles, tmp_path: Path):
    school = read(sections("Room,Room ID", ",101", ",", ",")).school
    assert school.sections["S1"].extra == {"Room ID": "101"}
    write_school(school, tmp_path)
    assert read_school(tmp_path).school == school


def test_files_are_replaced_not_overwritten(read: ReadFiles, tmp_path: Path):
    """A crash in the middle of overwriting would leave half a file."""
    folder = write_files(tmp_path / "out")
    (tmp_path / "old.csv").hardlink_to(folder / "Student_Info.csv")
    write_school(read({"Student_Info.csv": "Student ID,SPED\nX,No\n"}).school, folder)
    assert (tmp_path / "old.csv").read_text() == SMALL_SCHOOL["Student_Info.csv"]
    assert list(read_school(folder).school.students) == ["X"]


def test_formulas_in_files_for_people_are_made_harmless(read: ReadFiles, tmp_path: Path):
    school = read({"Student_Info.csv": "Student ID,SPED,Name,=title\nA,Yes,=1+1,@x\nB,No,'=x,\t1\n"}).school
    write_school(school, tmp_path)
    text = (tmp_path / "Student_Info.csv").read_text("utf-8-sig")
    assert text == "Student ID,SPED,Name,'=title\nA,Yes,'=1+1,'@x\nB,No,'=x,'\t1\n"
    assert read_school(tmp_path).school == school


def test_an_old_optional_file_does_not_outlive_what_it_said(read: ReadFiles, tmp_path: Path):
    folder = write_files(tmp_path / "out", {"Courses.csv": "Course ID,Title\nLatin,Latin I\n"})
    write_school(read().school, folder)
    assert "Latin" not in read_school(folder).school.courses


def test_what_a_list_cannot_hold_is_refused_and_nothing_is_written(read: ReadFiles, tmp_path: Path):
    school = read({"Groups.csv": "Group ID,Name\na;b,\n"}).school
    school.students._rows["A"] = e.Student("A", groups=("a;b",))
    with pytest.raises(InputError) as caught:
        write_school(school, tmp_path / "out")
    (finding,) = caught.value.findings
    assert (finding.code, finding.key, finding.value) == ("unwritable", "A", "a;b")
    assert not (tmp_path / "out").exists()


def test_a_failed_write_leaves_the_files_as_they_were(
    read: ReadFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = write_files(tmp_path / "out")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    calls = 0

    def full_disk(handle: int) -> None:
        nonlocal calls
        calls += 1
        if calls == 4:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(InputError, match="No space left"):
        write_school(read({"Student_Info.csv": "Student ID,SPED\nX,No\n"}).school, folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_doubt_about_a_request_names_its_row(read: ReadFiles):
    rows = "A,English 9,1,\nA,Biology,2,English 9\nB,Biology,1,\nB,Latin,1,\n"
    imported = read(
        {
            "Student_Preference_Info.csv": None,
            "Course_Requests.csv": f"Student ID,Course ID,Rank,Alternates\n{rows}",
        }
    )
    found = {f.code: f for f in check_school(imported.school, (), imported)}
    assert (found["alternate-useless"].row, found["alternate-useless"].column) == (3, "Alternates")
    latin = found["request-without-section"]
    assert (latin.file, latin.row, latin.column) == ("Course_Requests.csv", 5, "Course ID")
