"""What the district's IT does: set up, restore, tear down, each on an account without anything at first."""

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from deployment import NAME, finish_bucket
from sending import sent
from template_text import Text

from cloud_runner.client.remotes import Remote
from cloud_runner.client.runs import State
from cloud_runner.objects import RunObjects
from cloud_runner.stack import bundle, deploy, image, set_up, tear_down
from cloud_runner.stack.__main__ import main
from cloud_runner.stack.restore import restore
from cloud_runner.stack.set_up import Plan
from cloud_runner.wire.layout import RunKeys, new_run_id
from echelon_desktop.errors import RemoteError

MAIL = "it@oakhill.example"

pytestmark = pytest.mark.usefixtures("emptied")


class Builder:
    """Stands in for podman: what is pushed is in the account's registry."""

    def __init__(self, session: boto3.Session) -> None:
        self.ecr = session.client("ecr")
        self.built: list[str] = []
        self.signed_in: list[str] = []

    def build(self, image: str) -> None:
        self.built.append(image)

    def push(self, image: str, user: str, password: str) -> None:
        self.signed_in.append(user)
        repository, _, tag = image.partition("/")[2].partition(":")
        kind = "application/vnd.docker.distribution.manifest.v2+json"
        manifest = {
            "schemaVersion": 2,
            "mediaType": kind,
            "config": {"digest": f"sha256:{tag}"},
            "layers": [],
        }
        self.ecr.put_image(repositoryName=repository, imageManifest=json.dumps(manifest), imageTag=tag)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def builder(aws: boto3.Session) -> Builder:
    return Builder(aws)


@pytest.fixture
def remote(aws: boto3.Session, builder: Builder, said: list[str]) -> Remote:
    """A stack as setup leaves it."""
    return set_up.set_up(aws, Plan(NAME, MAIL), builder, said.append)


def standing(session: boto3.Session) -> deploy.Stack:
    stack = deploy.find(session, NAME)
    assert stack is not None
    return stack


# ------------------------------------------------------------------------------------------------------ Setup


def test_setup_leads_from_nothing_to_the_settings(
    aws: boto3.Session, remote: Remote, builder: Builder, said: list[str]
) -> None:
    out = standing(aws).outputs
    assert Remote.from_text(remote.to_text()) == remote
    assert (remote.bucket, remote.queue_url) == (out["Bucket"], out["QueueUrl"])
    assert (remote.job_queue, remote.log_group) == (out["JobQueue"], out["LogGroup"])
    (built,) = builder.built
    assert built == f"{out['Repository']}:{bundle.image_tag()}"
    assert builder.signed_in == ["AWS"]
    definition = aws.client("batch").describe_job_definitions(jobDefinitions=[out["JobDefinition"]])
    digest = image.digest_of(aws.client("ecr"), NAME, bundle.image_tag())
    assert definition["jobDefinitions"][0]["containerProperties"]["image"] == f"{out['Repository']}@{digest}"
    code = (
        aws.client("s3")
        .get_object(Bucket=remote.bucket, Key=bundle.dispatcher_key(bundle.dispatcher_zip()))["Body"]
        .read()
    )
    assert code == bundle.dispatcher_zip()
    assert any("image" in line for line in said)


def test_setup_again_changes_nothing_and_keeps_what_was_asked_for(
    aws: boto3.Session, remote: Remote, builder: Builder, said: list[str]
) -> None:
    plan = Plan(NAME, parameters={"MonthlyBudget": "50"})
    assert set_up.set_up(aws, plan, builder, said.append) == remote
    assert len(builder.built) == 1
    assert standing(aws).parameters["MonthlyBudget"] == "50"
    assert set_up.set_up(aws, Plan(NAME), builder, said.append) == remote
    assert standing(aws).parameters["MonthlyBudget"] == "50"
    assert standing(aws).parameters["AlarmEmail"] == MAIL


def test_setup_without_podman_goes_on_elsewhere(
    aws: boto3.Session, builder: Builder, said: list[str]
) -> None:
    with pytest.raises(RemoteError, match="neither podman nor docker"):
        set_up.set_up(aws, Plan(NAME, MAIL), None, said.append)
    assert "JobDefinition" not in standing(aws).outputs
    set_up.set_up(aws, Plan(NAME), builder, said.append)
    assert "JobDefinition" in standing(aws).outputs


def test_setup_asks_for_a_mail_address_the_first_time(aws: boto3.Session, said: list[str]) -> None:
    with pytest.raises(RemoteError, match="--mail"):
        set_up.set_up(aws, Plan(NAME), None, said.append)
    assert deploy.find(aws, NAME) is None


def test_setup_after_a_creation_that_failed_asks_for_everything_again(
    aws: boto3.Session, builder: Builder, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    find, left = deploy.find, [deploy.Stack(NAME, "ROLLBACK_COMPLETE", {"Machines": "FARGATE"}, {})] * 2

    def found(session: Any, name: str) -> deploy.Stack | None:
        return left.pop() if left else find(session, name)

    monkeypatch.setattr(deploy, "find", found)
    monkeypatch.setattr(deploy, "delete", lambda session, name: None)
    plan = Plan(NAME, MAIL, parameters={"Machines": "EC2"})
    assert set_up.set_up(aws, plan, builder, said.append).name == NAME
    assert standing(aws).parameters["VpcId"].startswith("vpc-")


def test_stack_keeps_its_kind_of_machines(
    aws: boto3.Session, remote: Remote, builder: Builder, said: list[str]
) -> None:
    with pytest.raises(RemoteError, match="another --stack"):
        set_up.set_up(aws, Plan(NAME, parameters={"Machines": "FARGATE"}), builder, said.append)
    assert set_up.set_up(aws, Plan(NAME, parameters={"Machines": "EC2"}), builder, said.append) == remote


def test_password_of_the_registry_is_not_in_a_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[tuple[list[str], str | None]] = []

    def run(words: list[str], input: str | None, **_: Any) -> Any:
        lines.append((words, input))
        return type("Done", (), {"returncode": 0})

    monkeypatch.setattr(image.subprocess, "run", run)
    image.Program("podman").push("1.dkr.ecr.us-east-1.amazonaws.com/a:1", "AWS", "secret")
    assert [words[1] for words, _ in lines] == ["login", "push", "logout"]
    assert not any("secret" in word for words, _ in lines for word in words)
    assert lines[0][1] == "secret"


def test_engine_that_fails_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    failed = type("Done", (), {"returncode": 1})
    monkeypatch.setattr(image.subprocess, "run", lambda words, **_: failed)
    with pytest.raises(RemoteError, match="docker build failed"):
        image.Program("docker").build("a")


# ---------------------------------------------------------------------------------------------------- Restore


@pytest.fixture
def versioned(aws: boto3.Session, remote: Remote) -> Remote:
    """The stack with the versions that the template asks for."""
    finish_bucket(aws.client("s3"), remote.bucket, Text())
    return remote


def contents(session: boto3.Session, bucket: str, run: str) -> dict[str, bytes]:
    objects = RunObjects(session.client("s3"), bucket, run)
    return {key: objects.read(key) for key in objects.list()}


def test_drill_restore_a_deleted_run(
    aws: boto3.Session, versioned: Remote, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The drill of docs/cloud-it-guide.md, with its commands."""
    follower, run = sent(standing(aws), aws, tmp_path)
    s3, bucket = aws.client("s3"), versioned.bucket
    before = contents(aws, bucket, run.id)
    assert RunKeys(run.id).manifest in before
    for key in before:
        s3.delete_object(Bucket=bucket, Key=key)
    assert contents(aws, bucket, run.id) == {}
    gone = follower.advance(run.id)
    assert gone.state is State.FAILED
    assert main(["restore", "--stack", NAME, run.id]) == 0
    assert set(capsys.readouterr().out.split()) == set(before)
    assert contents(aws, bucket, run.id) == before


def test_restore_brings_back_what_was_deleted_twice_and_leaves_the_rest(
    aws: boto3.Session, versioned: Remote
) -> None:
    s3, bucket, keys = aws.client("s3"), versioned.bucket, RunKeys(new_run_id())
    for key in (keys.input, keys.manifest):
        s3.put_object(Bucket=bucket, Key=key, Body=b"first")
    s3.put_object(Bucket=bucket, Key=keys.input, Body=b"second")
    for _ in range(2):
        s3.delete_object(Bucket=bucket, Key=keys.input)
    done = restore(s3, bucket, keys.run)
    assert (done.keys, done.present) == ((keys.input,), (keys.manifest,))
    assert contents(aws, bucket, keys.run) == {keys.input: b"second", keys.manifest: b"first"}


def test_what_was_deleted_with_its_versions_cannot_be_restored(
    aws: boto3.Session, versioned: Remote, tmp_path: Path
) -> None:
    _, run = sent(standing(aws), aws, tmp_path)
    tear_down.empty(aws.client("s3"), versioned.bucket)
    with pytest.raises(RemoteError, match="cannot be brought back"):
        restore(aws.client("s3"), versioned.bucket, run.id)
    with pytest.raises(RemoteError, match="is not a run"):
        restore(aws.client("s3"), versioned.bucket, "..")


# --------------------------------------------------------------------------------------------------- Teardown


def test_teardown_removes_everything(
    aws: boto3.Session, versioned: Remote, tmp_path: Path, said: list[str]
) -> None:
    _, run = sent(standing(aws), aws, tmp_path)
    s3 = aws.client("s3")
    keys = RunKeys(run.id)
    s3.delete_object(Bucket=versioned.bucket, Key=keys.manifest)
    s3.put_object(Bucket=versioned.bucket, Key=keys.input, Body=b"again")
    s3.create_multipart_upload(Bucket=versioned.bucket, Key=keys.start)
    asked: list[str] = []

    def ask(held: str) -> str:
        asked.append(held)
        return NAME

    text = tear_down.tear_down(aws, standing(aws), ask, said.append)
    # The dispatcher's zip, the input twice, the manifest and its mark.
    assert asked[0].startswith("1 runs with 5 versions")
    assert f"Stack {NAME}" in text
    assert "5 versions" in text
    assert deploy.find(aws, NAME) is None
    assert versioned.bucket not in {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}
    assert aws.client("sqs").list_queues().get("QueueUrls", []) == []
    assert aws.client("ecr").describe_repositories()["repositories"] == []
    assert aws.client("logs").describe_log_groups(logGroupNamePrefix="/echelon")["logGroups"] == []


def test_teardown_that_was_broken_off_goes_on(
    aws: boto3.Session, versioned: Remote, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As CloudFormation leaves it when it could not remove one thing: queue and bucket are gone."""
    stack = standing(aws)
    tear_down.empty(aws.client("s3"), versioned.bucket)
    aws.client("s3").delete_bucket(Bucket=versioned.bucket)
    aws.client("batch").update_job_queue(jobQueue=versioned.job_queue, state="DISABLED")
    aws.client("batch").delete_job_queue(jobQueue=versioned.job_queue)
    deleted: list[str] = []
    monkeypatch.setattr(deploy, "delete", lambda session, name: deleted.append(name))
    text = tear_down.tear_down(aws, stack, lambda held: NAME, said.append)
    assert deleted == [NAME]
    assert "0 versions" in text


def test_teardown_of_a_creation_that_failed(
    aws: boto3.Session, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    deleted: list[str] = []
    monkeypatch.setattr(deploy, "delete", lambda session, name: deleted.append(name))
    left = deploy.Stack(NAME, "ROLLBACK_COMPLETE", {}, {})
    assert f"Stack {NAME}, us-east-1" in tear_down.tear_down(aws, left, lambda held: NAME, said.append)
    assert deleted == [NAME]


@pytest.mark.parametrize("typed", ["", "echelon", NAME.upper()])
def test_teardown_touches_nothing_without_the_name(
    aws: boto3.Session, versioned: Remote, said: list[str], typed: str
) -> None:
    before = list(tear_down._versions(aws.client("s3"), versioned.bucket))
    with pytest.raises(RemoteError, match="nothing was removed"):
        tear_down.tear_down(aws, standing(aws), lambda held: typed, said.append)
    assert list(tear_down._versions(aws.client("s3"), versioned.bucket)) == before
    (queue,) = aws.client("batch").describe_job_queues()["jobQueues"]
    assert queue["state"] == "ENABLED"


def test_more_objects_than_one_call_deletes(aws: boto3.Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tear_down, "AT_ONCE", 3)
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="many")
    s3.put_bucket_versioning(Bucket="many", VersioningConfiguration={"Status": "Enabled"})
    for number in range(7):
        s3.put_object(Bucket="many", Key=f"runs/{number}", Body=b"")
    assert tear_down.empty(s3, "many") == 7
    s3.delete_bucket(Bucket="many")


# --------------------------------------------------------------------------------------- As IT types it


def test_words_of_the_command_line(
    aws: boto3.Session,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(image, "engine", lambda: Builder(aws))
    assert main(["setup", "--stack", NAME, "--mail", MAIL, "--budget", "75", "--max-vcpus", "64"]) == 0
    printed = capsys.readouterr().out
    assert Remote.from_text(printed).name == NAME
    assert standing(aws).parameters["MaxVcpus"] == "64"
    assert main(["settings", "--stack", NAME]) == 0
    assert capsys.readouterr().out == printed
    monkeypatch.setattr("sys.stdin", io.StringIO("something else\n"))
    assert main(["teardown", "--stack", NAME]) == 1
    assert "nothing was removed" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{NAME}\n"))
    assert main(["teardown", "--stack", NAME]) == 0
    assert "Deleted with it" in capsys.readouterr().out
    assert main(["settings", "--stack", NAME]) == 1
    assert "There is no stack" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["Echelon", "a", "-a-b-c", "x" * 40])
def test_names_that_aws_would_refuse_are_refused_here(name: str) -> None:
    with contextlib.redirect_stderr(io.StringIO()) as words, pytest.raises(SystemExit):
        main(["settings", f"--stack={name}"])
    assert "small letters" in words.getvalue()
