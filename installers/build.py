"""
Build the program that needs no Python, and prove that it works.

    python3 dev.py freeze                 build dist/echelon, then check it
    python3 dev.py freeze --check-only    check what is in dist/echelon
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

import frozen_check

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"


def build() -> None:
    """Run PyInstaller in the checkout; what it makes goes to build/ and dist/."""
    started = time.monotonic()
    spec = ROOT / "installers" / "echelon.spec"
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "ERROR"]
    command += ["--distpath", DIST, "--workpath", ROOT / "build", spec]
    subprocess.run([str(word) for word in command], check=True, cwd=ROOT)
    size = sum(path.stat().st_size for path in (DIST / "echelon").rglob("*") if not path.is_symlink())
    print(f"Built {DIST / 'echelon'}: {size / 1e6:.0f} MB in {time.monotonic() - started:.0f} s.")


def main() -> int:
    parser = argparse.ArgumentParser(prog="dev.py freeze", description=__doc__.strip().splitlines()[0])
    parser.add_argument("--check-only", action="store_true", help="leave dist/echelon as it is")
    options = parser.parse_args()
    try:
        if not options.check_only:
            build()
        frozen_check.check(DIST / "echelon")
    except (subprocess.CalledProcessError, frozen_check.CheckError) as error:
        print(f"Failed: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
