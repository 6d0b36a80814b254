"""What can be wrong with a document; stated without a word of its contents, which may be anybody's."""


class WireError(ValueError):
    """A document is not what its type says; the message names the field and what it must be."""


class VersionError(WireError):
    """
    A document is of a version that is not read here.

    Parameters
    ----------
    message
        Which document, which versions, and which side to update.
    side
        The side that is too old: "desktop" or "stack".
    """

    def __init__(self, message: str, side: str) -> None:
        super().__init__(message)
        self.side = side
