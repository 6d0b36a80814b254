"""Making a conflict smaller."""

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def without_needless(items: list[T], still: Callable[[list[T]], bool]) -> list[T]:
    """
    Drop items as long as what is left ``still`` conflicts; many at a time first.

    Most items of a large school have nothing to do with its conflict. No single one of what comes back can be
    dropped, if ``still`` is monotone and always answers.
    """
    several = len(items)
    while several := several // 2:
        for first in range(0, len(items), several)[::-1]:
            rest = items[:first] + items[first + several :]
            if still(rest):
                items = rest
    return items
