"""Starts the program: ``python -m echelon_desktop`` and the frozen executable both come here."""

import multiprocessing
import sys

from echelon_desktop.cli import main

if __name__ == "__main__":
    multiprocessing.freeze_support()  # a child process of the frozen program must not start it anew
    sys.exit(main(sys.argv[1:]))
