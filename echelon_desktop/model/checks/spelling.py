"""Ids that were probably meant, where the one that is written does not exist."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

_POINT = re.compile(r"(?<=\d)\.0+\Z", re.ASCII)


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
    """An id with capitals, spaces, leading zeros and the ".0" of a number taken out of account."""
    return _POINT.sub("", plain(key)).lstrip("0")
