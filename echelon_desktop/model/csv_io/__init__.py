"""
The school's own files: reading them with every doubt told, and writing them back.

docs/files.md describes the files for the people who make them.
"""

from echelon_desktop.model.csv_io.aeries_writer import NOT_WRITTEN, write_for_aeries
from echelon_desktop.model.csv_io.cellcode import neutralised
from echelon_desktop.model.csv_io.folder import RESULT_FILES, holds_files, is_file_of_school, is_workbook
from echelon_desktop.model.csv_io.reading import SourceFile
from echelon_desktop.model.csv_io.replacing import replace_file
from echelon_desktop.model.csv_io.schedule_reader import ImportedSchedule, read_schedule
from echelon_desktop.model.csv_io.schedule_writer import write_schedule
from echelon_desktop.model.csv_io.school_reader import Imported, read_school
from echelon_desktop.model.csv_io.school_writer import write_school, write_tables
from echelon_desktop.model.csv_io.workbook_reader import WORKBOOK, WORKBOOKS

__all__ = [
    "NOT_WRITTEN",
    "RESULT_FILES",
    "WORKBOOK",
    "WORKBOOKS",
    "Imported",
    "ImportedSchedule",
    "SourceFile",
    "holds_files",
    "is_file_of_school",
    "is_workbook",
    "neutralised",
    "read_schedule",
    "read_school",
    "replace_file",
    "write_for_aeries",
    "write_schedule",
    "write_school",
    "write_tables",
]
