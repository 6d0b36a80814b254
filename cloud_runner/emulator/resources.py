"""
What the stack makes on AWS, made in the emulated cloud: bucket, queues, compute environment, job queue.

Made call by call, since moto's CloudFormation takes several seconds for it; how queues, retries and time
limits behave is read from the stack's template, so that here and there are the same.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import yaml  # type: ignore[import-untyped]

NAME = "echelon-emulated"
LOG_GROUP = f"/echelon/{NAME}/runs"
IMAGE = "echelon-worker"


class _Loader(yaml.SafeLoader):  # type: ignore[misc]
    """Reads CloudFormation's YAML; what its functions would give is left open."""


_Loader.add_multi_constructor("!", lambda loader, tag, node: None)


@dataclass(frozen=True, slots=True)
class Settings:
    """
    How the emulated stack behaves.

    Parameters
    ----------
    visibility_s
        Seconds until a message that was not dealt with comes again.
    receives
        Deliveries before a message goes to the dead-letter queue.
    retries
        The job definition's ``retryStrategy``.
    timeout_s
        Of a job's attempt, where the job names none.
    region
        Any that exists.
    """

    visibility_s: int
    receives: int
    retries: Mapping[str, Any]
    timeout_s: int
    region: str = "us-east-1"

    @classmethod
    def of_template(cls) -> "Settings":
        """Those of the stack's template."""
        text = files("cloud_runner.stack").joinpath("template.yaml").read_text(encoding="utf-8")
        resources = yaml.load(text, _Loader)["Resources"]
        queue, job = resources["Queue"]["Properties"], resources["JobDefinition"]["Properties"]
        return cls(
            visibility_s=queue["VisibilityTimeout"],
            receives=queue["RedrivePolicy"]["maxReceiveCount"],
            retries=_as_api(job["RetryStrategy"]),
            timeout_s=job["Timeout"]["AttemptDurationSeconds"],
        )


def _as_api(value: Any) -> Any:
    """Names as the API spells them: CloudFormation's with a small first letter."""
    if isinstance(value, Mapping):
        return {key[0].lower() + key[1:]: _as_api(inner) for key, inner in value.items()}
    return [_as_api(item) for item in value] if isinstance(value, list) else value


@dataclass(frozen=True, slots=True)
class Resources:
    """Names and addresses of what was made."""

    bucket: str
    queue_url: str
    queue_arn: str
    dead_letter_url: str
    job_queue: str
    job_definition: str
    log_group: str


def make_resources(session: Any, endpoint: str, settings: Settings) -> Resources:
    """
    Make everything that a remote solve needs.

    Parameters
    ----------
    session
        boto3's, with any credentials.
    endpoint
        URL of the emulated cloud.
    """
    s3, sqs, batch, logs = (
        session.client(name, endpoint_url=endpoint) for name in ("s3", "sqs", "batch", "logs")
    )
    _make_bucket(s3)
    dead = sqs.create_queue(QueueName=f"{NAME}-dead-letters")["QueueUrl"]
    redrive = {"deadLetterTargetArn": _arn(sqs, dead), "maxReceiveCount": settings.receives}
    queue = sqs.create_queue(
        QueueName=NAME,
        Attributes={
            "VisibilityTimeout": str(settings.visibility_s),
            "RedrivePolicy": json.dumps(redrive),
        },
    )["QueueUrl"]
    logs.create_log_group(logGroupName=LOG_GROUP)
    _make_batch(session, batch, endpoint, settings)
    return Resources(NAME, queue, _arn(sqs, queue), dead, NAME, NAME, LOG_GROUP)


def _make_bucket(s3: Any) -> None:
    s3.create_bucket(Bucket=NAME)
    s3.put_bucket_versioning(Bucket=NAME, VersioningConfiguration={"Status": "Enabled"})
    blocked = dict.fromkeys(
        ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
    )
    s3.put_public_access_block(Bucket=NAME, PublicAccessBlockConfiguration=blocked)


def _arn(sqs: Any, url: str) -> str:
    arn: str = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return arn


def _make_batch(session: Any, batch: Any, endpoint: str, settings: Settings) -> None:
    ec2, iam = session.client("ec2", endpoint_url=endpoint), session.client("iam", endpoint_url=endpoint)
    role = iam.create_role(RoleName=NAME, AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    batch.create_compute_environment(
        computeEnvironmentName=NAME,
        type="MANAGED",
        state="ENABLED",
        serviceRole=role,
        computeResources={
            "type": "FARGATE",  # for moto, machines of which it need not make any
            "maxvCpus": 96,
            "subnets": [ec2.describe_subnets()["Subnets"][0]["SubnetId"]],
            "securityGroupIds": [ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]],
        },
    )
    batch.create_job_queue(
        jobQueueName=NAME,
        state="ENABLED",
        priority=1,
        computeEnvironmentOrder=[{"order": 1, "computeEnvironment": NAME}],
    )
    batch.register_job_definition(
        jobDefinitionName=NAME,
        type="container",
        containerProperties={
            "image": IMAGE,
            "environment": [
                {"name": "ECHELON_BUCKET", "value": NAME},
                {"name": "AWS_DEFAULT_REGION", "value": settings.region},
            ],
            "resourceRequirements": [{"type": "VCPU", "value": "2"}, {"type": "MEMORY", "value": "4096"}],
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {"awslogs-group": LOG_GROUP, "awslogs-stream-prefix": "run"},
            },
        },
        retryStrategy=dict(settings.retries),
        timeout={"attemptDurationSeconds": settings.timeout_s},
    )
