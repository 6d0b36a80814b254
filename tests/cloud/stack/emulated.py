"""moto as an account of AWS: started on loopback, with two gaps of its CloudFormation filled, and emptied."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import boto3
import moto.batch.models
import pytest
from moto.core.utils import unix_time  # noqa: F401  (moto's core must be loaded before its server)
from moto.iam.models import iam_backends
from moto.moto_api._internal import moto_api_backend
from moto.server import ThreadedMotoServer

REGION = "us-east-1"


@contextmanager
def account() -> Iterator[boto3.Session]:
    """An account of AWS with nothing but what AWS itself puts there."""
    with pytest.MonkeyPatch.context() as patch:
        _fill_gaps(patch)
        server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        server.start()
        moto_api_backend.reset()
        host, port = server.get_host_and_port()
        for name, value in {
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }.items():
            patch.setenv(name, value)
        patch.delenv("AWS_PROFILE", raising=False)
        try:
            yield boto3.Session()
        finally:
            moto_api_backend.reset()
            server.stop()


def _fill_gaps(patch: pytest.MonkeyPatch) -> None:
    """
    Let moto 5.2.5 take compute environments as AWS does.

    AWS gives one without a service role its own; moto wants a name. moto splits a list of words that
    somebody gives a parameter, and not one that is the parameter's default.
    """
    real = moto.batch.models.ComputeEnvironment
    create = real.create_from_cloudformation_json.__func__  # type: ignore[attr-defined]

    def filled(
        cls: Any, name: str, template: dict[str, Any], account_id: str, region_name: str, **options: Any
    ) -> Any:
        properties = template["Properties"]
        properties.setdefault("ServiceRole", _service_role(account_id))
        resources = properties["ComputeResources"]
        if isinstance(resources.get("InstanceTypes"), str):
            resources["InstanceTypes"] = resources["InstanceTypes"].split(",")
        return create(cls, name, template, account_id, region_name, **options)

    patch.setattr(real, "create_from_cloudformation_json", classmethod(filled))


def _service_role(account_id: str) -> str:
    iam = iam_backends[account_id]["aws"]
    name = "AWSServiceRoleForBatch"
    found = next((role for role in iam.roles.values() if role.name == name), None)
    role = found or iam.create_role(name, "{}", "/", "", [], "", {}, "3600")
    return str(role.arn)


def outputs(stack: Mapping[str, Any]) -> dict[str, str]:
    """Outputs of a described stack."""
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
