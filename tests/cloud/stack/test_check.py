"""Check says the truth of a sign-in, where its policies are obeyed."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from deployment import bucket_key, desktop_policy
from recording import obeying
from sending import remote_of

from cloud_runner.client.connect import Connection
from cloud_runner.client.order import Pace
from cloud_runner.client.remotes import Remote
from cloud_runner.stack.__main__ import main
from cloud_runner.stack.check import Line, check
from cloud_runner.stack.deploy import Stack
from cloud_runner.stack.refusals import ACTIONS
from echelon_desktop.errors import RemoteError

EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


@pytest.fixture(scope="module")
def remote(aws: boto3.Session, stack: Stack) -> Remote:
    return remote_of(stack, aws)


@pytest.fixture(scope="module")
def policy(aws: boto3.Session, stack: Stack) -> dict[str, Any]:
    return desktop_policy(aws, stack)


@pytest.fixture(scope="module")
def key(aws: boto3.Session, stack: Stack) -> str:
    return bucket_key(aws)


# ---------------------------------------------------------- Policies obeyed as AWS would, by iam.py's reading


class Clients:
    """A session that makes each client once: the policies are obeyed without keys, so that one will do."""

    def __init__(self, session: boto3.Session) -> None:
        self.real, self.made = session, dict[str, Any]()

    def client(self, service: str, **options: Any) -> Any:
        if service not in self.made:
            self.made[service] = self.real.client(service, **options)  # type: ignore[call-overload]
        return self.made[service]


@pytest.fixture(scope="module")
def connection(remote: Remote) -> Connection:
    found = Connection(remote, Pace(attempts=1))
    found.session = Clients(found.session)
    return found


def checked(connection: Connection, policies: list[dict[str, Any]], key: str) -> list[Line]:
    with obeying(policies, key):
        return list(check(connection.remote, connect=lambda *_: connection))


def test_desktops_policy_is_as_it_should_be(connection: Connection, policy: dict[str, Any], key: str) -> None:
    found = checked(connection, [policy], key)
    assert [str(line) for line in found if not line.ok] == []
    assert {"s3:PutObject", "s3:DeleteObjectVersion", "sqs:SendMessage", "logs:GetLogEvents"} <= {
        line.action for line in found if line.needed
    }
    assert tuple(line.action for line in found if not line.needed) == ACTIONS


@pytest.mark.parametrize("number", range(6))
def test_each_statement_that_is_missing_is_missed(
    connection: Connection, policy: dict[str, Any], key: str, number: int
) -> None:
    rest = [statement for i, statement in enumerate(policy["Statement"]) if i != number]
    assert len(rest) == 5
    found = checked(connection, [{"Statement": rest}], key)
    assert any(line.needed and not line.ok for line in found)


def test_administrator_may_too_much(connection: Connection, key: str) -> None:
    found = checked(connection, [EVERYTHING], key)
    assert all(line.ok for line in found if line.needed)
    assert all(str(line).startswith("NO  may ") for line in found if not line.needed)


def test_nobody_may_too_little(connection: Connection, key: str) -> None:
    found = checked(connection, [], key)
    assert not any(line.ok for line in found if line.needed)
    assert all(line.ok for line in found if not line.needed)
    assert any("Allow sqs:SendMessage on queue" in str(line) for line in found)


# ------------------------------------------------ Policies obeyed by the emulated account, as far as it does


class SignedIn(Connection):
    """A connection with an access key of the emulated account; the desktop's own would show the demo's."""

    keys: tuple[str, str] = ("", "")

    @property
    def session(self) -> Any:
        return boto3.Session(*self.keys, region_name=self.remote.region)


@pytest.fixture(scope="module")
def keys(aws: boto3.Session, stack: Stack) -> dict[str, tuple[str, str]]:
    """Access keys of users: one has the desktop's policy, one may do all, one may do nothing."""
    iam = aws.client("iam")
    found = {}
    for user in ("desktop", "admin", "nobody"):
        iam.create_user(UserName=user)
        made = iam.create_access_key(UserName=user)["AccessKey"]
        found[user] = (made["AccessKeyId"], made["SecretAccessKey"])
    iam.attach_user_policy(UserName="desktop", PolicyArn=stack.outputs["DesktopPolicy"])
    iam.put_user_policy(UserName="admin", PolicyName="all", PolicyDocument=json.dumps(EVERYTHING))
    return found


@pytest.fixture
def obeyed(keys: object, remote: Remote) -> Iterator[None]:
    """Let the account obey its policies meanwhile."""
    _tell(remote, "0")
    yield
    _tell(remote, "inf")


def _tell(remote: Remote, requests: str) -> None:
    request = urllib.request.Request(
        f"{remote.endpoint}/moto-api/reset-auth", requests.encode(), {"Content-Type": "text/plain"}
    )
    urllib.request.urlopen(request).close()


def enforced(remote: Remote, keys: tuple[str, str]) -> set[str]:
    """What is not as it should be, among what moto holds against a user's policies: S3 without prefixes."""
    connection = type("SignedIn", (SignedIn,), {"keys": keys})
    lines = [line for line in check(remote, Pace(attempts=1), connection) if line.action.startswith("s3:")]
    return {line.action for line in lines if not line.ok and (line.needed or line.action != "s3:ListBucket")}


@pytest.mark.usefixtures("obeyed")
def test_emulator_lets_the_desktop_use_its_bucket_and_no_more(
    remote: Remote, keys: dict[str, tuple[str, str]]
) -> None:
    assert enforced(remote, keys["desktop"]) == set()
    assert {"s3:ListAllMyBuckets", "s3:PutObject"} <= enforced(remote, keys["admin"])
    assert {"s3:GetObject", "s3:DeleteObjectVersion"} <= enforced(remote, keys["nobody"])


@pytest.mark.usefixtures("obeyed")
def test_sign_in_that_aws_does_not_know_says_nothing_of_permissions(remote: Remote) -> None:
    with pytest.raises(RemoteError, match="sign in again"):
        enforced(remote, ("AKIA0000000000000000", "wrong"))


# ---------------------------------------------------------------------------------------------- As IT runs it


def test_nothing_is_left_by_a_check(aws: boto3.Session, connection: Connection, key: str) -> None:
    def there() -> list[str]:
        objects = aws.client("s3").list_objects_v2(Bucket=connection.remote.bucket)["Contents"]
        return [item["Key"] for item in objects]

    before = there()
    checked(connection, [EVERYTHING], key)
    assert there() == before


def test_check_from_the_command_line(
    remote: Remote, policy: dict[str, Any], key: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = tmp_path / "remote.toml"
    settings.write_text(remote.to_text(), encoding="utf-8")
    with obeying([policy], key):
        assert main(["check", "--settings", str(settings)]) == 0
    assert "ok  may      sqs:SendMessage" in capsys.readouterr().out
    with obeying([EVERYTHING], key):
        assert main(["check", "--settings", str(settings)]) == 1
    assert "NO  may      batch:SubmitJob" in capsys.readouterr().out
