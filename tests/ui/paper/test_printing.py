"""Handouts on paper: what each page says it belongs to, and that a file is written whole or not at all."""

import os
from pathlib import Path

import pytest
from PySide6.QtGui import QFont, QPainter

from echelon_desktop.errors import EchelonError
from echelon_desktop.ui.paper import printing
from echelon_desktop.ui.paper.asking import paper_font
from echelon_desktop.ui.paper.looks import Heading, head
from echelon_desktop.ui.paper.printing import write_pdf


def test_each_handout_begins_a_page(tmp_path: Path, qapp: object) -> None:
    pages = [head(Heading("Small <school>", "Draft", "today"), title, ()) for title in ("Ann", "Bo", "Cy")]
    assert write_pdf(tmp_path / "a.pdf", pages, QFont(), "x") == 3
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF-")


def test_every_page_of_several_says_what_it_belongs_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: object
) -> None:
    written: list[str] = []

    class Listener(QPainter):
        def drawText(self, place: object, flags: object, text: str) -> None:
            written.append(text)

    monkeypatch.setattr(printing, "QPainter", Listener)
    page = head(Heading("Small <school>", "Draft", "today"), "Student 1", ["Grade 9"])
    assert write_pdf(tmp_path / "a.pdf", [page, page + "<p>more</p>" * 90], paper_font(), "x") > 2
    assert "1 of 3" in written
    assert set(written) - {"1 of 3", "2 of 3", "3 of 3"} == {
        "Student 1  ·  Small <school>  ·  Draft  ·  today"
    }


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path, qapp: object) -> None:
    with pytest.raises(EchelonError, match="cannot be written"):
        write_pdf(tmp_path, ["x"], QFont(), "x")


def test_what_stands_there_stays_on_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: object
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "a.pdf").write_bytes(b"of yesterday")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EchelonError, match="No space left"):
        write_pdf(tmp_path / "a.pdf", ["x"], QFont(), "x")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.pdf", b"of yesterday")]
