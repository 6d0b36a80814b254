"""Settings of a remote, and the secret that is not among them."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import keyring
import keyring.backend
import keyring.errors
import pytest

from cloud_runner.client.connect import Connection
from cloud_runner.client.remotes import Remote, Remotes, SignIn
from echelon_desktop import credentials
from echelon_desktop.errors import CredentialsError, RemoteError

QUEUE = "https://sqs.us-west-2.amazonaws.com/123456789012/echelon"
REMOTE = Remote("District", "us-west-2", "echelon-runs-1", QUEUE, "echelon-jobs", "/echelon/runs")
KEY = "AKIAIOSFODNN7EXAMPLE"
BY_KEY = replace(REMOTE, name="By key", sign_in=SignIn("keyring", access_key=KEY))
BY_PROFILE = replace(REMOTE, name="By profile", sign_in=SignIn("profile", "school"))
EMULATOR = replace(
    REMOTE, name="Here", queue_url="http://127.0.0.1:5000/1/q", endpoint="http://127.0.0.1:5000"
)


@pytest.mark.parametrize("remote", [REMOTE, BY_KEY, BY_PROFILE, EMULATOR])
def test_settings_survive_as_text_and_on_the_disk(remote: Remote, tmp_path: Path) -> None:
    assert Remote.from_text(remote.to_text()) == remote
    remotes = Remotes(tmp_path / "new" / "remotes.toml")
    assert remotes.all() == ()
    remotes.save(remote)
    assert Remotes(remotes.path).all() == (remote,)
    assert remotes.get(remote.name) == remote


def test_remotes_are_added_replaced_and_removed(tmp_path: Path) -> None:
    remotes = Remotes(tmp_path / "remotes.toml")
    remotes.save(REMOTE)
    remotes.save(BY_KEY)
    remotes.save(replace(REMOTE, region="us-east-1"))
    assert remotes.all() == (BY_KEY, replace(REMOTE, region="us-east-1"))
    remotes.remove("By key")
    with pytest.raises(RemoteError, match="There are: District"):
        remotes.get("By key")
    with pytest.raises(RemoteError):
        remotes.remove("By key")
    assert [path.name for path in tmp_path.iterdir()] == ["remotes.toml"]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"name": ""}, "name"),
        ({"region": "west"}, "region"),
        ({"bucket": "Upper Case"}, "bucket"),
        ({"queue_url": "ftp://queue"}, "queue_url"),
        ({"queue_url": "http://sqs.us-west-2.amazonaws.com/1/q"}, "queue_url"),
        ({"job_queue": ""}, "job_queue"),
        ({"log_group": "no spaces please"}, "log_group"),
        ({"endpoint": "https://collector.example.com"}, "endpoint"),
        ({"endpoint": "https://127.0.0.1.example.com"}, "endpoint"),
        ({"sign_in": SignIn("profile")}, "profile"),
        ({"sign_in": SignIn("keyring", access_key="me")}, "access_key"),
    ],
)
def test_a_setting_that_cannot_be_right_is_named(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(RemoteError, match=named):
        replace(REMOTE, **changes)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("not = toml = at all", "cannot be read"),
        ("a = 1", "no part"),
        (REMOTE.to_text().replace("region", "regoin"), "unknown part: regoin"),
        (REMOTE.to_text().replace('bucket = "echelon-runs-1"\n', ""), "lack bucket"),
        (REMOTE.to_text().replace('"us-west-2"', "2"), "texts"),
        (REMOTE.to_text().replace('"default"', '"magic"'), "kind"),
        (REMOTE.to_text() + 'secret = "x"\n', "sign_in"),
    ],
)
def test_text_that_is_no_settings_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(RemoteError, match=words):
        Remote.from_text(text)


def test_a_damaged_file_is_said_and_not_overwritten(tmp_path: Path) -> None:
    remotes = Remotes(tmp_path / "remotes.toml")
    remotes.path.write_text("[[remote")
    with pytest.raises(RemoteError, match="cannot be read"):
        remotes.save(REMOTE)
    assert remotes.path.read_text() == "[[remote"


def test_a_write_that_breaks_leaves_the_remotes_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remotes = Remotes(tmp_path / "remotes.toml")
    remotes.save(REMOTE)

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(RemoteError, match="No space left"):
        remotes.save(BY_KEY)
    assert remotes.all() == (REMOTE,)
    assert list(tmp_path.iterdir()) == [remotes.path]


class Ring(keyring.backend.KeyringBackend):
    """A keyring in memory."""

    priority = 5  # type: ignore[assignment]

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.fails: Exception | None = None
        self.loses = False

    def _ask(self) -> None:
        if self.fails:
            raise self.fails

    def set_password(self, service: str, username: str, password: str) -> None:
        self._ask()
        if not self.loses:
            self.kept[service, username] = password

    def get_password(self, service: str, username: str) -> str | None:
        self._ask()
        return self.kept.get((service, username))

    def delete_password(self, service: str, username: str) -> None:
        self._ask()
        del self.kept[service, username]


keyring.backend.KeyringBackend._classes.discard(Ring)


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Ring:
    made = Ring()
    monkeypatch.setattr(keyring, "get_keyring", lambda: made)
    return made


def test_a_secret_is_kept_given_and_forgotten(ring: Ring) -> None:
    credentials.keep_secret("key", "s3cret")
    assert credentials.read_secret("key") == "s3cret"
    assert ring.kept == {("Echelon Desktop", "key"): "s3cret"}
    credentials.forget_secret("key")
    credentials.forget_secret("key")
    assert ring.kept == {}
    with pytest.raises(CredentialsError, match="Enter it again"):
        credentials.read_secret("key")


@pytest.mark.parametrize("error", [keyring.errors.KeyringLocked("s3cret"), OSError("s3cret"), RuntimeError()])
def test_a_keyring_that_fails_says_so(ring: Ring, error: Exception) -> None:
    ring.fails = error
    for action in (
        lambda: credentials.keep_secret("key", "s3cret"),
        lambda: credentials.read_secret("key"),
        lambda: credentials.forget_secret("key"),
    ):
        with pytest.raises(CredentialsError, match=type(error).__name__) as said:
            action()
        assert "s3cret" not in str(said.value)


def test_a_keyring_that_loses_what_it_is_given_says_so(ring: Ring) -> None:
    ring.loses = True
    with pytest.raises(CredentialsError, match="does not give it back"):
        credentials.keep_secret("key", "s3cret")


@pytest.mark.parametrize("priority", [0, 0.5, None])
def test_a_keyring_that_is_none_or_a_plain_file_is_refused(ring: Ring, priority: float | None) -> None:
    """The one that always fails has priority 0, files without encryption less than 1; some raise instead."""

    class Bad(Ring):
        @property
        def priority(self) -> Any:
            if priority is None:
                raise RuntimeError
            return priority

    # Every class of keyrings is a candidate for the machine's own, for as long as it is known.
    keyring.backend.KeyringBackend._classes.discard(Bad)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keyring, "get_keyring", Bad)
        with pytest.raises(CredentialsError, match="keyring"):
            credentials.keep_secret("key", "s3cret")
        with pytest.raises(CredentialsError):
            credentials.read_secret("key")


def test_signing_in_with_a_key_takes_its_secret_from_the_keyring(ring: Ring) -> None:
    with pytest.raises(CredentialsError):
        _ = Connection(BY_KEY).session
    credentials.keep_secret(BY_KEY.sign_in.secret_name, "s3cret")
    signed = Connection(BY_KEY).session.get_credentials()
    assert (signed.access_key, signed.secret_key) == (KEY, "s3cret")


def test_the_users_own_keys_are_not_sent_to_the_emulator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREALREALREALREAL")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")
    signed = Connection(EMULATOR).session.get_credentials()
    assert "real" not in (signed.access_key + signed.secret_key).lower()


def test_requests_are_patient_within_bounds() -> None:
    config = Connection(EMULATOR).s3.meta.config
    assert (config.connect_timeout, config.read_timeout) == (5.0, 20.0)
    assert config.retries["total_max_attempts"] == 3
    assert config.proxies == {}
    assert Connection(REMOTE).s3.meta.endpoint_url.startswith("https://s3.us-west-2.amazonaws.com")


def test_settings_load_no_services() -> None:
    import subprocess

    code = "import sys, cloud_runner.client.remotes, cloud_runner.client.runs; print('boto3' in sys.modules)"
    shown = subprocess.check_output([sys.executable, "-c", code], text=True)
    assert shown.strip() == "False"
