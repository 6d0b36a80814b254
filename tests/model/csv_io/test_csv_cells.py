"""What a cell may hold, and what spreadsheets make of it."""

import pytest
from small_school_files import SMALL_SCHOOL, ReadFiles, codes, only

from echelon_desktop.model import cells
from echelon_desktop.model.columns import SCHOOL_FILES
from echelon_desktop.model.findings import Severity


def section_with(seats: str, course: str = "Biology") -> dict[str, str]:
    header = SMALL_SCHOOL["Sections_Information.csv"].split("\n")[0]
    rows = f'S1,{course},T1,"{seats}",Science\nS2,English 9,T2,28,English\n'
    return {"Sections_Information.csv": f"{header}\n{rows}"}


@pytest.mark.parametrize("text", ["Yes", "YES", "y", "1", "true", "T", "1.0"])
def test_ways_to_say_yes(read: ReadFiles, text: str):
    imported = read({"Student_Info.csv": f"Student ID,SPED\nA,{text}\nB,No\n"})
    assert imported.school.students["A"].sped
    assert imported.findings == []


@pytest.mark.parametrize("text", ["No", "n", "0", "FALSE", "f"])
def test_ways_to_say_no(read: ReadFiles, text: str):
    imported = read({"Student_Info.csv": f"Student ID,SPED\nA,{text}\nB,No\n"})
    assert not imported.school.students["A"].sped
    assert imported.findings == []


def test_a_blank_sped_is_no_and_told_once(read: ReadFiles):
    imported = read({"Student_Info.csv": "Student ID,SPED\nA,\nB, \nC,\nD,Yes\n"})
    assert [s.sped for s in imported.school.students.values()] == [False, False, False, True]
    finding = only(imported, "cell-blank-no")
    assert (finding.severity, finding.row) == (Severity.NOTE, 2)
    assert "2 more rows" in finding.message


@pytest.mark.parametrize("text", ["maybe", "2", "IEP", "-"])
def test_any_other_sped_is_an_error(read: ReadFiles, text: str):
    imported = read({"Student_Info.csv": f"Student ID,SPED\nA,{text}\nB,No\n"})
    assert only(imported, "not-yes-or-no").severity is Severity.ERROR
    assert only(imported, "not-yes-or-no").value == text


def test_seats_with_a_point(read: ReadFiles):
    imported = read(section_with("30.0"))
    assert imported.school.sections["S1"].seats == 30
    assert only(imported, "count-with-point").value == "30.0"


def test_a_grade_with_a_point_is_the_grade(read: ReadFiles):
    imported = read({"Student_Info.csv": "Student ID,SPED,Grade\nA,No,9.0\nB,No,K\n"})
    assert [s.grade for s in imported.school.students.values()] == ["9", "K"]
    assert only(imported, "count-with-point").value == "9.0"


@pytest.mark.parametrize(
    "text",
    [
        "-3",
        "30.5",
        "thirty",
        "1,000",
        "NaN",
        "inf",
        "٣٠",
        "1e2",
        pytest.param("9" * 5000, id="too long for int()"),
    ],
)
def test_seats_that_are_no_count(read: ReadFiles, text: str):
    imported = read(section_with(text))
    assert only(imported, "not-a-count").severity is Severity.ERROR
    assert imported.school.sections["S1"].seats == 0


def test_blank_seats_and_course_are_errors_but_the_section_is_there(read: ReadFiles):
    imported = read(section_with("", course=""))
    assert codes(imported) == ["cell-missing", "cell-missing"]
    assert imported.school.sections["S1"].course == ""


def test_ids_are_text(read: ReadFiles):
    imported = read(
        {
            **section_with("30", course="0618"),
            "Student_Preference_Info.csv": "Student ID,Preferred Sections\n007,0618;English 9\n",
            "Student_Info.csv": "Student ID,SPED\n007,No\n",
        }
    )
    assert imported.school.sections["S1"].course == "0618"
    assert [r.course for r in imported.school.requests["007"].requests] == ["0618", "English 9"]
    assert imported.findings == []


def test_excel_text_is_unwrapped(read: ReadFiles):
    imported = read({"Student_Info.csv": 'Student ID,SPED\n="0618",Yes\n"=""B""",No\n'})
    assert list(imported.school.students) == ["0618", "B"]
    assert "another row" in only(imported, "excel-text").message


def test_excel_text_that_was_made_harmless_is_a_name(read: ReadFiles):
    imported = read({"Student_Info.csv": 'Student ID,SPED,Name\nA,Yes,"\'=""x"""\nB,No,\n'})
    assert imported.school.students["A"].name == '="x"'
    assert imported.findings == []


@pytest.mark.parametrize("text", ["1.4E+10", "2E+15", "1.23457e+11"])
def test_an_id_in_scientific_notation_is_refused(read: ReadFiles, text: str):
    imported = read({"Student_Info.csv": f"Student ID,SPED\nA,Yes\n{text},No\n"})
    finding = only(imported, "excel-scientific")
    assert (finding.severity, finding.row, finding.column, finding.value) == (
        Severity.ERROR,
        3,
        "Student ID",
        text,
    )
    assert list(imported.school.students) == ["A"]


def test_a_reference_in_scientific_notation_is_an_error(read: ReadFiles):
    imported = read({"Student_Preference_Info.csv": "Student ID,Preferred Sections\nA,Biology;1.4E+10\n"})
    assert only(imported, "excel-scientific").column == "Preferred Sections"


def test_long_ids_that_may_have_lost_digits_are_told_once(read: ReadFiles):
    imported = read({"Student_Info.csv": "Student ID,SPED\n1234567890123450,No\n1234567890123460,No\nB,No\n"})
    assert only(imported, "excel-long-number").severity is Severity.WARNING
    assert "another row" in only(imported, "excel-long-number").message
    assert len(imported.school.students) == 3


def test_long_ids_that_cannot_have_lost_digits_are_sound(read: ReadFiles):
    imported = read({"Student_Info.csv": "Student ID,SPED\n1234567890123451,No\n123456789012340,No\n"})
    assert imported.findings == []


@pytest.mark.parametrize(
    "changes",
    [
        {"Student_Info.csv": "Student ID,SPED\nA,Yes\nB,No\n02-Jan,No\n"},
        {"Teacher_unavailability.csv": "Teacher ID,Unavailable Periods\nT1,R1;2-Jan\n"},
        {"Student_Preference_Info.csv": "Student ID,Preferred Sections\nA,Biology;Mar-12\n"},
        {"Period.csv": "period_id,period_name\n01-Feb,R1\n2,R2\n3,G1\n4,G2\n"},
    ],
)
def test_a_date_where_an_id_should_be_is_flagged(read: ReadFiles, changes: dict[str, str]):
    assert only(read(changes), "excel-date").severity is Severity.WARNING


def test_lost_zeros_are_told_with_their_row_and_nothing_is_changed(read: ReadFiles):
    imported = read(
        {
            **section_with("30", course="0618"),
            "Student_Preference_Info.csv": "Student ID,Preferred Sections\nA,English 9;618\nB,618\n",
        }
    )
    finding = only(imported, "lost-zeros")
    assert finding.place() == "Student_Preference_Info.csv, row 2, column Preferred Sections"
    assert finding.value == "618"
    assert "'0618'" in finding.remedy
    assert [r.course for r in imported.school.requests["A"].requests] == ["English 9", "618"]


def test_lost_zeros_are_not_guessed_among_several(read: ReadFiles):
    header = SMALL_SCHOOL["Sections_Information.csv"].split("\n")[0]
    imported = read(
        {
            "Sections_Information.csv": f"{header}\nS1,0618,T1,30,X\nS2,00618,T2,28,X\n",
            "Student_Preference_Info.csv": "Student ID,Preferred Sections\nA,618\n",
        }
    )
    assert "lost-zeros" not in codes(imported)


def test_lost_zeros_in_a_row_of_the_long_file(read: ReadFiles):
    imported = read(
        {
            **section_with("30", course="0618"),
            "Course_Requests.csv": "Student ID,Course ID,Alternates\nA,English 9,\nB,618,\nB,X,618\n",
        }
    )
    places = {f.place() for f in imported.findings if f.code == "lost-zeros"}
    assert places == {
        "Course_Requests.csv, row 3, column Course ID",
        "Course_Requests.csv, row 4, column Alternates",
    }


@pytest.mark.parametrize(
    ("text", "courses", "told"),
    [
        (" Biology ; ;English 9; ", ["Biology", "English 9"], []),
        ('"Biology, English 9"', ["Biology", "English 9"], ["list-separator"]),
        ("Biology|English 9", ["Biology", "English 9"], ["list-separator"]),
        ('"Biology, Englsh"', ["Biology", "Englsh"], ["list-separator"]),
        ('"Art, modern"', ["Art, modern"], []),
        ('"Art, modern;Biology"', ["Art, modern", "Biology"], []),
        ("Biology;English 9;Biology", ["Biology", "English 9"], ["list-repeats"]),
        ("", [], []),
    ],
)
def test_lists(read: ReadFiles, text: str, courses: list[str], told: list[str]):
    imported = read({"Student_Preference_Info.csv": f"Student ID,Preferred Sections\nA,{text}\n"})
    assert [r.course for r in imported.school.requests["A"].requests] == courses
    assert codes(imported) == told


def test_a_comma_in_a_known_course_is_part_of_it(read: ReadFiles):
    imported = read(
        {
            **section_with("30", course='"Biology, English 9"'),
            "Student_Preference_Info.csv": 'Student ID,Preferred Sections\nA,"Biology, English 9"\n',
        }
    )
    assert [r.course for r in imported.school.requests["A"].requests] == ["Biology, English 9"]
    assert imported.findings == []


def test_a_comma_in_a_single_item_is_written_so_that_it_is_not_taken_for_a_separator():
    cell = cells.IdList()
    text = cell.format(("Biology,Art",))
    assert cell.parse(text, {"Biology", "Art"}.__contains__).value == ("Biology,Art",)


def test_a_teachers_name_is_not_taken_for_a_list(read: ReadFiles):
    header = SMALL_SCHOOL["Sections_Information.csv"].split("\n")[0]
    rows = 'S1,Biology,"T1, Jo",30,X\nS2,Biology,"T1,T2",30,X\nS3,Biology,T2;T1,3,X\n'
    imported = read({"Sections_Information.csv": f"{header}\n{rows}"})
    assert [s.teachers for s in imported.school.sections.values()] == [
        ("T1, Jo",),
        ("T1", "T2"),
        ("T2", "T1"),
    ]


def test_periods_by_number_and_case(read: ReadFiles):
    imported = read({"Teacher_unavailability.csv": "Teacher ID,Unavailable Periods\nT1,2;g1\nT2,R9\n"})
    assert imported.school.unavailability["T1"].slots == ("R2", "G1")
    assert imported.school.unavailability["T2"].slots == ("R9",)  # for the checks to tell of
    assert codes(imported) == ["period-by-number"]


def test_a_period_named_like_anothers_number_is_meant_by_its_name(read: ReadFiles):
    imported = read(
        {
            "Period.csv": "period_id,period_name\n1,2\n2,1\n",
            "Teacher_unavailability.csv": "Teacher ID,Unavailable Periods\nT1,1\n",
        }
    )
    assert imported.school.unavailability["T1"].slots == ("1",)
    assert imported.findings == []


@pytest.mark.parametrize("column", [c for spec in SCHOOL_FILES for c in spec.columns], ids=lambda c: c.title)
def test_every_cell_type_survives_awkward_text(column):
    for text in ["", "x", "1", "30.0", "Yes", "a;b", "a,b", "S1|S2;S3", "stacked", "0.5", "1E+5", "=1", "'"]:
        value = column.cell.parse(text, cells.nothing_known).value if text else column.cell.blank
        again = column.cell.format(value)
        assert (column.cell.parse(again, cells.nothing_known).value if again else column.cell.blank) == value
