"""Pages of lists: rows stay whole, each is printed once, and heads are repeated."""

from random import Random

import pytest
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage, QPainter, QPdfWriter, QTextDocument

from echelon_desktop.ui.paper.asking import paper_font
from echelon_desktop.ui.paper.looks import TABLE
from echelon_desktop.ui.paper.printing import page_layout
from echelon_desktop.ui.paper.sheets import Sheet, draw_sheet, laid_out, sheets
from echelon_desktop.ui.theme import LIGHT

HEAD = int(LIGHT.sunken[1:], 16)
HEIGHT = 600


def endless(html: str) -> QTextDocument:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(96)
    writer.setPageLayout(page_layout(False))
    return laid_out(html, paper_font(), writer)


def table(lines: list[int], first: int = 1) -> str:
    """Rows with so many lines of text, each in a colour of its own, counted from ``first``."""
    rows = (
        f'<tr bgcolor="#{number:06x}"><td>a</td><td>{"<br>".join(["b"] * many)}</td></tr>'
        for number, many in enumerate(lines, first)
    )
    head = "<tr><th>A</th><th>B</th></tr>"
    return f"<table {TABLE}><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table>"


def drawn(document: QTextDocument, sheet: Sheet, height: int = HEIGHT) -> list[tuple[int, int]]:
    """The colours of the rows on a page from the top, with how many pixels of each."""
    image = QImage(round(document.textWidth()), height, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFF)
    painter = QPainter(image)
    draw_sheet(painter, document, sheet)
    painter.end()
    seen: list[tuple[int, int]] = []
    for y in range(height):
        colour = image.pixel(4, y) & 0xFFFFFF  # between the line at the left and the text
        if colour == HEAD or colour < 0x1000:
            many = seen.pop()[1] if seen and seen[-1][0] == colour else 0
            seen.append((colour, many + 1))
    return seen


@pytest.mark.parametrize("seed", range(3))
def test_every_row_is_whole_and_on_one_page(qapp: object, seed: int) -> None:
    lines = Random(seed).choices(range(1, 6), k=120)
    document = endless(table(lines))
    ((_, of_head), *whole) = drawn(document, sheets(document, 1e6)[0], 20_000)
    assert [colour for colour, _ in whole] == list(range(1, 121))

    pages = [drawn(document, sheet) for sheet in sheets(document, HEIGHT)]
    assert len(pages) > 8
    for (head, many), *rows in pages:
        assert head == HEAD
        assert abs(many - of_head) <= 2  # less or more of the ruled line
        assert rows[-1][0] == 120 or HEIGHT - sum(many for _, many in rows) < 150  # pages are filled
    printed = [row for page in pages for row in page[1:]]
    assert [colour for colour, _ in printed] == list(range(1, 121))
    assert all(abs(here - there) <= 2 for (_, here), (_, there) in zip(printed, whole, strict=True))


def test_a_row_higher_than_a_page_goes_on_between_two_lines(qapp: object) -> None:
    document = endless(table([1, 90, 1]))
    pages = [drawn(document, sheet) for sheet in sheets(document, HEIGHT)]
    assert [[colour for colour, _ in page] for page in pages] == [
        [HEAD, 1, 2],
        [HEAD, 2],
        [HEAD, 2, 3],
    ]
    tall = document.find("b\u2028b").block()
    top = document.documentLayout().blockBoundingRect(tall).top()
    lines = [tall.layout().lineAt(number).rect() for number in range(90)]
    for sheet in sheets(document, HEIGHT)[:-1]:
        cut = sheet.body[1] - top
        assert not any(line.top() + 1 < cut < line.bottom() - 1 for line in lines)


@pytest.mark.parametrize("above", range(1, 40))
def test_a_title_stands_with_the_first_row_of_its_table(qapp: object, above: int) -> None:
    html = f"{table([1] * above)}<p>Title</p>{table([2, 2, 2], 500)}"
    document = endless(html)
    title = document.find("Title").block()
    top = document.documentLayout().blockBoundingRect(title).top()
    (page,) = (sheet for sheet in sheets(document, HEIGHT) if sheet.body[0] <= top + 1 < sheet.body[1])
    assert 500 in [colour for colour, _ in drawn(document, page)]


def test_what_is_empty_takes_a_page(qapp: object) -> None:
    assert sheets(endless(""), HEIGHT) == [Sheet(None, (0.0, 0.0))]
