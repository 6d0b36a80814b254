"""The status bar: what is saved, what runs here and on AWS, what is unmet."""

from PySide6.QtWidgets import QLabel, QStatusBar, QWidget

from echelon_desktop.ui.theme import SPACE


class StatusBar(QStatusBar):
    """Four facts that always stand there; passing messages come at the left."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.saved, self.running, self.remote, self.unmet = QLabel(), QLabel(), QLabel(), QLabel()
        for label, name in (
            (self.unmet, "Unmet requests"),
            (self.remote, "Runs on AWS"),
            (self.running, "Solver"),
            (self.saved, "Saved"),
        ):
            label.setProperty("kind", "soft")
            label.setAccessibleName(name)
            label.setContentsMargins(SPACE.m, 0, SPACE.m, 0)
            self.addPermanentWidget(label)
