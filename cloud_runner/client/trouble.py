"""What AWS and the network answer, in words that say what to do and which setting is at fault."""

from dataclasses import dataclass
from typing import Any, Literal

from cloud_runner.client.remotes import Remote
from echelon_desktop.errors import CredentialsError

Kind = Literal["network", "credentials", "permission", "setting", "busy", "clock", "other"]

_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"}
_WRONG_KEYS = {
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "SignatureDoesNotMatch",
    "InvalidSignatureException",
    "InvalidToken",
    "AuthFailure",
}
_NO_QUEUE = {"QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue", "InvalidAddress"}
_WRONG_REGION = {"PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"}
_BUSY = {
    "KMS.ThrottlingException",
    "RequestTimeout",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """
    Why a remote could not be asked.

    Parameters
    ----------
    kind
        What sort of thing is in the way.
    words
        What happened, and what to do.
    """

    kind: Kind
    words: str

    @property
    def passes(self) -> bool:
        """Whether it may pass without anybody changing a setting or a permission."""
        return self.kind in ("network", "credentials", "busy", "clock")


def trouble_of(error: BaseException, remote: Remote) -> Trouble | None:
    """
    Say what an error of boto3, or of the keyring, means for a remote.

    Returns
    -------
    Trouble or None
        None when it is no such error; it is to be raised on.
    """
    from botocore.exceptions import (
        BotoCoreError,
        ClientError,
        FlexibleChecksumError,
        HTTPClientError,
        IncompleteReadError,
    )
    from botocore.exceptions import ConnectionError as NoConnectionError

    # The last two: an answer that was cut off, or came damaged.
    cut = (HTTPClientError, NoConnectionError, ConnectionError, IncompleteReadError, FlexibleChecksumError)

    if isinstance(error, CredentialsError):
        return Trouble("credentials", str(error))
    if isinstance(error, ClientError):
        return _answered(error, remote)
    if isinstance(error, cut):
        return Trouble(
            "network",
            # Also said of a test of the connection, and of a run that has not left yet.
            f"{_at(remote)} cannot be reached. What runs there goes on by itself; it is looked at again when "
            "the network is back.",
        )
    if isinstance(error, BotoCoreError):
        return _before_asking(error, remote)
    return None


def _answered(error: Any, remote: Remote) -> Trouble:
    answer = error.response
    code = str(answer.get("Error", {}).get("Code", ""))
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _EXPIRED:
        return Trouble(
            "credentials", f"The sign-in to {remote.name} has expired. {_sign_in(remote)} The run goes on."
        )
    if code in _WRONG_KEYS:
        return Trouble("credentials", f"{_at(remote)} does not know this sign-in. {_sign_in(remote)}")
    if code == "NoSuchBucket":
        return Trouble(
            "setting", f"There is no bucket {remote.bucket}: check the setting bucket of {remote.name}."
        )
    if code in _NO_QUEUE:
        return Trouble(
            "setting", f"There is no queue {remote.queue_url}: check the setting queue_url of {remote.name}."
        )
    if code == "ResourceNotFoundException" and "log group" in _message(error):
        return Trouble(
            "setting",
            f"There is no log group {remote.log_group}: check the setting log_group of {remote.name}.",
        )
    if code in _WRONG_REGION or status == 301:
        return Trouble(
            "setting", f"The bucket is not in {remote.region}: check the setting region of {remote.name}."
        )
    if code == "RequestTimeTooSkewed":
        return Trouble("clock", "The clock of this computer is wrong, so AWS refuses to talk to it. Set it.")
    if code in _BUSY or status == 429 or status >= 500:
        return Trouble("busy", f"{_at(remote)} is busy or has a fault ({code or status}). It is asked again.")
    if code.startswith(("KMS", "AccessDenied")) or status == 403:
        return Trouble(
            "permission",
            f"This sign-in may not do {error.operation_name} in {remote.name}. Ask IT to check the "
            "permissions (Settings, Remote, Test connection lists them).",
        )
    return Trouble("other", f"{_at(remote)} refused {error.operation_name} ({code or status}).")


def _message(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Message", "")).lower()


def _before_asking(error: Any, remote: Remote) -> Trouble:
    from botocore.exceptions import ProfileNotFound

    if isinstance(error, ProfileNotFound):
        return Trouble(
            "credentials",
            f"This computer has no profile {remote.sign_in.profile!r} of the AWS command line: check the "
            f"setting profile of {remote.name}.",
        )
    name = type(error).__name__
    if any(word in name for word in ("Credential", "SSO", "Token", "Login", "Auth")):
        return Trouble("credentials", f"Not signed in to {remote.name} ({name}). {_sign_in(remote)}")
    return Trouble("other", f"{_at(remote)} cannot be asked ({name}). Check the settings of {remote.name}.")


def _sign_in(remote: Remote) -> str:
    kind = remote.sign_in.kind
    if kind == "profile":
        return f"Sign in again: aws sso login --profile {remote.sign_in.profile}."
    if kind == "keyring":
        return "Enter the access key again in Settings, Remote."
    return "Sign in again as you do for the AWS command line."


def _at(remote: Remote) -> str:
    return f"AWS ({remote.name})" if remote.endpoint is None else f"The emulator ({remote.name})"
