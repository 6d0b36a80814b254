"""Deployments that fail, which the emulated account does not know: as CloudFormation answers, by hand."""

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError

from cloud_runner.stack import deploy
from echelon_desktop.errors import RemoteError

NAME = "echelon-oakhill"


def _event(resource: str, status: str, reason: str = "", kind: str = "AWS::S3::Bucket") -> dict[str, str]:
    event = {"LogicalResourceId": resource, "ResourceStatus": status, "ResourceType": kind}
    return event | ({"ResourceStatusReason": reason} if reason else {})


class CloudFormation:
    """A stack that goes from one state to the next whenever it is created, updated or deleted."""

    def __init__(self, *states: str | None, waits: bool = True) -> None:
        self.states, self.waits, self.calls = list(states), waits, list[str]()
        self.exceptions = SimpleNamespace(ClientError=ClientError)

    def describe_stacks(self, StackName: str) -> dict[str, Any]:
        if self.states[0] is None:
            raise ClientError(
                {"Error": {"Code": "ValidationError", "Message": "no such stack"}}, "DescribeStacks"
            )
        return {"Stacks": [{"StackStatus": self.states[0], "StackId": "arn:stack"}]}

    def get_paginator(self, name: str) -> Any:
        assert name == "describe_stack_events"
        pages = [{"StackEvents": self.events()[:2]}, {"StackEvents": self.events()[2:]}]
        return SimpleNamespace(paginate=lambda StackName: pages)

    def events(self) -> list[dict[str, Any]]:
        """Newest first: those of the last call, and a failure of a call before."""
        return [
            _event("Bucket", "CREATE_FAILED", "late"),
            _event("Queue", "CREATE_COMPLETE"),
            _event("Key", "CREATE_FAILED", "early"),
            _event(NAME, "CREATE_IN_PROGRESS", kind="AWS::CloudFormation::Stack"),
            _event("Alarms", "CREATE_FAILED", "mended since"),
        ]

    def get_template_summary(self, TemplateBody: str) -> dict[str, Any]:
        return {"Parameters": []}

    def get_waiter(self, name: str) -> Any:
        def wait(**_: Any) -> None:
            if not self.waits:
                raise WaiterError(name, "failed", {})

        return SimpleNamespace(wait=wait)

    def update_termination_protection(self, **given: Any) -> None:
        self.calls.append(f"protect {given['EnableTerminationProtection']}")

    def create_stack(self, **given: Any) -> None:
        self._go("create", given)

    def update_stack(self, **given: Any) -> None:
        self._go("update", given)

    def delete_stack(self, **given: Any) -> None:
        self._go("delete", given)

    def _go(self, name: str, given: dict[str, Any]) -> None:
        self.calls.append(name)
        self.states.pop(0)


def session(cloudformation: CloudFormation) -> Any:
    return SimpleNamespace(client=lambda name: cloudformation)


def test_reasons_are_told_in_the_order_they_came() -> None:
    cloudformation = CloudFormation(None, "ROLLBACK_COMPLETE", waits=False)
    with pytest.raises(RemoteError, match=r"(?s)Key: early.*Bucket: late") as told:
        deploy.deploy(session(cloudformation), NAME, {})
    assert "mended since" not in str(told.value)


def test_stack_that_rolled_back_is_not_called_deployed() -> None:
    cloudformation = CloudFormation("CREATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")
    with pytest.raises(RemoteError, match="could not be deployed"):
        deploy.deploy(session(cloudformation), NAME, {})


def test_what_a_failed_creation_left_is_cleared_first() -> None:
    cloudformation = CloudFormation("ROLLBACK_COMPLETE", None, "CREATE_COMPLETE")
    assert deploy.deploy(session(cloudformation), NAME, {}).status == "CREATE_COMPLETE"
    assert cloudformation.calls == ["protect False", "delete", "create"]


def test_stack_that_stays_after_its_deletion_is_told() -> None:
    cloudformation = CloudFormation("CREATE_COMPLETE", "DELETE_FAILED")
    with pytest.raises(RemoteError, match="could not be deployed or removed"):
        deploy.delete(session(cloudformation), NAME)


def test_nothing_to_update_is_no_error() -> None:
    class Same(CloudFormation):
        def update_stack(self, **given: Any) -> None:
            error = {"Code": "ValidationError", "Message": "No updates are to be performed."}
            raise ClientError({"Error": error}, "UpdateStack")

    # After a failed update, too: what stands is then what is asked for, and setup goes on from there.
    for status in ("UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"):
        assert deploy.deploy(session(Same(status)), NAME, {}).status == status


def test_what_cloudformation_refuses_is_told_in_its_words() -> None:
    class Strict(CloudFormation):
        def create_stack(self, **given: Any) -> None:
            error = {
                "Code": "ValidationError",
                "Message": "Parameters: [Machine] do not exist in the template",
            }
            raise ClientError({"Error": error}, "CreateStack")

    with pytest.raises(RemoteError, match=f"refused the stack {NAME}: .*Machine"):
        deploy.deploy(session(Strict(None)), NAME, {"Machine": "EC2"})
