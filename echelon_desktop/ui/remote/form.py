"""The fields of one remote: what the stack's set-up printed, and how to sign in."""

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from cloud_runner.client.remotes import Remote, SignIn
from echelon_desktop.ui.remote.profiles import aws_profiles
from echelon_desktop.ui.theme import SPACE

SETTINGS = (
    ("name", "Name", "What you call it, such as North High"),
    ("region", "Region", "us-east-1"),
    ("bucket", "Bucket", "echelon-north-high-runs"),
    ("queue_url", "Queue", "https://sqs.us-east-1.amazonaws.com/…"),
    ("job_queue", "Job queue", "echelon-north-high"),
    ("log_group", "Log group", "/echelon/north-high"),
)
WAYS = (
    ("profile", "With a profile of this computer"),
    ("keyring", "With an access key, kept in the keyring"),
    ("default", "With what AWS finds by itself"),
)
HINTS = {
    "profile": (
        "Best for a school: a profile of IAM Identity Center. Sign in once a day with "
        "“aws sso login --profile {profile}”, and no lasting key exists."
    ),
    "keyring": (
        "A last resort: a lasting key of a user of its own. Its secret goes into this computer's keyring "
        "and into no file."
    ),
    "default": "Environment variables, the default profile, or this computer's role, in AWS's own order.",
}
KEPT = "In the keyring; type to replace it"


@dataclass(frozen=True, slots=True)
class Filled:
    """What the fields hold: the remote, and a secret that is to go into the keyring (empty: none)."""

    remote: Remote
    secret: str


class RemoteForm(QScrollArea):
    """Fields for a :class:`Remote`; ``edited`` follows every change by the user."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        body = QWidget()
        body.setProperty("kind", "canvas")
        self.setWidget(body)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, SPACE.m, SPACE.s, 0)
        column.setSpacing(SPACE.m)
        self._endpoint: str | None = None
        self.fields: dict[str, QLineEdit] = {}
        form = _form()
        for setting, title, example in SETTINGS:
            field = self.fields[setting] = QLineEdit()
            field.setPlaceholderText(example)
            field.setAccessibleName(title)
            field.textEdited.connect(lambda _text: self.edited.emit())
            form.addRow(title, field)
        self._add_sign_in(form)
        column.addLayout(form)
        column.addStretch(1)
        self._show_way()

    def show_remote(self, remote: Remote | None) -> None:
        """Show a remote's settings; None empties the fields."""
        for setting, field in self.fields.items():
            field.setText(getattr(remote, setting) if remote is not None else "")
            field.setCursorPosition(0)
        sign_in = remote.sign_in if remote is not None else SignIn("profile", "-")
        self._endpoint = remote.endpoint if remote is not None else None
        self._fill_profiles("" if remote is None else sign_in.profile)
        self.way.setCurrentIndex([kind for kind, _ in WAYS].index(sign_in.kind))
        self.access_key.setText(sign_in.access_key)
        self.secret.clear()
        self.secret.setPlaceholderText(KEPT if sign_in.kind == "keyring" else "")
        self._show_way()

    def filled(self) -> Filled:
        """What the fields hold; RemoteError when a setting is missing or cannot be right."""
        kind = self.way.currentData()
        sign_in = SignIn(
            kind,
            profile=self.profile.currentText().strip() if kind == "profile" else "",
            access_key=self.access_key.text().strip() if kind == "keyring" else "",
        )
        values = {setting: field.text().strip() for setting, field in self.fields.items()}
        remote = Remote(**values, sign_in=sign_in, endpoint=self._endpoint)
        return Filled(remote, self.secret.text().strip() if kind == "keyring" else "")

    def _add_sign_in(self, form: QFormLayout) -> None:
        self.way = QComboBox()
        self.way.setAccessibleName("Sign in")
        for kind, words in WAYS:
            self.way.addItem(words, kind)
        self.way.activated.connect(self._on_way_chosen)
        form.addRow("Sign in", self.way)
        self.profile = QComboBox()
        self.profile.setEditable(True)
        self.profile.setAccessibleName("Profile")
        self.profile.setMinimumWidth(self.way.sizeHint().width())
        self.profile.editTextChanged.connect(self._on_profile_edited)
        form.addRow("Profile", self.profile)
        self.access_key = QLineEdit()
        self.access_key.setAccessibleName("Access key")
        self.access_key.setPlaceholderText("AKIA…")
        self.access_key.textEdited.connect(lambda _text: self.edited.emit())
        form.addRow("Access key", self.access_key)
        self.secret = QLineEdit()
        self.secret.setAccessibleName("Secret")
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.secret.textEdited.connect(lambda _text: self.edited.emit())
        form.addRow("Secret", self.secret)
        self.hint = QLabel()
        self.hint.setProperty("kind", "small")
        self.hint.setWordWrap(True)
        self.hint.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        form.addRow(self.hint)
        self._rows = form

    def _fill_profiles(self, chosen: str) -> None:
        self.profile.blockSignals(True)
        self.profile.clear()
        for profile in aws_profiles():
            self.profile.addItem(profile.name)
            if profile.identity_center:
                tip = "Signs in through IAM Identity Center"
                self.profile.setItemData(self.profile.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.profile.setEditText(chosen or self.profile.itemText(0))
        self.profile.blockSignals(False)

    def _on_way_chosen(self) -> None:
        self._show_way()
        self.edited.emit()

    def _on_profile_edited(self) -> None:
        self._show_way()
        self.edited.emit()

    def _show_way(self) -> None:
        kind = self.way.currentData()
        self._rows.setRowVisible(self.profile, kind == "profile")
        self._rows.setRowVisible(self.access_key, kind == "keyring")
        self._rows.setRowVisible(self.secret, kind == "keyring")
        self.hint.setText(HINTS[kind].format(profile=self.profile.currentText().strip() or "NAME"))


def _form() -> QFormLayout:
    form = QFormLayout()
    form.setSpacing(SPACE.s)
    form.setHorizontalSpacing(SPACE.l)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
    return form
