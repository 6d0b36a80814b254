"""Where the facts stand in the school's files, for findings about records that were not just read."""

from echelon_desktop.model.columns import SCHOOL_FILES
from echelon_desktop.model.rules import RULES_FILE

_PLACES: dict[tuple[str, str], tuple[str, str]] = {}
for _spec in SCHOOL_FILES:
    _PLACES.setdefault((_spec.table, ""), (_spec.name, ""))
    for _column in _spec.columns:
        _PLACES.setdefault((_spec.table, _column.key), (_spec.name, _column.title))

TABLES_IN_ORDER = tuple(dict.fromkeys([*(spec.table for spec in SCHOOL_FILES), "rules"]))


def place_of(table: str, field: str) -> tuple[str, str]:
    """File and column title of a field, as documented; empty texts where there are none."""
    if table == "rules":
        return RULES_FILE, field
    return _PLACES.get((table, field), (_PLACES.get((table, ""), ("", ""))[0], ""))
