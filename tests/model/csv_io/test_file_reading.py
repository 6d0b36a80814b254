"""Whatever program wrote a file, its rows are found; and what was doubtful is told."""

import codecs

import pytest
from small_school_files import SMALL_SCHOOL, ReadFiles, codes, only

from echelon_desktop.model.csv_io import neutralised
from echelon_desktop.model.csv_io.cellcode import restored
from echelon_desktop.model.entities import Student
from echelon_desktop.model.findings import Severity

STUDENTS = "Student ID,SPED,Name\nA,Yes,Zoë\nB,No,Bo\n"
AS_READ = [Student("A", sped=True, name="Zoë"), Student("B", name="Bo")]


def students(imported):
    return list(imported.school.students.values())


def test_a_sound_school_gives_no_finding(read: ReadFiles):
    imported = read()
    assert imported.findings == []
    assert list(imported.school.sections) == ["S1", "S2", "S3"]
    assert imported.school.sections["S1"].seats == 30
    assert imported.school.unavailability["T1"].slots == ("R2", "G1")
    assert [r.course for r in imported.school.requests["A"].requests] == ["Biology", "English 9"]
    assert list(imported.school.courses) == ["Biology", "English 9"]
    assert imported.school.courses["Biology"].department == "Science"


@pytest.mark.parametrize(
    "content",
    [
        STUDENTS.encode(),
        codecs.BOM_UTF8 + STUDENTS.encode(),
        STUDENTS.encode("utf-16"),
        codecs.BOM_UTF16_BE + STUDENTS.encode("utf-16-be"),
        STUDENTS.replace("\n", "\r\n").encode(),
        STUDENTS.replace("\n", "\r").encode(),
        STUDENTS.rstrip().encode(),
        STUDENTS.replace(",", ";").encode(),
        STUDENTS.replace(",", "\t").encode(),
        STUDENTS.replace(",", "|").encode(),
        b"sep=,\r\n" + STUDENTS.encode(),
        b'"sep=;"\r\n' + STUDENTS.replace(",", ";").encode(),
        b"\r\n\r\n" + STUDENTS.encode(),
        (STUDENTS + ",,\n\n , , \n").encode(),
        STUDENTS.replace("\n", ",,\n").encode(),
        '"Student ID","SPED","Name"\n"A","Yes","Zoë"\n"B","No","Bo"\n'.encode(),
        "  student_id ,sped STATUS,STUDENT\u00a0 NAME\n A , yes ,  Zoë \nB,n,Bo\n".encode(),
        "StudentID,Special_Education,name\nA,1,Zoë\nB,0,Bo\n".encode(),
        "Name,SPED,Student ID\nZoë,TRUE,A\nBo,False,B\n".encode(),
    ],
    ids=[
        *("utf-8", "utf-8 with mark", "utf-16", "utf-16 big-endian", "CRLF", "CR", "no final newline"),
        *("semicolons", "tabs", "bars", "sep=,", "quoted sep=;", "blank first lines", "blank last rows"),
        *(
            "blank last columns",
            "all quoted",
            "title variants",
            "more title variants",
            "columns in any order",
        ),
    ],
)
def test_forms_that_need_no_word(read: ReadFiles, content: bytes):
    imported = read({"Student_Info.csv": content})
    assert students(imported) == AS_READ
    assert imported.findings == []


def test_files_put_one_behind_the_other_are_one(read: ReadFiles):
    first = "Student ID,SPED,Name\nA,Yes,Zoë\n"
    second = "student_id, SPED ,Name\nB,No,Bo\n"
    content = codecs.BOM_UTF8 + first.encode() + codecs.BOM_UTF8 + second.encode()
    imported = read({"Student_Info.csv": content})
    assert students(imported) == AS_READ
    assert codes(imported) == ["titles-again"]
    assert only(imported, "titles-again").row == 3


@pytest.mark.parametrize("id_", ["Total", "GRAND TOTAL", "Count: 2", "Total students = 2", "sum 2"])
def test_a_row_of_totals_is_told_and_kept(read: ReadFiles, id_: str):
    imported = read({"Student_Info.csv": f"{STUDENTS}{id_},No,\n"})
    assert list(imported.school.students) == ["A", "B", id_]
    finding = only(imported, "totals-row")
    assert (finding.severity, finding.row, finding.value) == (Severity.WARNING, 4, id_)


def test_only_a_last_row_can_be_totals(read: ReadFiles):
    imported = read({"Student_Info.csv": "Student ID,SPED\nTotal,Yes\nA,Yes\nB,No\nTotality,No\n"})
    assert codes(imported) == []


def test_windows_1252_is_read_and_told(read: ReadFiles):
    imported = read({"Student_Info.csv": STUDENTS.encode("cp1252")})
    assert students(imported) == AS_READ
    assert only(imported, "not-utf8").severity is Severity.NOTE
    assert codes(imported) == ["not-utf8"]


def test_bytes_of_no_encoding_are_told(read: ReadFiles):
    imported = read({"Student_Info.csv": STUDENTS.encode("cp1252") + b"C,No,\x81\x8d\n"})
    assert imported.school.students["C"].name == "\ufffd\ufffd"
    assert codes(imported) == ["broken-characters", "not-utf8"]


def test_nul_characters_are_left_out_and_told(read: ReadFiles):
    imported = read({"Student_Info.csv": STUDENTS.replace("Bo", "B\0o\0")})
    assert students(imported) == AS_READ
    assert "2 NUL" in only(imported, "nul-characters").message


def test_a_newline_in_quotes_belongs_to_the_cell_and_rows_keep_their_lines(read: ReadFiles):
    imported = read(
        {"Student_Info.csv": 'Student ID,SPED,Name\nA,Yes,"Zoë\nMay"\nB,No,"one\r\ntwo"\nC,maybe,\n'}
    )
    assert [s.name for s in students(imported)] == ["Zoë\nMay", "one\r\ntwo", ""]
    assert only(imported, "not-yes-or-no").row == 6
    assert imported.place("students", "B") == ("Student_Info.csv", 4, "")


def test_rows_are_counted_from_the_first_line_of_the_file(read: ReadFiles):
    imported = read({"Student_Info.csv": "sep=,\nStudent ID,SPED\nA,Yes\n\nB,perhaps\n"})
    assert only(imported, "not-yes-or-no").row == 5


def test_a_finding_names_file_row_column_value_record_and_remedy(read: ReadFiles):
    imported = read({"Student_Info.csv": "Student ID,SPED Status\nA,Yes\nB,perhaps\n"})
    finding = only(imported, "not-yes-or-no")
    assert finding.place() == "Student_Info.csv, row 3, column SPED Status"
    assert (finding.value, finding.table, finding.key) == ("perhaps", "students", "B")
    assert finding.remedy


@pytest.mark.parametrize(
    ("content", "code", "row"),
    [
        ("Student ID,SPED,Name\nA,Yes\nB,No,Bo\n", "row-short", 2),
        ("Student ID,SPED\nA,Yes\nB,No,Bo\n", "row-long", 3),
        ('Student ID,SPED\nA,Yes\nB,"No\n', "row-open-quote", 3),
        ("Student ID,SPED\nA,Yes\n,No\nB,No\n", "id-missing", 3),
        ("Student ID,SPED\nA,Yes\nB,No\nA,No\n", "id-twice", 4),
        ("Student ID,SPED,sped\nA,Yes,Yes\nB,No,No\n", "column-twice", 1),
        ("Student ID,SPED,SPED Status\nA,Yes,Yes\nB,No,No\n", "column-twice", 1),
        ("Student ID,Grade,Email,E_mail,email\nA,9,,,\nB,9,,,\n", "column-twice", 1),
        ("Student ID,Grade\nA,9\nB,10\n", "column-missing", 1),
        ("Student ID,SPED,\nA,Yes,x\nB,No,\n", "column-untitled", 1),
    ],
)
def test_rows_and_titles_that_are_not_as_they_should_be(read: ReadFiles, content: str, code: str, row: int):
    imported = read({"Student_Info.csv": content})
    assert only(imported, code).row == row
    assert only(imported, code).file == "Student_Info.csv"
    assert list(imported.school.students) == ["A", "B"]


def test_nothing_of_a_long_row_is_dropped_without_a_word(read: ReadFiles):
    imported = read({"Student_Preference_Info.csv": "Student ID;Preferred Sections\nA;Biology;English 9\n"})
    finding = only(imported, "row-long")
    assert (finding.severity, finding.value) == (Severity.ERROR, "English 9")


def test_a_quoted_list_in_a_semicolon_file(read: ReadFiles):
    imported = read({"Student_Preference_Info.csv": 'Student ID;Preferred Sections\nA;"Biology;English 9"\n'})
    assert [r.course for r in imported.school.requests["A"].requests] == ["Biology", "English 9"]
    assert imported.findings == []


def test_an_open_quote_costs_one_row_not_the_rest_of_the_file(read: ReadFiles):
    many = "".join(f"X{i},No\n" for i in range(40_000))  # beyond the csv module's limit for one cell
    imported = read({"Student_Info.csv": 'Student ID,SPED\n"A,Yes\nB,No\n' + many})
    assert "B" in imported.school.students
    assert "X39999" in imported.school.students
    assert only(imported, "row-open-quote").row == 2


def test_both_of_two_columns_with_one_title_are_kept(read: ReadFiles):
    imported = read({"Student_Info.csv": "Student ID,SPED,Email,email\nA,Yes,a@x,b@x\n"})
    assert imported.school.students["A"].extra == {"Email": "a@x", "email (2)": "b@x"}


def test_an_unknown_column_is_kept_as_it_stands(read: ReadFiles):
    imported = read({"Student_Info.csv": 'Student ID, Home  Room ,SPED\nA," x ",Yes\nB,,No\n'})
    assert imported.school.students["A"].extra == {"Home  Room": " x "}
    assert imported.school.students["B"].extra == {"Home  Room": ""}
    assert imported.findings == []


@pytest.mark.parametrize(
    "title", ["# of Seats Available", "of seats available", "Seats", "Max_Students", "CAPACITY"]
)
def test_titles_people_use_for_seats(read: ReadFiles, title: str):
    text = SMALL_SCHOOL["Sections_Information.csv"].replace("# of Seats Available", title)
    imported = read({"Sections_Information.csv": text})
    assert imported.school.sections["S2"].seats == 28
    assert imported.findings == []


def test_the_title_itself_goes_before_other_titles_for_it(read: ReadFiles):
    imported = read(
        {"Sections_Information.csv": "Section,Teacher,Teacher Assigned,Course ID,Seats\nS1,Ms X,T1,Bio,5\n"}
    )
    assert imported.school.sections["S1"].teachers == ("T1",)
    assert imported.school.sections["S1"].extra == {"Teacher": "Ms X"}
    assert "column-twice" in codes(imported)


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "'=x", "''-x", "plain", "'quoted'", ""]
)
def test_neutralising_is_undone_exactly(text: str):
    assert restored(neutralised(text)) == text
    assert neutralised(text)[:1] not in set("=+-@\t\r\n")


def test_one_apostrophe_before_a_formula_is_taken_off(read: ReadFiles):
    imported = read({"Student_Info.csv": "Student ID,SPED,Name,Note\nA,Yes,'=x,'+1\nB,No,'tis,''-2\n"})
    assert [s.name for s in students(imported)] == ["=x", "'tis"]
    assert [s.extra["Note"] for s in students(imported)] == ["+1", "'-2"]
