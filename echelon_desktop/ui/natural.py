"""The order in which people sort names with numbers in them. Knows nothing of Qt."""

import re

_DIGITS = re.compile(r"(\d+)")


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Key by which "English 9" comes before "English 10", and case does not count."""
    return tuple(
        (0, int(part), "") if part.isdecimal() else (1, 0, part)
        for part in _DIGITS.split(text.casefold())
        if part
    )
