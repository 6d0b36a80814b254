"""Asks where lists go, as CSV files or as an Excel workbook, and puts them there."""

import re
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from echelon_desktop.model.csv_io import WORKBOOK, write_tables
from echelon_desktop.ui.messages import told
from echelon_desktop.ui.paper.listed import Listed
from echelon_desktop.ui.workbook_name import ask_for_workbook
from echelon_desktop.ui.workspace import Workspace

_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d+)?")


def save_as_csv(owner: QWidget, workspace: Workspace, listed: Listed) -> None:
    """Ask for a folder and write a file for each list, as it is shown."""
    beside = str(workspace.document.path.parent)
    name = QFileDialog.getExistingDirectory(owner, "Folder to write to", beside)
    if name:
        with told(owner, "The files were not written"):
            write_tables(_files(listed), Path(name))
            workspace.notice.emit("good", f"Written to {name}.")


def save_as_workbook(owner: QWidget, workspace: Workspace, listed: Listed) -> None:
    """Ask for a workbook and write a sheet for each list, as it is shown."""
    from echelon_desktop.model.csv_io.workbook_writer import Table, write_workbook

    path = ask_for_workbook(owner, workspace.document.path.with_name(f"{listed.title}{WORKBOOK}"))
    if path is not None:
        with told(owner, "The workbook was not written"):
            write_workbook(
                {name: Table(lines, _numbers(lines)) for name, lines in _files(listed).items()}, path
            )
            workspace.notice.emit("good", f"Written to {path}.")


def _files(listed: Listed) -> dict[str, list[list[str]]]:
    of = listed.title.lower()
    return {f"{of}_{table.title.lower().replace(' ', '_')}.csv": table.lines for table in listed.tables}


def _numbers(lines: list[list[str]]) -> frozenset[int]:
    """Columns in which a number or nothing stands everywhere; not those of ids that begin with zeros."""
    titles, *rows = lines
    columns = ((i, [row[i] for row in rows if row[i]]) for i in range(len(titles)))
    return frozenset(i for i, texts in columns if texts and all(_NUMBER.fullmatch(text) for text in texts))
