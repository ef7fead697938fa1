"""Print how much memory the worst body takes once it is decoded, as a multiple of its size.

Usage: python tools/worst_body.py
"""

import sys
import tracemalloc

from pushmw import DeviceDataChanged, Receiver
from pushmw.samples import sample

SIZE = 2 * 1024 * 1024  # the default of max_body
DEEP = b"[" * 50 + b"]" * 50


def main() -> None:
    """Decode lists in lists in lists."""
    push = Receiver(guards=[])
    empty = sample("deviceDataChanged", **{"service.data": {"a": "HERE"}})
    lists = b",".join([DEEP] * ((SIZE - len(empty)) // (len(DEEP) + 1)))
    body = empty.replace(b'"HERE"', b"[" + lists + b"]")
    push.parse(empty)
    tracemalloc.start()
    event = push.parse(body)
    held, _ = tracemalloc.get_traced_memory()
    assert isinstance(event, DeviceDataChanged)  # noqa: S101 - or nothing has been measured
    times = held / len(body)
    sys.stdout.write(f"{len(body):,} bytes become {held:,}, {times:.0f} times as much\n")


if __name__ == "__main__":
    main()
