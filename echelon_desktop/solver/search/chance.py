"""Random numbers that are the same on every machine, interpreted and compiled: Marsaglia's xorshift128."""

from echelon_desktop.solver.search.jit import kernel
from echelon_desktop.solver.search.state import RNG, Ints


@kernel
def draw(d: Ints) -> int:
    """Next 32 random bits, by numbers from 0 to 2**43 only: no integer type can make a difference."""
    t = d[RNG + 3]
    t ^= (t << 11) & 0xFFFFFFFF
    t ^= t >> 8
    s = d[RNG]
    d[RNG + 3] = d[RNG + 2]
    d[RNG + 2] = d[RNG + 1]
    d[RNG + 1] = s
    t ^= s
    t ^= s >> 19
    d[RNG] = t
    return t


@kernel
def below(d: Ints, n: int) -> int:
    """A random integer from 0 to n - 1."""
    return (draw(d) * n) >> 32


@kernel
def chance(d: Ints, numerator: int) -> bool:
    """True with probability numerator / 256."""
    return draw(d) >> 24 < numerator
