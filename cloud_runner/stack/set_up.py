"""From an account without anything to the settings that the desktop needs; run again, it updates."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cloud_runner.client.remotes import Remote
from cloud_runner.stack import bundle, deploy, image, network
from cloud_runner.stack.deploy import Stack
from echelon_desktop.errors import RemoteError

Say = Callable[[str], None]

NO_ENGINE = (
    "The bucket and the registry stand. The image cannot be built here, since there is neither podman nor "
    "docker: install one of them, or run the same command from this version's files where there is one."
)


@dataclass(frozen=True, slots=True)
class Plan:
    """
    What is to be set up.

    Parameters
    ----------
    name
        Of the stack, and of what is in it: lower case, as "echelon-oakhill".
    mail
        Who is told when something is wrong; needed the first time.
    vpc, subnets
        A network other than the account's default one.
    parameters
        Others of the template's, by name.
    """

    name: str
    mail: str = ""
    vpc: str = ""
    subnets: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)


def set_up(session: Any, plan: Plan, engine: image.Engine | None, say: Say) -> Remote:
    """
    Deploy the stack, bring the dispatcher and the image there, and return the desktop's settings.

    Parameters
    ----------
    session
        boto3's, signed in as somebody who may make all of it.
    engine
        What builds the image; None where there is nothing.
    say
        Told what is being done, a sentence at a time.

    Raises
    ------
    RemoteError
        If it cannot be done; what stands then stays, and the same call goes on from there.
    """
    parameters = _parameters(session, plan)
    say(f"Deploying the stack {plan.name}; the first time takes some minutes.")
    stack = deploy.deploy(session, plan.name, parameters)
    code = bundle.dispatcher_zip()
    key = bundle.dispatcher_key(code)
    session.client("s3").put_object(Bucket=stack.outputs["Bucket"], Key=key, Body=code)
    tag = bundle.image_tag()
    digest = image.digest_of(session.client("ecr"), stack.outputs["Repository"].partition("/")[2], tag)
    if digest is None:
        if engine is None:
            raise RemoteError(NO_ENGINE)
        say("Building the worker's image and pushing it; the first time takes some minutes.")
        digest = image.provide(session, stack.outputs["Repository"], tag, engine)
    say("Connecting the dispatcher and the job definition.")
    stack = deploy.deploy(session, plan.name, {"DispatcherKey": key, "ImageDigest": digest})
    return settings(stack)


def settings(stack: Stack) -> Remote:
    """What the desktop has to know of a stack; how somebody signs in is their own to set."""
    out = stack.outputs
    return Remote(
        name=stack.name,
        region=out["Region"],
        bucket=out["Bucket"],
        queue_url=out["QueueUrl"],
        job_queue=out["JobQueue"],
        log_group=out["LogGroup"],
    )


def _parameters(session: Any, plan: Plan) -> dict[str, str]:
    parameters = dict(plan.parameters)
    standing = deploy.find(session, plan.name)
    if standing is not None and standing.is_remnant:
        standing = None
    if plan.mail:
        parameters["AlarmEmail"] = plan.mail
    elif standing is None:
        raise RemoteError("Say with --mail who is to be told when something is wrong.")
    machines = parameters.get("Machines")
    if standing is not None and machines not in (None, standing.parameters["Machines"]):
        # Batch cannot turn one kind into the other, and to replace it would end the jobs that run.
        raise RemoteError(
            f"The stack {plan.name} has machines of the kind {standing.parameters['Machines']}, and keeps "
            "them. Set up another stack for the other kind, with another --stack."
        )
    if standing is None or plan.vpc or plan.subnets:
        vpc, subnets = network.choose(session, plan.vpc, plan.subnets)
        parameters |= {"VpcId": vpc, "SubnetIds": ",".join(subnets)}
    return parameters
