"""Prints handouts, or writes them to a PDF file."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QPagedPaintDevice,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QTextDocument,
)

from echelon_desktop.errors import EchelonError
from echelon_desktop.model.csv_io import replace_file
from echelon_desktop.ui.paper.sheets import draw_sheet, laid_out, sheets
from echelon_desktop.ui.theme import LIGHT

DPI = 300
MARGIN_MM = 15
FOOT_PT = 24  # room below for the number of the page


def page_layout(wide: bool, size: QPageSize.PageSizeId = QPageSize.PageSizeId.Letter) -> QPageLayout:
    """Letter paper, as schools use it, upright or wide."""
    orientation = QPageLayout.Orientation.Landscape if wide else QPageLayout.Orientation.Portrait
    margins = QMarginsF(MARGIN_MM, MARGIN_MM, MARGIN_MM, MARGIN_MM)
    return QPageLayout(QPageSize(size), orientation, margins, QPageLayout.Unit.Millimeter)


def write_pdf(path: Path, handouts: Sequence[str], font: QFont, title: str, wide: bool = False) -> int:
    """
    Write handouts to a PDF file, each beginning on a page of its own; may run on any thread.

    Returns
    -------
    int
        Number of pages.

    Raises
    ------
    EchelonError
        If the file cannot be written.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(DPI)
    writer.setTitle(title)
    writer.setPageLayout(page_layout(wide))
    pages = draw(writer, handouts, font)
    replace_file(path, bytes(buffer.data().data()))
    return pages


def draw(device: QPagedPaintDevice, handouts: Sequence[str], font: QFont) -> int:
    """Draw handouts on a printer or writer; returns the number of pages."""
    painter = QPainter()
    if not painter.begin(device):
        raise EchelonError("The printer takes no pages. Look whether it is on, and try again.")
    foot = round(FOOT_PT * device.logicalDpiY() / 72)
    size = QSizeF(device.width(), device.height() - foot)
    drawn = 0
    for handout in handouts:
        document = laid_out(handout, font, device)
        made = sheets(document, size.height())
        for number, sheet in enumerate(made, 1):
            if drawn:
                device.newPage()
            drawn += 1
            draw_sheet(painter, document, sheet)
            if len(made) > 1:
                painter.setFont(font)
                painter.setPen(QColor(LIGHT.text_soft))
                below = QRectF(0, size.height(), size.width(), foot)
                bottom = Qt.AlignmentFlag.AlignBottom
                words = f"{number} of {len(made)}"
                painter.drawText(below, Qt.AlignmentFlag.AlignRight | bottom, words)
                # Sheets get apart: each says what it belongs to.
                metrics = painter.fontMetrics()
                left = below.adjusted(0, 0, -metrics.horizontalAdvance(f"    {words}"), 0)
                title = document.metaInformation(QTextDocument.MetaInformation.DocumentTitle)
                title = metrics.elidedText(title, Qt.TextElideMode.ElideRight, round(left.width()))
                painter.drawText(left, Qt.AlignmentFlag.AlignLeft | bottom, title)
    painter.end()
    return drawn
