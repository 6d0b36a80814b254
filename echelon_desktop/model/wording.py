"""A number with its noun, for sentences."""


def counted(number: int, noun: str, plural: str = "") -> str:
    """``1 seat``, ``2,000 seats``; ``plural`` where an s does not make it."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
