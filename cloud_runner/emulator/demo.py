"""The demo of a remote solve: the emulated cloud, set up as the application's remote, until it is ended."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from cloud_runner.client.remotes import Remote, Remotes, SignIn
from echelon_desktop.errors import RemoteError

if TYPE_CHECKING:
    from cloud_runner.emulator.cloud import Cloud

NAME = "demo"
NEEDED = ("moto", "flask", "flask_cors", "yaml")
REDELIVERY_S = 10  # nobody waits five minutes for a second try of a demo
LOOK_S = 0.5  # Windows does not interrupt a wait without end

READY = """\
The emulated cloud runs on this computer, at {endpoint}. Nothing leaves it, and no AWS account is needed.
The application now has a remote named "{name}". Try it in the window: on the page Solve choose
Where: AWS: {name}, then look at the page Runs. Or in another terminal (in a checkout,
"python3 dev.py run" stands for "echelon"):

  echelon sample school --students 300
  echelon submit school --remote {name}
  echelon status
  echelon fetch last --out schedule

Ctrl-C ends the cloud, its runs and the remote."""


def run(say: Callable[[str], object] = print, ended: threading.Event | None = None) -> None:
    """
    Start the emulated cloud, save it as remote "demo", and keep it until Ctrl-C.

    Parameters
    ----------
    say
        Where the words for the user go.
    ended
        Ends the demo when set, as Ctrl-C does.

    Raises
    ------
    RemoteError
        If what the emulator is built on is not installed; the message says how to install it.
    """
    _check_installed()
    from cloud_runner.emulator.cloud import Cloud
    from cloud_runner.emulator.resources import Settings

    say("Starting the emulated cloud ...")
    settings = replace(Settings.of_template(), visibility_s=REDELIVERY_S)
    ended = ended or threading.Event()
    with _end_by_signal(ended), Cloud(settings, at_once=max(1, (os.cpu_count() or 2) // 2)) as cloud:
        remotes, remote = Remotes(), remote_of(cloud)
        remotes.save(remote)
        try:
            say(READY.format(endpoint=cloud.endpoint, name=NAME))
            while not ended.wait(LOOK_S):
                continue
        finally:
            if remote in remotes.all():  # unless a later demo has taken its place
                with suppress(RemoteError):
                    remotes.remove(NAME)
        say("The emulated cloud ends.")


def remote_of(cloud: "Cloud", name: str = NAME) -> Remote:
    """Settings by which the client reaches an emulated cloud."""
    return Remote(
        name=name,
        region=cloud.settings.region,
        bucket=cloud.resources.bucket,
        queue_url=cloud.resources.queue_url,
        job_queue=cloud.resources.job_queue,
        log_group=cloud.resources.log_group,
        sign_in=SignIn("default"),
        endpoint=cloud.endpoint,
    )


def _check_installed() -> None:
    if getattr(sys, "frozen", False):
        raise RemoteError(
            "The demo of remote solving is not part of the installed program. With Python it is: "
            "pip install 'echelon-desktop[demo]', then echelon cloud-demo."
        )
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise RemoteError(
            f"The demo of remote solving needs {', '.join(missing)}, which is not installed. "
            "Install it with: pip install 'echelon-desktop[demo]'"
        )


@contextmanager
def _end_by_signal(ended: threading.Event) -> Iterator[None]:
    """Let Ctrl-C and the system's request to end set an event, where this is the program's main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(*_: Any) -> None:
        ended.set()

    kept = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
