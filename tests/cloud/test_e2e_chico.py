"""A real high school through the emulated cloud, by the command line."""

from collections.abc import Callable
from pathlib import Path

import pytest
from desk import versions_of

from cloud_runner.client.remotes import Remotes
from cloud_runner.client.runs import Runs, State
from cloud_runner.emulator.cloud import Cloud
from cloud_runner.emulator.demo import remote_of
from echelon_desktop.cli import OK, main
from echelon_desktop.cli.source import load_source
from echelon_desktop.model.csv_io import read_schedule
from echelon_desktop.solver.verify import verify

REQUESTS = 11_400


@pytest.mark.real
def test_chico_is_solved_and_fetched_from_the_command_line(
    cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, real_school: Callable[[str], Path]
) -> None:
    school = real_school("chico")
    monkeypatch.setattr("platformdirs.user_config_dir", lambda *args, **more: str(tmp_path / "config"))
    monkeypatch.setattr("platformdirs.user_data_dir", lambda *args, **more: str(tmp_path / "data"))
    Remotes().save(remote_of(cloud))
    words = [str(school), "--rules", "chico-high", "--remote", "demo", "--time-limit", "10", "--vcpu", "2"]
    assert main(["submit", *words, "--wait"]) == OK
    assert main(["fetch", "last", "--out", str(tmp_path / "out")]) == OK
    (run,) = Runs().all()
    assert run.state is State.DONE
    assert versions_of(cloud, run) == []
    source = load_source(school, "chico-high")
    brought = read_schedule(source.school, tmp_path / "out").schedule
    verdict = verify(source.school, source.rules, brought)
    assert verdict.ok
    assert verdict.counts.requests == REQUESTS
    assert verdict.counts.unmet == run.best_unmet
