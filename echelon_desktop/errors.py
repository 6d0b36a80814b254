"""
Errors that a user can do something about.

::

    EchelonError
    ├── InputError            a file or a value cannot be used; carries findings
    ├── RuleError             a rule says something that the school cannot mean
    ├── EditError             an edit does not fit the data it is applied to
    ├── ScheduleError         a schedule breaks a hard rule where one must not
    ├── CredentialsError      the operating system's keyring does not keep, or give, a secret
    ├── RemoteError           a remote solve cannot be set up, sent, followed or believed
    ├── UnsupportedError      a method was asked for something it does not do
    └── StoreError            the school file cannot be read or written
        ├── FileLockedError       another process has it open for writing
        ├── NewerFormatError      it was written by a newer version
        └── DamagedFileError      it is not, or no longer, a school file

Everything else that is raised is a bug and reaches the crash report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from echelon_desktop.model.findings import Finding


class EchelonError(Exception):
    """Base of all errors whose message is written for the user: what happened, to what, what to do next."""


class InputError(EchelonError):
    """A file or value cannot be used; ``findings`` says where and how to mend it."""

    def __init__(self, message: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(message)
        self.findings = tuple(findings)


class RuleError(EchelonError):
    """A rule is malformed or names something that the school does not have."""


class EditError(EchelonError):
    """An edit does not fit the data: unknown table or record, or a record that exists already."""


class ScheduleError(EchelonError):
    """A schedule breaks a hard rule; nothing was changed."""


class CredentialsError(EchelonError):
    """The operating system's keyring does not keep, or give, a secret; it was put nowhere else."""


class RemoteError(EchelonError):
    """A remote solve cannot be set up, sent, followed or believed; nothing of the school was changed."""


class UnsupportedError(EchelonError):
    """A method was asked to honour something it cannot; it refuses rather than ignore it."""


class StoreError(EchelonError):
    """The school file cannot be read or written (full disk, read-only folder, ...); nothing was lost."""


class FileLockedError(StoreError):
    """Another process has the school file open for writing."""


class NewerFormatError(StoreError):
    """The school file was written by a newer version of the application."""


class DamagedFileError(StoreError):
    """The file is not a school file, or its contents are damaged."""
