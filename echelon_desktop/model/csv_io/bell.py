"""Where periods stand when the file does not say, and how texts name slots."""

import re
from collections.abc import Iterable, Sequence

from echelon_desktop.model.entities import Period

_NAME = re.compile(r"([^\W\d_]*)\s*(\d{1,6})")


def default_places(names: Sequence[str]) -> list[tuple[str, int]]:
    """
    Day and order of periods by their names.

    "R1" is the first of day R. When a name does not have that shape, or two would stand in one place, all
    periods are of one day, in the order of the file.

    Returns
    -------
    list of tuple
        (day, order) for each name.
    """
    matches = [_NAME.fullmatch(name) for name in names]
    places = [(match[1], int(match[2])) for match in matches if match]
    if len(set(places)) == len(names):
        return places
    return [("", i) for i in range(1, len(names) + 1)]


class SlotNames:
    """Understands slot texts: ``R1``, ``S1:R1``, and periods called by their number or in another case."""

    def __init__(self, periods: Iterable[Period] = (), terms: Iterable[str] = ()) -> None:
        periods = list(periods)
        self._terms = set(terms)
        self._names = {period.id: period.id for period in periods}
        others: dict[str, set[str]] = {}
        for period in periods:
            others.setdefault(period.number, set()).add(period.id)
        for period in periods:
            others.setdefault(period.id.casefold(), set()).add(period.id)
        self._others = {text: min(ids) for text, ids in others.items() if text and len(ids) == 1}

    def resolve(self, text: str) -> str | None:
        """The slot text as it should be written; None when no period is meant."""
        if text in self._names:
            return text
        term, colon, period = (part.strip() for part in text.partition(":"))
        if colon and term in self._terms:
            found = self._period(period)
            return f"{term}:{found}" if found else None
        return self._period(text)

    def known(self, text: str) -> bool:
        """Whether some period is meant."""
        return self.resolve(text) is not None

    def _period(self, text: str) -> str | None:
        return self._names.get(text) or self._others.get(text) or self._others.get(text.casefold())
