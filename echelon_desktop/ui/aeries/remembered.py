"""What Aeries calls a school, its periods and terms, kept for the next export."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from PySide6.QtCore import QSettings

from echelon_desktop.model.aeries import Codes, usual_codes
from echelon_desktop.model.dataset import School

KEY = "aeries"
MOST = 20  # schools


def remembered_codes(path: Path, school: School) -> Codes:
    """What was entered for a school file; the usual codes for what was not."""
    usual = usual_codes(school)
    kept = _kept().get(str(path))
    if not isinstance(kept, dict):
        return usual
    return Codes(
        str(kept.get("school", "")),
        _known(usual.periods, kept.get("periods")),
        _known(usual.terms, kept.get("terms")),
        str(kept.get("all_year", usual.all_year)),
    )


def remember_codes(path: Path, codes: Codes) -> None:
    """Keep what was entered for a school file."""
    kept = {name: own for name, own in _kept().items() if name != str(path)}
    last = dict(list(kept.items())[1 - MOST :])
    _settings().setValue(KEY, json.dumps({**last, str(path): asdict(codes)}))


def _known(usual: Mapping[str, str], kept: object) -> dict[str, str]:
    own = kept if isinstance(kept, dict) else {}
    return {name: str(own.get(name, code)) for name, code in usual.items()}


def _kept() -> dict[str, object]:
    try:
        kept = json.loads(str(_settings().value(KEY, "{}")))
    except json.JSONDecodeError:
        return {}
    return kept if isinstance(kept, dict) else {}


def _settings() -> QSettings:
    return QSettings("Echelon", "Echelon Desktop")
