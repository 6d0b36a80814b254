"""Show that the desktop's sign-in may do what it needs, and nothing beside it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cloud_runner.client.connect import Connection
from cloud_runner.client.order import Pace
from cloud_runner.client.probe import probe
from cloud_runner.client.remotes import Remote
from cloud_runner.stack.refusals import refusals


@dataclass(frozen=True, slots=True)
class Line:
    """
    One thing that was tried.

    Parameters
    ----------
    action
        As IAM names it.
    needed
        Whether the desktop needs it; otherwise it must be refused.
    ok
        Whether it is as it should be.
    words
        What it is for, or what is wrong.
    """

    action: str
    needed: bool
    ok: bool
    words: str

    def __str__(self) -> str:
        """Give the line of a report; what is not as it should be begins with NO."""
        may = "may" if self.needed == self.ok else "may not"
        return f"{'ok' if self.ok else 'NO':<4}{may:<9}{self.action:<30}{self.words}"


def check(
    remote: Remote, pace: Pace | None = None, connect: Callable[[Remote, Pace], Connection] = Connection
) -> Iterator[Line]:
    """
    Try everything, first what is needed and then what must be refused.

    Parameters
    ----------
    remote
        The stack, with the sign-in that the desktop will have. An administrator's fails: he may do all.
    pace, connect
        As for :func:`~cloud_runner.client.probe.probe`.

    Yields
    ------
    Line
        As it is known.

    Raises
    ------
    RemoteError
        If AWS does not know the sign-in.
    """
    for tried in probe(remote, pace, connect):
        yield Line(tried.action, True, tried.ok, tried.words or f"to {tried.needed_for}")
    for refusal in refusals(connect(remote, pace or Pace()).session, remote):
        words = f"would let it {refusal.would_let}"
        yield Line(refusal.action, False, refusal.ok, words)
