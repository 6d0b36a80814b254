"""
Cuts a handout into pages between the rows of its tables.

Qt breaks a row of several lines anywhere, whatever its policy for page breaks says. So a handout is laid
out as one endless page, and pages show parts of it, from a row to another; the head of a table is shown again
where the table goes on.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import cast

from PySide6.QtCore import QRectF
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QFont,
    QPagedPaintDevice,
    QPainter,
    QTextBlock,
    QTextCursor,
    QTextDocument,
    QTextTable,
)

from echelon_desktop.ui.paper.looks import STYLE

_RULE = 16  # a ruled line takes less than this part of the space between the texts of two rows, on each side

Span = tuple[float, float]
"""From where to where on the endless page, in units of the device."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a page shows: a part of the endless page, below the head of a table that goes on."""

    head: Span | None
    body: Span


@dataclass(slots=True)
class _Piece:
    """What stays whole: a row or a line of text; ``leads`` if it must not be the last of a page."""

    span: Span
    leads: bool = False
    head: Span | None = None
    lines: list[Span] = field(default_factory=list)


def laid_out(handout: str, font: QFont, device: QPagedPaintDevice) -> QTextDocument:
    """A handout as one endless page, as wide as those of the device."""
    document = QTextDocument()
    document.documentLayout().setPaintDevice(device)
    document.setDocumentMargin(0)
    document.setDefaultFont(font)
    document.setDefaultStyleSheet(STYLE)
    document.setHtml(handout)
    document.setTextWidth(device.width())
    return document


def sheets(document: QTextDocument, height: float) -> list[Sheet]:
    """Cut an endless page into pages of a height; only a row or line that is higher is cut itself."""
    pieces = [part for piece in _pieces(document) for part in _that_fit(piece, height)]
    made: list[Sheet] = []
    first = 0
    while first < len(pieces):
        top, head = pieces[first].span[0], pieces[first].head
        room = height - _length(head)
        end = first + 1
        while end < len(pieces) and pieces[end].span[1] - top <= room:
            end += 1
        if end < len(pieces):
            kept = end
            while kept > first and pieces[kept - 1].leads:
                kept -= 1
            end = kept if kept > first else end
        made.append(Sheet(head, (top, min(pieces[end - 1].span[1], top + room))))
        first = end
    return made or [Sheet(None, (0.0, 0.0))]


def draw_sheet(painter: QPainter, document: QTextDocument, sheet: Sheet) -> None:
    """Draw a page where the painter stands."""
    below = 0.0
    for top, bottom in (span for span in (sheet.head, sheet.body) if span is not None):
        painter.save()
        painter.translate(0, below - top)
        document.drawContents(painter, QRectF(0, top, document.textWidth(), bottom - top))
        painter.restore()
        below += bottom - top


def _length(span: Span | None) -> float:
    return 0.0 if span is None else span[1] - span[0]


def _pieces(document: QTextDocument) -> Iterator[_Piece]:
    """All pieces, from the top; the line of text above a table goes with it."""
    layout = document.documentLayout()
    layout.documentSize()  # lays out the whole of it
    before: list[_Piece] = []
    block = document.begin()
    while block.isValid():
        table = cast("QTextTable | None", QTextCursor(block).currentTable())
        yield from before[:-1]
        if table is None:
            yield from before[-1:]
            before = [_Piece(line) for line in _lines(block, layout)]
            block = block.next()
        else:
            yield from (_Piece(piece.span, leads=True) for piece in before[-1:])
            before = _rows(table, layout)
            block = table.lastCursorPosition().block().next()
    yield from before


def _lines(block: QTextBlock, layout: QAbstractTextDocumentLayout) -> list[Span]:
    """The lines of a paragraph; none where it is empty, as the one that Qt puts after a table."""
    if not block.text():
        return []
    top = layout.blockBoundingRect(block).top()
    rects = [block.layout().lineAt(number).rect() for number in range(block.layout().lineCount())]
    first = rects[0].top()
    return [(top + rect.top() - first, top + rect.bottom() - first) for rect in rects]


def _rows(table: QTextTable, layout: QAbstractTextDocumentLayout) -> list[_Piece]:
    """The rows of a table, each with the ruled lines above and below it; its head leads."""
    texts = [_lines_of_row(table, row, layout) for row in range(table.rows())]
    tops = [min(top for top, _ in lines) for lines in texts]
    bottoms = [max(bottom for _, bottom in lines) for lines in texts]
    gap = min(
        (below - above for above, below in zip(bottoms, tops[1:], strict=False)), default=bottoms[0] - tops[0]
    )
    rule = gap / _RULE
    heads = table.format().headerRowCount()
    head = (tops[0] - gap / 2 - rule, bottoms[heads - 1] + gap / 2 - rule) if heads else None
    return [
        _Piece(
            (top - gap / 2 - rule, bottom + gap / 2 + rule),
            leads=row < heads,
            head=None if row < heads else head,
            lines=lines,
        )
        for row, (top, bottom, lines) in enumerate(zip(tops, bottoms, texts, strict=True))
    ]


def _lines_of_row(table: QTextTable, row: int, layout: QAbstractTextDocumentLayout) -> list[Span]:
    """The lines of text in the cells of a row, or what an empty row would need for one."""
    lines: list[Span] = []
    for column in range(table.columns()):
        cell = table.cellAt(row, column)
        block, last = cell.firstCursorPosition().block(), cell.lastCursorPosition().blockNumber()
        while block.isValid() and block.blockNumber() <= last:
            lines += _lines(block, layout)
            block = block.next()
    if not lines:
        rect = layout.blockBoundingRect(table.cellAt(row, 0).firstCursorPosition().block())
        lines.append((rect.top(), rect.bottom()))
    return lines


def _that_fit(piece: _Piece, height: float) -> list[_Piece]:
    """The piece itself, or, if it is higher than a page, its parts between lines of text."""
    top, bottom = piece.span
    if bottom - top <= height - _length(piece.head):
        return [piece]
    together: list[Span] = []  # lines that stand beside one another
    for line in sorted(piece.lines):
        if together and line[0] < together[-1][1]:
            together[-1] = (together[-1][0], max(together[-1][1], line[1]))
        else:
            together.append(line)
    cuts = [top, *((above[1] + below[0]) / 2 for above, below in pairwise(together)), bottom]
    return [_Piece(span, head=piece.head) for span in pairwise(cuts)]
