"""Titles that the user has explained once, kept for the next import."""

import json
from collections.abc import Mapping

from PySide6.QtCore import QSettings

from echelon_desktop.model.columns import FILES

Titles = dict[str, dict[str, str]]  # file as documented → title as found → title as documented
KEY = "columns"


def remembered_titles() -> Titles:
    """What was explained before; whatever means nothing any more is left out."""
    try:
        kept = json.loads(str(QSettings("Echelon", "Echelon Desktop").value(KEY, "{}")))
    except json.JSONDecodeError:
        return {}
    if not isinstance(kept, dict):
        return {}
    titles: Titles = {}
    for file, pairs in kept.items():
        if file in FILES and isinstance(pairs, dict):
            known = {column.title for column in FILES[file].columns}
            titles[file] = {str(found): str(meant) for found, meant in pairs.items() if meant in known}
    return titles


def remember_titles(titles: Mapping[str, Mapping[str, str]]) -> None:
    """Keep what was explained."""
    QSettings("Echelon", "Echelon Desktop").setValue(KEY, json.dumps(titles))
