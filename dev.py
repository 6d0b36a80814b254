#!/usr/bin/env python3
"""
Set up and use a checkout of Echelon Desktop; the standard library is all it needs.

    python3 dev.py run [WORDS...]     start the program, or its command line: run solve DIR --out OUT
    python3 dev.py test [WORDS...]    run every check; the words go to pytest
    python3 dev.py freeze [WORDS...]  build the program that needs no Python, and prove it
    python3 dev.py lock [WORDS...]    resolve the locked versions again; the words go to uv, as --upgrade

Each command first makes sure that .venv holds exactly what requirements/*.lock say.
What this script itself says goes to stderr, so that the program's output can be piped.
"""

# Written for Python 3.9 and later, so that an older or newer one gets a sentence instead of a traceback.

import contextlib
import ctypes
import hashlib
import importlib.util
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
# Beside .venv, not in it: whoever holds it may delete .venv.
GUARD = ROOT / ".venv.lock"
STAMP = VENV / "echelon-setup.json"
LOCKS = {"run": ROOT / "requirements" / "run.lock", "dev": ROOT / "requirements" / "dev.lock"}
WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
OLDEST, NEWEST = (3, 11), (3, 13)

# Shared libraries that Qt loads but its wheel does not bring, and the Debian package of each.
QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}

CHECKS = {
    "format": ["ruff", "format", "--check", "--quiet", "--diff", "."],
    "lint": ["ruff", "check", "--quiet", "."],
    "types": ["mypy"],
    "import rules": ["lint-imports", "--no-logo"],
}


class SetupError(Exception):
    """A step of the set-up failed; the text says what the reader can do."""


def say(text):
    print(text, file=sys.stderr, flush=True)


# ---------------------------------------------------------------------------------------------------
# What has to be on the machine


def refuse_unsuitable_python():
    """Raise SetupError, naming a suitable interpreter when there is one, unless this one will do."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return
    wanted = "Python {}.{} to {}.{} is needed; this is {}.{}.".format(*OLDEST, *NEWEST, *sys.version_info[:2])
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        other = shutil.which("python3.{}".format(minor))
        if other:
            words = " ".join(shlex.quote(word) for word in sys.argv[1:])
            raise SetupError("{} Try: {} dev.py {}".format(wanted, other, words))
    raise SetupError(wanted)


def missing_packages(freezing):
    """List the Debian packages whose absence would be felt, quickly and without asking dpkg."""
    missing = []
    if not sys.platform.startswith("linux"):
        return missing
    if importlib.util.find_spec("ensurepip") is None:
        missing.append("python3.{}-venv".format(sys.version_info[1]))
    for library, package in QT_LIBRARIES.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            missing.append(package)
    if freezing and not shutil.which("objdump"):
        missing.append("binutils")
    return missing


def provide_packages(missing):
    """
    Install Debian packages when that is possible, else say how.

    Returns True when nothing is missing afterwards. Without Qt's libraries all but the window works,
    so that their absence is said and not an error; without venv the next step fails and says so.
    """
    if not missing:
        return True
    command = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    if not shutil.which("apt-get"):
        say("Missing on this machine: what Debian calls {}.".format(" ".join(missing)))
        return False
    if os.geteuid() != 0:
        say("Missing on this machine. Please run: sudo {}".format(" ".join(command)))
        return False
    say("Installing with apt-get: {}".format(" ".join(missing)))
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    quiet = {"env": environment, "stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
    subprocess.call(["apt-get", "update", "-qq"], **quiet)
    if subprocess.call(command, **quiet) != 0:
        say("apt-get failed; going on without. By hand: {}".format(" ".join(command)))
        return False
    return True


# ---------------------------------------------------------------------------------------------------
# The virtual environment


def base_python():
    # When dev.py itself is run by .venv's Python, a rebuilt .venv must not hang on the old one.
    return getattr(sys, "_base_executable", None) or sys.executable


def wanted_stamp(kind):
    """Everything that decides what .venv must hold; a change in any of it means work."""
    return {
        "kind": kind,
        "lock": hashlib.sha256(LOCKS[kind].read_bytes()).hexdigest(),
        "dev.py": hashlib.sha256(Path(__file__).read_bytes()).hexdigest(),
        # Not sys.version: apt-get may give this very Python a new build while we run.
        "python": [list(sys.version_info[:3]), sys.implementation.cache_tag, str(base_python())],
        "place": str(ROOT),
    }


def read_stamp():
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def holds(kind):
    """Say whether .venv was made, to its end, from this very lock file."""
    stamp = read_stamp()
    return PYTHON.exists() and all(stamp.get(key) == value for key, value in wanted_stamp(kind).items())


def serves(kind):
    """Say whether .venv will do; the packages for checks include those for running."""
    return holds(kind) or holds("dev")


@contextlib.contextmanager
def alone():
    """Hold the checkout's set-up guard: of two calls at once the second waits, and then finds all done."""
    with GUARD.open("a+b") as guard:
        if WINDOWS:
            import msvcrt

            said = False
            while True:
                guard.seek(0)
                try:
                    msvcrt.locking(guard.fileno(), msvcrt.LK_NBLCK, 1)
                    break
                except OSError:
                    if not said:
                        say("Waiting for another set-up of this checkout.")
                    said = True
                    time.sleep(0.2)
        else:
            import fcntl

            try:
                fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                say("Waiting for another set-up of this checkout.")
                fcntl.flock(guard, fcntl.LOCK_EX)
        yield


def ensure_environment(kind, freezing=False):
    """
    Make .venv hold what the lock file of `kind` ("run" or "dev") says.

    The stamp goes before and comes after all other steps: an environment without one was interrupted
    or damaged, and is built anew.
    """
    refuse_unsuitable_python()
    if serves(kind) and read_stamp().get("machine complete") and not freezing:
        return
    with alone():
        complete = provide_packages(missing_packages(freezing))
        if not serves(kind):
            build_environment(kind)
        write_stamp({**read_stamp(), "machine complete": complete})


def build_environment(kind):
    """Add the tools for checks to what is there, or else build from nothing, so that nothing stale stays."""
    started = time.monotonic()
    if not (kind == "dev" and holds("run")):
        say("Making .venv for Python {}.{}.{}.".format(*sys.version_info[:3]))
        remove_environment()
        if subprocess.call([base_python(), "-m", "venv", str(VENV)], stdout=sys.stderr) != 0:
            raise SetupError("Python could not make a virtual environment; see above.")
    with contextlib.suppress(FileNotFoundError):
        STAMP.unlink()
    say("Installing what {} lists; the first time takes some minutes.".format(LOCKS[kind].name))
    # Wheels only: nothing is compiled, and no unlocked build tool is fetched behind our back.
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "-qq", "--no-input"]
    pip += ["--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", str(LOCKS[kind])]
    if subprocess.call(pip, stdout=sys.stderr) != 0:
        raise SetupError("The packages could not be installed; see above. The same command tries again.")
    link_checkout()
    write_stamp(wanted_stamp(kind))
    say("Ready after {:.0f} s.".format(time.monotonic() - started))


def remove_environment():
    if not VENV.exists():
        return
    # Windows refuses to delete a program that runs; better to learn that before half of it is gone.
    doomed = VENV.with_name(".venv.old")
    shutil.rmtree(doomed, ignore_errors=True)
    try:
        VENV.rename(doomed)
    except OSError as error:
        raise SetupError("{} is in use ({}); close what runs from it.".format(VENV, error)) from error
    shutil.rmtree(doomed, ignore_errors=True)


def link_checkout():
    """Make the packages of this checkout importable from anywhere, so that the caller's folder stays."""
    query = "import sysconfig; print(sysconfig.get_path('purelib'))"
    folder = subprocess.check_output([str(PYTHON), "-I", "-c", query], encoding="utf-8").strip()
    Path(folder, "echelon_desktop_checkout.pth").write_text("{}\n".format(ROOT), encoding="utf-8")


def write_stamp(stamp):
    fresh = STAMP.with_suffix(".new")
    fresh.write_text(json.dumps(stamp, indent=1), encoding="utf-8")
    fresh.replace(STAMP)


# ---------------------------------------------------------------------------------------------------
# Commands


def call(command, **options):
    """Run a child to its end; Ctrl-C reaches it through the terminal, and it decides what to do."""
    child = subprocess.Popen([str(word) for word in command], **options)
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue


def become(command):
    """Turn into another program where the system can, so that signals and exit codes are its own."""
    sys.stdout.flush()
    sys.stderr.flush()
    if not WINDOWS:
        os.execv(str(command[0]), [str(word) for word in command])
    return call(command)


def run(words):
    # The cloud on loopback is made of packages that only tests need otherwise.
    ensure_environment("dev" if words[:1] == ["cloud-demo"] else "run")
    return become([PYTHON, "-m", "echelon_desktop", *words])


def test(words):
    ensure_environment("dev")
    failed = [name for name, command in CHECKS.items() if not passes(name, command, quiet=True)]
    # Last, so that standard output ends with pytest's own closing lines.
    if not passes("tests", ["pytest", *words], quiet=False):
        failed.append("tests")
    if failed:
        say("Failed: {}.".format(", ".join(failed)))
    return 1 if failed else 0


def passes(name, command, quiet):
    """Run one check in the checkout's root and say how it went; a quiet one is heard only if it fails."""
    started = time.monotonic()
    words = [tool(command[0]), *command[1:]]
    if quiet:
        child = subprocess.run(
            words, check=False, cwd=str(ROOT), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        code = child.returncode
        if code != 0:
            sys.stdout.buffer.write(child.stdout)
            sys.stdout.flush()
    else:
        code = call(words, cwd=str(ROOT))
    say("{:<14}{:<8}{:6.1f} s".format(name, "ok" if code == 0 else "FAILED", time.monotonic() - started))
    return code == 0


def tool(name):
    """Find a program that .venv holds."""
    return str(PYTHON.with_name(name + ".exe" if WINDOWS else name))


def lock(words):
    """Resolve the lock files for all supported systems and Pythons, all others within the first."""
    if not Path(tool("uv")).exists():
        ensure_environment("dev")
    common = [tool("uv"), "pip", "compile", "--quiet", "--universal", "--generate-hashes"]
    common += ["--python-version", "{}.{}".format(*OLDEST), "--only-binary", ":all:"]
    common += ["--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links", *words]
    within = ["--constraint", "requirements/run.lock"]
    sources = {
        "run": ["pyproject.toml"],
        "dev": ["--group", "dev", *within, "pyproject.toml"],
        "worker": [*within, "requirements/worker.in"],
    }
    for kind, source in sources.items():
        name = "requirements/{}.lock".format(kind)
        code = call([*common, "--output-file", name, *source], cwd=str(ROOT))
        if code != 0:
            return code
        if "://" in (ROOT / name).read_text(encoding="utf-8"):
            raise SetupError("{} names an address; a lock file must fit any package index.".format(name))
        say("Wrote {}.".format(name))
    return 0


def freeze(words):
    ensure_environment("dev", freezing=True)
    return become([PYTHON, ROOT / "installers" / "build.py", *words])


COMMANDS = {"run": run, "test": test, "freeze": freeze, "lock": lock}


def main(arguments):
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(__doc__.strip())
        return 0
    if arguments[0] not in COMMANDS:
        say("Unknown command {!r}; there are {}.".format(arguments[0], ", ".join(COMMANDS)))
        return 2
    try:
        return COMMANDS[arguments[0]](arguments[1:])
    except SetupError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("Stopped.")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
