"""The worker's image: built here by podman or docker, pushed to the stack's own registry."""

import base64
import shutil
import subprocess
from collections.abc import Sequence
from typing import Any, Protocol

from cloud_runner.stack.bundle import DOCKERFILE, ROOT
from echelon_desktop.errors import RemoteError

PLATFORM = "linux/amd64"  # r6i and c6i have Intel's processors, whatever this computer has


class Engine(Protocol):
    """What builds images and pushes them."""

    def build(self, image: str) -> None:
        """Build the worker's image under that name."""

    def push(self, image: str, user: str, password: str) -> None:
        """Push it, signed in to the registry in its name."""


class Program:
    """
    Podman or docker, as a program on this computer.

    Parameters
    ----------
    name
        Of the program.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def build(self, image: str) -> None:
        """Build the worker's image under that name."""
        self._run(["build", "--platform", PLATFORM, "--file", str(DOCKERFILE), "--tag", image, str(ROOT)])

    def push(self, image: str, user: str, password: str) -> None:
        """Push it, signed in to the registry in its name."""
        registry = image.partition("/")[0]
        # By standard input: what stands in a command line, every user of the computer can read.
        self._run(["login", "--username", user, "--password-stdin", registry], password)
        try:
            self._run(["push", image])
        finally:
            self._run(["logout", registry])

    def _run(self, words: Sequence[str], typed: str | None = None) -> None:
        done = subprocess.run([self.name, *words], input=typed, text=True, check=False)
        if done.returncode != 0:
            raise RemoteError(f"{self.name} {words[0]} failed; see above. The same command tries again.")


def engine() -> Program | None:
    """The first of podman and docker that is on this computer."""
    return next((Program(name) for name in ("podman", "docker") if shutil.which(name)), None)


def digest_of(ecr: Any, repository: str, tag: str) -> str | None:
    """The digest of an image in the registry, or None."""
    try:
        found = ecr.describe_images(repositoryName=repository, imageIds=[{"imageTag": tag}])
    except ecr.exceptions.ImageNotFoundException:
        return None
    digest: str = found["imageDetails"][0]["imageDigest"]
    return digest


def provide(session: Any, repository_uri: str, tag: str, with_engine: Engine) -> str:
    """
    See that the registry has the image, and return its digest.

    Parameters
    ----------
    repository_uri
        As the stack's outputs have it.
    tag
        Names what the image is made of; one that is there already is not built again.
    with_engine
        What builds it.
    """
    ecr = session.client("ecr")
    repository = repository_uri.partition("/")[2]
    digest = digest_of(ecr, repository, tag)
    if digest is None:
        image = f"{repository_uri}:{tag}"
        with_engine.build(image)
        token = ecr.get_authorization_token()["authorizationData"][0]["authorizationToken"]
        user, _, password = base64.b64decode(token).decode().partition(":")
        with_engine.push(image, user, password)
        digest = digest_of(ecr, repository, tag)
    if digest is None:
        raise RemoteError(f"The image {tag} was pushed and is not in the registry.")
    return digest
