"""Pushes stored from greenlets, while the disk is slow: what each was told, as JSON."""

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402 - after the patch, as gevent wants it
import sys  # noqa: E402
from collections.abc import Sequence  # noqa: E402
from time import monotonic, sleep  # noqa: E402

import gevent  # noqa: E402

from pushmw._threads.native import waiter  # noqa: E402
from pushmw.inbox.accepting import Accept, Accepting, Item, NotAccepted  # noqa: E402
from pushmw.inbox.envelope import Envelope  # noqa: E402

slow = monkey.get_original("time", "sleep")
stored: list[str] = []
ticks = 0


def store(batch: Sequence[Item]) -> None:
    slow(0.5)
    stored.extend(item.envelope.id for item in batch if isinstance(item, Accept))


def accept(identity: str, seconds: float) -> str:
    push = Envelope(id=identity, key="k", kind=None, path="/", headers={}, received=0.0, body=b"{}")
    try:
        queue.accept(push, monotonic() + seconds)
    except NotAccepted as error:
        return str(error)
    return "stored"


def tick() -> None:
    global ticks  # noqa: PLW0603 - a program
    while True:
        ticks += 1
        sleep(0.01)


queue = Accepting(store)
gevent.spawn(tick)
first = gevent.spawn(accept, "late", 0.1)
gevent.sleep(0.05)
given_up = gevent.spawn(accept, "given up", 0.1)
late = [given_up.get(), first.get()]
answers = [job.get() for job in [gevent.spawn(accept, str(n), 10) for n in range(6)]]
accept("last", 10)
early = waiter()
early.tell()
early.until(monotonic() + 10)
json.dump(
    {
        "answers": answers,
        "late": late,
        "stored": len(stored),
        "ticks": ticks,
        "early": early.is_told,
    },
    sys.stdout,
)
