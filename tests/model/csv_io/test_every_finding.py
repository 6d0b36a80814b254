"""The smallest folder that gives each finding, and that it names its place and a remedy."""

from collections.abc import Mapping

import pytest
from small_school_files import SMALL_SCHOOL, ReadFiles, only

from echelon_desktop.model.codes import Code

STUDENTS, PREFERENCES = "Student_Info.csv", "Student_Preference_Info.csv"
ABSENCES, SECTIONS = "Teacher_unavailability.csv", "Sections_Information.csv"
GROUPS = "Groups.csv"

CASES: Mapping[Code, dict[str, str | bytes | None]] = {
    Code.FILE_MISSING: {"Period.csv": None},
    Code.FILE_ABSENT: {STUDENTS: None},
    Code.FILE_NOT_GIVEN: {ABSENCES: None},
    Code.FILE_NAME: {"Period.csv": None, "Periods.csv": SMALL_SCHOOL["Period.csv"]},
    Code.FILE_TWICE: {"Periods.csv": SMALL_SCHOOL["Period.csv"]},
    Code.FILE_UNKNOWN: {"Lunch.csv": "a\n"},
    Code.FILE_EMPTY: {STUDENTS: ""},
    Code.NO_ROWS: {STUDENTS: "Student ID,SPED\n"},
    Code.NOT_CSV: {STUDENTS: b"PK\x03\x04"},
    Code.NOT_UTF8: {STUDENTS: b"Student ID,SPED,Name\nA,Yes,Zo\xeb\n"},
    Code.BROKEN_CHARACTERS: {STUDENTS: b"Student ID,SPED,Name\nA,Yes,\x81\n"},
    Code.NUL_CHARACTERS: {STUDENTS: "Student ID,SPED\nA,Y\0es\n"},
    Code.HEADER_UNKNOWN: {STUDENTS: "x,y\n1,2\n"},
    Code.COLUMN_MISSING: {STUDENTS: "Student ID\nA\n"},
    Code.COLUMN_ABSENT: {"Period.csv": "period_name\nR1\nR2\nG1\nG2\n"},
    Code.COLUMN_TWICE: {STUDENTS: "Student ID,SPED,SPED\nA,Yes,No\n"},
    Code.COLUMN_UNTITLED: {STUDENTS: "Student ID,SPED,\nA,Yes,x\n"},
    Code.TITLES_AGAIN: {STUDENTS: "Student ID,SPED\nA,Yes\nStudent ID,SPED\nB,No\n"},
    Code.TOTALS_ROW: {STUDENTS: "Student ID,SPED\nA,Yes\nTotal,\n"},
    Code.ROW_SHORT: {STUDENTS: "Student ID,SPED,Name\nA,Yes\n"},
    Code.ROW_LONG: {STUDENTS: "Student ID,SPED\nA,Yes,x\n"},
    Code.ROW_OPEN_QUOTE: {STUDENTS: 'Student ID,SPED\n"A,Yes\n'},
    Code.ID_MISSING: {STUDENTS: "Student ID,SPED\n,Yes\n"},
    Code.ID_TWICE: {STUDENTS: "Student ID,SPED\nA,Yes\nA,No\n"},
    Code.ROWS_MERGED: {ABSENCES: "Teacher ID,Unavailable Periods\nT1,R1\nT1,R2\n"},
    Code.ROW_EXTRA_LOST: {"Patterns.csv": "Pattern ID,Periods,Note\nX,R1;R2,a\nX,G1;G2,b\n"},
    Code.CELL_MISSING: {SECTIONS: f"{SMALL_SCHOOL[SECTIONS]}S4,Biology,T1,,Science\n"},
    Code.CELL_BLANK_NO: {STUDENTS: "Student ID,SPED\nA,\n"},
    Code.NOT_A_COUNT: {SECTIONS: f"{SMALL_SCHOOL[SECTIONS]}S4,Biology,T1,-1,Science\n"},
    Code.COUNT_WITH_POINT: {SECTIONS: f"{SMALL_SCHOOL[SECTIONS]}S4,Biology,T1,30.0,Science\n"},
    Code.NOT_A_NUMBER: {"Teacher_Info.csv": "Teacher ID,FTE\nT1,half\n"},
    Code.NOT_YES_OR_NO: {STUDENTS: "Student ID,SPED\nA,IEP\n"},
    Code.NOT_A_LINK_KIND: {"Links.csv": "Link ID,Kind,Sections\nL,friends,S1;S2\n"},
    Code.LIST_SEPARATOR: {ABSENCES: 'Teacher ID,Unavailable Periods\nT1,"R1,R2"\n'},
    Code.LIST_REPEATS: {PREFERENCES: "Student ID,Preferred Sections\nA,Biology;Biology\n"},
    Code.REQUEST_TWICE: {"Course_Requests.csv": "Student ID,Course ID,Rank,Alternates\nA,Biology,2,\n"},
    Code.EXCEL_TEXT: {STUDENTS: 'Student ID,SPED\n="0618",Yes\n'},
    Code.EXCEL_SCIENTIFIC: {STUDENTS: "Student ID,SPED\n1.4E+10,Yes\n"},
    Code.EXCEL_DATE: {STUDENTS: "Student ID,SPED\n02-Jan,Yes\n"},
    Code.EXCEL_LONG_NUMBER: {STUDENTS: "Student ID,SPED\n1234567890123450,Yes\n"},
    Code.LOST_ZEROS: {
        STUDENTS: "Student ID,SPED\n007,No\n",
        PREFERENCES: "Student ID,Preferred Sections\n7,\n",
    },
    Code.PERIOD_BY_NUMBER: {ABSENCES: "Teacher ID,Unavailable Periods\nT1,1\n"},
    Code.SEPARATOR_IN_ID: {GROUPS: "Group ID,Name\na;b,\n"},
    Code.RECORDS_IMPLIED: {STUDENTS: "Student ID,SPED,Groups\nA,Yes,Band\n"},
}
ELSEWHERE = {
    *(Code.SCHEDULE_UNKNOWN, Code.SCHEDULE_CONTRADICTS, Code.SCHEDULE_UNEVEN),  # test_schedule_files.py
    Code.UNWRITABLE,  # test_school_files.py
    *(Code.WORKBOOK_UNREADABLE, Code.WORKBOOK_NOT_READ, Code.SHEET_HIDDEN),  # test_workbooks.py
    *(Code.DATE_READ, Code.FORMULA_FAILED, Code.FORMULA_WITHOUT_RESULT),
}


def test_no_finding_is_without_a_case():
    assert set(CASES) | ELSEWHERE == set(Code)


@pytest.mark.parametrize("code", CASES, ids=str)
def test_a_finding_is_given_with_place_and_remedy(read: ReadFiles, code: Code):
    finding = only(read(CASES[code]), code)
    assert finding.severity is code.severity
    assert finding.file
    assert finding.message.endswith(".")
    assert finding.remedy.endswith(".")


def test_a_sound_school_gives_none_of_them(read: ReadFiles):
    assert read().findings == []
