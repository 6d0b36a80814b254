"""The run that is selected: figures, message, curve, computers, log, and what can be done with it."""

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QTabWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from echelon_desktop.model.rule_words import KIND_TITLES
from echelon_desktop.ui.moments import moment
from echelon_desktop.ui.reading.tables import ReadingTable
from echelon_desktop.ui.runs.deeds import Deed
from echelon_desktop.ui.runs.entries import HERE, Entry
from echelon_desktop.ui.runs.listing import STATE_COLUMN, ChildrenModel, StatePainter, duration
from echelon_desktop.ui.solve.chart import ProgressChart
from echelon_desktop.ui.theme import SPACE

COMPUTERS, LOG, FACTS, MISFITS = range(4)
LEAST_HEIGHT = 250  # below it the curve says nothing
LOG_LINES = 2000  # kept on the screen


class Detail(QFrame):
    """
    Shows one run. ``asked`` carries a :class:`Deed` that the user wants done; ``log_wanted`` says that the
    log is looked at.
    """

    asked = Signal(object)
    log_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.entry: Entry | None = None
        self.setProperty("kind", "card")
        self.setMinimumHeight(LEAST_HEIGHT)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.l, SPACE.m, SPACE.l, SPACE.m)
        column.setSpacing(SPACE.s)
        column.addLayout(self._make_head())
        column.addWidget(self._make_message())
        splitter = QSplitter()
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self._make_curve())
        splitter.addWidget(self._make_tabs())
        splitter.setStretchFactor(0, 1)
        splitter.setSizes([540, 560])
        column.addWidget(splitter, 1)

    def show_entry(
        self, entry: Entry, deeds: Sequence[Deed], message: tuple[str, str], misfits: Sequence[str] = ()
    ) -> None:
        """
        Show a run.

        Parameters
        ----------
        entry
            The run.
        deeds
            What can be done with it now, the most likely first.
        message
            Kind ("good", "doubt", "bad", "note") and text; may be empty.
        misfits
            What of its schedule no longer fits the school, a line each.
        """
        other = self.entry is None or self.entry.key != entry.key
        self.entry = entry
        self.title.setText(entry.school)
        remote = entry.remote
        what = "" if remote is None else f"{remote.order.children:,} × {remote.order.vcpu} vCPU"
        where = entry.where if entry.where == HERE else f"AWS: {entry.where}"
        parts = (entry.state, where, what, moment(entry.started), duration(entry.seconds))
        self.facts_line.setText("  ·  ".join(part for part in parts if part and part != "–"))
        self._show_deeds(deeds)
        self.say(*message)
        for label, value in zip(self.figures, (entry.unmet, entry.certain, entry.avoidable), strict=True):
            label.setText("–" if value is None else f"{value:,}")
        self._show_curve(entry)
        self._show_children(entry)
        self.tabs.setTabVisible(LOG, remote is not None)
        self.facts.setHtml(_facts(entry))
        self._show_misfits(misfits)
        if other:
            self.log.clear()
            if self.tabs.currentIndex() == LOG and self.tabs.isTabVisible(LOG):
                self.log_wanted.emit()

    def say(self, kind: str, text: str) -> None:
        """Show a message above the curve; an empty one hides it."""
        self.message.setText(text)
        self.message_frame.setVisible(bool(text))
        self.message_frame.setProperty("kind", kind)
        self.message_frame.style().polish(self.message_frame)
        self.message.style().polish(self.message)

    def show_log(self, lines: Sequence[str]) -> None:
        """Show what the computers have written."""
        shown = lines[-LOG_LINES:]
        text = "\n".join(shown) if shown else "Nothing has been written yet."
        if text != self.log.toPlainText():
            self.log.setPlainText(text)
            self.log.verticalScrollBar().setValue(self.log.verticalScrollBar().maximum())

    @property
    def shows_log(self) -> bool:
        """Whether the log is in front."""
        return self.tabs.currentIndex() == LOG and self.tabs.isTabVisible(LOG)

    # Showing ----------------------------------------------------------------------------------------

    def _show_deeds(self, deeds: Sequence[Deed]) -> None:
        for deed, button in self.buttons.items():
            button.setVisible(deed in deeds)
            button.setProperty("kind", "primary" if deeds and deed is deeds[0] and deed.leads else "")
            button.style().polish(button)

    def _show_curve(self, entry: Entry) -> None:
        self.chart.clear(entry.limit_s or max(1.0, entry.seconds or 1.0))
        for seconds, unmet, bound in entry.points:
            self.chart.add(seconds, unmet, bound)

    def _show_misfits(self, misfits: Sequence[str]) -> None:
        known = self.tabs.isTabVisible(MISFITS)
        self.misfits.setPlainText("\n".join(misfits))
        self.tabs.setTabText(MISFITS, f"No longer fits ({len(misfits):,})")
        self.tabs.setTabVisible(MISFITS, bool(misfits))
        if misfits and not known:
            self.tabs.setCurrentIndex(MISFITS)

    def _show_children(self, entry: Entry) -> None:
        children = entry.remote.children if entry.remote is not None else ()
        self.tabs.setTabVisible(COMPUTERS, entry.remote is not None)
        self.children_model.show_children(children)
        self.tabs.setTabText(
            COMPUTERS, "Computers" if len(children) < 2 else f"Computers ({len(children):,})"
        )

    # Building ---------------------------------------------------------------------------------------

    def _make_head(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(0)
        row = QHBoxLayout()
        row.setSpacing(SPACE.s)
        self.title = QLabel()
        self.title.setProperty("kind", "lead")
        # The buttons come first where there is not room for both.
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row.addWidget(self.title, 1)
        self.buttons: dict[Deed, QPushButton] = {}
        for deed in Deed:
            button = self.buttons[deed] = QPushButton(deed.title)
            button.setToolTip(deed.help)
            button.hide()  # all of them at once would widen the window, and it would stay so
            button.clicked.connect(lambda _=False, d=deed: self.asked.emit(d))
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(row)
        self.facts_line = QLabel()
        self.facts_line.setProperty("kind", "small")
        self.facts_line.setWordWrap(True)  # below the buttons, or they would leave it no room
        column.addWidget(self.facts_line)
        return column

    def _make_message(self) -> QWidget:
        self.message_frame = QFrame()
        inner = QVBoxLayout(self.message_frame)
        inner.setContentsMargins(SPACE.m, SPACE.s, SPACE.m, SPACE.s)
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.message.setAccessibleName("Message")
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        inner.addWidget(self.message)
        return self.message_frame

    def _make_curve(self) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, SPACE.m, 0)
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE.xl)
        grid.setVerticalSpacing(0)
        self.figures: list[QLabel] = []
        for at, words in enumerate(("unmet requests", "certainly unavoidable", "at most avoidable")):
            figure = QLabel("–")
            figure.setProperty("kind", "title")
            figure.setAccessibleName(words)
            soft = QLabel(words)
            soft.setProperty("kind", "small")
            grid.addWidget(figure, 0, at)
            grid.addWidget(soft, 1, at)
            self.figures.append(figure)
        grid.setColumnStretch(3, 1)
        column.addLayout(grid)
        self.chart = ProgressChart()
        column.addWidget(self.chart, 1)
        return box

    def _make_tabs(self) -> QWidget:
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.children_model = ChildrenModel(self)
        self.children_table = ReadingTable(self.children_model, "Computers of the run")
        self.children_table.setItemDelegateForColumn(STATE_COLUMN, StatePainter(self.children_table))
        self.tabs.addTab(self.children_table, "Computers")
        self.log = _text("What the computers have written")
        self.tabs.addTab(self.log, "Log")
        self.facts = QTextBrowser()
        self.facts.setAccessibleName("Facts of the run")
        self.tabs.addTab(self.facts, "Facts")
        self.misfits = _text("What no longer fits")
        self.tabs.addTab(self.misfits, "No longer fits")
        self.tabs.setTabVisible(MISFITS, False)
        self.tabs.currentChanged.connect(lambda at: self.log_wanted.emit() if at == LOG else None)
        return self.tabs


def _text(name: str) -> QPlainTextEdit:
    text = QPlainTextEdit()
    text.setReadOnly(True)
    text.setAccessibleName(name)
    return text


def _facts(entry: Entry) -> str:
    """What one may want to quote: ids, versions, settings, what was deleted."""
    lines = [("School file", str(entry.path)), ("Where", entry.where)]
    if entry.local is not None and entry.where == HERE:
        settings, figures = entry.local.settings, entry.local.figures
        lines += [
            ("Solved", str(settings.get("scope", ""))),
            ("Result in", str(settings.get("name", ""))),
            ("Time limit", duration(settings.get("time_limit_s"))),
            ("Threads", str(settings.get("workers", ""))),
            ("Method", str(figures.get("method", ""))),
        ]
        lines += [
            (_goals(str(f.get("name"))), _level(f.get("value"), f.get("bound")))
            for f in figures.get("levels", ())
        ]
    run = entry.remote
    if run is not None:
        lines += [
            ("Run", run.id),
            ("Bucket", run.remote.bucket),
            ("Job", run.job or "–"),
            (
                "Seeds",
                ", ".join(map(str, run.order.seeds[:20])) + (" …" if len(run.order.seeds) > 20 else ""),
            ),
            ("Time limit", duration(run.order.time_limit_s)),
            ("Computers", f"{run.order.children:,} of {run.order.vcpu} vCPU, {run.order.memory_mb:,} MB"),
            ("SHA-256 of what left", run.input_sha256),
        ]
        lines += [(_goals(level.name), _level(level.value, level.bound)) for level in run.levels]
        if run.deleted is not None:
            lines += [("Deleted on AWS", moment(run.deleted.at))]
    rows = "".join(
        f"<tr><td style='padding-right: {SPACE.l}px'>{escape(name)}</td><td>{escape(value)}</td></tr>"
        for name, value in lines
        if value
    )
    return f"<table cellspacing='0' cellpadding='2'>{rows}</table>"


def _goals(level: str) -> str:
    """What a level is about: the titles of its rules."""
    words = " + ".join(KIND_TITLES.get(name, name) for name in level.split(" + "))
    return words[:1].upper() + words[1:]


def _level(value: object, bound: object) -> str:
    return f"{value}" if bound is None else f"{value} (at least {bound})"
