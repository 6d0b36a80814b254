"""docs/files.md tells of every file, column, title and finding."""

import re
from pathlib import Path

import pytest

from echelon_desktop.model.codes import Code
from echelon_desktop.model.columns import SCHOOL_FILES, Column, FileSpec
from echelon_desktop.model.csv_io import RESULT_FILES

DOCS = (Path(__file__).resolve().parents[3] / "docs" / "files.md").read_text(encoding="utf-8")


def chapter(spec: FileSpec) -> str:
    return DOCS.split(f"### {spec.name}\n")[1].split("\n##")[0]


def test_each_finding_has_its_line_with_its_severity():
    told = re.findall(r"^\| ([a-z0-9-]+) \| (error|warning|note) \|", DOCS, re.MULTILINE)
    assert sorted(told) == sorted((code.value, code.severity.name.lower()) for code in Code)


@pytest.mark.parametrize("spec", SCHOOL_FILES, ids=lambda spec: spec.name)
def test_each_column_is_described_with_its_need(spec: FileSpec):
    for column in spec.columns:
        row = re.search(
            rf"^\| {re.escape(column.title)} \| {column.need.value} \|", chapter(spec), re.MULTILINE
        )
        words = re.search(rf"{re.escape(column.title)} \({column.need.value}[;)]", chapter(spec))
        assert row or words, column.title


@pytest.mark.parametrize(
    ("spec", "column"),
    [(spec, column) for spec in SCHOOL_FILES for column in spec.columns],
    ids=lambda part: getattr(part, "name", None) or part.title,
)
def test_other_titles_are_listed(spec: FileSpec, column: Column):
    text = chapter(spec)
    for named in re.findall(r"as in (\w+\.csv)", text):
        text += DOCS.split(f"### {named}\n")[1].split("\n##")[0]
    if spec.name == "Student_Preference_Info.csv":
        text += DOCS.split("### Sections_Information.csv\n")[1].split("\n##")[0]
    for alias in column.aliases:
        assert alias in text, f"{spec.name}: {alias}"


def test_result_files_are_described():
    assert all(f"| {name} |" in DOCS for name in RESULT_FILES)
