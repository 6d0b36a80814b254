"""
Prove that a frozen program works where it will live: installed read-only, for a user with empty folders.

The program is copied away from the checkout, stripped of its write permissions and given an environment in
which neither the checkout nor any cache can be found. When the check runs as root, the program runs as
somebody else, since permissions do not bind root.
"""

import contextlib
import csv
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Of the emulated cloud, which believes everybody; somebody's own must not get into this.
KEYS = {"AWS_ACCESS_KEY_ID": "emulated", "AWS_SECRET_ACCESS_KEY": "emulated"}
WINDOWS = os.name == "nt"
NOBODY = 65534
# Long enough to compile the search's kernels on a slow machine; a later start reads them from the cache.
COLD_LIMIT_S, WARM_LIMIT_S = 60, 10


class CheckError(Exception):
    """The frozen program did not do what it must."""


@dataclass(frozen=True)
class Line:
    """A line of output and the seconds since the start at which it came."""

    seconds: float
    text: str


@dataclass(frozen=True)
class Installed:
    """A copy of the program, and the folders of the user who runs it."""

    program: Path
    work: Path
    home: Path

    def run(self, *words: object, home: Path | None = None) -> list[Line]:
        """
        Run the program to its end and return what it said and when; the last line is its end.

        Raises
        ------
        CheckError
            If it exits with anything but 0; the text holds what it said.
        """
        started = time.monotonic()
        lines = []
        with subprocess.Popen(
            [str(self.program), *map(str, words)],
            cwd=self.work,
            env=self.environment(home or self.home),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            **as_somebody_else(),
        ) as process:
            assert process.stdout
            lines.extend(Line(time.monotonic() - started, text) for text in process.stdout)
        lines.append(Line(time.monotonic() - started, ""))
        if process.returncode != 0:
            called = " ".join(map(str, words))
            said = "".join(line.text for line in lines)
            raise CheckError(f"`echelon {called}` exited with {process.returncode} and said:\n{said}")
        return lines

    def environment(self, home: Path) -> dict[str, str]:
        """Name nothing but the user's own folders and what the system itself needs."""
        if not WINDOWS:
            own = {"HOME": str(home), "TMPDIR": str(self.work), "QT_QPA_PLATFORM": "offscreen"}
            return own | KEYS | {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
        own = dict.fromkeys(("USERPROFILE", "APPDATA", "LOCALAPPDATA", "TEMP", "TMP"), str(home))
        return (
            own | KEYS | {name: os.environ[name] for name in ("SYSTEMROOT", "COMSPEC") if name in os.environ}
        )


def as_somebody_else() -> dict[str, object]:
    """Options for subprocess that give root's rights away."""
    if WINDOWS or os.geteuid() != 0:
        return {}
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []}


@contextlib.contextmanager
def installed(dist: Path) -> Iterator[Installed]:
    """Copy a built program to a read-only folder of its own, and take everything away afterwards."""
    with tempfile.TemporaryDirectory(prefix="echelon-check-") as folder:
        root = Path(folder)
        root.chmod(0o755)
        shutil.copytree(dist, root / "program", symlinks=True)
        set_writable(root / "program", False)
        home, work = root / "home", root / "work"
        for path in (home, work):
            path.mkdir()
            if as_somebody_else():
                os.chown(path, NOBODY, NOBODY)
        try:
            yield Installed(root / "program" / ("echelon.exe" if WINDOWS else "echelon"), work, home)
        finally:
            set_writable(root / "program", True)


def set_writable(folder: Path, writable: bool) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | 0o200 if writable else mode & ~0o222)


def check(dist: Path) -> None:
    """
    Run the whole check on a built program and print what was measured.

    Raises
    ------
    CheckError
        If the program fails, or what it writes is not a schedule of its sample school.
    """
    if not dist.is_dir():
        raise CheckError(f"{dist} is not there; build first")
    with installed(dist) as copy:
        school = copy.work / "school"
        print(f"First start, help:    {copy.run('--help')[-1].seconds:5.2f} s")
        print(f"Second start, help:   {copy.run('--help')[-1].seconds:5.2f} s")
        copy.run("sample", school, "--students", 300, "--seed", 1)
        for name, home, limit in (
            ("empty cache", copy.home, COLD_LIMIT_S),
            ("warm cache", copy.home, WARM_LIMIT_S),
            ("no cache possible", copy.program.parent / "absent", WARM_LIMIT_S),
        ):
            out = copy.work / name.replace(" ", "-")
            words = ("solve", school, "--out", out, "--time-limit", limit, "--seed", 1, "--json")
            lines = copy.run(*words, home=home)
            compare_sections(school, out)
            print(f"Solve, {name + ':':<19} {timeline(lines)}")
            if not any(copy.home.rglob("*.nbc")):
                raise CheckError(f"no compiled kernel was kept in {limit} s; the next start is as slow")
        check_remote(copy, school)
        end = copy.run("window", "--selftest")[-1]
        print(f"The window's own test: {end.seconds:.2f} s")
    print("The frozen program works.")


def check_remote(copy: Installed, school: Path) -> None:
    """
    Solve through the emulated cloud, whose workers run from the checkout; nothing without moto.

    Raises
    ------
    CheckError
        If the run does not come back with a schedule of the school.
    """
    if importlib.util.find_spec("moto") is None:
        print("Solving on AWS:       not checked, for want of moto")
        return
    sys.path.insert(0, str(ROOT))
    from cloud_runner.emulator.cloud import Cloud
    from cloud_runner.emulator.demo import remote_of

    out, settings = copy.work / "from-aws", copy.work / "stack.toml"
    with Cloud() as cloud:
        settings.write_text(remote_of(cloud).to_text(), encoding="utf-8")
        words = ("--settings", settings, "--time-limit", 10, "--wait")
        seconds = copy.run("submit", school, *words)[-1].seconds
        copy.run("fetch", "last", "--out", out)
    compare_sections(school, out)
    print(f"Solving on AWS:       {seconds:5.2f} s there and back")


def timeline(lines: list[Line]) -> str:
    """
    Say when a solve gave its first sign, its first schedule and its end, and how many requests are unmet.

    Raises
    ------
    CheckError
        If it never had a schedule.
    """
    progress = [(line.seconds, json.loads(line.text)) for line in lines if line.text.startswith("{")]
    scheduled = [seconds for seconds, said in progress if said.get("unmet") is not None]
    if not scheduled:
        raise CheckError("a solve ended well without telling of a schedule")
    summary = progress[-1][1]
    times = [("first word", progress[0][0]), ("first schedule", scheduled[0]), ("end", lines[-1].seconds)]
    told = ", ".join(f"{what} {seconds:5.2f} s" for what, seconds in times)
    return f"{told}; {summary['counts']['unmet']} unmet, {summary['iterations']} iterations"


def compare_sections(school: Path, out: Path) -> None:
    """
    See that the schedule written has every section of the school.

    Raises
    ------
    CheckError
        If a section is missing.
    """
    placed = column(out / "section_schedule.csv", "Section ID")
    wanted = column(school / "Sections_Information.csv", "Section ID")
    if not wanted or placed != wanted:
        raise CheckError(f"{len(wanted - placed)} of {len(wanted)} sections have no place in {out}")


def column(path: Path, name: str) -> set[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row[name] for row in csv.DictReader(file)}
