"""
Programs that are forked from a process which has everything loaded: a tenth of a start's cost.

They are processes like any other, with their own environment, output, signals and exit code; only reading
Python's modules and compiling kernels is spared. Where there is no fork, they are started as usual.
"""

import contextlib
import multiprocessing as mp
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from cloud_runner.emulator import lambda_host
from cloud_runner.emulator.leash import main
from cloud_runner.emulator.programs import Command, Program, start_host, start_leashed

HAS_FORK = sys.platform == "linux"


class ForkedProgram(Program):
    """A program forked from the warm process."""

    def __init__(
        self, command: Command, environment: Mapping[str, str], folder: Path, leashed: bool = True
    ) -> None:
        ours_in, theirs_in = os.pipe()[::-1]
        ours_out, theirs_out = os.pipe()
        ends = Connection(theirs_in, writable=False), Connection(theirs_out, readable=False)
        self.child = _context().Process(
            target=_become, args=(command, dict(environment), folder, leashed, *ends)
        )
        self.child.start()
        for end in ends:
            end.close()
        self.input = os.fdopen(ours_in, "w", encoding="utf-8")
        self.output = os.fdopen(ours_out, encoding="utf-8", errors="replace")

    @property
    def lives(self) -> bool:
        return self.child.is_alive()

    def lines(self) -> Iterator[str]:
        return iter(self.output.readline, "")

    def tell(self, line: str) -> None:
        self.input.write(line + "\n")
        self.input.flush()

    def end(self, hard: bool) -> None:
        if self.lives:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.child.pid or 0, signal.SIGKILL if hard else signal.SIGTERM)

    def wait(self) -> int:
        self.child.join()
        self.output.close()
        with contextlib.suppress(OSError):
            self.input.close()
        code = self.child.exitcode or 0
        return 128 - code if code < 0 else code


def _become(
    command: Command,
    environment: dict[str, str],
    folder: Path,
    leashed: bool,
    input: Connection,
    output: Connection,
) -> None:
    os.dup2(input.fileno(), 0)
    os.dup2(output.fileno(), 1)
    os.dup2(output.fileno(), 2)
    sys.stdout = open(1, "w", buffering=1, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, encoding="utf-8", closefd=False)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if leashed:
        main(list(command))
    else:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
        lambda_host.main(*command)


@cache
def _context() -> Any:
    """Start the warm process; multiprocessing hands on everything to it but where modules are found."""
    context = mp.get_context("forkserver")
    context.set_forkserver_preload(["__main__", "warm_modules"])
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parent), *filter(None, sys.path)])
    try:
        forkserver.ensure_running()
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before
    return context


def launch(command: Command, environment: Mapping[str, str], folder: Path) -> Program:
    """Start a program as quickly as this system can."""
    return (ForkedProgram if HAS_FORK else start_leashed)(command, environment, folder)


def launch_host(handler: str, environment: Mapping[str, str], folder: Path) -> Program:
    """Start the process of a Lambda's handler as quickly as this system can."""
    if not HAS_FORK:
        return start_host(handler, environment, folder)
    return ForkedProgram((handler,), environment, folder, leashed=False)
