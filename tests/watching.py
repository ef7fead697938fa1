"""What the watch of an event loop holds at the moment."""

import asyncio
from time import monotonic

from pushmw._threads.deadlines import Deadline, Watch, watch_of


def watched(watch: Watch) -> list[Deadline]:
    """Give the deadlines in use."""
    return list(watch.running)


def deadline_of(watch: Watch) -> Deadline:
    """Give the deadline of the current task that is over first."""
    return min(watch.of(asyncio.current_task()), key=lambda deadline: deadline.at)


def left() -> float:
    """Give the seconds that the current task has left."""
    return deadline_of(watch_of(asyncio.get_running_loop())).at - monotonic()
