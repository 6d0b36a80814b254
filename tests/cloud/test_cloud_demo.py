"""The demo starts a cloud, tells the application of it, says what to do, and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import threading
from importlib import util
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from cloud_runner.client.remotes import Remotes
from cloud_runner.emulator import demo
from echelon_desktop.errors import RemoteError

RUN = "from cloud_runner.emulator.demo import run; run()"


@pytest.mark.skipif(os.name != "posix", reason="a signal is sent")
def test_the_demo_is_a_remote_until_ctrl_c(tmp_path: Path) -> None:
    config = tmp_path / "config"
    environment = os.environ | {
        "XDG_CONFIG_HOME": str(config),
        "HOME": str(tmp_path),
        "PYTHONUNBUFFERED": "1",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", RUN],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    with process, process.stdout:
        try:
            said = ""
            while "Ctrl-C" not in said:
                line = process.stdout.readline()
                assert line, said
                said += line
            (path,) = tmp_path.rglob("remotes.toml")
            endpoint = Remotes(path).get("demo").endpoint or "none"
            assert endpoint in said
            address = urlsplit(endpoint).hostname, urlsplit(endpoint).port
            process.send_signal(signal.SIGINT)
            assert "ends" in process.stdout.read()
        finally:
            process.kill()
    assert process.returncode == 0
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address).close()
    assert Remotes(path).all() == ()


def test_without_moto_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    found = util.find_spec
    monkeypatch.setattr(demo, "find_spec", lambda name: None if name == "moto" else found(name))
    with pytest.raises(RemoteError, match=r"needs moto.*pip install 'echelon-desktop\[demo\]'"):
        demo.run(ended=threading.Event())


def test_an_installed_program_says_that_the_demo_is_for_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    with pytest.raises(RemoteError, match="not part of the installed program"):
        demo.run(ended=threading.Event())
