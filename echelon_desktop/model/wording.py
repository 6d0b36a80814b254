"""Small pieces of sentences for schedulers."""

from collections.abc import Iterable, Sequence


def listed(items: Iterable[str], last: str = "and") -> str:
    """``A``, ``A and B``, ``A, B and C``."""
    words = list(items)
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def counted(number: int, noun: str, plural: str = "") -> str:
    """``1 seat``, ``2,000 seats``; ``plural`` where an s does not make it."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def an(noun: str) -> str:
    """``a seat``, ``an absence``."""
    return f"{'an' if noun[:1] in set('aeio') else 'a'} {noun}"


def few_of(names: Sequence[str], most: int = 12, last: str = "and") -> str:
    """All names up to ``most``, else the first and how many more there are: two at least."""
    if len(names) <= most:
        return listed(names, last)
    return listed([*names[: most - 1], f"{len(names) - most + 1:,} more"])
