"""Lists as they are shown, to print or to write down. Knows nothing of Qt."""

from dataclasses import dataclass
from html import escape

from echelon_desktop.ui.paper.looks import TABLE, Heading, head


@dataclass(frozen=True, slots=True)
class ListedTable:
    """A list as shown: titles, then lines; columns that hold ``numbers``; ``counts`` if lines are counted."""

    title: str
    lines: list[list[str]]
    numbers: frozenset[int]
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Listed:
    """Some lists that belong together, with a headline in words."""

    title: str
    headline: str
    tables: tuple[ListedTable, ...]


def listed_pages(listed: Listed, heading: Heading) -> str:
    """Lists as they are shown; their first rows are repeated on every page."""
    parts = [head(heading, listed.title, [listed.headline])]
    for table in listed.tables:
        titles, *lines = table.lines
        words = f"{table.title} ({len(lines):,})" if table.counts else table.title
        parts.append(f'<p class="part">{escape(words)}</p>')
        if lines:
            heads = "".join(f"<th>{escape(title)}</th>" for title in titles)
            rows = "".join(
                f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in line)}</tr>" for line in lines
            )
            parts.append(f"<table {TABLE}><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>")
        else:
            parts.append('<p class="soft">None.</p>')
    return "".join(parts)
