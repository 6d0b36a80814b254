"""``echelon submit``, ``status``, ``fetch``, ``cancel`` and ``runs``, through the emulated cloud."""

import csv
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from cloud_runner.client.order import Order, Pace
from cloud_runner.client.remotes import Remote, Remotes
from cloud_runner.client.runs import Child, Run, Runs, State
from cloud_runner.emulator.cloud import Cloud
from cloud_runner.emulator.demo import remote_of
from cloud_runner.wire.layout import new_run_id
from echelon_desktop.cli import CANNOT, OK, USAGE, main
from echelon_desktop.cli.remote import school_now
from echelon_desktop.cli.source import load_source
from echelon_desktop.model.csv_io import RESULT_FILES
from echelon_desktop.model.rules import preset_rules
from echelon_desktop.model.store import SchoolFile

PACE = Pace(poll_min_s=0.05, poll_max_s=0.2, connect_s=2.0, read_s=10.0, attempts=1)
NOWHERE = "http://127.0.0.1:9"
Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user who has no runs and no remotes yet, and little patience."""
    monkeypatch.setattr("echelon_desktop.cli.remote.PACE", PACE)
    monkeypatch.setattr("platformdirs.user_config_dir", lambda *args, **more: str(tmp_path / "config"))
    monkeypatch.setattr("platformdirs.user_data_dir", lambda *args, **more: str(tmp_path / "data"))


@pytest.fixture
def school(tmp_path: Path, capsys: Capture) -> Path:
    """The files of a small made-up school in which every request can be met."""
    folder = tmp_path / "school"
    assert main(["sample", str(folder), "--students", "90", "--seed", "3"]) == OK
    capsys.readouterr()
    return folder


@pytest.fixture
def remote(cloud: Cloud) -> str:
    """Name of the emulated cloud among the user's remotes."""
    Remotes().save(remote_of(cloud, "North"))
    return "North"


def the_run() -> Run:
    (run,) = Runs().all()
    return run


def test_a_school_file_is_sent_solved_and_fetched(
    school: Path, remote: str, cloud: Cloud, tmp_path: Path, capsys: Capture
):
    file, out = tmp_path / "school.echelon", tmp_path / "out"
    assert main(["import", str(school), str(file)]) == OK
    assert main(["submit", str(file), "--remote", remote, "--time-limit", "10"]) == OK
    run = the_run()
    text = capsys.readouterr().out
    assert "1 computer of 4 vCPU" in text
    assert run.input_sha256 in text
    assert run.state is State.QUEUED
    assert main(["status", "--wait"]) == OK
    assert run.id[:8] in capsys.readouterr().out
    assert main(["fetch", "last", "--out", str(out)]) == OK
    told = capsys.readouterr().out
    unmet = len((out / "unmet_requests.csv").read_text("utf-8-sig").splitlines()) - 1
    assert f" {unmet} unmet; " in told
    assert {path.name for path in out.iterdir()} >= set(RESULT_FILES)
    with (out / "section_schedule.csv").open(encoding="utf-8-sig", newline="") as placed:
        sections = sorted(row["Section ID"] for row in csv.DictReader(placed))
    with SchoolFile.open(file, read_only=True) as opened:
        assert sections == sorted(opened.dataset.school.sections)
        (scenario,) = opened.dataset.scenarios.values()
        assert scenario.name in told
        (record,) = opened.runs()
    assert (record.id, record.scenario, record.settings["name"]) == (run.id, scenario.id, scenario.name)
    assert (record.figures["unmet"], record.settings["where"]) == (unmet, "North")
    assert record.ended, "the window does not take it over once more"
    assert main(["runs", "--json"]) == OK
    facts = json.loads(capsys.readouterr().out)
    assert (facts["run"], facts["state"], facts["unmet"], facts["deleted"]) == (run.id, "done", unmet, True)
    assert [child["seed"] for child in facts["children"]] == [1]
    confirmation = tmp_path / "confirmation.txt"
    assert main(["runs", "--delete", run.id[:8], "--confirmation", str(confirmation)]) == OK
    assert run.id in confirmation.read_text(encoding="utf-8")
    assert main(["status"]) == OK
    assert "No run goes on" in capsys.readouterr().out


def test_a_run_is_cancelled(school: Path, remote: str, cloud: Cloud, capsys: Capture):
    cloud.machines.hold(True)
    assert main(["submit", str(school), "--remote", remote]) == OK
    assert main(["cancel", "last"]) == OK
    assert main(["status", "last", "--wait"]) == CANNOT
    assert the_run().state is State.CANCELLED
    assert main(["fetch", "last", "--out", str(school.parent / "out")]) != OK


def test_a_dry_run_sends_nothing_and_shows_the_exact_bytes(school: Path, tmp_path: Path, capsys: Capture):
    settings, folder = tmp_path / "stack.toml", tmp_path / "bytes"
    settings.write_text(
        "[remote]\nname = 'North'\nregion = 'us-east-1'\nbucket = 'north-runs'\n"
        "queue_url = 'https://sqs.us-east-1.amazonaws.com/1/north'\n"
        "job_queue = 'north'\nlog_group = '/north'\n",
        encoding="utf-8",
    )
    arguments = ["submit", str(school), "--settings", str(settings), "--dry-run", "--save-bytes", str(folder)]
    assert main(arguments) == OK
    text = capsys.readouterr().out
    assert "90 students as numbers" in text
    assert hashlib.sha256((folder / "input.npz").read_bytes()).hexdigest() in text
    assert Runs().all() == ()


def test_a_network_that_is_gone_loses_nothing(school: Path, cloud: Cloud, tmp_path: Path, capsys: Capture):
    good = remote_of(cloud, "North")
    Remotes().save(replace(good, endpoint=NOWHERE))
    assert main(["submit", str(school), "--remote", "North"]) == OK
    assert "echelon status tries again" in capsys.readouterr().out
    assert the_run().trouble
    Remotes().save(good)
    cloud.machines.hold(True)
    assert main(["status"]) == OK
    assert the_run().state is State.QUEUED
    assert main(["cancel", "last"]) == OK
    assert main(["status", "last", "--wait"]) == CANNOT


def test_a_folder_sent_with_other_rules_is_judged_by_them(school: Path, capsys: Capture):
    Remotes().save(Remote("Gone", "us-east-1", "gone-runs", "http://gone/q", "q", "/g", endpoint=NOWHERE))
    assert main(["submit", str(school), "--remote", "Gone", "--rules", "chico-high"]) == OK
    assert school_now(the_run(), None).rules == preset_rules("chico-high")
    assert school_now(the_run(), "standard").rules == preset_rules("standard")
    assert school_now(the_run(), None).rules != load_source(school, None).rules


def test_what_there_is_not_is_said(school: Path, capsys: Capture):
    assert main(["submit", str(school), "--remote", "Nowhere"]) == CANNOT
    assert "Nowhere" in capsys.readouterr().err
    assert main(["fetch", "last", "--out", "x"]) == CANNOT
    assert main(["runs"]) == OK
    assert "No run was sent" in capsys.readouterr().out
    with pytest.raises(SystemExit) as bad:
        main(["submit", str(school)])
    assert bad.value.code == USAGE


def test_no_more_is_certain_than_was_found(capsys: Capture):
    """A bound comes from the bucket and is taken on trust: shown above a schedule it would be nonsense."""
    remote = Remote("Gone", "us-east-1", "gone-runs", "http://gone/q", "q", "/g", endpoint=NOWHERE)
    children = (Child(0, 1, "default", State.RUNNING, unmet=7, bound=900),)
    run = Run(
        new_run_id(), remote, "/s", "S", "", "", Order((1,)), "0" * 64, State.RUNNING, children=children
    )
    Runs().new(run, {})
    assert main(["runs"]) == OK
    assert "7 unmet, 7 certainly" in capsys.readouterr().out
