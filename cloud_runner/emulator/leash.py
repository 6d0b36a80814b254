"""
Run a module or code as a program that ends when whoever started it does, however that came.

Usage: ``python -m cloud_runner.emulator.leash -m MODULE [ARGUMENT ...]`` or ``-c CODE [ARGUMENT ...]``, with
a pipe as standard input that the starter holds open.
"""

import os
import runpy
import signal
import sys
import threading


def main(argv: list[str]) -> None:
    """Run what the arguments name in this process."""
    threading.Thread(target=_end_with_starter, name="leash", daemon=True).start()
    kind, what, *arguments = argv
    sys.argv = [what, *arguments]
    if kind == "-m":
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        exec(compile(what, "<job>", "exec"), {"__name__": "__main__"})  # noqa: S102 - the starter's own code


def _end_with_starter() -> None:
    # The file descriptor itself: a buffered reader's lock would be held while the interpreter ends.
    while os.read(0, 64):
        pass
    os.kill(os.getpid(), signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)


if __name__ == "__main__":
    main(sys.argv[1:])
