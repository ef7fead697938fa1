"""Push very often and print how much memory the process has: ``python -m benchmarks.memory``.

Takes the protocol and how many pushes; prints the resident bytes after each twentieth of them.
What could pile up differs from push to push: ids, lengths, kinds, types, and what is wrong.
"""

import gc
import json
import logging
import os
import sys
from pathlib import Path

from benchmarks.bodies import KIND, progress
from benchmarks.candidates import aignore, ignore, receiver
from benchmarks.drivers import DRIVERS

PARTS = 20
_PAGE = os.sysconf("SC_PAGE_SIZE")


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE


def variety(number: int) -> list[bytes]:
    """Write four pushes like no other: good, of an unknown kind, not fitting, broken."""
    body = progress(250 + number % 500)
    return [
        body.replace(b"op-2-1", b"op-%d" % number),
        body.replace(KIND.encode(), b"unknown%d" % number),
        body.replace(b'"deviceId"', b'"device%d"' % number),
        body[: -1 - number % 100],
    ]


def main() -> None:
    protocol, pushes = sys.argv[1], int(sys.argv[2])
    log = logging.getLogger("pushmw")
    log.addHandler(logging.NullHandler())
    log.propagate = False
    handler = aignore if protocol == "asgi" else ignore
    app = getattr(receiver(handler), protocol)()
    usual = DRIVERS[protocol](app, progress())
    gc.collect()
    seen: list[int] = []
    for part in range(PARTS):
        usual(pushes // PARTS)
        for number in range(pushes // PARTS // 200):
            for body in variety(part * pushes + number):
                DRIVERS[protocol](app, body)(1)
        gc.collect()
        seen.append(resident())
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
