"""
Secrets, in the operating system's keyring and nowhere else.

Where the keyring fails, that is said: a secret is never put into a file instead, and never taken for missing
when it could merely not be read.
"""

from typing import Any

from echelon_desktop.errors import CredentialsError

SERVICE = "Echelon Desktop"
_INSTEAD = (
    "Sign in with a profile of the AWS command line instead (IAM Identity Center is best), or ask IT to set "
    "up the keyring of this computer."
)


def keep_secret(name: str, secret: str) -> None:
    """
    Put a secret into the keyring, and read it back to be sure.

    Parameters
    ----------
    name
        What it is for; not secret.
    secret
        What is kept.

    Raises
    ------
    CredentialsError
        If there is no safe keyring, it is locked, or it lost the secret at once.
    """
    backend = _backend()
    try:
        backend.set_password(SERVICE, name, secret)
        kept = backend.get_password(SERVICE, name)
    except Exception as error:  # every backend has errors of its own
        raise CredentialsError(f"The keyring did not take the secret ({_kind(error)}). {_INSTEAD}") from error
    if kept != secret:
        raise CredentialsError(f"The keyring took the secret and does not give it back. {_INSTEAD}")


def read_secret(name: str) -> str:
    """
    A secret that was kept.

    Raises
    ------
    CredentialsError
        If there is none of that name, or the keyring does not give it.
    """
    backend = _backend()
    try:
        secret: str | None = backend.get_password(SERVICE, name)
    except Exception as error:
        raise CredentialsError(
            f"The keyring does not give the secret ({_kind(error)}). {_INSTEAD}"
        ) from error
    if secret is None:
        raise CredentialsError("The keyring has no secret for this key. Enter it again in Settings, Remote.")
    return secret


def forget_secret(name: str) -> None:
    """
    Remove a secret; there being none is no error.

    Raises
    ------
    CredentialsError
        If the keyring cannot be asked, or keeps it.
    """
    backend = _backend()
    try:
        if backend.get_password(SERVICE, name) is not None:
            backend.delete_password(SERVICE, name)
    except Exception as error:
        raise CredentialsError(f"The keyring does not remove the secret ({_kind(error)}).") from error


def _backend() -> Any:
    import keyring

    try:
        backend = keyring.get_keyring()
        safe = backend.priority >= 1  # below are the one that always fails and those that write plain files
    except Exception as error:
        raise CredentialsError(f"The keyring cannot be used ({_kind(error)}). {_INSTEAD}") from error
    if not safe:
        raise CredentialsError(f"This computer has no keyring that keeps secrets safely. {_INSTEAD}")
    return backend


def _kind(error: Exception) -> str:
    # What a backend says may hold the secret itself.
    return type(error).__name__
