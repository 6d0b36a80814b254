"""Where runs can be sent: the stacks that IT has set up, as settings of this user; no secret among them."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import urlsplit

import tomli_w

from cloud_runner.client.files import write_whole
from echelon_desktop.errors import RemoteError
from echelon_desktop.paths import config_folder

SignInKind = Literal["default", "profile", "keyring"]
_KINDS: tuple[SignInKind, ...] = ("default", "profile", "keyring")
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True, slots=True)
class SignIn:
    """
    How to sign in to AWS.

    Parameters
    ----------
    kind
        "default": what boto3 finds by itself. "profile": a profile of the AWS command line, such as one of
        IAM Identity Center. "keyring": an access key whose secret is in the keyring of this computer.
    profile, access_key
        For the kinds of those names.
    """

    kind: SignInKind = "default"
    profile: str = ""
    access_key: str = ""

    @property
    def secret_name(self) -> str:
        """Under what name the secret of the access key is in the keyring."""
        return f"aws secret of {self.access_key}"


@dataclass(frozen=True, slots=True)
class Remote:
    """
    A stack that runs can be sent to.

    Parameters
    ----------
    name
        What the user calls it.
    region, bucket, queue_url, job_queue, log_group
        As the stack's set-up prints them.
    sign_in
        How to sign in.
    endpoint
        Address of the emulator, which must be on this computer; None for AWS.

    Raises
    ------
    RemoteError
        If a setting cannot be right; the message names it.
    """

    name: str
    region: str
    bucket: str
    queue_url: str
    job_queue: str
    log_group: str
    sign_in: SignIn = field(default_factory=SignIn)
    endpoint: str | None = None

    def __post_init__(self) -> None:
        for setting, pattern in _PATTERNS.items():
            if not re.fullmatch(pattern, getattr(self, setting)):
                raise RemoteError(
                    f"The setting {setting} of the remote cannot be right: {getattr(self, setting)!r}. "
                    "Copy it from what the stack's set-up printed."
                )
        # Keys must not be sent to an address that somebody talked the user into pasting.
        if self.endpoint is not None and urlsplit(self.endpoint).hostname not in _LOOPBACK:
            raise RemoteError("The setting endpoint is for the emulator on this computer only; leave it out.")
        if self.endpoint is None and not self.queue_url.startswith("https://"):
            raise RemoteError("The setting queue_url must begin with https://.")
        if self.sign_in.kind == "profile" and not self.sign_in.profile:
            raise RemoteError("The setting profile is missing: which profile of the AWS command line?")
        if self.sign_in.kind == "keyring" and not re.fullmatch(r"[A-Z0-9]{16,128}", self.sign_in.access_key):
            raise RemoteError(
                "The setting access_key is not an access key's id, such as AKIA and 16 letters."
            )

    def to_text(self) -> str:
        """The settings as text (TOML) to send to a colleague; it holds no secret."""
        return tomli_w.dumps({"remote": _plain(self)})

    @classmethod
    def from_text(cls, text: str) -> "Remote":
        """
        A remote from text that :meth:`to_text` or the stack's set-up gave.

        Raises
        ------
        RemoteError
            If it is not such a text; the message says what is wrong.
        """
        try:
            value = tomllib.loads(text).get("remote")
        except tomllib.TOMLDecodeError as error:
            raise RemoteError(f"The settings cannot be read: {error}. Paste the whole text.") from error
        if isinstance(value, list) and len(value) == 1:
            (value,) = value
        if not isinstance(value, dict):
            raise RemoteError(
                "These are no settings of a remote: they have no part [remote]. "
                "Copy the whole text that your IT department sent, and paste again."
            )
        return _remote(value)


_PATTERNS = {
    "name": r"[^\n\r\t]{1,80}",
    "region": r"[a-z]{2}(-[a-z]+)+-\d",
    "bucket": r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
    "queue_url": r"https?://[^\s]{1,400}",
    "job_queue": r"[A-Za-z0-9:/_-]{1,300}",
    "log_group": r"[A-Za-z0-9/._#-]{1,512}",
}


class Remotes:
    """
    The remotes of this user, in a file of the user's settings.

    Parameters
    ----------
    path
        The file; the usual place when left out. It need not exist.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or config_folder() / "remotes.toml"

    def all(self) -> tuple[Remote, ...]:
        """
        The remotes, by name.

        Raises
        ------
        RemoteError
            If the file cannot be read or is damaged.
        """
        try:
            text = self.path.read_text(encoding="utf-8")
            values = tomllib.loads(text).get("remote", [])
        except FileNotFoundError:
            return ()
        except (OSError, ValueError) as error:
            raise RemoteError(f"The remotes in {self.path} cannot be read: {error}.") from error
        return tuple(sorted((_remote(value) for value in values), key=lambda remote: remote.name))

    def get(self, name: str) -> Remote:
        """The remote of that name; RemoteError when there is none."""
        remotes = {remote.name: remote for remote in self.all()}
        if name not in remotes:
            known = f" There are: {', '.join(remotes)}." if remotes else ""
            raise RemoteError(f"There is no remote {name!r}.{known} Set it up in Settings, Remote.")
        return remotes[name]

    def save(self, remote: Remote) -> None:
        """Add a remote, or put it in place of the one of its name."""
        self._write([*(other for other in self.all() if other.name != remote.name), remote])

    def remove(self, name: str) -> None:
        """Remove a remote; a secret in the keyring stays until ``credentials.forget_secret``."""
        self.get(name)
        self._write([remote for remote in self.all() if remote.name != name])

    def _write(self, remotes: list[Remote]) -> None:
        text = tomli_w.dumps({"remote": [_plain(remote) for remote in remotes]})
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self.path, text.encode())
        except OSError as error:
            raise RemoteError(f"The remotes cannot be written to {self.path}: {error.strerror}.") from error


def _plain(remote: Remote) -> dict[str, Any]:
    """A remote's settings without those that are not used."""
    value = {k: v for k, v in asdict(remote).items() if v is not None}
    value["sign_in"] = {k: v for k, v in value["sign_in"].items() if v}
    return value


def _remote(value: Mapping[str, Any]) -> Remote:
    value = dict(value)
    sign_in = value.pop("sign_in", {})
    known = {f.name for f in fields(Remote)}
    unknown = sorted(set(value) - known)
    if unknown:
        raise RemoteError(f"The settings of the remote have an unknown part: {', '.join(unknown)}.")
    if not isinstance(sign_in, dict) or not set(sign_in) <= {f.name for f in fields(SignIn)}:
        raise RemoteError("The part sign_in of the settings is not understood.")
    if sign_in.get("kind", "default") not in _KINDS:
        raise RemoteError(f"The setting kind of the sign-in must be one of {', '.join(_KINDS)}.")
    strings = [*value.values(), *sign_in.values()]
    missing = sorted(known - set(value) - {"sign_in", "endpoint"})
    if missing or not all(isinstance(text, str) for text in strings):
        raise RemoteError(
            f"The settings of the remote lack {', '.join(missing) or 'texts where they must be'}."
        )
    return Remote(**value, sign_in=SignIn(**cast(dict[str, Any], sign_in)))
