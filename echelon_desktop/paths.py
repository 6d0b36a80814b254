"""Folders of the user's that belong to the application; made when something is first put there."""

from pathlib import Path

import platformdirs

_NAME = "Echelon Desktop"


def config_folder() -> Path:
    """Settings that are files of their own, such as the remotes."""
    return Path(platformdirs.user_config_dir(_NAME, appauthor=False, roaming=True))


def data_folder() -> Path:
    """What the application keeps for the user, such as remote runs; stays on this workstation."""
    return Path(platformdirs.user_data_dir(_NAME, appauthor=False))
