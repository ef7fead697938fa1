"""One watch per event loop: what takes too long is cancelled, at next to no cost for the rest.

``asyncio.timeout`` makes a timer a push (2.7 us); a dictionary swept a few times a second costs a
tenth of that. Time is counted in ticks, and the clock is read once a sweep, not once a push.
"""

import asyncio
import math
from collections.abc import Awaitable
from typing import Any, Final, TypeVar, cast
from weakref import WeakKeyDictionary

T = TypeVar("T")

TICK: Final = 0.05  # seconds between two sweeps while something is watched
# What an overrun leaves for cleaning up and for the other handlers of the push, together: the
# platform waits 15 s. Each that overruns this as well gets the least there is.
GRACE: Final = 1.0

Task = asyncio.Task[Any]


def ticks(seconds: float) -> int:
    """Round up to whole ticks, and one more because the current one has begun."""
    return math.ceil(seconds / TICK) + 1


_GRACE_TICKS: Final = ticks(GRACE)
_LEAST_TICKS: Final = 2
_UNMARKED: Final = (0, False)


class Watch:
    """The running tasks of one loop and the tick each may last to.

    Attributes:
        until: the tick a task may last to; whoever enters a task takes it out with `leave`.
        now: the current tick.
        idle: nobody sweeps; call `start` after an entry.
        marked: the tasks in which something was cancelled; only these need `leave`.
    """

    __slots__ = ("idle", "marked", "now", "until")

    def __init__(self) -> None:
        # How many cancellations of ours are open, and whether one was answered for already.
        self.marked: dict[Task, tuple[int, bool]] = {}
        self.until: dict[Task, int] = {}
        self.now = 0
        self.idle = True

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to sweep; `now` is right from here on."""
        self.idle = False
        self.now = math.floor(loop.time() / TICK)
        loop.call_later(TICK, self._sweep, loop)

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        self.now = math.floor(loop.time() / TICK)
        for task, last in self.until.items():
            if last <= self.now:
                # Repeated, for a handler may catch it and go on, but not before it had time for
                # cleaning up.
                ours, late = self.marked.get(task, _UNMARKED)
                self.marked[task] = ours + 1, late
                self.until[task] = self.now + _GRACE_TICKS
                task.cancel()
        if self.until:
            loop.call_later(TICK, self._sweep, loop)
        else:
            self.idle = True

    def leave(self, task: Task, outer: int | None = None) -> None:
        """Stop watching, or go on with the deadline there was before."""
        self._take_back(task)
        if outer is None:
            self.marked.pop(task, None)
            self.until.pop(task, None)
        else:
            self.until[task] = outer

    def expired(self, task: Task) -> bool:
        """Tell whether a `CancelledError` in ``task`` was ours alone, and then take it back.

        The task goes on with `GRACE` seconds, the next time with next to nothing.
        """
        ours, late = self._take_back(task)
        if not ours or task.cancelling():
            return False
        self.until[task] = self.now + (_LEAST_TICKS if late else _GRACE_TICKS)
        self.marked[task] = 0, True
        return True

    def _take_back(self, task: Task) -> tuple[int, bool]:
        ours, late = self.marked.get(task, _UNMARKED)
        if ours:
            self.marked[task] = 0, late
        for _ in range(ours):
            task.uncancel()
        return ours, late


_watches: WeakKeyDictionary[asyncio.AbstractEventLoop, Watch] = WeakKeyDictionary()


def watch_of(loop: asyncio.AbstractEventLoop) -> Watch:
    """Give the loop's one watch."""
    watch = _watches.get(loop)
    if watch is None:
        watch = _watches[loop] = Watch()
    return watch


def expired() -> bool:
    """Tell whether the current task was cancelled by its deadline; see `Watch.expired`."""
    loop = asyncio.get_running_loop()
    return watch_of(loop).expired(cast("Task", asyncio.current_task(loop)))


async def within(seconds: float, awaitable: Awaitable[T]) -> T:
    """Await under a deadline.

    Raises:
        TimeoutError: it was over, and the code inside did not make an outcome of its own of that.
    """
    loop = asyncio.get_running_loop()
    watch, task = watch_of(loop), cast("Task", asyncio.current_task(loop))
    if watch.idle:
        watch.start(loop)
    outer = watch.until.get(task)
    last = watch.now + ticks(seconds)
    watch.until[task] = last if outer is None else min(last, outer)
    try:
        return await awaitable
    except asyncio.CancelledError:
        if not watch.expired(task):
            raise
        raise TimeoutError(f"not done in {seconds:g} s") from None
    finally:
        watch.leave(task, outer)
