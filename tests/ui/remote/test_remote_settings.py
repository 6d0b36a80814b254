"""Settings → Remote: pasted, edited, kept; secrets go into the keyring alone; the test of the connection."""

from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from cloud_runner.client.probe import Probe
from cloud_runner.client.remotes import Remote, SignIn
from cloud_runner.emulator.cloud import Cloud
from echelon_desktop.ui.remote.desk import RemoteDesk
from echelon_desktop.ui.remote.dialog import SETTINGS, RemoteDialog
from echelon_desktop.ui.remote.profiles import Profile, aws_profiles

PATIENCE_MS = 60_000
KEY, SECRET = "AKIAEXAMPLE123456789", "a-secret-that-must-be-in-no-file"
NORTH = Remote(
    name="North High",
    region="us-east-1",
    bucket="north-runs",
    queue_url="https://sqs.us-east-1.amazonaws.com/123456789012/north",
    job_queue="north",
    log_group="/echelon/north",
    sign_in=SignIn("profile", "school"),
)


class MemoryKeyring(KeyringBackend):
    """A keyring as safe as an operating system's, for as long as the test lives."""

    priority = 5

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def secrets() -> dict[tuple[str, str], str]:
    before, own = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(own)
    yield own.kept
    keyring.set_keyring(before)


@pytest.fixture
def aws_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "aws_config"
    path.write_text(
        "[default]\nregion = us-east-1\n[profile plain]\nregion = x\n"
        "[profile school]\nsso_session = district\n[sso-session district]\nsso_start_url = https://x\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    return path


@pytest.fixture
def dialog(desk: RemoteDesk, aws_config: Path, qtbot: QtBot) -> RemoteDialog:
    made = RemoteDialog(desk, None)
    qtbot.addWidget(made)
    made.show()
    return made


def fill(dialog: RemoteDialog, **values: str) -> None:
    for setting, value in values.items():
        field = dialog.form.fields[setting]
        field.selectAll()
        field.insert(value)
        field.textEdited.emit(value)


def texts(dialog: RemoteDialog) -> list[str]:
    return [dialog.list.item(row).text() for row in range(dialog.list.count())]


def test_pasted_settings_are_kept(dialog: RemoteDialog, desk: RemoteDesk, qtbot: QtBot):
    assert dialog.stack.currentIndex() == 0  # there is none yet
    QGuiApplication.clipboard().setText(NORTH.to_text())
    with qtbot.waitSignal(desk.remotes_changed):
        dialog.paste_button.click()
        dialog.save_button.click()
    assert desk.remotes.all() == (NORTH,)
    assert texts(dialog) == ["North High"]
    assert not dialog.save_button.isEnabled()


def test_what_is_no_settings_text_is_refused_in_words(
    dialog: RemoteDialog, desk: RemoteDesk, monkeypatch: pytest.MonkeyPatch
):
    told = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: told.append(box.text()))
    QGuiApplication.clipboard().setText("[remote]\nname = 'x'")
    dialog.paste_button.click()
    assert len(told) == 1
    assert "bucket" in told[0]
    assert desk.remotes.all() == ()


def test_a_remote_is_edited_renamed_and_removed(
    dialog: RemoteDialog, desk: RemoteDesk, monkeypatch: pytest.MonkeyPatch
):
    desk.remotes.save(NORTH)
    dialog.refresh()
    fill(dialog, name="North", bucket="another-bucket")
    dialog.save_button.click()
    (kept,) = desk.remotes.all()
    assert (kept.name, kept.bucket) == ("North", "another-bucket")
    monkeypatch.setattr("echelon_desktop.ui.remote.dialog.ask", lambda *args, **more: True)
    dialog.remove_button.click()
    assert desk.remotes.all() == ()
    assert dialog.stack.currentIndex() == 0


def test_two_stacks_of_one_name_are_refused(
    dialog: RemoteDialog, desk: RemoteDesk, monkeypatch: pytest.MonkeyPatch
):
    told = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: told.append(box.text()))
    desk.remotes.save(NORTH)
    dialog.refresh()
    QGuiApplication.clipboard().setText(NORTH.to_text())
    dialog.paste_button.click()
    fill(dialog, bucket="another-bucket")
    dialog.save_button.click()
    assert len(told) == 1
    assert desk.remotes.all() == (NORTH,)


def test_a_secret_goes_into_the_keyring_and_no_file(
    dialog: RemoteDialog,
    desk: RemoteDesk,
    secrets: dict[tuple[str, str], str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
):
    desk.remotes.save(NORTH)
    dialog.refresh()
    dialog.form.way.setCurrentIndex(1)
    dialog.form.way.activated.emit(1)
    assert dialog.form.secret.echoMode() == dialog.form.secret.EchoMode.Password
    dialog.form.access_key.setText(KEY)
    dialog.form.secret.setText(SECRET)
    dialog.save_button.click()
    assert list(secrets.values()) == [SECRET]
    assert desk.remotes.get("North High").sign_in == SignIn("keyring", access_key=KEY)
    assert all(SECRET.encode() not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert dialog.form.secret.text() == ""  # it is not shown again
    monkeypatch.setattr("echelon_desktop.ui.remote.dialog.ask", lambda *args, **more: True)
    dialog.remove_button.click()
    assert secrets == {}


def test_profiles_of_this_computer_are_offered(dialog: RemoteDialog, aws_config: Path):
    assert aws_profiles() == (Profile("school", True), Profile("default", False), Profile("plain", False))
    dialog.add_button.click()
    offered = [dialog.form.profile.itemText(i) for i in range(dialog.form.profile.count())]
    assert offered == ["school", "default", "plain"]
    assert "aws sso login --profile school" in dialog.form.hint.text()


def test_the_connection_is_tried(
    dialog: RemoteDialog, desk: RemoteDesk, remote: Remote, qtbot: QtBot, qtmodeltester: ModelTester
):
    dialog.refresh()
    dialog.test_button.click()
    qtbot.waitUntil(dialog.test_button.isEnabled, timeout=PATIENCE_MS)
    assert dialog.probes.rowCount() > 5
    assert "Everything works" in dialog.words.text()
    assert not dialog.for_it.isVisible()
    dialog.tabs.setCurrentIndex(SETTINGS)
    body = dialog.form.widget()
    assert body.height() >= body.sizeHint().height(), "the answers take no room from the fields"
    assert not dialog.form.verticalScrollBar().isVisible()
    qtmodeltester.check(dialog.probes)
    spoken = dialog.probes.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "works" in spoken


def test_what_is_missing_is_said_in_words_for_it(
    dialog: RemoteDialog, desk: RemoteDesk, remote: Remote, cloud: Cloud, qtbot: QtBot
):
    dialog.refresh()
    fill(dialog, bucket="no-such-bucket-anywhere")
    dialog.test_button.click()  # saves first
    qtbot.waitUntil(dialog.test_button.isEnabled, timeout=PATIENCE_MS)
    assert desk.remotes.get(remote.name).bucket == "no-such-bucket-anywhere"
    words = dialog.for_it.toPlainText()
    assert "no-such-bucket-anywhere" in words
    assert "“North High”" in words
    assert words.count("no-such-bucket-anywhere") == 1, "what is wrong is said once"
    dialog.copy_button.click()
    assert QGuiApplication.clipboard().text() == words


def test_an_expired_sign_in_is_the_users_own_matter(
    dialog: RemoteDialog, desk: RemoteDesk, remote: Remote, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
):
    def expired(*_: object) -> Iterator[Probe]:
        yield Probe("s3:ListBucket", "see how far a run is", False, "Sign in again.", for_it=False)

    monkeypatch.setattr("cloud_runner.client.probe.probe", expired)
    dialog.refresh()
    dialog.test_button.click()
    qtbot.waitUntil(dialog.test_button.isEnabled, timeout=PATIENCE_MS)
    assert dialog.words.text() == "Sign in again."
    assert not dialog.for_it.isVisible()


def test_settings_may_be_closed_while_they_are_tried(
    desk: RemoteDesk, remote: Remote, aws_config: Path, qtbot: QtBot
):
    dialog = RemoteDialog(desk, None)
    dialog.show()
    dialog.test_button.click()
    dialog.close()
    dialog.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not isValid(dialog)
    with qtbot.waitSignal(desk.courier.idle, timeout=PATIENCE_MS):
        pass
