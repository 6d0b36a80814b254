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
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    _fill_gaps()
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
    words that somebody gives a parameter, and not one that is the parameter's default; and it knows no
    previous value of a parameter that has its default.
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


def _service_role(account: str) -> str:
    from moto.iam.models import iam_backends

    iam = iam_backends[account]["aws"]
    name = "AWSServiceRoleForBatch"
    found = next((role for role in iam.roles.values() if role.name == name), None)
    role = found or iam.create_role(name, "{}", "/", None, "", [], None)
    return str(role.arn)


if __name__ == "__main__":
    _serve()
