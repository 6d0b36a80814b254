"""Asks where handouts go, to a PDF file or a printer, and puts them there."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QDate, QLocale
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFileDialog, QPushButton, QWidget

from echelon_desktop.model.wording import counted
from echelon_desktop.ui.document import Document
from echelon_desktop.ui.messages import told
from echelon_desktop.ui.paper.looks import Heading
from echelon_desktop.ui.paper.printing import draw, page_layout, write_pdf
from echelon_desktop.ui.scenario_names import scenario_names
from echelon_desktop.ui.theme import TYPE, theme
from echelon_desktop.ui.workspace import Workspace

Make = Callable[[], Sequence[str]]
"""Makes the handouts, each beginning on a page of its own; called on another thread for a file."""


class PaperButton(QPushButton):
    """A button that leads to paper."""

    def __init__(self, tip: str) -> None:
        super().__init__("Print")
        self.setToolTip(tip)
        self._paint()
        theme().changed.connect(self._paint)

    def _paint(self) -> None:
        theme().put_icon(self, "printer")


def save_as_pdf(owner: QWidget, workspace: Workspace, make: Make, name: str, wide: bool) -> None:
    """Ask for a file, offering one of this name, and write handouts to it beside the window."""
    offered = str(workspace.document.path.parent / f"{name}.pdf")
    asked, _ = QFileDialog.getSaveFileName(owner, "Save as PDF", offered, "PDF files (*.pdf)")
    if not asked:
        return
    path = Path(asked)
    path = path if path.suffix.lower() == ".pdf" else path.with_name(f"{path.name}.pdf")
    font, notice = paper_font(), workspace.notice

    def done(pages: int) -> None:
        notice.emit("good", f"{path.name}: {counted(pages, 'page')} written.")

    def failed(error: Exception) -> None:
        with told(owner, "The file was not written"):
            raise error

    notice.emit("note", f"Writing {path.name}…")
    workspace.background.run(lambda: write_pdf(path, make(), font, name, wide), done, failed)


def print_out(owner: QWidget, workspace: Workspace, make: Make, name: str, wide: bool) -> None:
    """Ask for a printer and print handouts."""
    from PySide6.QtPrintSupport import QPrintDialog, QPrinter  # looking for printers takes its time

    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName(name)
    printer.setPageLayout(page_layout(wide))
    if QPrintDialog(printer, owner).exec():
        with told(owner, "Nothing was printed"):
            pages = draw(printer, make(), paper_font())
            workspace.notice.emit("good", f"{counted(pages, 'page')} sent to the printer.")


def heading_of(document: Document) -> Heading:
    """What stands on every page: the school, the scenario on the screen where there is one, and today."""
    today = QLocale().toString(QDate.currentDate(), QLocale.FormatType.LongFormat)
    names = scenario_names(document.dataset.scenarios.values())
    return Heading(document.path.stem, names.get(document.scenario, ""), today)


def paper_font() -> QFont:
    """The font of handouts."""
    font = theme().font(TYPE.body)
    font.setPointSizeF(10.0)  # paper does not follow the size of text on the screen
    return font
