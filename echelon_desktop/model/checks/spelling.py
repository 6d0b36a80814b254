"""Ids that were probably meant, where the one that is written does not exist."""

from collections import defaultdict
from collections.abc import Iterable, Mapping


def plain(key: str) -> str:
    """An id with capitals and spaces taken out of account."""
    return "".join(key.casefold().split())


def by_loose_spelling(known: Iterable[str]) -> dict[str, list[str]]:
    """The known ids by a spelling in which those agree that a spreadsheet or a typist may have changed."""
    spellings = defaultdict(list)
    for key in known:
        spellings[loose(key)].append(key)
    return spellings


def suggestion(value: str, spellings: Mapping[str, list[str]]) -> str:
    """A remedy that names the one id that can be meant, or nothing."""
    meant = spellings.get(loose(value), [])
    return f"Write {meant[0]!r}, if that is meant; otherwise add the missing row." if len(meant) == 1 else ""


def loose(key: str) -> str:
    """An id with capitals, spaces and leading zeros taken out of account."""
    return plain(key).lstrip("0")
