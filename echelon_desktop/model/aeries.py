"""
A schedule as rows for the student system Aeries: sections for its table SMS, requests for its table SSS.

What Aeries takes is known from its public documents alone; docs/files.md says what that is. Rows that it
would refuse are not made, and told one by one.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from echelon_desktop.model.columns import normal_title
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.entities import Placement, Section
from echelon_desktop.model.wording import counted

SECTIONS, REQUESTS = "SMS", "SSS"
SECTION_COLUMNS = ("SC", "SE", "CN", "TN", "PD", "SM", "RM")
MOST_NUMBER = 32_767  # of a section, teacher, period or school
MOST_STUDENT = 2**31 - 1
MOST_TEXT = 6  # characters of a course or room
ALL_YEAR = "Y"
_STUDENT_NUMBER = {"sn", "stu.sn", "sss.sn"}  # titles of the column with the student's number in the school
_FORMULAS = "=+-@"


class Why(Enum):
    """Why something is not written: in words for many of them, and what to do about it."""

    SECTION_NUMBER = (
        f"Section ids that are no whole number from 1 to {MOST_NUMBER:,}",
        "Give the sections the numbers that they have in Aeries (SMS.SE).",
    )
    SECTION_TWICE = "Sections that have one number", "Give one of them another id."
    TEACHER_NUMBER = (
        f"Teacher ids that are no whole number from 1 to {MOST_NUMBER:,}",
        "Give the teachers the numbers that they have in Aeries (SMS.TN).",
    )
    TEACHERS = (
        "Teachers beside the first of a section, of whom SMS has one",
        "Add them to the section in Aeries.",
    )
    COURSE = (
        f"Course ids that are blank or have more than {MOST_TEXT} characters",
        "Give the courses the ids that they have in Aeries (SMS.CN).",
    )
    ROOM = (
        f"Room ids of more than {MOST_TEXT} characters",
        "Give the rooms the ids that they have in Aeries (SMS.RM).",
    )
    FORMULA = "Values that a spreadsheet would run, as they begin with = + - or @", "Give them another id."
    NO_PERIOD = "Sections without a period", "Put them on the board, or enter them in Aeries."
    PERIODS = "Sections in several periods, of which SMS has one", "Enter them in Aeries."
    PERIOD_NUMBER = (
        "Periods without a number of their own in Aeries",
        f"Give each period a whole number up to {MOST_NUMBER:,} that no other has (SMS.PD).",
    )
    TERMS = "Sections in some of the terms, of which SMS has one or all", "Enter them in Aeries."
    SEMESTER = (
        "Terms without a letter of their own in Aeries",
        "Give each term, and the year, one letter or digit that no other has (SMS.SM).",
    )
    STUDENT_NUMBER = (
        "Student ids that are no whole number",
        "Give the students the ids that they have in Aeries (SSS.ID).",
    )
    NO_SECTION = "Requests whose section is not written", "Mend what is told of the section."
    GONE = "Rows of before that have no successor", "Delete them in Aeries."

    def __init__(self, words: str, remedy: str) -> None:
        self.words = words
        self.remedy = remedy


_Wrong = tuple[Why, str, str]  # why, column, value


@dataclass(frozen=True, slots=True)
class NotWritten:
    """One thing that is not written: the ``value`` in the way of a ``column`` of a ``file`` (SMS or SSS)."""

    file: str
    why: Why
    section: str = ""
    student: str = ""
    course: str = ""
    column: str = ""
    value: str = ""

    @property
    def words(self) -> str:
        """What it is about, in a line: "Section S1, course Art – TN: T001"."""
        about = [f"section {self.section}"] if self.section else []
        about += [f"student {self.student}"] if self.student else []
        about += [f"course {self.course}"] if self.course else []
        text = ", ".join(about)
        what = f"{self.column}: {self.value}" if self.value else ""
        return " – ".join(part for part in (text[:1].upper() + text[1:], what) if part)


@dataclass(frozen=True, slots=True)
class Codes:
    """
    What Aeries calls a school, its periods and its terms, as text that may still be wrong.

    Parameters
    ----------
    school
        Its code.
    periods, terms
        Period → number; term → letter. One that is missing has none.
    all_year
        The letter of what lasts all year.
    """

    school: str
    periods: Mapping[str, str]
    terms: Mapping[str, str] = field(default_factory=dict)
    all_year: str = ALL_YEAR


@dataclass(frozen=True, slots=True)
class ForAeries:
    """
    What is written, and what is not.

    Parameters
    ----------
    sections, requests
        Rows of SMS and SSS, the titles first.
    not_written
        One for each thing that is in the way; a row can have several.
    alternates
        Requests for which the row names an alternate, as that was granted.
    """

    sections: list[list[str]]
    requests: list[list[str]]
    not_written: list[NotWritten]
    alternates: int = 0

    @property
    def seated(self) -> int:
        """Rows of requests that have a section."""
        return sum(bool(row[-1]) for row in self.requests[1:])

    @property
    def summary(self) -> str:
        """How many rows there are."""
        seated, rows = self.seated, len(self.requests) - 1
        text = (
            f"{counted(len(self.sections) - 1, 'section')}, {counted(seated, 'request')} with a section, "
            f"{rows - seated:,} without."
        )
        if self.alternates:
            text += f" {self.alternates:,} of them name the alternate that was granted."
        if self.not_written:
            text += f" {counted(len(self.not_written), 'thing')} cannot be written."
        return text


def usual_codes(school: School, code: str = "") -> Codes:
    """
    Codes to begin with.

    Periods have their ``period_id`` where all are different whole numbers, else they are counted. Terms have
    their first character or their last digit (``S2`` → 2), whichever tells them apart, else they are counted.
    """
    periods = list(school.periods.values())
    numbers = [period.number for period in periods]
    if not all(map(_is_number, numbers)) or len({int(number) for number in numbers}) < len(numbers):
        numbers = [str(n) for n in range(1, len(periods) + 1)]
    terms = [str(term) for term in school.terms]
    digits = ["".join(filter(str.isdigit, term))[-1:] for term in terms]
    running = [str(n) for n in range(1, len(terms) + 1)]
    for letters in ([term[0].upper() for term in terms], digits, running):
        if len({ALL_YEAR, *letters} - {""}) == len(terms) + 1:
            break
    return Codes(
        code,
        {str(period.id): number for period, number in zip(periods, numbers, strict=True)},
        dict(zip(terms, letters, strict=True)) if terms else {},
    )


def school_code_problem(code: str) -> str:
    """What is wrong with a school's code; empty when nothing is."""
    if _is_number(code.strip(), least=1):
        return ""
    return f"The school code of Aeries is a whole number from 1 to {MOST_NUMBER:,}."


def for_aeries(school: School, schedule: Schedule, codes: Codes, since: Schedule | None = None) -> ForAeries:
    """
    Rows of a schedule for Aeries.

    Parameters
    ----------
    since
        The schedule that Aeries has: rows that were the same in it are left out, rows of it that have no
        successor are told.

    Raises
    ------
    ValueError
        If the school's code is wrong; :func:`school_code_problem` tells before.
    """
    problem = school_code_problem(codes.school)
    if problem:
        raise ValueError(problem)
    now = _Rows(school, schedule, codes)
    sections, requests, gone = now.sections, now.requests, []
    if since is not None:
        before = _Rows(school, since, codes)
        sections = {key: row for key, row in now.sections.items() if before.sections.get(key) != row}
        requests = {key: row for key, row in now.requests.items() if before.requests.get(key) != row}
        gone = [
            NotWritten(REQUESTS, Why.GONE, student=student, course=course, column="SE", value=row[-1])
            for (student, course), row in before.requests.items()
            if (student, course) not in now.known
        ]
    titles = ["SC", *(["SN"] if now.number_title else []), "ID", "CN", "SE"]
    return ForAeries(
        [list(SECTION_COLUMNS), *sections.values()],
        [titles, *requests.values()],
        [*now.not_written, *gone],
        sum(key in now.alternates for key in requests),
    )


class _Rows:
    """Rows of one schedule by section, and by student and course; ``known`` are also those not written."""

    def __init__(self, school: School, schedule: Schedule, codes: Codes) -> None:
        self.school = school
        self.schedule = schedule
        self.codes = codes
        self.code = str(int(codes.school))
        self.not_written: list[NotWritten] = []
        self.sections: dict[str, list[str]] = {}
        self.requests: dict[tuple[str, str], list[str]] = {}
        self.known: set[tuple[str, str]] = set()
        self.alternates: set[tuple[str, str]] = set()
        self.number_title = _number_title(school)
        self._twice = _twice(map(str, school.sections))
        self._periods = _clear(codes.periods.items(), _as_number)
        self._terms = _clear([*codes.terms.items(), ("", codes.all_year)], str.strip)
        for section in school.sections.values():
            row = self._section(section)
            if row:
                self.sections[section.id] = row
        for student in dict.fromkeys([*map(str, school.requests), *schedule.seatings]):
            self._student(student)

    def _section(self, section: Section) -> list[str] | None:
        placement = self.schedule.placements.get(section.id) or Placement("", section.id)
        teachers = placement.teachers or section.teachers
        teacher, room = (teachers[0] if teachers else ""), placement.room or section.room
        period = self._period(placement)
        semester = self._semester(placement)
        wrong = [
            *_number_problem(section.id, Why.SECTION_NUMBER, "SE"),
            *([(Why.SECTION_TWICE, "SE", section.id)] if section.id in self._twice else []),
            *_text_problem(section.course, Why.COURSE, "CN", blank=False),
            *(_number_problem(teacher, Why.TEACHER_NUMBER, "TN") if teacher else []),
            *([period] if isinstance(period, tuple) else []),
            *([semester] if isinstance(semester, tuple) and placement.periods else []),
            *_text_problem(room, Why.ROOM, "RM"),
        ]
        told = [*wrong, *((Why.TEACHERS, "TN", other) for other in teachers[1:])]
        self.not_written += [
            NotWritten(SECTIONS, why, section.id, course=section.course, column=column, value=value)
            for why, column, value in told
        ]
        if wrong or not isinstance(period, str) or not isinstance(semester, str):
            return None
        numbers = _as_number(section.id), section.course, teacher and _as_number(teacher)
        return [self.code, *numbers, period, semester, room]

    def _period(self, placement: Placement) -> str | _Wrong:
        if len(placement.periods) != 1:
            why = Why.PERIODS if placement.periods else Why.NO_PERIOD
            return why, "PD", " ".join(placement.periods)
        period = placement.periods[0]
        number = self._periods.get(period, "")
        own = self.codes.periods.get(period, "")
        return number if _is_number(number) else (Why.PERIOD_NUMBER, "PD", f"{period} = {own}")

    def _semester(self, placement: Placement) -> str | _Wrong:
        terms = placement.terms
        if not terms or set(terms) == set(self.school.terms):
            terms = ("",)
        if len(terms) > 1:
            return Why.TERMS, "SM", " ".join(terms)
        letter = self._terms.get(terms[0], "")
        own = self.codes.terms.get(terms[0], "") if terms[0] else self.codes.all_year
        name = terms[0] or "all year"
        return (
            letter
            if len(letter) == 1 and letter not in _FORMULAS
            else (Why.SEMESTER, "SM", f"{name} = {own}")
        )

    def _student(self, student: str) -> None:
        seating = self.schedule.seatings.get(student)
        held = {seat.course: seat.section for seat in seating.seats} if seating else {}
        asked = self.school.requests.get(student)
        courses = dict.fromkeys(request.course for request in asked.requests) if asked else {}
        for course in [*courses, *(other for other in held if other not in courses)]:
            self._request(student, course, held.get(course, ""))

    def _request(self, student: str, asked: str, section: str) -> None:
        there = self.school.sections.get(section)
        course = there.course if there else asked
        self.known.add((student, course))
        if course != asked:
            self.alternates.add((student, course))
        wrong = [
            *_number_problem(student, Why.STUDENT_NUMBER, "ID", MOST_STUDENT),
            *_text_problem(course, Why.COURSE, "CN", blank=False),
            *([(Why.NO_SECTION, "SE", section)] if section and section not in self.sections else []),
        ]
        self.not_written += [
            NotWritten(REQUESTS, why, student=student, course=course, column=column, value=value)
            for why, column, value in wrong
        ]
        # Who takes a course as an alternate may ask for it as well; the row with the section stands.
        if not wrong and (section or (student, course) not in self.requests):
            record = self.school.students.get(student)
            number = [record.extra.get(self.number_title, "") if record else ""] if self.number_title else []
            ids = [*number, _as_number(student), course]
            self.requests[student, course] = [self.code, *ids, _as_number(section) if section else ""]


def _number_title(school: School) -> str:
    """Title of the students' column with their numbers in the school, as Aeries has them; empty without."""
    titles = (title for student in school.students.values() for title in student.extra)
    return next((title for title in titles if normal_title(title) in _STUDENT_NUMBER), "")


def _twice(sections: Iterable[str]) -> set[str]:
    """Ids of sections that are one number, as 12 and 012."""
    ids = [id_ for id_ in sections if _is_number(id_, least=1)]
    times = Counter(map(int, ids))
    return {id_ for id_ in ids if times[int(id_)] > 1}


def _clear(pairs: Iterable[tuple[str, str]], plain: Callable[[str], str]) -> dict[str, str]:
    """What each is called, without those that share it with another."""
    named = {key: plain(text) for key, text in pairs}
    times = Counter(named.values())
    return {key: text for key, text in named.items() if times[text] == 1}


def _is_number(text: str, least: int = 0, most: int = MOST_NUMBER) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 12 and least <= int(text) <= most


def _as_number(text: str) -> str:
    """Digits without zeros before them; other text as it is."""
    text = text.strip()
    return str(int(text)) if text.isascii() and text.isdecimal() and len(text) <= 12 else text


def _number_problem(text: str, why: Why, column: str, most: int = MOST_NUMBER) -> Iterator[_Wrong]:
    if not _is_number(text, least=1, most=most):
        yield why, column, text


def _text_problem(text: str, why: Why, column: str, blank: bool = True) -> Iterator[_Wrong]:
    if len(text) > MOST_TEXT or not (text or blank):
        yield why, column, text
    elif text[:1] and text[0] in _FORMULAS:
        yield Why.FORMULA, column, text
