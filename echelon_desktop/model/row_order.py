"""A school with its rows in an order of their own, so that the order of a file's rows decides nothing."""

from echelon_desktop.model.dataset import School
from echelon_desktop.model.tables import SCHOOL_TABLES

_OWN_ORDER = {"periods", "terms"}  # what comes first in the day or the year


def in_order(school: School) -> School:
    """The school with the rows of each table sorted by key; periods and terms keep their order."""
    tables = {}
    for spec in SCHOOL_TABLES:
        records = list(getattr(school, spec.name).values())
        tables[spec.name] = records if spec.name in _OWN_ORDER else sorted(records, key=spec.key_of)
    return School(**tables)
