"""
What the window costs, from the action to the paint, on schools of all sizes.

    python benchmarks/window.py [--schools FOLDER] [--only NAME ...] [--display :0] [--solve 20]

Measures on the real schools chico and kfu93, which are looked for in ``--schools``, in the folder that the
environment variable ECHELON_REAL_SCHOOLS names, or in shared/data beside the checkout; and on the sample
school, which is made up. Runs without a screen unless a display is named. Each school is solved beforehand; a
process of its own then drives the real application. Times are medians in milliseconds, from the call that a
click or key makes until the widget concerned has been painted. ``--profile open`` also prints where the time
of the measurements that begin so goes.
"""

import argparse
import cProfile
import json
import os
import platform
import pstats
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from echelon_desktop.ui.document import Document

ROOT = Path(__file__).resolve().parent.parent
REAL = ("chico", "kfu93")
SAMPLE = "sample"
STARTS = 3
TIMES = 5
TICK_MS = 20
LATE_MS = 60
PREPARE_S = 10.0
PATIENCE_S = 120.0


# The process that asks --------------------------------------------------------------------------


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--schools", type=Path, help="folder with the real schools' folders")
    parser.add_argument("--only", nargs="*", default=[*REAL, SAMPLE], help="names of schools")
    parser.add_argument("--display", default="", help="a display to run on, such as :0")
    parser.add_argument("--solve", type=float, default=20.0, help="seconds of the solve beside the window")
    parser.add_argument("--profile", default="", help="begin of the name of a measurement to look into")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--began", type=float, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure is not None or given.began is not None:
        Driver(given).run()
        return
    named = given.schools or os.environ.get("ECHELON_REAL_SCHOOLS") or ROOT.parent / "shared" / "data"
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    if hasattr(os, "getloadavg"):
        print(f"Load before: {os.getloadavg()[0]:.1f}")
    columns: dict[str, dict[str, str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in given.only:
            source = Path(named) / name
            if name != SAMPLE and not (source / "Sections_Information.csv").is_file():
                print(f"{name}: skipped, not in {named}")
                continue
            file = Path(folder) / f"{name}.echelon"
            print(f"{name}: {prepare(name, source, file)}")
            columns[name] = measured(given, file, Path(folder))
    rows = list(dict.fromkeys(row for column in columns.values() for row in column))
    print(f"\n| | {' | '.join(columns)} |\n|---|{'---:|' * len(columns)}")
    for row in rows:
        print(f"| {row} | {' | '.join(column.get(row, '–') for column in columns.values())} |")


def measured(given: argparse.Namespace, file: Path, folder: Path) -> dict[str, str]:
    """Start the application several times, and drive it once through everything."""
    environment = {**os.environ, "HOME": str(folder), "PYTHONPATH": str(ROOT)}
    environment["XDG_CONFIG_HOME"] = environment["XDG_DOCUMENTS_DIR"] = str(folder)
    if given.display:
        environment |= {"DISPLAY": given.display}
        environment.pop("QT_QPA_PLATFORM", None)
    else:
        environment["QT_QPA_PLATFORM"] = "offscreen"

    def child(*words: str) -> dict[str, Any]:
        command = [sys.executable, __file__, "--solve", str(given.solve), "--profile", given.profile, *words]
        done = subprocess.run(
            [*command, "--began", str(time.time())],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(done.stdout + done.stderr)
        *told, last = done.stdout.splitlines()
        print("\n".join(told), end="\n" if told else "")
        found: dict[str, Any] = json.loads(last)
        return found

    starts = [child()["start"] for _ in range(STARTS)]
    rows = child("--measure", str(file))
    return {"process start to start page": f"{statistics.median(starts):.0f}", **rows}


def prepare(name: str, source: Path, file: Path) -> str:
    """Make a school file with a solved scenario, and say how large it is."""
    from echelon_desktop.model.csv_io import read_school
    from echelon_desktop.model.dataset import Dataset
    from echelon_desktop.model.edits import adopt_schedule
    from echelon_desktop.model.entities import Scenario
    from echelon_desktop.model.rules import preset_rules
    from echelon_desktop.model.sample import make_school
    from echelon_desktop.model.store import SchoolFile
    from echelon_desktop.solver.compile import NO_SCHEDULE, compile_school
    from echelon_desktop.solver.result import Params
    from echelon_desktop.solver.schedules import schedule_of
    from echelon_desktop.solver.solve import solve_problem

    if name == SAMPLE:
        school = make_school().school
    else:
        school = read_school(source).school
    rules = preset_rules("standard")
    problem, keys = compile_school(school, rules)
    solution = solve_problem(problem, Params(time_limit_s=PREPARE_S, workers=2)).result.solution
    if solution is None:
        raise SystemExit(f"{name}: nothing was found in {PREPARE_S:.0f} s")
    schedule = schedule_of(solution, keys, school, NO_SCHEDULE)
    dataset = Dataset(school, rules)
    dataset.apply(adopt_schedule(dataset, Scenario("1", "Draft", "2026-01-01T00:00:00+00:00"), schedule, ""))
    SchoolFile.create(file, dataset, name).close()
    asked = sum(len(wanted.requests) for wanted in school.requests.values())
    return f"{len(school.students):,} students, {len(school.sections):,} sections, {asked:,} requests"


# The process that is measured -------------------------------------------------------------------


class Driver:
    """Drives the application, and takes the time."""

    def __init__(self, given: argparse.Namespace) -> None:
        from PySide6.QtCore import QEvent, QObject

        from echelon_desktop.app import Application

        self.given = given
        self.app = Application(sys.argv[:1])
        self.window = self.app.window
        self.rows: dict[str, str] = {}
        painted: list[QObject] = []

        class Watch(QObject):
            def eventFilter(self, watched: QObject, event: QEvent) -> bool:
                if event.type() == QEvent.Type.Paint:
                    painted.append(watched)
                return False

        self.painted, self.watch = painted, Watch()
        self.app.installEventFilter(self.watch)

    def run(self) -> None:
        self.app.begin(None)
        self.until_painted(self.window.start)
        started = (time.time() - self.given.began) * 1e3
        if self.given.measure is None:
            self.rows = {"start": started}
        else:
            self.until(lambda: self.app.engine.state == "ready")
            self.measure(self.given.measure)
        self.window.close()
        self.app.engine.shut()
        print(json.dumps(self.rows))

    @property
    def document(self) -> "Document":
        """The school that is open."""
        assert self.window.document is not None
        return self.window.document

    def page(self, name: str) -> Any:
        """A page that was shown before; what it is made of is its own."""
        return self.window.pages[name]

    def show(self, name: str) -> Any:
        """Show a page, which is painted later."""
        return self.window.show_page(name)

    def measure(self, file: Path) -> None:
        window = self.window
        with self.timed("open to paint", 1):
            window.files.open_path(file)
            self.until_painted(self.page("board").view.viewport())
        self.quiet()
        self.pages()
        self.data()
        self.board()
        with self.timed("adopt a whole schedule, to paint", 1):
            window.scenarios.make("Copy", self.document.schedule())
            self.until_painted(self.page("board").view.viewport())
        self.quiet()
        with self.timed("undo it, to paint", 1):
            window.actions_["undo"].trigger()
            self.until_painted(self.page("board").view.viewport())
        self.quiet()
        for appearance in ("dark", "light"):
            with self.timed("change the appearance, to paint", 2):
                window.actions_[appearance].trigger()
                self.until_painted(self.page("board").view.viewport())
        self.rows["event loop while idle"] = self.lateness(5.0)
        self.solve()

    def pages(self) -> None:
        from echelon_desktop.model.edits import set_fields
        from echelon_desktop.ui.pages import PAGES

        document = self.document
        names = [spec.id for spec in PAGES]
        for turn, words in enumerate(("first", "again", "again after an edit")):
            for name in names:
                if (turn, name) == (0, "board"):
                    continue  # shown when the school was opened
                self.show(names[names.index(name) - 1])
                self.quiet()
                if turn == 2:
                    key = next(iter(document.school.students))
                    grade = document.school.students[key].grade + "x"
                    document.apply(set_fields(document.dataset, "students", key, grade=grade))
                    self.quiet()
                with self.timed(f"page {name}, {words}", 1):
                    self.show(name)
                    self.until_painted(self.page(name))
        while document.file.can_undo:
            self.window.actions_["undo"].trigger()
        self.quiet()

    def data(self) -> None:
        page = self.show("data")
        for table in ("students", "requests", "sections"):
            page.list.setCurrentIndex(page.list.sheets.index(_sheet(table)))
            self.quiet()
            panel = page.panel
            for turn, words in enumerate(("1", "12", "s", "")):
                panel.filter.setText(words)
                first = " the first time" if turn == 0 else ""
                with self.timed(f"filter {table}{first}, to paint", 3 if turn else 1):
                    panel._on_filter()
                    self.until_painted(panel.view.viewport())
            self.rows[f"rows of {table}"] = f"{len(panel.model.rows):,}"
        panel = page.panel
        column = panel.model.column_of("seats")
        for turn in range(TIMES):
            with self.timed("edit a cell, to paint", TIMES):
                panel.model.setData(panel.model.index(turn, column), str(40 + turn))
                self.until_painted(panel.view.viewport())
        for _ in range(TIMES):
            with self.timed("undo it, to paint (cell)", TIMES):
                self.window.actions_["undo"].trigger()
                self.until_painted(panel.view.viewport())
        with self.timed("search everywhere, to paint", 1):
            self.window.search()
            self.until_painted(self.window.searching.list.viewport())
        with self.timed("a letter in the search, to paint", 1):
            self.window.searching.field.setText("a")
            self.until_painted(self.window.searching.list.viewport())
        self.window.searching.close()
        self.quiet()

    def board(self) -> None:
        from echelon_desktop.ui.board.cards import TRAY

        board = self.show("board")
        targets, viewport = board.targets, board.view.viewport()
        self.until(lambda: targets.prepared)
        self.quiet()
        sections = [s.id for s in self.document.school.sections.values() if s.teachers]
        for section in sections[:: max(1, len(sections) // TIMES)][:TIMES]:
            with self.timed("pick a card, to painted places", TIMES):
                began = time.perf_counter()
                board.view.picked.emit(section)
                self.until_painted(viewport)
            self.until(lambda: any(place.move for place in targets.places.values()) or not targets.busy)
            viewport.update()
            self.until_painted(viewport)
            self.note("pick a card, to the first painted cost", began, TIMES)
            self.until(lambda: not targets.busy)
            viewport.update()
            self.until_painted(viewport)
            self.note("pick a card, to all costs", began, TIMES)
            board.view.put_back.emit()
            self.quiet()
        section = next(
            key[1] for key, p in self.document.dataset.placements.items() if p.periods and not p.locked
        )
        board.view.picked.emit(section)
        self.until(lambda: not targets.busy)
        with self.timed("take a card off the board, to paint", 1):
            board.move_section(section, TRAY)
            self.until_painted(viewport)
        self.quiet()
        with self.timed("undo it, to paint (card)", 1):
            self.window.actions_["undo"].trigger()
            self.until_painted(viewport)
        self.quiet()

    def solve(self) -> None:
        page = self.show("solve")
        page.form.time.setCurrentIndex(page.form.time.count() - 1)
        page.form.seconds.setValue(round(self.given.solve))
        page.form.workers.setValue(2)
        page.start()
        self.until(lambda: self.app.engine.solving)
        with self.profiled("event loop"):
            self.rows["event loop while solving"] = self.lateness(self.given.solve)
        self.rows["event loop until the result is shown"] = self.lateness(
            PATIENCE_S, lambda: page.session is None
        )

    # Means ----------------------------------------------------------------------------------------

    def lateness(self, seconds: float, over: Callable[[], object] = lambda: False) -> str:
        """Run the event loop for a time, or until something is over; says how late a timer ticked."""
        from PySide6.QtCore import QEventLoop, Qt, QTimer

        loop, late = QEventLoop(), []
        last = time.perf_counter()

        def tick() -> None:
            nonlocal last
            now = time.perf_counter()
            late.append(max(0.0, (now - last) * 1e3 - TICK_MS))
            last = now
            if over():
                loop.quit()

        timer = QTimer()
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(tick)
        timer.start(TICK_MS)
        QTimer.singleShot(round(seconds * 1e3), loop.quit)
        loop.exec()
        timer.stop()
        timely = sum(each < LATE_MS for each in late) / len(late)
        centiles = statistics.quantiles([*late, late[-1]], n=100)
        return (
            f"{timely:.1%} under {LATE_MS} ms late (median {centiles[49]:.0f}, 95 % {centiles[94]:.0f}, "
            f"worst {max(late):.0f})"
        )

    @contextmanager
    def timed(self, name: str, times: int) -> Iterator[None]:
        with self.profiled(name):
            began = time.perf_counter()
            yield
            self.note(name, began, times)

    def note(self, name: str, began: float, times: int) -> None:
        """Take a time; the row shows the median, and the worst of several."""
        taken = self.__dict__.setdefault("taken", {}).setdefault(name, [])
        taken.append((time.perf_counter() - began) * 1e3)
        worst = f" (worst {max(taken):.0f})" if times > 1 else ""
        self.rows[name] = f"{statistics.median(taken):.0f}{worst}"

    @contextmanager
    def profiled(self, name: str) -> Iterator[None]:
        wanted = self.given.profile
        if not wanted or not name.startswith(wanted):
            yield
            return
        profile = cProfile.Profile()
        profile.enable()
        yield
        profile.disable()
        print(name)
        pstats.Stats(profile, stream=sys.stdout).sort_stats("cumtime").print_stats(45)

    def until_painted(self, widget: Any) -> None:
        """Let the window run until it has painted a widget."""
        self.painted.clear()
        self.until(lambda: widget in self.painted)

    def until(self, condition: Callable[[], object]) -> None:
        from PySide6.QtCore import QEventLoop

        ends = time.monotonic() + PATIENCE_S
        wait = QEventLoop.ProcessEventsFlag.AllEvents | QEventLoop.ProcessEventsFlag.WaitForMoreEvents
        while not condition():
            if time.monotonic() > ends:
                raise SystemExit("waited in vain")
            self.app.processEvents(wait, 20)

    def quiet(self) -> None:
        """Let everything that was begun come to an end."""
        ends = time.monotonic() + 0.5  # longer than the pause before the checks run
        workspace = self.window.workspace
        while time.monotonic() < ends or (workspace is not None and workspace.background.busy):
            self.app.processEvents()
            time.sleep(0.005)


def _sheet(table: str) -> int:
    from echelon_desktop.model.sheets import SHEETS

    return next(i for i, sheet in enumerate(SHEETS) if sheet.table == table)


if __name__ == "__main__":
    main()
