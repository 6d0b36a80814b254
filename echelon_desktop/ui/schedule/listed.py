"""Lists as they are shown, to print or to write down. Knows nothing of Qt."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ListedTable:
    """A list as shown: titles of columns, then lines; ``counts`` if they are counted."""

    title: str
    lines: list[list[str]]
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Listed:
    """Some lists that belong together, with a headline in words."""

    title: str
    headline: str
    tables: tuple[ListedTable, ...]
