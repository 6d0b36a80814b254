"""What is asked of a remote, and how patiently."""

from dataclasses import dataclass
from typing import Annotated

from cloud_runner.wire.documents import MAX_CHILDREN, Seed, Strategy
from cloud_runner.wire.fields import Between, Length
from echelon_desktop.errors import RemoteError
from echelon_desktop.solver.result import DEFAULT_STRATEGY


@dataclass(frozen=True, slots=True)
class Order:
    """
    A remote solve as the user orders it.

    Parameters
    ----------
    seeds, strategies
        The portfolio: one child per pair. Strategies are those of ``solver.result.STRATEGIES``.
    time_limit_s
        Seconds of solving per child.
    vcpu, memory_mb
        Of each child's machine.
    keep_remote
        Leave the run's objects in the bucket after they were brought back.

    Raises
    ------
    RemoteError
        If the portfolio is empty, too large or names something twice, or a number is not above zero.
    """

    seeds: Annotated[tuple[Seed, ...], Length(1, MAX_CHILDREN)]
    strategies: Annotated[tuple[Strategy, ...], Length(1, 100)] = (DEFAULT_STRATEGY,)
    time_limit_s: Annotated[float, Between(1, 14 * 86_400)] = 600.0
    vcpu: Annotated[int, Between(1, 1024)] = 4
    memory_mb: Annotated[int, Between(512, 16 << 20)] = 8192
    keep_remote: bool = False

    def __post_init__(self) -> None:
        for name, values in (("seeds", self.seeds), ("strategies", self.strategies)):
            if not values or len(set(values)) < len(values):
                raise RemoteError(f"The {name} of the order must be at least one, and none of them twice.")
        if self.children > MAX_CHILDREN:
            raise RemoteError(f"An order is of at most {MAX_CHILDREN} children (seeds × strategies).")
        if self.time_limit_s < 1 or self.vcpu < 1 or self.memory_mb < 512:
            raise RemoteError("An order needs at least 1 second, 1 vCPU and 512 MB.")

    @property
    def children(self) -> int:
        """Number of children."""
        return len(self.seeds) * len(self.strategies)


@dataclass(frozen=True, slots=True)
class Pace:
    """
    How patient the desktop is; all in seconds.

    Parameters
    ----------
    poll_min_s, poll_max_s
        Between two looks at a run: shortly after something changed, and when nothing does.
    picked_up_s
        After which a run that no dispatcher took is called "not picked up".
    forgotten_s
        After which AWS Batch may not know a job any more, however it ended.
    busy_s
        For a look, or another window, to be done with a run, when the user asks for something.
    connect_s, read_s
        Of one request to AWS.
    attempts
        Of one request, in all.
    """

    poll_min_s: float = 2.0
    poll_max_s: float = 15.0
    picked_up_s: float = 300.0
    forgotten_s: float = 86_400.0
    busy_s: float = 90.0  # longer than a look takes to fail where the network is gone
    connect_s: float = 5.0
    read_s: float = 20.0
    attempts: int = 3
