"""
moto as an account of AWS, in a process of its own: other tests keep theirs, and may be refused nothing.

Run as a program, it serves until its standard input ends, and prints its address first.
"""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

REGION = "us-east-1"
AWS = "123456789012"  # moto's account


@contextmanager
def started() -> Iterator[str]:
    """Start it; gives its address, and ends it."""
    words = [sys.executable, "-W", "ignore", __file__]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address, "moto did not start"
        yield address


def _serve() -> None:
    os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"  # a second of work for nothing
    from moto.core.config import default_user_config
    from moto.server import ThreadedMotoServer

    default_user_config["batch"] = {"use_docker": False}
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    _fill_gaps()
    _protect_stacks()
    _delete_wholly()
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    sys.stdout.write(f"http://{host}:{port}\n")
    sys.stdout.flush()
    sys.stdin.read()
    server.stop()


def _fill_gaps() -> None:
    """
    Let moto 5.2.5 do as AWS does where the template needs it.

    AWS gives a compute environment without a service role its own; moto wants a role. moto splits a list of
    words that somebody gives a parameter, and not one that is the parameter's default. It knows no previous
    value of a parameter that has its default, and keeps no stack from being deleted.
    """
    from moto.batch.models import ComputeEnvironment
    from moto.cloudformation.models import CloudFormationBackend

    resolve = CloudFormationBackend._resolve_update_parameters

    def resolved(self: Any, instance: Any, incoming_params: list[dict[str, str]]) -> dict[str, str]:
        standing = instance.parameters
        known = [p for p in incoming_params if "ParameterValue" in p or p["ParameterKey"] in standing]
        return resolve(self, instance, known)

    CloudFormationBackend._resolve_update_parameters = resolved  # type: ignore[method-assign]
    create = ComputeEnvironment.create_from_cloudformation_json.__func__  # type: ignore[attr-defined]

    def filled(
        cls: Any, name: str, template: dict[str, Any], account: str, region: str, **options: Any
    ) -> Any:
        properties = template["Properties"]
        properties.setdefault("ServiceRole", _service_role(account))
        resources = properties["ComputeResources"]
        if isinstance(resources.get("InstanceTypes"), str):
            resources["InstanceTypes"] = resources["InstanceTypes"].split(",")
        return create(cls, name, template, account, region, **options)

    ComputeEnvironment.create_from_cloudformation_json = classmethod(filled)


def _protect_stacks() -> None:
    from moto.cloudformation.exceptions import ValidationError
    from moto.cloudformation.models import CloudFormationBackend
    from moto.cloudformation.responses import CloudFormationResponse
    from moto.core.responses import ActionResult

    delete = CloudFormationBackend.delete_stack

    def refused(self: Any, name_or_stack_id: str) -> None:
        stack = self.get_stack(name_or_stack_id)
        if stack.enable_termination_protection:
            raise ValidationError(message=f"Stack [{stack.name}] cannot be deleted while it is protected")
        delete(self, name_or_stack_id)

    def protect(self: Any) -> Any:
        stack = self.cloudformation_backend.get_stack(self._get_param("StackName"))
        stack.enable_termination_protection = self._get_bool_param("EnableTerminationProtection")
        return ActionResult({"StackId": stack.stack_id})

    CloudFormationBackend.delete_stack = refused  # type: ignore[method-assign]
    CloudFormationResponse.update_termination_protection = protect  # type: ignore[attr-defined]


def _delete_wholly() -> None:
    """Let a deleted stack leave no job queue behind, and its registry go with its images."""
    from moto.batch.models import ComputeEnvironment, JobQueue, batch_backends
    from moto.ecr.models import Repository, ecr_backends

    def delete_queue(self: Any, account: str, region: str) -> None:
        batch_backends[account][region].delete_job_queue(self.arn)

    def delete_environment(self: Any, account: str, region: str) -> None:
        batch_backends[account][region].delete_compute_environment(self.arn)

    def delete_repository(self: Any, account: str, region: str) -> None:
        ecr_backends[account][region].delete_repository(self.name, force=True)

    JobQueue.delete = delete_queue  # type: ignore[attr-defined]
    ComputeEnvironment.delete = delete_environment  # type: ignore[attr-defined]
    Repository.delete = delete_repository  # type: ignore[method-assign]


def _service_role(account: str) -> str:
    from moto.iam.models import iam_backends

    iam = iam_backends[account]["aws"]
    name = "AWSServiceRoleForBatch"
    found = next((role for role in iam.roles.values() if role.name == name), None)
    role = found or iam.create_role(name, "{}", "/", None, "", [], None)
    return str(role.arn)


if __name__ == "__main__":
    _serve()
