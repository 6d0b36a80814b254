"""
Sizes that Fargate has: an order is rounded up to one, since it takes no other.

References
----------
The Batch user guide's table of vCPU and memory for jobs on Fargate, without its halves and quarters.
"""

GIB = 1024  # in MiB, as Batch counts memory

# vCPU → least and most memory, and its steps, in GiB.
SIZES = {1: (2, 8, 1), 2: (4, 16, 1), 4: (8, 30, 1), 8: (16, 60, 4), 16: (32, 120, 8)}


def size_for(vcpu: int, memory_mb: int) -> tuple[int, int]:
    """
    The smallest size with so much of both.

    Parameters
    ----------
    vcpu, memory_mb
        What is asked for, at most 16 vCPU and 120 GiB.

    Returns
    -------
    tuple of int
        vCPU, and memory in MiB.

    Raises
    ------
    ValueError
        If there is no such size.
    """
    for processors, (least, most, step) in SIZES.items():
        if vcpu <= processors and memory_mb <= most * GIB:
            wanted = max(least, -(-memory_mb // GIB))
            return processors, (least + -(-(wanted - least) // step) * step) * GIB
    raise ValueError(f"Fargate has no size with {vcpu} vCPU and {memory_mb} MiB")
