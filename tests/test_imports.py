"""Importing is cheap: the heavy libraries are loaded by what needs them, not by the start."""

import json
import subprocess
import sys

import pytest

HEAVY = {"PySide6", "numba", "ortools", "pandas", "boto3", "openpyxl"}

PROBE = """
import importlib, json, sys
importlib.import_module(sys.argv[1])
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def loaded_by(module: str) -> set[str]:
    """Name the top-level packages in a fresh interpreter that has imported one module."""
    command = [sys.executable, "-c", PROBE, module]
    return set(json.loads(subprocess.check_output(command, encoding="utf-8")))


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("echelon_desktop.cli", HEAVY),
        ("echelon_desktop.model", HEAVY | {"sqlalchemy", "alembic"}),
        ("echelon_desktop.model.store", HEAVY),
        ("cloud_runner", {"PySide6"}),
        # What the window has of it, and does on threads of its own process.
        ("cloud_runner.client.follow", HEAVY),
        ("cloud_runner.client.apply", HEAVY),
        ("cloud_runner.client.prepare", HEAVY),
        ("echelon_desktop.app", HEAVY - {"PySide6"}),
    ],
)
def test_import_does_not_load(module: str, unwanted: set[str]) -> None:
    loaded = loaded_by(module)
    assert module.partition(".")[0] in loaded
    assert not loaded & unwanted
