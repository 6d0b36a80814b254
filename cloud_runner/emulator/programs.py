"""Programs of the emulated cloud: local processes that end with it, and see nothing of the user's AWS."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import cloud_runner

Command = tuple[str, ...]

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "emulated", "AWS_SECRET_ACCESS_KEY": "emulated"}


def clean_environment(endpoint: str, region: str) -> dict[str, str]:
    """
    Environment for a program.

    It finds this installation's modules and the emulator, and none of the user's AWS settings; its
    credentials are worth nothing elsewhere.

    Parameters
    ----------
    endpoint
        URL of the emulated cloud, or of a proxy before it.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "ECHELON_"))}
    source = str(Path(cloud_runner.__file__).resolve().parent.parent)
    return {
        **kept,
        **CREDENTIALS,
        "PYTHONPATH": os.pathsep.join(filter(None, (source, kept.get("PYTHONPATH")))),
        "PYTHONUNBUFFERED": "1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_DEFAULT_REGION": region,
        "AWS_REGION": region,
        "AWS_ENDPOINT_URL": endpoint,
    }


class Program:
    """
    A running program.

    Parameters
    ----------
    command
        Arguments for Python.
    environment
        All of it.
    folder
        Where it runs.
    """

    def __init__(self, command: Command, environment: Mapping[str, str], folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            cwd=folder,
            encoding="utf-8",
            errors="replace",
            start_new_session=os.name == "posix",
        )

    @property
    def lives(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def lines(self) -> Iterator[str]:
        """What it prints, line by line, until it ends."""
        assert self.process.stdout is not None
        return iter(self.process.stdout.readline, "")

    def tell(self, line: str) -> None:
        """
        Send it a line.

        Raises
        ------
        OSError
            If it has ended.
        """
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def end(self, hard: bool) -> None:
        """Signal it and its children, SIGKILL or SIGTERM; one that has ended is left alone."""
        if not self.lives:
            return
        if os.name != "posix":
            self.process.kill() if hard else self.process.terminate()
            return
        with suppress(ProcessLookupError):  # ended meanwhile
            os.killpg(self.process.pid, signal.SIGKILL if hard else signal.SIGTERM)

    def wait(self) -> int:
        """Wait until it ends; its exit code, 128 + n for signal n."""
        code = self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(OSError):  # what was written to it after its end
                    pipe.close()
        return 128 - code if code < 0 else code


def start_leashed(command: Command, environment: Mapping[str, str], folder: Path) -> Program:
    """Start a program that dies with this process: ``("-m", MODULE, ...)`` or ``("-c", CODE, ...)``."""
    return Program(("-m", "cloud_runner.emulator.leash", *command), environment, folder)


def start_host(handler: str, environment: Mapping[str, str], folder: Path) -> Program:
    """Start the process that calls a Lambda's handler; it ends when its standard input does."""
    return Program(("-m", "cloud_runner.emulator.lambda_host", handler), environment, folder)
