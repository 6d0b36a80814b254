"""
Each setting of the template, and who says so.

A test's name begins with one of three words. "enforced": the emulated account behaves so. "kept": it gives
the setting back when asked, and does nothing with it. "read": it passes the setting over, so that the
template's text is read. What the bucket has beside its encryption, moto takes from its API and not from a
template: conftest.py puts the text's there.
"""

import contextlib
import json
import subprocess
import sys
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from deployment import DIGEST, NAME, deployed
from moto.events.models import EventPattern
from template_text import Text

from cloud_runner.stack import bundle, network
from cloud_runner.stack.deploy import TEMPLATE, Stack

DAY_S = 86_400
TYPES = {f"{family}.{size}xlarge" for family in ("r6i", "c6i") for size in (2, 4, 8, 12, 16, 24)}


@pytest.fixture(scope="module")
def text() -> Text:
    return Text()


@pytest.fixture
def s3(aws: boto3.Session) -> Any:
    return aws.client("s3")


@pytest.fixture
def bucket(stack: Stack) -> str:
    return stack.outputs["Bucket"]


def environments(session: boto3.Session, stack: Stack) -> list[dict[str, Any]]:
    """Compute environments of the stack's job queue, in its order."""
    batch = session.client("batch")
    (queue,) = batch.describe_job_queues(jobQueues=[stack.outputs["JobQueue"]])["jobQueues"]
    order = sorted(queue["computeEnvironmentOrder"], key=lambda item: item["order"])
    assert [item["order"] for item in order] == [1, 2]
    found = batch.describe_compute_environments()["computeEnvironments"]
    by_arn = {environment["computeEnvironmentArn"]: environment for environment in found}
    return [by_arn[item["computeEnvironment"]] for item in order]


def attributes(session: boto3.Session, url: str) -> dict[str, str]:
    return session.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]


# ------------------------------------------------------------------------------------------------- As a whole


def test_linter_finds_nothing() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from cfnlint.runner import main; sys.exit(main())",
            str(TEMPLATE),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout + done.stderr == ""
    assert done.returncode == 0


def test_fits_into_a_call() -> None:
    # Beyond that CloudFormation wants it in a bucket, and there is none before the stack.
    assert len(TEMPLATE.read_bytes()) <= 51_200


def test_no_policy_has_full_access(text: Text) -> None:
    for resource in text.resources.values():
        assert "ManagedPolicyArns" not in resource["Properties"]
    for kind in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
        for name, properties in text.all_of(kind).items():
            for statement in properties["PolicyDocument"]["Statement"]:
                actions = statement["Action"]
                for action in [actions] if isinstance(actions, str) else actions:
                    assert "*" not in action, name


# ---------------------------------------------------------------------------------------------------- Storage


def test_enforced_deleted_object_has_its_versions(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="runs/versions/a", Body=b"first")
    s3.delete_object(Bucket=bucket, Key="runs/versions/a")
    (version,) = s3.list_object_versions(Bucket=bucket, Prefix="runs/versions/")["Versions"]
    body = s3.get_object(Bucket=bucket, Key="runs/versions/a", VersionId=version["VersionId"])["Body"]
    assert body.read() == b"first"


def test_enforced_objects_are_encrypted_with_the_stacks_key(s3: Any, bucket: str, aws: boto3.Session) -> None:
    s3.put_object(Bucket=bucket, Key="runs/encrypted/a", Body=b"a")
    head = s3.head_object(Bucket=bucket, Key="runs/encrypted/a")
    assert head["ServerSideEncryption"] == "aws:kms"
    assert head["SSEKMSKeyId"] in {key["KeyArn"] for key in aws.client("kms").list_keys()["Keys"]}


def test_read_bucket_key_and_rotation(text: Text) -> None:
    (rule,) = text.properties("Bucket")["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["BucketKeyEnabled"] is True
    assert rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"] == "<Key.Arn>"
    assert text.properties("Key")["EnableKeyRotation"] is True


def test_kept_nothing_is_public(s3: Any, bucket: str) -> None:
    blocked = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert set(blocked) == {
        "BlockPublicAcls",
        "BlockPublicPolicy",
        "IgnorePublicAcls",
        "RestrictPublicBuckets",
    }
    assert all(blocked.values())
    (rule,) = s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"]
    assert rule["ObjectOwnership"] == "BucketOwnerEnforced"


def test_kept_lifecycle(s3: Any, bucket: str) -> None:
    rules = {rule["ID"]: rule for rule in s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]}
    assert all(rule["Status"] == "Enabled" for rule in rules.values())
    prefixes = {name: rule["Filter"].get("Prefix", "") for name, rule in rules.items()}
    assert prefixes == {"runs-expire": "runs/", "versions-expire": "", "uploads-abort": "", "markers-go": ""}
    assert rules["runs-expire"]["Expiration"]["Days"] == 30
    assert rules["versions-expire"]["NoncurrentVersionExpiration"]["NoncurrentDays"] == 7
    assert rules["uploads-abort"]["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"] == 1
    assert rules["markers-go"]["Expiration"]["ExpiredObjectDeleteMarker"] is True


def test_kept_no_cors(s3: Any, bucket: str) -> None:
    with pytest.raises(ClientError, match="NoSuchCORSConfiguration"):
        s3.get_bucket_cors(Bucket=bucket)


def test_enforced_tls_only_policy_refuses_http(s3: Any, text: Text) -> None:
    # moto's CloudFormation passes bucket policies over; its S3 obeys one that is put by hand.
    s3.create_bucket(Bucket="tls-only")
    s3.put_object(Bucket="tls-only", Key="a", Body=b"a")
    policy = json.dumps(text.properties("BucketPolicy")["PolicyDocument"])
    policy = policy.replace("<Bucket.Arn>", "arn:aws:s3:::tls-only")
    s3.put_bucket_policy(Bucket="tls-only", Policy=policy)
    with pytest.raises(ClientError, match=r"AccessDenied|Forbidden"):
        s3.get_object(Bucket="tls-only", Key="a")


# ------------------------------------------------------------------------------------------------------ Queue


def test_enforced_message_goes_to_the_dead_letters_after_five_receives(
    aws: boto3.Session, stack: Stack
) -> None:
    sqs = aws.client("sqs")
    queue, dead = stack.outputs["QueueUrl"], stack.outputs["DeadLettersUrl"]
    sqs.send_message(QueueUrl=queue, MessageBody="poison")
    again = {"QueueUrl": queue, "VisibilityTimeout": 0, "WaitTimeSeconds": 0}
    receives = 0
    while sqs.receive_message(**again).get("Messages"):
        receives += 1
    assert receives == 5
    (message,) = sqs.receive_message(QueueUrl=dead, WaitTimeSeconds=0)["Messages"]
    assert message["Body"] == "poison"
    sqs.delete_message(QueueUrl=dead, ReceiptHandle=message["ReceiptHandle"])


def test_enforced_message_size(aws: boto3.Session, stack: Stack) -> None:
    with pytest.raises(ClientError, match="shorter than"):
        aws.client("sqs").send_message(QueueUrl=stack.outputs["QueueUrl"], MessageBody="x" * (256 * 1024 + 1))


def test_kept_queue(aws: boto3.Session, stack: Stack) -> None:
    queue = attributes(aws, stack.outputs["QueueUrl"])
    assert queue["VisibilityTimeout"] == "300"
    assert queue["MessageRetentionPeriod"] == str(14 * DAY_S)
    assert queue["ReceiveMessageWaitTimeSeconds"] == "20"
    assert json.loads(queue["RedrivePolicy"])["maxReceiveCount"] == 5
    dead = attributes(aws, stack.outputs["DeadLettersUrl"])
    assert dead["MessageRetentionPeriod"] == str(14 * DAY_S)


def test_read_queues_are_encrypted_and_tls_only(text: Text) -> None:
    for properties in text.all_of("AWS::SQS::Queue").values():
        assert properties["SqsManagedSseEnabled"] is True
    policy = text.properties("QueuePolicy")
    assert policy["Queues"] == ["<Queue>", "<DeadLetters>"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "sqs:*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


# ------------------------------------------------------------------------------------------------- Dispatcher


def test_kept_dispatcher(aws: boto3.Session, stack: Stack) -> None:
    functions = aws.client("lambda").list_functions()["Functions"]
    (function,) = (f for f in functions if f["FunctionName"].startswith(NAME))
    assert function["Runtime"] == "python3.13"
    assert function["Timeout"] * 6 <= 300
    variables = function["Environment"]["Variables"]
    # moto leaves numbers as they are; CloudFormation makes them texts.
    assert {name: str(value) for name, value in variables.items()} == {
        "ECHELON_JOB_QUEUE": stack.outputs["JobQueue"],
        "ECHELON_JOB_DEFINITION": stack.outputs["JobDefinition"],
        "ECHELON_FARGATE": "0",
        "ECHELON_MAX_VCPU": "32",
        "ECHELON_MAX_MEMORY_MB": str(256 * 1024),
    }


def test_read_dispatcher_gets_messages_and_reports_each(text: Text) -> None:
    source = text.properties("DispatcherSource")
    assert source["EventSourceArn"] == "<Queue.Arn>"
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert text.properties("Dispatcher")["LoggingConfig"]["LogGroup"] == "<DispatcherLog>"


def test_read_handler_is_in_the_zip(text: Text) -> None:
    module = text.properties("Dispatcher")["Handler"].rpartition(".")[0].replace(".", "/")
    carried = {file.relative_to(bundle.ROOT).as_posix() for file in bundle.files(bundle.DISPATCHER)}
    assert carried & {f"{module}.py", f"{module}/__init__.py"}


# --------------------------------------------------------------------------------------------------- Machines


def test_kept_spot_before_on_demand(aws: boto3.Session, stack: Stack) -> None:
    spot, on_demand = (environment["computeResources"] for environment in environments(aws, stack))
    assert (spot["type"], on_demand["type"]) == ("SPOT", "EC2")
    assert spot["bidPercentage"] == 70
    assert spot["allocationStrategy"] == "SPOT_PRICE_CAPACITY_OPTIMIZED"
    assert on_demand["allocationStrategy"] == "BEST_FIT_PROGRESSIVE"
    for resources in (spot, on_demand):
        assert (resources["minvCpus"], resources.get("desiredvCpus", 0), resources["maxvCpus"]) == (0, 0, 96)
        assert set(resources["instanceTypes"]) == TYPES


def test_read_how_many_machines_there_are_is_batchs_to_say(text: Text) -> None:
    # Batch begins at the least. Named here, an update while machines run would ask it to scale down by hand.
    for environment in text.all_of("AWS::Batch::ComputeEnvironment").values():
        assert environment["ComputeResources"]["MinvCpus"] == 0
        assert "DesiredvCpus" not in environment["ComputeResources"]


def test_read_a_changed_launch_template_reaches_the_machines(text: Text) -> None:
    # "$Latest" stays "$Latest", so that CloudFormation would see no change of the environment.
    for environment in text.all_of("AWS::Batch::ComputeEnvironment").values():
        launch = environment["ComputeResources"]["LaunchTemplate"]
        assert launch["Version"] == "<LaunchTemplate.LatestVersionNumber>"


def test_kept_fargate_variant(aws: boto3.Session) -> None:
    stack = deployed(aws, "echelon-fargate", Machines="FARGATE", PublicAddresses="DISABLED")
    kinds = [environment["computeResources"]["type"] for environment in environments(aws, stack)]
    assert kinds == ["FARGATE_SPOT", "FARGATE"]
    assert stack.parameters["Machines"] == "FARGATE"


def test_read_fargate_variant() -> None:
    fargate = Text(Machines="FARGATE", PublicAddresses="DISABLED")
    job = fargate.properties("JobDefinition")
    assert job["PlatformCapabilities"] == ["FARGATE"]
    assert job["ContainerProperties"]["ExecutionRoleArn"] == "<ExecutionRole.Arn>"
    assert job["ContainerProperties"]["NetworkConfiguration"] == {"AssignPublicIp": "DISABLED"}
    variables = fargate.properties("Dispatcher")["Environment"]["Variables"]
    assert variables["ECHELON_FARGATE"] == "1"
    # What Fargate itself cannot do, the dispatcher refuses; what IT allows holds there too.
    assert (variables["ECHELON_MAX_VCPU"], variables["ECHELON_MAX_MEMORY_MB"]) == (32, 256 * 1024)
    few = Text(Machines="FARGATE", RunMaxVcpus="4").properties("Dispatcher")["Environment"]["Variables"]
    assert few["ECHELON_MAX_VCPU"] == "4"
    assert not {"LaunchTemplate", "InstanceRole", "InstanceProfile"} & set(fargate.resources)
    for resources in fargate.all_of("AWS::Batch::ComputeEnvironment").values():
        assert set(resources["ComputeResources"]) == {"Type", "MaxvCpus", "Subnets", "SecurityGroupIds"}


def test_kept_machines_are_closed(aws: boto3.Session, stack: Stack) -> None:
    ec2 = aws.client("ec2")
    resources = environments(aws, stack)[0]["computeResources"]
    (group,) = ec2.describe_security_groups(GroupIds=resources["securityGroupIds"])["SecurityGroups"]
    assert group["IpPermissions"] == []
    launch = resources["launchTemplate"]["launchTemplateId"]
    (version,) = ec2.describe_launch_template_versions(LaunchTemplateId=launch)["LaunchTemplateVersions"]
    data = version["LaunchTemplateData"]
    assert data["MetadataOptions"] == {"HttpTokens": "required", "HttpPutResponseHopLimit": 1}
    assert data["BlockDeviceMappings"][0]["Ebs"]["Encrypted"] is True


def test_read_machines_speak_https_only(text: Text) -> None:
    (out,) = text.properties("SecurityGroup")["SecurityGroupEgress"]
    assert (out["IpProtocol"], out["FromPort"], out["ToPort"]) == ("tcp", 443, 443)
    assert "SecurityGroupIngress" not in text.properties("SecurityGroup")


def test_read_reclaimed_machine_tells_its_jobs(text: Text) -> None:
    data = text.properties("LaunchTemplate")["LaunchTemplateData"]["UserData"]
    assert "ECS_ENABLE_SPOT_INSTANCE_DRAINING=true >> /etc/ecs/ecs.config" in data


def test_read_job_is_refused_the_machines_role_by_its_user(text: Text) -> None:
    # Batch's jobs on EC2 share the machine's network, where one hop keeps nobody out.
    user, _, _ = text.properties("JobDefinition")["ContainerProperties"]["User"].partition(":")
    (rule,) = (
        line.split()
        for line in text.properties("LaunchTemplate")["LaunchTemplateData"]["UserData"].splitlines()
        if line.startswith("iptables ")
    )
    options = dict(zip(rule[1::2], rule[2::2], strict=True))
    assert options == {
        "--insert": "OUTPUT",
        "--destination": "169.254.169.254",
        "--match": "owner",
        "--uid-owner": user,
        "--jump": "REJECT",
    }


# ------------------------------------------------------------------------------------------------------- Jobs


def test_kept_job_definition(aws: boto3.Session, stack: Stack) -> None:
    found = aws.client("batch").describe_job_definitions(jobDefinitions=[stack.outputs["JobDefinition"]])
    (definition,) = found["jobDefinitions"]
    container = definition["containerProperties"]
    assert container["image"] == f"{stack.outputs['Repository']}@{DIGEST}"
    assert container["readonlyRootFilesystem"] is True
    assert container["privileged"] is False
    assert container["user"] == "10001:10001"
    assert container["logConfiguration"]["options"]["awslogs-group"] == stack.outputs["LogGroup"]
    assert {"name": "ECHELON_BUCKET", "value": stack.outputs["Bucket"]} in container["environment"]
    retry = definition["retryStrategy"]
    assert retry["attempts"] == 10
    rules = retry["evaluateOnExit"]
    assert len(rules) <= 5
    # Batch gives actions back in small letters.
    assert {"onStatusReason": "Host EC2*", "action": "retry"} in rules
    assert {"onReason": "CannotPullContainerError*", "action": "retry"} in rules
    assert {"onReason": "OutOfMemoryError*", "action": "exit"} in rules
    assert {"onExitCode": "1", "action": "exit"} in rules
    assert {"onExitCode": "6*", "action": "exit"} in rules


def test_read_timeout(text: Text) -> None:
    assert text.properties("JobDefinition")["Timeout"]["AttemptDurationSeconds"] == (4 * 60 + 15) * 60


def test_read_nothing_waits_for_ever(text: Text) -> None:
    actions = text.properties("JobQueue")["JobStateTimeLimitActions"]
    assert {action["Reason"] for action in actions} == {
        "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
        "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
        "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
    }
    for action in actions:
        assert (action["State"], action["Action"]) == ("RUNNABLE", "CANCEL")
        assert 600 <= action["MaxTimeSeconds"] <= 3600


def test_kept_registry(aws: boto3.Session, stack: Stack) -> None:
    ecr = aws.client("ecr")
    (repository,) = ecr.describe_repositories(repositoryNames=[NAME])["repositories"]
    assert repository["imageTagMutability"] == "IMMUTABLE"


def test_read_registry_scans_and_keeps_five_images(text: Text) -> None:
    assert text.properties("Repository")["ImageScanningConfiguration"] == {"ScanOnPush": True}
    assert text.properties("Repository")["EmptyOnDelete"] is True
    policy = json.loads(text.properties("Repository")["LifecyclePolicy"]["LifecyclePolicyText"])
    (rule,) = policy["rules"]
    assert (rule["selection"]["countNumber"], rule["action"]) == (5, {"type": "expire"})


# ------------------------------------------------------------------------------------ When something is wrong


def test_kept_logs_for_thirty_days(aws: boto3.Session, stack: Stack) -> None:
    groups = aws.client("logs").describe_log_groups(logGroupNamePrefix=f"/echelon/{NAME}/")["logGroups"]
    kept = {group["logGroupName"]: group["retentionInDays"] for group in groups}
    assert kept == {f"/echelon/{NAME}/runs": 30, f"/echelon/{NAME}/dispatcher": 30}


def test_read_alarms(text: Text) -> None:
    alarms = {
        (alarm["Namespace"], alarm["MetricName"], next(iter(d["Value"] for d in alarm["Dimensions"]))): alarm
        for alarm in text.all_of("AWS::CloudWatch::Alarm").values()
    }
    limits = {key: (alarm["ComparisonOperator"], alarm["Threshold"]) for key, alarm in alarms.items()}
    above = "GreaterThanThreshold"
    assert limits == {
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "<DeadLetters.QueueName>"): (above, 0),
        ("AWS/SQS", "ApproximateAgeOfOldestMessage", "<Queue.QueueName>"): (above, 15 * 60),
        ("AWS/Lambda", "Errors", "<Dispatcher>"): (above, 0),
    }
    assert all(alarm["AlarmActions"] == ["<Alarms>"] for alarm in alarms.values())


def test_kept_somebody_is_told(aws: boto3.Session, stack: Stack) -> None:
    subscriptions = aws.client("sns").list_subscriptions()["Subscriptions"]
    mine = [s for s in subscriptions if NAME in s["TopicArn"]]
    assert [(s["Protocol"], s["Endpoint"]) for s in mine] == [("email", "it@oakhill.example")]


def test_read_who_may_tell(text: Text) -> None:
    statements = text.properties("AlarmsPolicy")["PolicyDocument"]["Statement"]
    services = [s["Principal"]["Service"] for s in statements]
    assert services == [["cloudwatch.amazonaws.com", "budgets.amazonaws.com"], "events.amazonaws.com"]
    assert {s["Action"] for s in statements} == {"sns:Publish"}


@pytest.mark.parametrize(
    ("detail", "told"),
    [
        ({}, True),
        ({"statusReason": "Essential container in task exited"}, True),
        ({"statusReason": "cancelled"}, False),
        ({"statusReason": "Array Child Job failed"}, False),  # the child itself is told
        ({"status": "RUNNING"}, False),
        ({"jobQueue": "arn:aws:batch:us-east-1:123456789012:job-queue/another"}, False),
    ],
)
def test_enforced_failed_jobs_are_told(
    aws: boto3.Session, stack: Stack, detail: dict[str, str], told: bool
) -> None:
    events = aws.client("events")
    (rule,) = (rule for rule in events.list_rules()["Rules"] if rule["Name"].startswith(NAME))
    event = {
        "source": "aws.batch",
        "detail-type": "Batch Job State Change",
        "detail": {"status": "FAILED", "jobQueue": stack.outputs["JobQueue"]} | detail,
    }
    # By moto's matcher, since its API has no TestEventPattern.
    assert EventPattern.load(rule["EventPattern"]).matches_event(event) is told
    (target,) = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
    assert target["Arn"].startswith("arn:aws:sns:")


def test_read_budget(text: Text) -> None:
    budget = text.properties("Budget")
    assert budget["Budget"]["BudgetLimit"] == {"Amount": 200, "Unit": "USD"}
    told = {
        (n["Notification"]["NotificationType"], n["Notification"]["Threshold"])
        for n in budget["NotificationsWithSubscribers"]
    }
    assert told == {("ACTUAL", 80), ("FORECASTED", 100)}


def test_kept_dashboard_shows_the_stacks_own(aws: boto3.Session, stack: Stack) -> None:
    body = aws.client("cloudwatch").get_dashboard(DashboardName=NAME)["DashboardBody"]
    assert stack.outputs["LogGroup"] in body
    shown = {widget["properties"]["title"] for widget in json.loads(body)["widgets"]}
    assert {"Messages", "Failed jobs", "Oldest message, seconds"} <= shown
    assert "${" not in body


# --------------------------------------------------------------------------------------------------- Network


def test_default_network_is_found(aws: boto3.Session) -> None:
    vpc, subnets = network.choose(aws)
    found = aws.client("ec2").describe_subnets(SubnetIds=list(subnets))["Subnets"]
    assert {subnet["VpcId"] for subnet in found} == {vpc}
    assert len({subnet["AvailabilityZone"] for subnet in found}) == len(subnets) > 1


def test_network_without_default_subnets_is_refused(aws: boto3.Session) -> None:
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    with contextlib.closing(ec2), pytest.raises(Exception, match="--subnets"):
        network.choose(aws, vpc)
