"""Files of this user's, written whole or not at all."""

import os
import sys
import tempfile
import time
from pathlib import Path

_TRIES, _WAIT_S = 50, 0.02  # for a reader on Windows to be done


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that a crash leaves the old one or the new one; only its owner may read it."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _replace(Path(temporary), path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _replace(temporary: Path, path: Path) -> None:
    """Put a file in place of another; Windows refuses that for the moment in which somebody reads it."""
    for _ in range(_TRIES if sys.platform == "win32" else 0):
        try:
            temporary.replace(path)
            return
        except PermissionError:
            time.sleep(_WAIT_S)
    temporary.replace(path)
