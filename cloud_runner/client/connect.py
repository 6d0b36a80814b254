"""Clients of AWS for a remote, as its settings say; boto3 is loaded when the first is asked for."""

from functools import cached_property
from typing import Any

from cloud_runner.client.order import Pace
from cloud_runner.client.remotes import Remote
from echelon_desktop.credentials import read_secret


class Connection:
    """
    The services of a remote.

    Parameters
    ----------
    remote
        Where.
    pace
        How patient single requests are.

    Notes
    -----
    Making it asks nobody. Signing in happens with the first request; what goes wrong then is raised as
    botocore has it, see :mod:`cloud_runner.client.trouble`.
    """

    def __init__(self, remote: Remote, pace: Pace | None = None) -> None:
        self.remote, self.pace = remote, pace or Pace()

    @cached_property
    def s3(self) -> Any:
        """Client of S3."""
        return self._client("s3")

    @cached_property
    def sqs(self) -> Any:
        """Client of SQS."""
        return self._client("sqs")

    @cached_property
    def batch(self) -> Any:
        """Client of AWS Batch."""
        return self._client("batch")

    @cached_property
    def logs(self) -> Any:
        """Client of CloudWatch Logs."""
        return self._client("logs")

    @cached_property
    def session(self) -> Any:
        """The boto3 session, signed in as the remote says."""
        import boto3

        remote, sign_in = self.remote, self.remote.sign_in
        if remote.endpoint is not None:
            # The emulator takes any keys; the user's own are never sent to it.
            return boto3.Session("emulated", "emulated", region_name=remote.region)
        if sign_in.kind == "keyring":
            secret = read_secret(sign_in.secret_name)
            return boto3.Session(sign_in.access_key, secret, region_name=remote.region)
        return boto3.Session(region_name=remote.region, profile_name=sign_in.profile or None)

    def _client(self, service: str) -> Any:
        from botocore.config import Config

        local = self.remote.endpoint is not None
        config = Config(
            connect_timeout=self.pace.connect_s,
            read_timeout=self.pace.read_s,
            retries={"mode": "standard", "total_max_attempts": self.pace.attempts},
            # A proxy of the district's network cannot know the emulator.
            proxies={} if local else None,
            s3={"addressing_style": "path"} if local else None,
        )
        return self.session.client(service, endpoint_url=self.remote.endpoint, config=config)
