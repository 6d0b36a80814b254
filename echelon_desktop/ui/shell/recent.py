"""What the window remembers between starts: recent files, appearance, its place on the screen."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

MOST = 10


def _settings() -> QSettings:
    return QSettings("Echelon", "Echelon Desktop")


def recent_files() -> list[Path]:
    """School files opened lately, the last one first, whether they still exist or not."""
    value = _settings().value("recent", [])
    names = value if isinstance(value, list) else [value] if value else []
    return [Path(str(name)) for name in names]


def remember_file(path: Path) -> None:
    """Put a file on top of the list."""
    names = [str(path), *(str(p) for p in recent_files() if p != path)]
    _settings().setValue("recent", names[:MOST])


def forget_files() -> None:
    """Empty the list; the files stay."""
    _settings().remove("recent")


def appearance() -> str:
    """The appearance chosen: "light", "dark" or "system"."""
    return str(_settings().value("appearance", "system"))


def remember_appearance(choice: str) -> None:
    """Keep the appearance chosen."""
    _settings().setValue("appearance", choice)


def geometry() -> QByteArray:
    """Size and place of the window when it was last closed; empty the first time."""
    value = _settings().value("geometry", QByteArray())
    return value if isinstance(value, QByteArray) else QByteArray()


def remember_geometry(value: QByteArray) -> None:
    """Keep size and place of the window."""
    _settings().setValue("geometry", value)
