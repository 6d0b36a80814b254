"""The template, deployed to the emulated account."""

from typing import Any

from template_text import Text

from cloud_runner.stack import bundle, deploy, network

NAME = "echelon-oakhill"
DIGEST = "sha256:" + "d" * 64


def deployed(session: Any, name: str, **parameters: str) -> deploy.Stack:
    """Deploy the template as setup does, in its two steps."""
    vpc, subnets = network.choose(session)
    given = {"VpcId": vpc, "SubnetIds": ",".join(subnets), "AlarmEmail": "it@oakhill.example"}
    stack = deploy.deploy(session, name, given | parameters)
    finish_bucket(session.client("s3"), stack.outputs["Bucket"], Text())
    code = bundle.dispatcher_zip()
    key = bundle.dispatcher_key(code)
    session.client("s3").put_object(Bucket=stack.outputs["Bucket"], Key=key, Body=code)
    return deploy.deploy(session, name, {"DispatcherKey": key, "ImageDigest": DIGEST})


def finish_bucket(s3: Any, bucket: str, text: Text) -> None:
    """Put what the template says of the bucket there; moto's CloudFormation gives it an encryption only."""
    wanted = text.properties("Bucket")
    blocked = wanted["PublicAccessBlockConfiguration"]
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=blocked)
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls=wanted["OwnershipControls"])
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration=wanted["VersioningConfiguration"])
    rules = [_as_api(rule) for rule in wanted["LifecycleConfiguration"]["Rules"]]
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})


def _as_api(rule: dict[str, Any]) -> dict[str, Any]:
    """A rule of a lifecycle, as S3 itself spells it."""
    api = {"ID": rule.pop("Id"), "Status": rule.pop("Status"), "Filter": {"Prefix": rule.pop("Prefix")}}
    if "ExpirationInDays" in rule:
        api["Expiration"] = {"Days": rule.pop("ExpirationInDays")}
    if "ExpiredObjectDeleteMarker" in rule:
        api["Expiration"] = {"ExpiredObjectDeleteMarker": rule.pop("ExpiredObjectDeleteMarker")}
    return api | rule


def desktop_policy(session: Any, stack: deploy.Stack) -> dict[str, Any]:
    """The desktop's policy, as the account has it."""
    iam, arn = session.client("iam"), stack.outputs["DesktopPolicy"]
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    found = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]
    document: dict[str, Any] = found["Document"]
    return document


def bucket_key(session: Any) -> str:
    """The ARN of the only key there is."""
    (key,) = session.client("kms").list_keys()["Keys"]
    return str(key["KeyArn"])
