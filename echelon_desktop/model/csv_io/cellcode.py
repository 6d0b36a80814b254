"""
Between the text of a cell and the text in the file: formulas made harmless, spreadsheet tricks undone.

A spreadsheet runs a cell that begins with one of ``= + - @`` (or a tab, carriage return or line feed before
them). Files for people therefore put an apostrophe before such text, and before text that already has
apostrophes there, so that taking away exactly one always gives back what was meant. Source: the OWASP page
on CSV injection.
"""

import re

_GUARDED = re.compile(r"'*[=+\-@\t\r\n]")
_EXCEL_TEXT = re.compile(r'="((?:[^"]|"")*)"')


def neutralised(text: str) -> str:
    """Text as written to files that people open in a spreadsheet."""
    return "'" + text if _GUARDED.match(text) else text


def restored(text: str) -> str:
    """Undo :func:`neutralised`; other text is left alone."""
    return text[1:] if text[:1] == "'" and _GUARDED.match(text) else text


def excel_text(text: str) -> str | None:
    """Content of a cell written as ``="0618"``, which keeps a spreadsheet's hands off it; None for others."""
    match = _EXCEL_TEXT.fullmatch(text)
    return match[1].replace('""', '"').strip() if match else None


def plain_title(cell: str) -> str:
    """Column title of a header cell."""
    return restored(cell.strip()).strip()
