"""CloudFormation: deploy the template, read what stands, take it down."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from echelon_desktop.errors import RemoteError

TEMPLATE = Path(__file__).with_name("template.yaml")
WAIT_S = 5  # between two looks at a deployment
LOOKS = 360  # half an hour in all
_BEGUN = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS")


@dataclass(frozen=True, slots=True)
class Stack:
    """
    A deployed stack.

    Parameters
    ----------
    name
        Its name in CloudFormation.
    status
        CloudFormation's word for how it is.
    parameters, outputs
        As the template names them.
    """

    name: str
    status: str
    parameters: Mapping[str, str]
    outputs: Mapping[str, str]

    @property
    def is_remnant(self) -> bool:
        """Whether it is what a failed creation leaves: it holds nothing, and can only be deleted."""
        return self.status == "ROLLBACK_COMPLETE"


def find(session: Any, name: str) -> Stack | None:
    """The stack of that name, or None."""
    cloudformation = session.client("cloudformation")
    try:
        (found,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except cloudformation.exceptions.ClientError as error:
        # CloudFormation has no error of its own for it.
        if error.response["Error"]["Code"] == "ValidationError":
            return None
        raise
    return Stack(
        name,
        found["StackStatus"],
        {p["ParameterKey"]: p["ParameterValue"] for p in found.get("Parameters", ())},
        {o["OutputKey"]: o["OutputValue"] for o in found.get("Outputs", ())},
    )


def deploy(session: Any, name: str, parameters: Mapping[str, str]) -> Stack:
    """
    Create the stack, or bring it up to the template as it is now.

    Parameters
    ----------
    parameters
        Those to set; a stack that stands keeps its values of the others.

    Raises
    ------
    RemoteError
        If CloudFormation refuses or fails; the message has its reasons.
    """
    cloudformation = session.client("cloudformation")
    stack = find(session, name)
    if stack is not None and stack.is_remnant:
        delete(session, name)
        stack = None
    template = TEMPLATE.read_text(encoding="utf-8")
    values: list[dict[str, Any]] = [{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()]
    if stack is not None:
        kept = _parameters(cloudformation, template) & set(stack.parameters) - set(parameters)
        values += [{"ParameterKey": key, "UsePreviousValue": True} for key in sorted(kept)]
    wanted = {
        "StackName": name,
        "TemplateBody": template,
        "Parameters": values,
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
        "Tags": [{"Key": "echelon-stack", "Value": name}],
    }
    try:
        if stack is None:
            cloudformation.create_stack(**wanted, EnableTerminationProtection=True)
            waiter = "stack_create_complete"
        else:
            cloudformation.update_stack(**wanted)
            waiter = "stack_update_complete"
    except cloudformation.exceptions.ClientError as error:
        text = error.response["Error"].get("Message", "")
        if stack is None or "No updates are to be performed" not in text:
            raise RemoteError(f"CloudFormation refused the stack {name}: {text or error}") from error
        return stack  # as it is wanted, though an update before may have been rolled back
    _wait(cloudformation, waiter, name)
    done = find(session, name)
    if done is None or not done.status.endswith("_COMPLETE") or "ROLLBACK" in done.status:
        raise RemoteError(_failure(cloudformation, name))
    return done


def _parameters(cloudformation: Any, template: str) -> set[str]:
    """Names of a template's parameters; an older stack may have some that are gone."""
    found = cloudformation.get_template_summary(TemplateBody=template)
    return {parameter["ParameterKey"] for parameter in found["Parameters"]}


def delete(session: Any, name: str) -> None:
    """
    Take the stack down; its bucket must be empty.

    Raises
    ------
    RemoteError
        If something could not be removed; the message has the reasons.
    """
    cloudformation = session.client("cloudformation")
    cloudformation.update_termination_protection(StackName=name, EnableTerminationProtection=False)
    # By its id, since a stack that is gone cannot be found by name.
    arn = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
    cloudformation.delete_stack(StackName=arn)
    _wait(cloudformation, "stack_delete_complete", arn)
    if find(session, name) is not None:
        raise RemoteError(_failure(cloudformation, arn))


def _wait(cloudformation: Any, waiter: str, name: str) -> None:
    from botocore.exceptions import WaiterError

    try:
        cloudformation.get_waiter(waiter).wait(
            StackName=name, WaiterConfig={"Delay": WAIT_S, "MaxAttempts": LOOKS}
        )
    except WaiterError as error:
        raise RemoteError(_failure(cloudformation, name)) from error


def _failure(cloudformation: Any, name: str) -> str:
    """The reasons of what was asked for last; those of older failures are in the events, too."""
    reasons = []
    pages = cloudformation.get_paginator("describe_stack_events").paginate(StackName=name)
    for event in (event for page in pages for event in page["StackEvents"]):  # the latest first
        if event["ResourceStatus"].endswith("FAILED"):
            reason = event.get("ResourceStatusReason", "no reason given")
            reasons.append(f"  {event.get('LogicalResourceId', name)}: {reason}")
        if event.get("ResourceType") == "AWS::CloudFormation::Stack" and event["ResourceStatus"] in _BEGUN:
            break
    return "\n".join([f"The stack {name} could not be deployed or removed.", *reversed(reasons)])
