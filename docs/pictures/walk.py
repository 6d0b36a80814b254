#!/usr/bin/env python3
"""
Walk through the whole window as a user would, with a real pointer and keyboard, and take its pictures.

    python docs/pictures/walk.py [FOLDER]

needs Xvfb, openbox and xdotool (apt-get install xvfb openbox xdotool), and moto for its part on AWS. The
window runs in this process; every click, key and drag is sent to the X server by xdotool, and each step
waits until the window shows its effect. Pictures go to FOLDER (docs/pictures); exit code 0 means that every
step did what it should.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).resolve().parent
PATIENCE_S = 120.0
SIZE = (1440, 900)


def main() -> int:
    """Start a display of its own, if this process has none of its own yet, and walk."""
    missing = [tool for tool in ("Xvfb", "openbox", "xdotool") if shutil.which(tool) is None]
    if missing:
        sys.stderr.write(f"Not installed: {', '.join(missing)}.\n")
        return 2
    if "ECHELON_WALK" not in os.environ:
        return _in_own_display()
    from PySide6.QtWidgets import QApplication

    from echelon_desktop.app import Application

    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    folder.mkdir(parents=True, exist_ok=True)
    app = Application(sys.argv[:1])
    try:
        Walk(app, folder).run()
    finally:
        app.window.close()
        app.engine.shut()
        QApplication.processEvents()
    sys.stdout.write("The walk is done.\n")
    return 0


def _in_own_display() -> int:
    """Run this script again under an Xvfb with a window manager, in a home of its own."""
    with tempfile.TemporaryDirectory() as home:
        reading, writing = os.pipe()
        size = f"{SIZE[0]}x{SIZE[1]}x24"
        xvfb = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-nolisten", "tcp"],
            pass_fds=[writing],
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        with os.fdopen(reading) as answer:
            display = f":{answer.readline().strip()}"
        environment = {**os.environ, "DISPLAY": display, "HOME": home, "ECHELON_WALK": "1"}
        environment["PYTHONPATH"] = os.pathsep.join(
            [str(HERE.parent.parent), os.environ.get("PYTHONPATH", "")]
        )
        environment.pop("QT_QPA_PLATFORM", None)
        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_DOCUMENTS_DIR"):
            environment.pop(name, None)
        openbox = subprocess.Popen(["openbox"], env=environment, stderr=subprocess.DEVNULL)
        try:
            return subprocess.call([sys.executable, *sys.argv], env=environment)
        finally:
            for process in (openbox, xvfb):
                process.terminate()
                process.wait()


class Walk:
    """The steps, in order."""

    def __init__(self, app, folder: Path) -> None:
        self.app, self.window, self.folder = app, app.window, folder

    def run(self) -> None:
        self.app.begin(None)
        self.window.showMaximized()
        self.until(lambda: self.window.isActiveWindow() and self.window.width() > 1200)
        self.picture("start")
        self.click(self.window.start.cards["sample"])
        self.until(lambda: self.window.document is not None, "the sample school opens")
        self.until(lambda: self.window.checker.light != "", "the checks have run")
        self.edit_and_undo()
        self.solve()
        self.drag()
        self.demand()
        self.students_week()
        self.export()
        self.search()
        self.remote()
        self.dark()

    def edit_and_undo(self) -> None:
        """Change a cell of the grid, and take it back by key."""
        self.window.show_page("data")
        self.settle()
        self.picture("data")
        page = self.window.pages["data"]
        document = self.window.document
        from PySide6.QtCore import Qt
        from PySide6.QtWidgets import QTableView

        view = next(v for v in page.findChildren(QTableView) if v.isVisible() and v.model().rowCount() > 3)
        seats = next(
            c
            for c in range(view.model().columnCount())
            if "Seats" in str(view.model().headerData(c, Qt.Orientation.Horizontal))
        )
        place = view.visualRect(view.model().index(2, seats)).center()
        before = document.revision
        self.point(view.viewport().mapToGlobal(place))
        self.keys("click", "1", "key", "F2", "sleep", "0.3", "key", "ctrl+a", "type", "27")
        self.keys("key", "Return")
        self.until(lambda: document.revision > before, "the edit is made")
        self.keys("key", "Escape", "key", "ctrl+z")
        self.until(lambda: not document.file.can_undo, "the edit is undone")

    def solve(self) -> None:
        """Solve with F5, look at it running, stop it, keep the best."""
        self.keys("key", "F5")
        self.until(lambda: "solve" in self.window.pages and self.page("solve").session, "the solve starts")
        solve = self.page("solve")
        self.until(lambda: len(solve.chart.unmet) > 3 or solve.session is None, "figures arrive")
        self.pause(6.0)
        self.picture("solve")
        if solve.session is not None:
            self.keys("key", "shift+F5")
        self.until(lambda: solve.session is None, "the solve ends")
        assert self.window.document.scenario, "the result is a scenario"

    def drag(self) -> None:
        """Drag a card to where it may go, by pointer; then undo."""
        self.keys("key", "ctrl+5")
        self.until(lambda: "board" in self.window.pages, "the board is shown")
        board, document = self.page("board"), self.window.document
        self.until(lambda: board.targets.prepared, "the engine knows the schedule")
        self.settle()
        self.picture("board")
        section, row, column = self.movable(board)
        before = document.dataset.placements[document.scenario, section].periods
        start = self.center(board.view, board.model.find(section))
        end = self.center(board.view, board.model.index(row, column))
        steps = []
        for i in range(1, 13):
            x = start.x() + (end.x() - start.x()) * i // 12
            y = start.y() + (end.y() - start.y()) * i // 12
            steps += ["mousemove", str(x), str(y), "sleep", "0.05"]
        hold = ["mousemove", str(start.x()), str(start.y()), "sleep", "0.2", "mousedown", "1", "sleep", "0.2"]
        carrying = subprocess.Popen(["xdotool", *hold, *steps])
        self.let_go_when(
            lambda: carrying.poll() is not None and all(t.move for t in self.open_places(board)), "drag"
        )
        self.until(
            lambda: document.dataset.placements[document.scenario, section].periods != before, "it is dropped"
        )
        self.keys("key", "ctrl+z")
        self.until(
            lambda: document.dataset.placements[document.scenario, section].periods == before, "it is undone"
        )

    def demand(self) -> None:
        """Look at what is wanted, and at the courses wanted together."""
        self.keys("key", "ctrl+3")
        self.until(lambda: "demand" in self.window.pages, "the page is shown")
        demand = self.page("demand")
        self.until(lambda: demand.together.model.rowCount() and demand.together.timetable, "pairs are there")
        self.keys("key", "alt+w")
        self.until(lambda: demand.book.currentIndex() == 1, "the pairs are shown")
        self.settle()
        self.picture("demand")

    def open_places(self, board):
        from echelon_desktop.ui.board.targets import Standing

        return [t for t in board.targets.places.values() if t.standing in {Standing.FREE, Standing.SWAP}]

    def let_go_when(self, condition: Callable[[], object], name: str) -> None:
        """Take a picture and release the button once a condition holds, from inside the drag's own loop."""
        from PySide6.QtCore import QTimer

        timer = QTimer(self.window)

        def look() -> None:
            if condition():
                timer.stop()
                self.picture(name)
                subprocess.Popen(["xdotool", "mouseup", "1"])

        timer.timeout.connect(look)
        timer.start(100)

    def movable(self, board) -> tuple[str, int, int]:
        """A card in sight, and a free cell for it that the engine finds a price for."""
        from echelon_desktop.ui.board.targets import Standing

        sight = board.view.viewport().rect()
        for section in self.window.document.school.sections:
            index = board.model.find(section)
            if not index.isValid() or not sight.contains(board.view.visualRect(index)):
                continue
            board.targets.pick(section)
            self.until(lambda: all(t.move for t in self.open_places(board)), "all places have a price")
            columns = {c: board._place_at(c) for c in range(1, board.model.columnCount())}
            board.targets.drop()
            for column, place in columns.items():
                if place is not None and place.standing is Standing.FREE and place.move is not None:
                    return section, index.row(), column
        raise AssertionError("No card may go anywhere.")

    def students_week(self) -> None:
        """Find a student by name and look at the week."""
        student = next(iter(self.window.document.school.students.values()))
        self.keys("key", "ctrl+k", "sleep", "0.3", "type", student.name or student.id)
        self.until(lambda: self.window.searching.isVisible() and self.window.searching.model.hits)
        self.settle()
        self.keys("key", "Return")
        self.until(lambda: "schedule" in self.window.pages, "the student is shown")
        self.pause(1.5)
        self.picture("student")

    def export(self) -> None:
        """Write the files; the system's own dialog is the one thing not driven."""
        folder = Path(tempfile.mkdtemp()) / "export"
        self.window.files.export_to(folder)
        assert (folder / "section_schedule.csv").is_file(), "the schedule is written"
        shutil.rmtree(folder.parent)

    def search(self) -> None:
        """Search everywhere."""
        self.keys("key", "ctrl+k", "sleep", "0.3", "type", "bio")
        self.until(lambda: self.window.searching.isVisible() and self.window.searching.field.text() == "bio")
        self.settle()
        self.picture("search", whole=True)
        self.keys("key", "Escape")

    def remote(self) -> None:
        """Solve through the emulated cloud: try the settings, send a run, follow it, see it on the board."""
        if find_spec("moto") is None:
            sys.stdout.write("Without moto, nothing is solved remotely.\n")
            return
        command = [sys.executable, "-m", "echelon_desktop", "cloud-demo"]
        demo = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            while "Ctrl-C" not in demo.stdout.readline():
                assert demo.poll() is None, "the demo runs"
            self.remote_settings()
            self.harder_school()
            self.remote_run()
        finally:
            demo.terminate()
            demo.wait()

    def remote_settings(self) -> None:
        """Open the settings by the menu's keys, and test the connection."""

        def test(dialog) -> bool:
            if dialog.probes.rowCount() == 0:
                dialog.test_button.isEnabled() and self.click_soon(dialog.test_button)
                return False
            if not dialog.test_button.isEnabled():
                return False
            dialog.grab().save(str(self.folder / "remote.png"))
            assert "Everything works" in dialog.words.text(), dialog.words.text()
            subprocess.Popen(["xdotool", "key", "Escape"])
            return True

        done = self.in_dialog("RemoteDialog", test)
        self.keys("key", "alt+n", "sleep", "0.3", "key", "Return")
        self.until(lambda: done, "the connection is tested")
        self.until(lambda: self.app.activeModalWidget() is None, "the settings are closed")

    def harder_school(self) -> None:
        """Open a school whose students wish for more than there is; the sample is solved in no time."""
        from echelon_desktop.model.dataset import Dataset
        from echelon_desktop.model.sample import FAMILIES, make_school
        from echelon_desktop.model.store import SchoolFile

        made = make_school(1200, shape=FAMILIES["free-choice"])
        path = Path.home() / "Lakeside High.echelon"
        SchoolFile.create(path, Dataset(made.school, made.rules), "Sample school").close()
        self.window.files.open_path(path)
        self.until(lambda: self.window.checker.light != "", "the checks have run")

    def remote_run(self) -> None:
        """Send a run from the Solve page, follow it on the Runs page, go to the board."""
        desk, document = self.app.desk, self.window.document
        self.keys("key", "ctrl+6")
        solve = self.page("solve")
        self.click(solve.form.place)
        self.keys("key", "Down", "key", "Return")
        self.until(lambda: solve.form.place.remote is not None, "AWS is chosen")
        solve.form.time.setCurrentIndex(solve.form.time.findData(60))
        solve.form.machines.seeds.setValue(2)
        self.click(solve.form.name)
        self.keys("type", "From the cloud")

        def send(dialog) -> bool:
            if not dialog.send_button.isEnabled():
                return False
            dialog.grab().save(str(self.folder / "receipt.png"))
            subprocess.Popen(["xdotool", "key", "Return"])
            return True

        done = self.in_dialog("SendDialog", send)
        self.keys("key", "F5")
        self.until(lambda: done and desk.runs, "the run is sent")
        (run_id,) = desk.runs
        self.until(lambda: len(self.page("runs").selected.points) > 3, "the curve arrives")
        self.pause(6.0)
        self.picture("runs")
        names = document.dataset.scenarios
        self.until(lambda: any(s.name == "From the cloud" for s in names.values()), "the run is home")
        assert desk.runs[run_id].deleted.left == 0, "nothing is left on AWS"
        from echelon_desktop.ui.runs.deeds import Deed

        self.settle()
        self.click(self.page("runs").detail.buttons[Deed.BOARD])
        self.until(lambda: self.window.stack.currentWidget() is self.page("board"), "the board is shown")
        assert document.dataset.scenarios[document.scenario].name == "From the cloud"

    def dark(self) -> None:
        """The same in dark."""
        self.window.actions_["dark"].trigger()
        for page in ("checks", "rules", "board", "schedule", "runs"):
            self.window.show_page(page)
            self.settle()
            self.picture(f"{page}-dark")
        self.window.actions_["light"].trigger()
        for page in ("checks", "rules", "schedule"):
            self.window.show_page(page)
            self.settle()
            self.picture(page)

    # Means --------------------------------------------------------------------------------------

    def page(self, name: str):
        return self.window.pages[name]

    def until(self, condition: Callable[[], object], what: str = "") -> None:
        """Let the window run until a condition holds."""
        from PySide6.QtCore import QCoreApplication, QEventLoop

        ends = time.monotonic() + PATIENCE_S
        while not condition():
            if time.monotonic() > ends:
                self.picture("failed", whole=True)
                raise TimeoutError(f"Waited in vain until {what or 'something happened'}.")
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
            time.sleep(0.005)

    def pause(self, seconds: float) -> None:
        """Let the window run for a while, for the sake of a picture."""
        ends = time.monotonic() + seconds
        self.until(lambda: time.monotonic() > ends)

    def settle(self) -> None:
        self.pause(0.4)

    def in_dialog(self, kind: str, do: Callable[[object], bool]) -> list[bool]:
        """Do something in a dialog, which has a loop of its own; the list is filled when it is done."""
        from PySide6.QtCore import QTimer

        timer, done = QTimer(self.window), []

        def look() -> None:
            dialog = self.app.activeModalWidget()
            if type(dialog).__name__ == kind and do(dialog):
                timer.stop()
                done.append(True)

        timer.timeout.connect(look)
        timer.start(300)
        return done

    @staticmethod
    def click_soon(widget) -> None:
        """Click without waiting for it."""
        place = widget.mapToGlobal(widget.rect().center())
        subprocess.Popen(["xdotool", "mousemove", str(place.x()), str(place.y()), "click", "1"])

    def keys(self, *words: str) -> None:
        """Send keys (or whatever else xdotool can) and let the window take them."""
        sending = subprocess.Popen(["xdotool", *words])
        self.until(lambda: sending.poll() is not None)
        self.settle()

    def point(self, place) -> None:
        self.keys("mousemove", str(place.x()), str(place.y()))

    def click(self, widget) -> None:
        self.point(widget.mapToGlobal(widget.rect().center()))
        self.keys("click", "1")

    @staticmethod
    def center(view, index):
        return view.viewport().mapToGlobal(view.visualRect(index).center())

    def picture(self, name: str, whole: bool = False) -> None:
        """Save what the window shows; ``whole`` takes the screen, with what floats above it."""
        path = str(self.folder / f"{name}.png")
        if whole:
            self.window.screen().grabWindow(0).save(path)
        else:
            self.window.grab().save(path)


if __name__ == "__main__":
    sys.exit(main())
