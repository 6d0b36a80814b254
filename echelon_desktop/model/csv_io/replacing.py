"""Replacing files, several of a folder together, or one."""

import os
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from echelon_desktop.errors import InputError


def replace_files(folder: Path, contents: Mapping[str, bytes], outdated: Iterable[str] = ()) -> list[Path]:
    """
    Write files so that never some of them are new and others old, whatever fails.

    All are written under other names first; a full disk therefore changes none of them. Then those that
    stand there are set aside, and the new ones take their names. A process killed in that moment leaves fewer
    files, all old or all new. As the first of ``contents`` is set aside first and takes its name last,
    whoever finds it finds all.

    Parameters
    ----------
    folder
        Made if it is not there.
    contents
        Name → content.
    outdated
        Names of files that would belong to the old ones, and are to be gone.

    Returns
    -------
    list of Path
        The files written, in the order of ``contents``.

    Raises
    ------
    InputError
        If the folder cannot be written to, or one of the files is in use; all are then as they were.
    """
    contents, outdated = dict(contents), list(outdated)
    new = {name: folder / f".{name}.{os.getpid()}.tmp" for name in contents}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            _write(new[name], content)
        _exchange(folder, new, outdated)
    except OSError as error:
        raise InputError(f"The folder {folder} cannot be written to: {error.strerror or error}.") from error
    finally:
        for temporary in new.values():
            with suppress(OSError):
                temporary.unlink()
    _clear(folder, [*contents, *outdated])
    return [folder / name for name in contents]


def replace_file(path: Path, content: bytes) -> None:
    """
    Write a file so that it is as it was, or new and whole, also on a full disk.

    Raises
    ------
    InputError
        If it cannot be written; it is then as it was.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        _write(temporary, content)
        temporary.replace(path)
    except OSError as error:
        raise InputError(f"{path.name} cannot be written: {error.strerror or error}.") from error
    finally:
        with suppress(OSError):
            temporary.unlink()


def _write(path: Path, content: bytes) -> None:
    # Not a tempfile: that would be readable by its owner alone, also under the name of the old file.
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _exchange(folder: Path, new: Mapping[str, Path], outdated: Iterable[str]) -> None:
    """Set the old files aside and give their names to the new ones; all goes back if one of them cannot."""
    moves: list[tuple[Path, Path]] = []

    def move(source: Path, target: Path) -> None:
        moves.append((source, target))  # before it is made, lest an interrupt in between be forgotten
        source.replace(target)

    try:
        for name in (*new, *outdated):
            standing = folder / name
            if standing.is_file() or standing.is_symlink():
                move(standing, folder / f".{name}.{os.getpid()}.old")
        for name, temporary in reversed(list(new.items())):
            move(temporary, folder / name)
    except BaseException as error:
        for source, target in reversed(moves):
            with suppress(OSError):
                if not os.path.lexists(source):  # else it could not be made
                    target.replace(source)
        if isinstance(error, PermissionError):
            raise InputError(
                f"{name} in {folder} cannot be replaced: {error.strerror}. If it is open in a "
                "spreadsheet, close it there and try again. All files are as they were."
            ) from error
        raise


def _clear(folder: Path, names: Iterable[str]) -> None:
    """Remove what was set aside, here or by a process that was killed; it does no harm where it cannot go."""
    ours = re.compile(rf"\.({'|'.join(map(re.escape, names))})\.\d+\.(old|tmp)")
    with suppress(OSError):
        for path in folder.iterdir():
            if ours.fullmatch(path.name):
                with suppress(OSError):
                    path.unlink()
