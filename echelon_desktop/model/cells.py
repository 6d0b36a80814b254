"""
How the text of a cell becomes a value and back, for files and grids alike.

A cell type parses text that is trimmed and not blank; a blank cell means ``blank``. Parsing never raises: an
unusable text gives ``blank`` and a problem of severity ERROR, a repaired one its value and a milder problem.
``parse(format(value))`` is the value, without problems.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypeAlias

from echelon_desktop.model.codes import Code
from echelon_desktop.model.entities import LinkKind, TermChoices

Known: TypeAlias = Callable[[str], bool]
"""Whether an item is one that the school has; decides what a comma in a list means."""

SEPARATOR = ";"
OTHER_SEPARATORS = (",", "|")

_MONTH = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_DAMAGED = re.compile(
    r"(?P<scientific>\d(?:\.\d+)?[Ee]\+\d+)"
    rf"|(?P<date>\d{{1,2}}-(?:{_MONTH})|(?:{_MONTH})-\d{{1,2}})"
    r"|(?P<long>\d{15}0+)",
    re.ASCII,
)
_COUNT = re.compile(r"(\d{1,9})(\.0+)?", re.ASCII)
_LONG = re.compile(r"\d{10,}(\.0+)?", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}(\.\d{1,9})?|\.\d{1,9}", re.ASCII)
_YES = frozenset({"yes", "y", "1", "true", "t"})
_NO = frozenset({"no", "n", "0", "false", "f"})


class Problem(NamedTuple):
    """What is the matter with a text, and what to do about it; ``value`` is the part of it concerned."""

    code: Code
    message: str
    remedy: str
    value: str


class Parsed(NamedTuple):
    """The value of a cell and what was noticed about its text."""

    value: Any
    problems: tuple[Problem, ...] = ()


class CellType(Protocol):
    """One kind of cell."""

    @property
    def blank(self) -> Any:
        """Value of a blank cell."""

    def parse(self, text: str, known: Known) -> Parsed:
        """Value of a trimmed text that is not blank."""

    def format(self, value: Any) -> str:
        """Text of a value; blank for ``blank``."""


def nothing_known(_: str) -> bool:
    """Stand in for ``Known`` where no ids are at hand: a comma is then part of the text."""
    return False


def id_problems(text: str) -> tuple[Problem, ...]:
    """What a spreadsheet seems to have done to an id."""
    match = _DAMAGED.fullmatch(text)
    if match is None:
        return ()
    if match["scientific"]:
        return (
            Problem(
                Code.EXCEL_SCIENTIFIC,
                f"{text!r} is what a spreadsheet makes of a long number; the id itself is lost.",
                "Format the column as text in the spreadsheet and enter the id again.",
                text,
            ),
        )
    if match["date"]:
        return (
            Problem(
                Code.EXCEL_DATE,
                f"{text!r} looks like an id that a spreadsheet took for a date.",
                "If it was an id such as 1/2 or 2-1, format the column as text and enter it again.",
                text,
            ),
        )
    return (
        Problem(
            Code.EXCEL_LONG_NUMBER,
            f"{text!r} may have lost its last digits: spreadsheets keep 15 digits and put zeros after them.",
            "Compare it with the student information system; format the column as text before pasting.",
            text,
        ),
    )


@dataclass(frozen=True, slots=True)
class Text:
    """Free text."""

    blank: str = ""

    def parse(self, text: str, known: Known) -> Parsed:
        """Take the text as it is."""
        return Parsed(text)

    def format(self, value: str) -> str:
        """Give the text as it is."""
        return value


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade level: text such as "9" or "K"; "9.0" is read as 9."""

    blank: str = ""

    def parse(self, text: str, known: Known) -> Parsed:
        """Take the text as it is, but for a ".0" that a spreadsheet added."""
        match = _COUNT.fullmatch(text)
        return Parsed(match[1], (_with_point(text, match[1]),)) if match and match[2] else Parsed(text)

    def format(self, value: str) -> str:
        """Give the grade as it is."""
        return value


@dataclass(frozen=True, slots=True)
class Identifier:
    """An id: always text, whatever it looks like."""

    blank: str = ""

    def parse(self, text: str, known: Known) -> Parsed:
        """Take the text as it is, with a word about spreadsheet damage."""
        return Parsed(text, id_problems(text))

    def format(self, value: str) -> str:
        """Give the id as it is."""
        return value


@dataclass(frozen=True, slots=True)
class Count:
    """A whole number of at least ``least``; "30.0" is read as 30."""

    blank: int | None = None
    least: int = 0

    def parse(self, text: str, known: Known) -> Parsed:
        """Read digits, forgiving a ".0" that a spreadsheet added."""
        match = _COUNT.fullmatch(text)
        if match is None or int(match[1]) < self.least:
            what = f"a whole number of at least {self.least}"
            if match is None and _LONG.fullmatch(text):
                what = "a whole number of at most nine digits"
            return Parsed(
                self.blank,
                (Problem(Code.NOT_A_COUNT, f"{text!r} is not {what}.", f"Enter {what}.", text),),
            )
        value = int(match[1])
        if not match[2]:
            return Parsed(value)
        return Parsed(value, (_with_point(text, str(value)),))

    def format(self, value: int | None) -> str:
        """Give plain digits."""
        return "" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Number:
    """A number that is not negative."""

    blank: float | None = None

    def parse(self, text: str, known: Known) -> Parsed:
        """Read a decimal number with a point."""
        if _NUMBER.fullmatch(text):
            return Parsed(float(text))
        remedy = "Enter a number such as 0.5."
        return Parsed(self.blank, (Problem(Code.NOT_A_NUMBER, f"{text!r} is not a number.", remedy, text),))

    def format(self, value: float | None) -> str:
        """Give the shortest decimal form, of at most nine places."""
        if value is None or not math.isfinite(value):
            return ""
        return f"{value:.9f}".rstrip("0").rstrip(".")


@dataclass(frozen=True, slots=True)
class YesNo:
    """Yes or no, in the ways people write it."""

    blank: bool | None = False

    def parse(self, text: str, known: Known) -> Parsed:
        """Read Yes/No, Y/N, True/False, T/F or 1/0."""
        word = text.casefold().removesuffix(".0")
        if word in _YES:
            return Parsed(True)
        if word in _NO:
            return Parsed(False)
        remedy = "Enter Yes or No."
        return Parsed(self.blank, (Problem(Code.NOT_YES_OR_NO, f"{text!r} is not Yes or No.", remedy, text),))

    def format(self, value: bool | None) -> str:
        """Give Yes or No."""
        return "" if value is None else "Yes" if value else "No"


@dataclass(frozen=True, slots=True)
class IdList:
    """
    Ids separated by semicolons.

    Without a semicolon, commas (or bars) separate too, if the whole is not an id that the school has but
    one of its parts is (``careful``: if all of them are). A trailing semicolon makes a comma part of the id.
    """

    blank: tuple[str, ...] = ()
    careful: bool = False

    def parse(self, text: str, known: Known) -> Parsed:
        """Split, trim, drop empty items and repetitions."""
        problems: list[Problem] = []
        items = _split(text, SEPARATOR)
        if SEPARATOR not in text and not known(text):
            for separator in OTHER_SEPARATORS:
                parts = _split(text, separator)
                if len(parts) > 1 and (all if self.careful else any)(map(known, parts)):
                    items = parts
                    message = f"{text!r} was read as a list of {len(parts)}."
                    remedy = "Nothing need be done; lists are written with semicolons."
                    problems.append(Problem(Code.LIST_SEPARATOR, message, remedy, text))
                    break
        distinct = tuple(dict.fromkeys(items))
        if len(distinct) < len(items):
            repeated = next(item for i, item in enumerate(items) if item in items[:i])
            problems.append(
                Problem(
                    Code.LIST_REPEATS,
                    f"{repeated!r} stands in the list more than once; it counts once.",
                    "Remove the repetition, or enter what was meant in its place.",
                    repeated,
                )
            )
        for item in distinct:
            problems += id_problems(item)
        return Parsed(distinct, tuple(problems))

    def format(self, value: tuple[str, ...]) -> str:
        """Join by semicolons."""
        text = SEPARATOR.join(value)
        if len(value) == 1 and any(separator in text for separator in OTHER_SEPARATORS):
            return text + SEPARATOR
        return text


@dataclass(frozen=True, slots=True)
class Terms:
    """Choices of terms: ``S1``, ``S1;S2`` (in both), ``S1|S2`` (in either)."""

    blank: TermChoices = ()

    def parse(self, text: str, known: Known) -> Parsed:
        """Split at bars, then at semicolons."""
        choices = (tuple(dict.fromkeys(_split(part, SEPARATOR))) for part in text.split("|"))
        return Parsed(tuple(dict.fromkeys(choice for choice in choices if choice)))

    def format(self, value: TermChoices) -> str:
        """Join by semicolons within bars."""
        return "|".join(SEPARATOR.join(choice) for choice in value)


@dataclass(frozen=True, slots=True)
class LinkKindCell:
    """What a link says: Stacked, Same students, Same period, Consecutive."""

    blank: LinkKind | None = None

    def parse(self, text: str, known: Known) -> Parsed:
        """Read the words, forgiving case, hyphens and underscores."""
        word = re.sub(r"[\s_-]+", " ", text).casefold()
        try:
            return Parsed(LinkKind(word))
        except ValueError:
            kinds = ", ".join(kind.value for kind in LinkKind)
            message = f"{text!r} is not a kind of link."
            return Parsed(
                self.blank, (Problem(Code.NOT_A_LINK_KIND, message, f"Enter one of: {kinds}.", text),)
            )

    def format(self, value: LinkKind | None) -> str:
        """Give the words, capitalised."""
        return "" if value is None else value.value.capitalize()


def _with_point(text: str, read_as: str) -> Problem:
    return Problem(Code.COUNT_WITH_POINT, f"{text!r} was read as {read_as}.", "Nothing need be done.", text)


def _split(text: str, separator: str) -> list[str]:
    return [item for part in text.split(separator) if (item := part.strip())]
