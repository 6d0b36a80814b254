"""The profiles of the AWS command line that this computer has, read without loading boto3. Knows no Qt."""

import configparser
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile's name, and whether it signs in through IAM Identity Center (once a day, in the browser)."""

    name: str
    identity_center: bool


def aws_profiles() -> tuple[Profile, ...]:
    """All profiles, those of Identity Center first; none when the files are missing or cannot be read."""
    config = _sections("AWS_CONFIG_FILE", "config")
    found: dict[str, bool] = {}
    for section, values in config.items():
        name = section.removeprefix("profile ").strip()
        if section == "default" or section.startswith("profile "):
            found[name] = "sso_session" in values or "sso_start_url" in values
    for section in _sections("AWS_SHARED_CREDENTIALS_FILE", "credentials"):
        found.setdefault(section, False)
    profiles = [Profile(name, center) for name, center in found.items()]
    return tuple(sorted(profiles, key=lambda profile: (not profile.identity_center, profile.name)))


def _sections(variable: str, name: str) -> dict[str, set[str]]:
    path = Path(os.environ.get(variable) or Path.home() / ".aws" / name)
    parser = configparser.RawConfigParser(default_section="")
    try:
        parser.read_string(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, configparser.Error):
        return {}
    return {section: set(parser[section]) for section in parser.sections()}
