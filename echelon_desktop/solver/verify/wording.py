"""Small pieces of sentences for schedulers."""

from collections.abc import Iterable


def listed(items: Iterable[str], last: str = "and") -> str:
    """``A``, ``A and B``, ``A, B and C``."""
    words = list(items)
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def counted(number: int, singular: str, plural: str = "") -> str:
    """``1 seat``, ``2 seats``; ``plural`` where an s does not make it."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"
