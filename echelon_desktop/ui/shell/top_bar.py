"""The bar above the pages: the school, its scenarios, undo and redo, and the search."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QToolButton

from echelon_desktop.ui.actions import Actions
from echelon_desktop.ui.document import Document
from echelon_desktop.ui.elided import ElidedLabel
from echelon_desktop.ui.scenario_names import scenario_names
from echelon_desktop.ui.theme import SPACE, theme

NO_SCENARIO = "No schedule yet"
LEAST_NAME = 80  # pixels of the school's name that are always there
# Pixels of the other fields that give way: as much as there is room for, between a least and a most.
SCENARIO = (130, 220)
SEARCH = (110, 180)


class TopBar(QFrame):
    """
    Shows the document it is given; ``scenario_chosen`` carries the id of a scenario.

    Parameters
    ----------
    actions
        The window's.
    """

    scenario_chosen = Signal(str)

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("topbar")
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE.xl, SPACE.s, SPACE.l, SPACE.s)
        row.setSpacing(SPACE.s)
        self.school = ElidedLabel(LEAST_NAME)
        self.school.setProperty("kind", "lead")
        row.addWidget(self.school)
        row.addSpacing(SPACE.l)
        label = QLabel("Scenario")
        label.setProperty("kind", "soft")
        row.addWidget(label)
        self.scenarios = _Scenarios()
        self.scenarios.setAccessibleName("Scenario")
        self.scenarios.setToolTip("The schedule that board, schedule and status show")
        self.scenarios.activated.connect(self._on_activated)
        label.setBuddy(self.scenarios)
        row.addWidget(self.scenarios)
        self.more = QToolButton()
        self.more.setProperty("kind", "quiet")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setAccessibleName("Scenario commands")
        self.more.setToolTip("New, rename, delete")
        for action in ("new-scenario", "rename-scenario", "delete-scenario"):
            self.more.addAction(actions[action])
        row.addWidget(self.more)
        row.addStretch(1)
        for action in ("undo", "redo", "history"):
            button = QToolButton()
            button.setProperty("kind", "quiet")
            button.setDefaultAction(actions[action])
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            button.setIconSize(QSize(18, 18))
            row.addWidget(button)
        self.search = _Search()
        self.search.setProperty("kind", "button")
        self.search.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.search.setText("Search…")
        self.search.setToolTip(actions["search"].shortcut().toString())
        self.search.clicked.connect(actions["search"].trigger)
        row.addWidget(self.search)
        theme().changed.connect(self.paint)
        self.paint()

    def show_document(self, document: Document) -> None:
        """Show the school's name and its scenarios."""
        locked = "  (read only)" if document.read_only else ""
        self.school.setText(document.path.stem + locked)
        self.school.setToolTip(str(document.path))
        self.scenarios.clear()
        for scenario, name in scenario_names(document.dataset.scenarios.values()).items():
            self.scenarios.addItem(name, scenario)
        if not self.scenarios.count():
            self.scenarios.addItem(NO_SCENARIO, "")
        self.scenarios.setCurrentIndex(max(0, self.scenarios.findData(document.scenario)))
        self.scenarios.setEnabled(bool(document.dataset.scenarios))

    def paint(self) -> None:
        """Draw the icons in the present colours."""
        theme().put_icon(self.search, "search")
        self.more.setIcon(theme().icon("ellipsis"))

    def _on_activated(self, index: int) -> None:
        self.scenario_chosen.emit(self.scenarios.itemData(index))


class _Scenarios(QComboBox):
    """The names of the scenarios; a long one is cut rather than the bar."""

    def sizeHint(self) -> QSize:
        """As wide as most names."""
        return QSize(SCENARIO[1], super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Room for the beginning of a name."""
        return QSize(SCENARIO[0], super().minimumSizeHint().height())


class _Search(QToolButton):
    """Looks like a field, and gives way as one."""

    def sizeHint(self) -> QSize:
        """As wide as a field."""
        return QSize(SEARCH[1], super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Room for its own words."""
        return QSize(SEARCH[0], super().minimumSizeHint().height())
