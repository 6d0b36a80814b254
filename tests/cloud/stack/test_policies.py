"""Who may do what: all that each side calls is allowed, and nothing else is."""

import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import product
from typing import Any

import boto3
import botocore.session
import pytest
from deployment import NAME, bucket_key, desktop_policy
from iam import Call, actions, allowed
from recording import ACCOUNT, KEY, VIA_S3, arn, recorded, unrecorded
from sending import sent
from template_text import Text

from cloud_runner import dispatcher
from cloud_runner.client.runs import State
from cloud_runner.dispatcher import dispatch
from cloud_runner.objects import RunObjects
from cloud_runner.stack.deploy import Stack
from cloud_runner.wire.layout import RunKeys
from cloud_runner.worker.task import Pace, Task
from cloud_runner.worker.work import Worker

RUN = RunKeys("3f1c2b9a-5d4e-4f6a-8b7c-9d0e1f2a3b4c")
Documents = list[Mapping[str, Any]]
SIDES = ("desktop", "dispatcher", "worker")


@pytest.fixture(scope="module")
def policies(aws: boto3.Session, stack: Stack) -> dict[str, Documents]:
    """What each side may do, as the account has it."""
    iam = aws.client("iam")
    return {
        "desktop": [desktop_policy(aws, stack)],
        "dispatcher": _of_role(iam, "DispatcherRole"),
        "worker": _of_role(iam, "JobRole"),
        "machine": _of_role(iam, "InstanceRole"),
    }


def _of_role(iam: Any, resource: str) -> Documents:
    roles = [role["RoleName"] for role in iam.list_roles()["Roles"]]
    (role,) = (role for role in roles if role.startswith(f"{NAME}-{resource}-"))
    assert iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"] == []
    names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    return [iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in names]


@pytest.fixture(scope="module")
def called(
    aws: boto3.Session, stack: Stack, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[Call]]:
    """What each side asks of AWS in three runs: solved, read and deleted; cancelled; deleted half-way."""
    folder = tmp_path_factory.mktemp("runs")
    calls: dict[str, list[Call]] = {}
    with recorded(calls, "desktop"):
        follower, run = sent(stack, aws, folder)
    with recorded(calls, "dispatcher"):
        _dispatch(aws, stack)
    with recorded(calls, "worker"):
        task = Task(stack.outputs["Bucket"], run.id, 0, "job", 1)
        pace = Pace(progress_s=0.2, checkpoint_s=0.2, cancel_s=0.2)
        assert Worker(task, aws.client("s3"), pace, threading.Event()).work() == 0
    with recorded(calls, "desktop"):
        run = follower.advance(run.id)
    assert run.state is State.DONE, run.message
    _write_log(aws, stack, run.children[0].log_stream)
    with recorded(calls, "desktop"):
        assert follower.log_lines(run.id) == ("done",)
        assert follower.delete_remote(run.id).left == 0
        follower, run = sent(stack, aws, folder)
    with recorded(calls, "dispatcher"):
        _dispatch(aws, stack)
    with recorded(calls, "desktop"):
        follower.cancel(run.id)
    with recorded(calls, "dispatcher"):
        _dispatch(aws, stack)
    sent(stack, aws, folder)
    with recorded(calls, "dispatcher"), _deleted_once_claimed():
        _dispatch(aws, stack)
    key = bucket_key(aws)
    return {side: [_with_key(call, key) for call in noted] for side, noted in calls.items()}


def _with_key(call: Call, key: str) -> Call:
    return replace(call, resource=key) if call.resource == KEY else call


@contextmanager
def _deleted_once_claimed() -> Iterator[None]:
    """Let a run's manifest be deleted just when the dispatcher has claimed the run."""
    create = RunObjects.create

    def then_delete(self: RunObjects, key: str, document: Any) -> Any:
        made = create(self, key, document)
        with unrecorded():
            self.s3.delete_object(Bucket=self.bucket, Key=self.keys.manifest)
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RunObjects, "create", then_delete)
        yield


def _write_log(session: boto3.Session, stack: Stack, stream: str) -> None:
    logs, where = session.client("logs"), {"logGroupName": stack.outputs["LogGroup"], "logStreamName": stream}
    logs.create_log_stream(**where)
    logs.put_log_events(**where, logEvents=[{"timestamp": int(time.time() * 1000), "message": "done"}])


def _dispatch(session: boto3.Session, stack: Stack) -> None:
    """Hand the messages of the queue to the dispatcher, as Lambda would."""
    sqs, url = session.client("sqs"), stack.outputs["QueueUrl"]
    with unrecorded():
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=0)["Messages"]
        for message in found:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    event = {"Records": [{"messageId": m["MessageId"], "body": m["Body"]} for m in found]}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ECHELON_JOB_QUEUE", stack.outputs["JobQueue"])
        patch.setenv("ECHELON_JOB_DEFINITION", stack.outputs["JobDefinition"])
        dispatch._client.cache_clear()
        assert dispatcher.handler(event, None) == {"batchItemFailures": []}
        dispatch._client.cache_clear()


# ---------------------------------------------------------------------------------- What is called is allowed


@pytest.mark.parametrize("side", SIDES)
def test_every_call_is_allowed(
    policies: dict[str, Documents], called: dict[str, list[Call]], side: str
) -> None:
    assert called[side]
    refused = {call.action for call in called[side] if not allowed(policies[side], call)}
    assert refused == set()


def test_the_runs_called_what_they_were_to_call(called: dict[str, list[Call]]) -> None:
    assert {"s3:DeleteObjectVersion", "logs:GetLogEvents", "sqs:SendMessage"} <= _actions(called["desktop"])
    assert {"batch:SubmitJob", "batch:TerminateJob", "batch:ListJobs"} <= _actions(called["dispatcher"])


@pytest.mark.parametrize(
    ("side", "not_in_these_runs"),
    [
        # A large upload that breaks, and a plain delete: the design asks for both.
        ("desktop", {"s3:AbortMultipartUpload", "s3:DeleteObject"}),
        # Lambda does these with the function's role.
        (
            "dispatcher",
            {
                "sqs:ReceiveMessage",
                "sqs:DeleteMessage",
                "sqs:ChangeMessageVisibility",
                "sqs:GetQueueAttributes",
            }
            | {"logs:CreateLogStream", "logs:PutLogEvents"},
        ),
        ("worker", {"s3:AbortMultipartUpload"}),
    ],
)
def test_no_permission_is_unneeded(
    policies: dict[str, Documents], called: dict[str, list[Call]], side: str, not_in_these_runs: set[str]
) -> None:
    assert actions(policies[side]) == _actions(called[side]) | not_in_these_runs


def test_a_permission_that_is_taken_away_is_missed(
    policies: dict[str, Documents], called: dict[str, list[Call]]
) -> None:
    (document,) = policies["desktop"]
    for number, statement in enumerate(document["Statement"]):
        rest = [s for i, s in enumerate(document["Statement"]) if i != number]
        assert not all(allowed([{"Statement": rest}], call) for call in called["desktop"]), statement["Sid"]


def _actions(calls: Iterable[Call]) -> set[str]:
    return {call.action for call in calls}


# ------------------------------------------------------------------------------------ Nothing else is allowed


def test_the_desktop_may_call_nothing_else(policies: dict[str, Documents], stack: Stack) -> None:
    own = actions(policies["desktop"])
    others = _every_action() - own
    assert len(others) > 1500
    places = ["*", *_resources(stack)]
    contexts: list[Mapping[str, str]] = [{}, VIA_S3, {"s3:prefix": RUN.prefix}]
    for action, place, context in product(others, places, contexts):
        assert not allowed(policies["desktop"], Call(action, place, context)), (action, place)


@pytest.mark.parametrize("side", [*SIDES, "machine"])
def test_nobody_may_touch_what_is_elsewhere(policies: dict[str, Documents], stack: Stack, side: str) -> None:
    bucket, elsewhere = stack.outputs["Bucket"], "arn:aws:s3:::another-bucket"
    run = RUN.prefix
    refused = [
        Call("s3:GetObject", f"arn:aws:s3:::{bucket}/stack/dispatcher.zip"),
        Call("s3:PutObject", f"arn:aws:s3:::{bucket}/stack/dispatcher.zip"),
        Call("s3:DeleteObjectVersion", f"arn:aws:s3:::{bucket}/stack/dispatcher.zip"),
        Call("s3:GetObject", f"{elsewhere}/{run}input.npz"),
        Call("s3:PutObject", f"{elsewhere}/{run}input.npz"),
        Call("s3:ListBucket", elsewhere, {"s3:prefix": run}),
        Call("s3:ListBucket", f"arn:aws:s3:::{bucket}"),
        Call("s3:ListBucket", f"arn:aws:s3:::{bucket}", {"s3:prefix": ""}),
        Call("s3:ListBucket", f"arn:aws:s3:::{bucket}", {"s3:prefix": "stack/"}),
        Call("s3:ListBucketVersions", f"arn:aws:s3:::{bucket}", {"s3:prefix": "stack/"}),
        Call("sqs:SendMessage", arn("sqs", "another-queue")),
        Call("sqs:ReceiveMessage", arn("sqs", stack.outputs["DeadLettersUrl"].rpartition("/")[2])),
        Call("kms:Decrypt", arn("kms", "key/any")),
        Call("kms:Decrypt", arn("kms", "key/any"), {"kms:ViaService": "ssm.us-east-1.amazonaws.com"}),
        Call("batch:SubmitJob", arn("batch", "job-queue/another")),
        Call("batch:SubmitJob", arn("batch", "job-definition/another:1")),
        Call("batch:RegisterJobDefinition", arn("batch", f"job-definition/{NAME}")),
        Call("logs:GetLogEvents", arn("logs", f"log-group:/echelon/{NAME}/dispatcher:log-stream:1")),
        Call("logs:PutLogEvents", arn("logs", "log-group:/another:log-stream:1")),
        Call("ecr:PutImage", arn("ecr", f"repository/{NAME}")),
        Call("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/{NAME}-JobRole"),
        Call("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/{NAME}-JobRole"),
    ]
    assert [call for call in refused if allowed(policies[side], call)] == []


def test_a_worker_cannot_write_what_another_side_says(policies: dict[str, Documents], stack: Stack) -> None:
    place = f"arn:aws:s3:::{stack.outputs['Bucket']}/"
    for key in (RUN.manifest, RUN.input, RUN.start, RUN.dispatch, RUN.cancel):
        assert not allowed(policies["worker"], Call("s3:PutObject", place + key)), key
    for key in (RUN.manifest, RUN.input, RUN.result(0), RUN.solution(0)):
        assert not allowed(policies["dispatcher"], Call("s3:PutObject", place + key)), key
    assert not {"s3:DeleteObject", "s3:DeleteObjectVersion"} & actions(policies["worker"])


def test_each_role_is_for_one_service_alone() -> None:
    trusted = {
        name: [s["Principal"]["Service"] for s in role["AssumeRolePolicyDocument"]["Statement"]]
        for name, role in Text().all_of("AWS::IAM::Role").items()
    }
    assert trusted == {
        "DispatcherRole": ["lambda.amazonaws.com"],
        "JobRole": ["ecs-tasks.amazonaws.com"],
        "InstanceRole": ["ec2.amazonaws.com"],
    }


def _every_action() -> set[str]:
    """Operations of the services the stack is made of, by botocore, and what IAM names otherwise."""
    names = {"s3": "s3", "sqs": "sqs", "batch": "batch", "logs": "logs", "kms": "kms", "iam": "iam"}
    names |= {"lambda": "lambda", "ecr": "ecr", "ec2": "ec2", "ecs": "ecs", "sns": "sns", "sts": "sts"}
    names |= {"cloudformation": "cloudformation", "events": "events", "cloudwatch": "cloudwatch"}
    session = botocore.session.get_session()
    found = {
        f"{prefix}:{operation}"
        for service, prefix in names.items()
        for operation in session.get_service_model(service).operation_names
    }
    return found | {
        "s3:ListAllMyBuckets",
        "s3:GetObjectVersion",
        "s3:PutObjectAcl",
        "s3:PutBucketPublicAccessBlock",
        "s3:PutEncryptionConfiguration",
        "s3:PutLifecycleConfiguration",
        "s3:BypassGovernanceRetention",
        "iam:PassRole",
        "lambda:InvokeFunction",
    }


def _resources(stack: Stack) -> list[str]:
    out = stack.outputs
    bucket = f"arn:aws:s3:::{out['Bucket']}"
    return [
        bucket,
        f"{bucket}/{RUN.input}",
        arn("sqs", out["QueueUrl"].rpartition("/")[2]),
        arn("batch", "job/1"),
        out["JobQueue"],
        out["JobDefinition"],
        arn("logs", f"log-group:{out['LogGroup']}:log-stream:run/default/1"),
        arn("kms", "key/any"),
    ]
