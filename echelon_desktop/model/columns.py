"""
The columns of each file of a school: titles, other titles people use, and how the cells are read and written.

Files, grids and checks share these tables, so that a column is called the same everywhere.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum

from echelon_desktop.model import cells
from echelon_desktop.model.cells import CellType


class Need(Enum):
    """Whether something must be there."""

    REQUIRED = "required"  # without it the school cannot be solved
    EXPECTED = "expected"  # its absence is worth a warning
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class Column:
    """
    One column of a file.

    Parameters
    ----------
    key
        Field of the record.
    title
        As written, and as shown in grids.
    cell
        How its text is read and written.
    need
        REQUIRED and EXPECTED columns are always written, OPTIONAL ones when a record has something in them.
    aliases
        Further titles that are understood.
    refers
        Table whose ids it holds; "periods" means slot texts.
    filled
        Whether a blank cell in the column is an error.
    """

    key: str
    title: str
    cell: CellType
    need: Need = Need.OPTIONAL
    aliases: tuple[str, ...] = ()
    refers: str = ""
    filled: bool = False


@dataclass(frozen=True, slots=True)
class FileSpec:
    """A file of the school: its name, the table its rows belong to, its columns, the first being the id."""

    name: str
    table: str
    columns: tuple[Column, ...]
    need: Need = Need.OPTIONAL
    aliases: tuple[str, ...] = ()

    @property
    def id_column(self) -> Column:
        """The column that names a row."""
        return next(c for c in self.columns if c.need is Need.REQUIRED)

    def column(self, key: str) -> Column:
        """The column of a field; KeyError when there is none."""
        for column in self.columns:
            if column.key == key:
                return column
        raise KeyError(key)


_SPACES = re.compile(r"[\s_]+")  # \s has the no-break spaces
_FILE_WORDS = re.compile(r"[\W_]+")


def normal_title(title: str) -> str:
    """The title with case and the kind and number of spaces and underscores taken out of account."""
    return _SPACES.sub(" ", title.strip()).strip().casefold()


def bare_title(title: str) -> str:
    """Fold the title further, to compare with known titles: neither spaces nor "#" count."""
    return normal_title(title).replace(" ", "").removeprefix("#")


def bare_file_name(stem: str) -> str:
    """A file name without its suffix, with case, spaces, hyphens and underscores taken out of account."""
    return _FILE_WORDS.sub("", stem).casefold()


def also_called(spec: FileSpec, titles: Mapping[str, str]) -> FileSpec:
    """The file with further titles for its columns: title as found → title of the column."""
    if not titles:
        return spec
    more: dict[str, list[str]] = {}
    for found, meant in titles.items():
        more.setdefault(meant, []).append(found)
    columns = tuple(replace(c, aliases=(*c.aliases, *more.get(c.title, ()))) for c in spec.columns)
    return replace(spec, columns=columns)


def match_titles(columns: tuple[Column, ...], titles: list[str]) -> list[Column | None]:
    """
    Find which column each title means.

    A column is given once: to its own title if that is there, else to the first title it may go by.
    """
    bare = [bare_title(title) for title in titles]
    found: list[Column | None] = [None] * len(titles)
    for names in (lambda c: (c.title,), lambda c: c.aliases):
        for column in columns:
            if column in found:
                continue
            wanted = {bare_title(name) for name in names(column)}
            for i, title in enumerate(bare):
                if found[i] is None and title in wanted:
                    found[i] = column
                    break
    return found


_ID, _TEXT, _IDS = cells.Identifier(), cells.Text(), cells.IdList()
_COUNT, _LIST_OF_PEOPLE = cells.Count(), cells.IdList(careful=True)
_STUDENT_TITLES = ("Student", "Student Number", "Student No", "STU.ID", "SSS.ID", "Perm ID")
_COURSE_TITLES = ("Course", "Course Number", "Course No", "Course Code", "SSS.CN", "CRS.CN", "CN")
_TEACHER_TITLES = ("Teacher", "Teacher Number", "Teacher No", "Staff ID")
_DEPARTMENT = Column("department", "Department", _TEXT, Need.EXPECTED, ("Dept", "Subject Area"))
_REQUIRED, _EXPECTED, _OPTIONAL = Need.REQUIRED, Need.EXPECTED, Need.OPTIONAL

PERIODS = FileSpec(
    "Period.csv",
    "periods",
    (
        Column("number", "period_id", _ID, _EXPECTED, ("Period Number", "Period No", "Number")),
        Column("id", "period_name", _ID, _REQUIRED, ("Period", "Name"), filled=True),
        Column("day", "Day", _TEXT),
        Column("order", "Order", _COUNT, _OPTIONAL, ("Position",)),
    ),
    _REQUIRED,
    ("Periods", "Period Info"),
)
TERMS = FileSpec(
    "Terms.csv",
    "terms",
    (
        Column("id", "Term ID", _ID, _REQUIRED, ("Term",), filled=True),
        Column("name", "Name", _TEXT, _EXPECTED, ("Term Name",)),
    ),
    aliases=("Term",),
)
PATTERNS = FileSpec(
    "Patterns.csv",
    "patterns",
    (
        Column("id", "Pattern ID", _ID, _REQUIRED, ("Pattern",), filled=True),
        Column("choices", "Periods", _IDS, _REQUIRED, ("Choice",), "periods", filled=True),
    ),
    aliases=("Pattern",),
)
ROOMS = FileSpec(
    "Rooms.csv",
    "rooms",
    (
        Column("id", "Room ID", _ID, _REQUIRED, ("Room", "Room Number"), filled=True),
        Column("seats", "Seats", _COUNT, _EXPECTED, ("# of Seats", "Capacity")),
        Column("building", "Building", _TEXT, _OPTIONAL, ("Site", "Campus")),
        Column("type", "Type", _TEXT, _OPTIONAL, ("Room Type",)),
    ),
    aliases=("Room",),
)
GROUPS = FileSpec(
    "Groups.csv",
    "groups",
    (
        Column("id", "Group ID", _ID, _REQUIRED, ("Group",), filled=True),
        Column("name", "Name", _TEXT, _EXPECTED, ("Group Name",)),
    ),
    aliases=("Group",),
)
COURSES = FileSpec(
    "Courses.csv",
    "courses",
    (
        Column("id", "Course ID", _ID, _REQUIRED, _COURSE_TITLES, filled=True),
        Column("title", "Title", _TEXT, _OPTIONAL, ("Course Title", "Course Name", "Name", "CRS.CO", "CO")),
        Column("department", "Department", _TEXT, _OPTIONAL, _DEPARTMENT.aliases),
        Column("allowed_periods", "Allowed Periods", _IDS, _OPTIONAL, ("Periods Allowed",), "periods"),
        Column("lab", "Lab", cells.YesNo(None), _OPTIONAL, ("Is Lab", "Lab Course")),
        Column("sped_limit", "SPED Limit", _COUNT, _OPTIONAL, ("Max SPED", "SPED Max")),
        Column("pattern", "Pattern", _TEXT, _OPTIONAL, ("Meeting Pattern",)),
        Column("term_choices", "Terms", cells.Terms(), _OPTIONAL, ("Term",), "terms"),
        Column("room_type", "Room Type", _TEXT),
    ),
    aliases=("Course", "Course Info", "Course Catalog"),
)
TEACHERS = FileSpec(
    "Teacher_Info.csv",
    "teachers",
    (
        Column("id", "Teacher ID", _ID, _REQUIRED, _TEACHER_TITLES, filled=True),
        _DEPARTMENT,
        Column("dedicated_course", "Dedicated Course", _ID, _EXPECTED, ("Dedicated",), "courses"),
        Column("load", "Current Load", _COUNT, _EXPECTED, ("Load",)),
        Column("science_sections", "Science Sections", _COUNT, _EXPECTED, ("# of Science Sections",)),
        Column("name", "Name", _TEXT, _OPTIONAL, ("Teacher Name", "Full Name")),
        Column("fte", "FTE", cells.Number()),
        Column("max_load", "Max Load", _COUNT, _OPTIONAL, ("Maximum Load", "Max Sections")),
        Column("max_preps", "Max Preps", _COUNT, _OPTIONAL, ("Maximum Preps", "Max Preparations")),
        Column("max_consecutive", "Max Consecutive", _COUNT, _OPTIONAL, ("Maximum Consecutive",)),
        Column("courses", "Can Teach", _IDS, _OPTIONAL, ("Qualified Courses",), "courses"),
    ),
    _EXPECTED,
    ("Teachers", "Teacher", "Teachers Info"),
)
SECTIONS = FileSpec(
    "Sections_Information.csv",
    "sections",
    (
        Column("id", "Section ID", _ID, _REQUIRED, ("Section", "Section Number", "Section No"), filled=True),
        Column("course", "Course ID", _ID, _REQUIRED, _COURSE_TITLES, "courses", filled=True),
        Column(
            "teachers",
            "Teacher Assigned",
            _LIST_OF_PEOPLE,
            _EXPECTED,
            ("Teacher ID", "Teachers", "Teachers Assigned", "Assigned Teacher", *_TEACHER_TITLES),
            "teachers",
        ),
        Column(
            "seats",
            "# of Seats Available",
            cells.Count(0),
            _REQUIRED,
            (
                *("Number of Seats Available", "No. of Seats Available", "Number of Seats", "Seats"),
                *(
                    "# of Seats",
                    "Capacity",
                    "Max Students",
                    "Maximum Students",
                    "Max Enrollment",
                    "Max Seats",
                ),
            ),
            filled=True,
        ),
        _DEPARTMENT,
        Column("room", "Room", _ID, _OPTIONAL, ("Room ID", "Room Number"), "rooms"),
        Column("pattern", "Pattern", _TEXT, _OPTIONAL, ("Meeting Pattern",)),
        Column("term_choices", "Terms", cells.Terms(), _OPTIONAL, ("Term",), "terms"),
        Column("allowed_periods", "Allowed Periods", _IDS, _OPTIONAL, ("Periods Allowed",), "periods"),
        Column("grades", "Grades", _IDS, _OPTIONAL, ("Grade", "Grade Levels", "Grade Level")),
        Column("groups", "Groups", _IDS, _OPTIONAL, ("Group",), "groups"),
        Column("sped_limit", "SPED Limit", _COUNT, _OPTIONAL, ("Max SPED", "SPED Max")),
    ),
    _REQUIRED,
    ("Sections", "Section", "Section Info", "Sections Info", "Section Information"),
)
LINKS = FileSpec(
    "Links.csv",
    "links",
    (
        Column("id", "Link ID", _ID, _REQUIRED, ("Link",), filled=True),
        Column("kind", "Kind", cells.LinkKindCell(), _REQUIRED, ("Type", "Link Type"), filled=True),
        Column("sections", "Sections", _IDS, _REQUIRED, ("Section IDs",), "sections", filled=True),
    ),
    aliases=("Link", "Section Links"),
)
UNAVAILABILITY = FileSpec(
    "Teacher_unavailability.csv",
    "unavailability",
    (
        Column("teacher", "Teacher ID", _ID, _REQUIRED, _TEACHER_TITLES, "teachers", filled=True),
        Column(
            "slots",
            "Unavailable Periods",
            _IDS,
            _REQUIRED,
            ("Unavailable Period", "Unavailable", "Periods", "Unavailability"),
            "periods",
        ),
    ),
    aliases=("Unavailability", "Teachers Unavailability", "Teacher Unavailable"),
)
STUDENTS = FileSpec(
    "Student_Info.csv",
    "students",
    (
        Column("id", "Student ID", _ID, _REQUIRED, _STUDENT_TITLES, filled=True),
        Column(
            "sped",
            "SPED",
            cells.YesNo(),
            _REQUIRED,
            ("SPED Status", "SPED (Yes/No)", "Is SPED", "Special Education", "SpEd Flag"),
        ),
        Column("name", "Name", _TEXT, _OPTIONAL, ("Student Name", "Full Name", "STU.NM")),
        Column("grade", "Grade", cells.Grade(), _OPTIONAL, ("Grade Level", "STU.NG", "STU.GR")),
        Column("counselor", "Counselor", _TEXT, _OPTIONAL, ("Counsellor", "STU.CU")),
        Column("groups", "Groups", _IDS, _OPTIONAL, ("Group",), "groups"),
        Column(
            "unavailable",
            "Unavailable Periods",
            _IDS,
            _OPTIONAL,
            ("Unavailable", "Unavailable Period"),
            "periods",
        ),
    ),
    _EXPECTED,
    ("Students", "Student", "Students Info"),
)
PREFERENCES = FileSpec(
    "Student_Preference_Info.csv",
    "requests",
    (
        Column("student", "Student ID", _ID, _REQUIRED, _STUDENT_TITLES, "students", filled=True),
        Column(
            "requests",
            "Preferred Sections",
            _IDS,
            _REQUIRED,
            ("Preferred Courses", "Preferences", "Course Requests", "Courses", "Course ID", *_COURSE_TITLES),
            "courses",
        ),
    ),
    _REQUIRED,
    (
        "Student Preferences",
        "Student Preferences Info",
        "Student Preference",
        "Preferences",
        "Preference Info",
    ),
)
COURSE_REQUESTS = FileSpec(
    "Course_Requests.csv",
    "requests",
    (
        Column("student", "Student ID", _ID, _REQUIRED, _STUDENT_TITLES, "students", filled=True),
        Column("course", "Course ID", _ID, _REQUIRED, _COURSE_TITLES, "courses", filled=True),
        Column("rank", "Rank", cells.Count(1, least=1), _EXPECTED, ("Priority", "Request Rank")),
        Column("alternates", "Alternates", _IDS, _EXPECTED, ("Alternate", "Alternate Courses"), "courses"),
    ),
    aliases=("Requests", "Student Requests", "Student Course Requests", "SSS"),
)

SCHOOL_FILES = (
    PERIODS,
    TERMS,
    PATTERNS,
    ROOMS,
    GROUPS,
    COURSES,
    TEACHERS,
    SECTIONS,
    LINKS,
    UNAVAILABILITY,
    STUDENTS,
    PREFERENCES,
    COURSE_REQUESTS,
)
"""All files of a school, in the order in which they are read."""

FILES = {spec.name: spec for spec in SCHOOL_FILES}
