"""Asks for the workbook to write to."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from echelon_desktop.model.csv_io import WORKBOOK
from echelon_desktop.ui.messages import ask

WRITTEN_WORKBOOK = f"Excel workbook (*{WORKBOOK})"


def ask_for_workbook(owner: QWidget, offered: Path) -> Path | None:
    """Ask for a workbook, with its ending whatever is typed; None where none is to be written."""
    name, _ = QFileDialog.getSaveFileName(owner, "Workbook to write", str(offered), WRITTEN_WORKBOOK)
    if not name:
        return None
    path = Path(name if name.endswith(WORKBOOK) else f"{name}{WORKBOOK}")
    # The dialog has asked about the name that was typed.
    unasked = path != Path(name) and path.exists()
    there = f"There is a file {path.name} already."
    return path if not unasked or ask(owner, "Replace file?", there, "Replace", danger=True) else None
