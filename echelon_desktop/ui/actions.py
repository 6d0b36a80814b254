"""
Everything one can tell the window to do, as data.

Menus, the top bar, the search and the help page read this table, so that an action has one name, one shortcut
and one state wherever it appears.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence

from echelon_desktop.ui.theme import theme

Key = QKeySequence.StandardKey
REDO_TOO = ("Ctrl+Y", "Ctrl+Shift+Z")  # people bring the habit of one platform to the other
Role = QAction.MenuRole


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """
    An action.

    Parameters
    ----------
    id
        By which code and tests name it.
    title
        In menus and in the search; "…" when it asks for more before doing anything.
    menu
        Where it stands; empty for none. ``-`` before the name puts a line above it.
    shortcut
        A standard key (which differs between Windows and Mac) or a text; it is the one that is shown.
    icon
        Name of a bundled icon.
    needs
        What must be so for it to be enabled: "file", "writable", "undo", "redo", "solving", "idle", ....
    help
        What it does, in a sentence.
    words
        Further words by which the search finds it.
    role
        Where a Mac puts it.
    more_keys
        Further keys that do the same.
    """

    id: str
    title: str
    menu: str = ""
    shortcut: Key | str | None = None
    icon: str = ""
    needs: tuple[str, ...] = ()
    help: str = ""
    words: str = ""
    role: Role = Role.NoRole
    more_keys: tuple[str, ...] = ()


ACTIONS = (
    ActionSpec("open", "&Open school file…", "&File", Key.Open, "folder-open", (), "Open an .echelon file."),
    ActionSpec(
        "import",
        "&Import folder…",
        "&File",
        "Ctrl+I",
        "folder-input",
        (),
        "Read a folder of CSV files or workbooks, or bring the open school up to date with it.",
        "csv load",
    ),
    ActionSpec(
        "import-workbook",
        "Import &workbook…",
        "&File",
        "Ctrl+Shift+I",
        "table",
        (),
        "Read an Excel workbook with a sheet for each file, or bring the open school up to date with it.",
        "excel xlsx load spreadsheet",
    ),
    ActionSpec(
        "sample",
        "Open &sample school",
        "&File",
        None,
        "sparkles",
        (),
        "A made-up school to try things on.",
        "demo example",
    ),
    ActionSpec(
        "export",
        "&Export CSV files…",
        "-&File",
        "Ctrl+E",
        "upload",
        ("file",),
        "Write the school's files, and the schedule on the screen, to a folder.",
        "csv save schedule",
    ),
    ActionSpec(
        "export-workbook",
        "Export Excel wor&kbook…",
        "&File",
        "Ctrl+Shift+E",
        "table",
        ("file",),
        "Write the school, and the schedule on the screen, to a workbook with a sheet for each file.",
        "excel xlsx save schedule spreadsheet",
    ),
    ActionSpec(
        "export-aeries",
        "Export for &Aeries…",
        "&File",
        None,
        "upload",
        ("scenario",),
        "Write the schedule on the screen as the student system Aeries imports it; shown before.",
        "sis sms sss student information system",
    ),
    ActionSpec(
        "print",
        "&Print, or save as PDF…",
        "&File",
        Key.Print,
        "printer",
        ("scenario",),
        "Put weeks, the master grid or a comparison on paper.",
        "handout paper",
    ),
    ActionSpec(
        "snapshot",
        "Keep a s&napshot…",
        "&File",
        Key.Save,
        "camera",
        ("writable",),
        "Give the present state a name to come back to. Everything is saved already.",
        "save",
    ),
    ActionSpec(
        "restore",
        "&Restore a snapshot or backup…",
        "&File",
        None,
        "rotate-ccw",
        ("file",),
        "Go back to a snapshot, or to one of the last ten backups.",
    ),
    ActionSpec("close", "&Close school", "-&File", Key.Close, "x", ("file",), "Go back to the start page."),
    ActionSpec("quit", "&Quit", "&File", Key.Quit, "", (), "Leave the application.", "exit", Role.QuitRole),
    ActionSpec("undo", "&Undo", "&Edit", Key.Undo, "undo-2", ("undo",), "Take the last change back."),
    ActionSpec("redo", "&Redo", "&Edit", Key.Redo, "redo-2", ("redo",), "Make it again.", more_keys=REDO_TOO),
    ActionSpec(
        "history", "&History", "&Edit", "Ctrl+H", "history", ("file",), "Every change, to go back to any."
    ),
    ActionSpec(
        "copy", "&Copy", "-&Edit", Key.Copy, "copy", ("file",), "Copy the selection, as Excel takes it."
    ),
    ActionSpec(
        "find",
        "&Find on this page",
        "-&Edit",
        Key.Find,
        "",
        ("file",),
        "Go to the filter of the page.",
        "filter",
    ),
    ActionSpec(
        "replace",
        "Find and repl&ace…",
        "&Edit",
        "Ctrl+R",
        "",
        ("file",),
        "In the table that Data shows: puts one text in place of another, in one cell or in all.",
        "substitute exchange",
    ),
    ActionSpec(
        "search",
        "&Search everywhere…",
        "&Edit",
        "Ctrl+K",
        "search",
        (),
        "Any student, teacher, section, course, page or action.",
        "find go command",
    ),
    ActionSpec(
        "check",
        "Run the &checks",
        "Sche&dule",
        "F7",
        "clipboard-check",
        ("file",),
        "Check the school's data.",
    ),
    ActionSpec("solve", "&Solve", "Sche&dule", "F5", "play", ("writable", "idle"), "Find a master schedule."),
    ActionSpec(
        "stop",
        "S&top and keep the best",
        "Sche&dule",
        "Shift+F5",
        "square",
        ("solving",),
        "End the solve now.",
    ),
    ActionSpec(
        "new-scenario",
        "&New scenario…",
        "-Sche&dule",
        None,
        "plus",
        ("writable",),
        "An empty schedule, or a copy of the one on the screen.",
        "draft copy duplicate",
    ),
    ActionSpec(
        "rename-scenario",
        "&Rename scenario…",
        "Sche&dule",
        None,
        "pencil",
        ("writable", "scenario"),
        "Give the schedule on the screen another name.",
    ),
    ActionSpec(
        "delete-scenario",
        "&Delete scenario",
        "Sche&dule",
        None,
        "trash-2",
        ("writable", "scenario"),
        "Delete the schedule on the screen; undo brings it back.",
    ),
    ActionSpec(
        "next-part",
        "&Next part of the window",
        "&View",
        "F6",
        "",
        ("file",),
        "Take the keys to the list of pages, to the bar above, or to the page.",
        "focus keyboard",
    ),
    ActionSpec("light", "&Light", "-&View", None, "sun", (), "Light colours.", "theme appearance"),
    ActionSpec("dark", "&Dark", "&View", None, "moon", (), "Dark colours.", "theme appearance night"),
    ActionSpec("system", "&As the system", "&View", None, "settings", (), "The system's colours.", "theme"),
    ActionSpec(
        "remote",
        "&Remote solving…",
        "Setti&ngs",
        None,
        "cloud",
        (),
        "The stacks on AWS that runs can be sent to, and whether they can be reached.",
        "aws cloud batch sign in bucket queue region connection",
    ),
    ActionSpec(
        "shortcuts",
        "&Keyboard shortcuts",
        "&Help",
        "F1",
        "circle-help",
        (),
        "All actions and their keys.",
        "help",
    ),
    ActionSpec(
        "about",
        "&About Echelon Desktop",
        "&Help",
        None,
        "info",
        (),
        "Version and licences.",
        "",
        Role.AboutRole,
    ),
)


class Actions(QObject):
    """
    The actions of a window as QActions.

    Parameters
    ----------
    handlers
        Id → what to do. Every action of :data:`ACTIONS` needs one.
    """

    def __init__(self, handlers: Mapping[str, Callable[[], object]], parent: QObject) -> None:
        super().__init__(parent)
        self.by_id: dict[str, QAction] = {}
        for spec in ACTIONS:
            action = QAction(spec.title, self)
            if spec.shortcut is not None:
                action.setShortcuts(_keys(spec.shortcut, spec.more_keys))
            action.setToolTip(spec.help)
            action.setStatusTip(spec.help)
            action.setMenuRole(spec.role)
            handler = handlers[spec.id]
            action.triggered.connect(lambda _=False, run=handler: run())
            self.by_id[spec.id] = action
        self.paint()
        theme().changed.connect(self.paint)

    def __getitem__(self, action_id: str) -> QAction:
        return self.by_id[action_id]

    def enable(self, facts: frozenset[str]) -> None:
        """Enable exactly the actions whose needs are all among ``facts``."""
        for spec in ACTIONS:
            self.by_id[spec.id].setEnabled(set(spec.needs) <= facts)

    def paint(self) -> None:
        """Draw the icons in the present colours."""
        for spec in ACTIONS:
            if spec.icon:
                self.by_id[spec.id].setIcon(theme().icon(spec.icon))


def _keys(shortcut: Key | str, more: Iterable[str]) -> list[QKeySequence]:
    """The sequences that trigger an action, the one that menus show first."""
    own = [QKeySequence(shortcut)] if isinstance(shortcut, str) else QKeySequence.keyBindings(shortcut)
    return [*own, *(key for key in map(QKeySequence, more) if key not in own)]


def plain_title(spec: ActionSpec) -> str:
    """The title without the marks of its access key."""
    return spec.title.replace("&", "")
