"""Asks where lists go, as CSV files or as an Excel workbook, and puts them there."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from echelon_desktop.model.csv_io import WORKBOOK, write_tables
from echelon_desktop.ui.messages import told
from echelon_desktop.ui.paper.listed import Listed, ListedTable
from echelon_desktop.ui.workbook_name import ask_for_workbook
from echelon_desktop.ui.workspace import Workspace


def save_as_csv(owner: QWidget, workspace: Workspace, listed: Listed) -> None:
    """Ask for a folder and write a file for each list, as it is shown."""
    beside = str(workspace.document.path.parent)
    name = QFileDialog.getExistingDirectory(owner, "Folder to write to", beside)
    if name:
        with told(owner, "The files were not written"):
            write_tables({name: table.lines for name, table in _files(listed).items()}, Path(name))
            workspace.notice.emit("good", f"Written to {name}.")


def save_as_workbook(owner: QWidget, workspace: Workspace, listed: Listed) -> None:
    """Ask for a workbook and write a sheet for each list, as it is shown."""
    from echelon_desktop.model.csv_io.workbook_writer import Table, write_workbook

    path = ask_for_workbook(owner, workspace.document.path.with_name(f"{listed.title}{WORKBOOK}"))
    if path is not None:
        with told(owner, "The workbook was not written"):
            write_workbook(
                {name: Table(table.lines, table.numbers) for name, table in _files(listed).items()}, path
            )
            workspace.notice.emit("good", f"Written to {path}.")


def _files(listed: Listed) -> dict[str, ListedTable]:
    names = (f"{listed.title} {table.title}.csv" for table in listed.tables)
    return {name.lower().replace(" ", "_"): table for name, table in zip(names, listed.tables, strict=True)}
