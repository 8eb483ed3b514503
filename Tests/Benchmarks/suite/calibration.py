"""A fixed piece of work, to tell a slow hour of the machine from a slow program.

Its CPU time beside a measurement makes a ratio that can be compared between hours and, roughly,
between machines. It walks through more memory than a core's own caches hold, because neighbours on
a shared machine take those first.
"""

import time

SIZE = 1 << 19
_table = {number: number * 2_654_435_761 % SIZE for number in range(SIZE)}


def milliseconds() -> float:
    """CPU time of the work, the least of three runs: about 100 ms on a calm machine."""
    return min(_once() for _ in range(3))


def _once() -> float:
    began, at, total = time.process_time_ns(), 1, 0
    for _ in range(400_000):
        at = _table[(at * 1_103_515_245 + 12_345) % SIZE]
        total ^= at
    assert total >= 0
    return (time.process_time_ns() - began) / 1e6
