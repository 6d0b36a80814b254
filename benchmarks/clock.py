"""Clocks for benchmarks: limits in processor time, so that figures compare while the machine is busy."""

import time


def count_processor_time(workers: int) -> None:
    """Let the clocks that the solver reads tell the processor time of one worker from now on."""

    def clock() -> float:
        return time.process_time() / workers

    time.perf_counter = time.monotonic = clock
