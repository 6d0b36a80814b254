"""An account of AWS without anything, and one with the stack in it."""

import os
import urllib.request
from collections.abc import Iterator

import aws_account
import boto3
import pytest
from deployment import NAME, deployed

from cloud_runner.stack.deploy import Stack


@pytest.fixture(scope="session")
def _address() -> Iterator[str]:
    with aws_account.started() as address:
        yield address


@pytest.fixture(scope="module")
def aws(_address: str) -> Iterator[boto3.Session]:
    """An account with nothing but what AWS itself puts there; anybody may do anything in it."""
    _reset(_address)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "AWS_ENDPOINT_URL": _address,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": aws_account.REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }.items():
            patch.setenv(name, value)
        patch.delenv("AWS_PROFILE", raising=False)
        yield boto3.Session()


@pytest.fixture
def emptied(aws: boto3.Session, _address: str) -> None:
    """The account as it was at first, for this test too."""
    _reset(_address)


def _reset(address: str) -> None:
    urllib.request.urlopen(urllib.request.Request(f"{address}/moto-api/reset", method="POST")).close()


@pytest.fixture(scope="module")
def stack(aws: boto3.Session) -> Stack:
    """The template, deployed with its defaults."""
    return deployed(aws, NAME)
