"""Moments as the window writes them: one way everywhere, which nobody can read as another day."""

from PySide6.QtCore import QDateTime, QLocale, Qt

FORMAT = "d MMM yyyy, HH:mm"


def moment(text: str) -> str:
    """
    A moment as text: "22 Nov 2026, 18:40", in the time of the place and with its names of months.

    Parameters
    ----------
    text
        ISO 8601, in UTC; what is no moment is returned as it is.
    """
    when = QDateTime.fromString(text, Qt.DateFormat.ISODate).toLocalTime()
    return QLocale().toString(when, FORMAT) if when.isValid() else text
