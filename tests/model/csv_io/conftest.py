"""What the tests of the files share."""

from pathlib import Path

import pytest
from small_school_files import Files, ReadFiles, write_files

from echelon_desktop.model.csv_io import Imported, read_school


@pytest.fixture
def read(tmp_path: Path) -> ReadFiles:
    """Read the small school with some of its files changed."""

    def read_changed(changes: Files | None = None) -> Imported:
        return read_school(write_files(tmp_path / "school", changes))

    return read_changed
