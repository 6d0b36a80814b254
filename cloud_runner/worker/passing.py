"""Errors that may pass by themselves, so that it is worth trying again."""

PASSING = (
    "ExpiredToken",
    "KMS.ThrottlingException",
    "RequestTimeout",
    "RequestTimeTooSkewed",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
)


def may_pass(error: Exception) -> bool:
    """Whether an error may pass by itself: the network, a throttled or failing service, expired keys."""
    from botocore.exceptions import BotoCoreError, ClientError

    if isinstance(error, ClientError):
        status = error.response["ResponseMetadata"].get("HTTPStatusCode", 500)
        return status >= 500 or status == 429 or error.response["Error"]["Code"] in PASSING
    return isinstance(error, BotoCoreError | OSError)
