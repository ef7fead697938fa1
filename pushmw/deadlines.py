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


class Deadline:
    """A task that is watched.

    Attributes:
        task: the task; None while this is not in use.
        last: the tick it may last to.
    """

    __slots__ = ("last", "task")

    def __init__(self) -> None:
        self.task: Task | None = None
        self.last = 0


class _Mark:
    """What was done about a task.

    Attributes:
        deadline: the one that was over.
        ours: how many cancellations of ours are open.
        late: whether one was answered for already.
    """

    __slots__ = ("deadline", "late", "ours")

    def __init__(self) -> None:
        self.ours, self.late = 0, False
        self.deadline: Deadline


class Watch:
    """The deadlines of one loop.

    Attributes:
        free: deadlines not in use; whoever takes one sets both its attributes, and at the end
            makes its task None again, puts it back and, if there are marks, calls `settle`.
        now: the current tick.
        idle: nobody sweeps; call `start`.
        marks: the tasks in which something was cancelled.
    """

    __slots__ = ("deadlines", "free", "idle", "marks", "now")

    def __init__(self) -> None:
        self.deadlines: list[Deadline] = []
        self.free: list[Deadline] = []
        self.marks: dict[Task, _Mark] = {}
        self.now = 0
        self.idle = True

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to sweep; `now` is right from here on."""
        self.idle = False
        self.now = math.floor(loop.time() / TICK)
        loop.call_later(TICK, self._sweep, loop)

    def more(self) -> Deadline:
        """Make a further deadline."""
        deadline = Deadline()
        self.deadlines.append(deadline)
        return deadline

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        self.now = math.floor(loop.time() / TICK)
        if len(self.free) == len(self.deadlines):
            self.idle = True
            self.free.clear()
            self.deadlines.clear()
            return
        for deadline in self.deadlines:
            if deadline.task is not None and deadline.last <= self.now:
                self._cancel(deadline, deadline.task)
        loop.call_later(TICK, self._sweep, loop)

    def _cancel(self, deadline: Deadline, task: Task) -> None:
        # Repeated, for a handler may catch it and go on, but not before it had time for cleaning
        # up.
        deadline.last = self.now + _GRACE_TICKS
        mark = self.marks.setdefault(task, _Mark())
        mark.deadline = deadline
        mark.ours += 1
        task.cancel()

    def settle(self, task: Task) -> None:
        """Take back what was cancelled in a task that has left, or gone on to, another deadline."""
        mark = self.marks.get(task)
        if mark is not None:
            self._take_back(task, mark)
            if all(deadline.task is not task for deadline in self.deadlines):
                del self.marks[task]

    def expired(self, task: Task) -> bool:
        """Tell whether a `CancelledError` in ``task`` was ours alone, and then take it back.

        The task goes on with `GRACE` seconds, the next time with next to nothing.
        """
        mark = self.marks.get(task)
        if mark is None or not self._take_back(task, mark) or task.cancelling():
            return False
        mark.deadline.last = self.now + (_LEAST_TICKS if mark.late else _GRACE_TICKS)
        mark.late = True
        return True

    @staticmethod
    def _take_back(task: Task, mark: _Mark) -> int:
        ours, mark.ours = mark.ours, 0
        for _ in range(ours):
            task.uncancel()
        return ours


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
    deadline = watch.free.pop() if watch.free else watch.more()
    deadline.task, deadline.last = task, watch.now + ticks(seconds)
    try:
        return await awaitable
    except asyncio.CancelledError:
        if not watch.expired(task):
            raise
        raise TimeoutError(f"not done in {seconds:g} s") from None
    finally:
        deadline.task = None
        watch.free.append(deadline)
        watch.settle(task)
