"""What chains of both searches are built on: kernels that go from interpreted to compiled under way."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echelon_desktop.solver.search import jit
from echelon_desktop.solver.search.state import RNG, seed_words


class TwoSpeeds:
    """
    The numbers of a chain and the kernels on them: lists interpreted at first, arrays compiled later.

    Parameters
    ----------
    layout
        Where things are in the data: a named tuple of integers.
    data
        What every start begins with; never written.
    seed
        Of the chain's random numbers. What a chain does depends on it and on the numbers of moves asked for,
        not on when numba is ready.
    warmup
        Says when compiled kernels can be had.
    """

    def __init__(self, layout: Any, data: NDArray[np.int64], seed: int, warmup: jit.Warmup) -> None:
        self._layout, self._record = layout, jit.record(layout)
        self._blank, self._warmup = data, warmup
        self._data: Any = data.tolist()
        self._heat: Any = [1.0] * 4
        self.compiled = False
        self._data[RNG : RNG + 4] = seed_words(seed)

    def state(self) -> NDArray[np.int64]:
        """All there is of the chain now, to go on from later."""
        return np.array(self._data, dtype=np.int64)

    def resume(self, state: NDArray[np.int64]) -> None:
        """Go on from an earlier state, which is written to from now on; only random numbers go on."""
        state[RNG : RNG + 4] = self._data[RNG : RNG + 4]
        self._take(state)

    def _fresh(self) -> NDArray[np.int64]:
        """Data to start anew from, in which only random numbers go on."""
        fresh = self._blank.copy()
        fresh[RNG : RNG + 4] = self._data[RNG : RNG + 4]
        return fresh

    def _take(self, data: NDArray[np.int64]) -> None:
        """Go on with other data."""
        self._data = data if self.compiled else data.tolist()

    def _part(self, first: int, n: int) -> NDArray[np.int64]:
        return np.array(self._data[first : first + n], dtype=np.int64)

    def _call(self, function: Callable[..., int], job: int, a: int, b: int) -> int:
        """Call a kernel at the best speed there is."""
        self._go_over(self._warmup.ready(function))
        if self.compiled:
            return int(jit.compiled(function)(self._record, self._data, self._heat, job, a, b))
        return function(self._layout, self._data, self._heat, job, a, b)

    def _go_over(self, compiled: bool) -> None:
        if compiled != self.compiled:
            self.compiled = compiled
            if compiled:
                self._data = np.array(self._data, dtype=np.int64)
                self._heat = np.array(self._heat, dtype=np.float64)
            else:
                self._data = self._data.tolist()
                self._heat = self._heat.tolist()
