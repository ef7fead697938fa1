"""What the watch of an event loop holds at the moment."""

import asyncio

from pushmw.deadlines import Deadline, Watch


def watched(watch: Watch) -> list[Deadline]:
    """Give the deadlines in use."""
    return [deadline for deadline in watch.deadlines if deadline.task is not None]


def deadline_of(watch: Watch) -> Deadline:
    """Give the deadline of the current task that is over first."""
    task = asyncio.current_task()
    own = [deadline for deadline in watched(watch) if deadline.task is task]
    return min(own, key=lambda deadline: deadline.last)
