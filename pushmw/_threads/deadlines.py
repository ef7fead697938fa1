"""One watch per event loop: what takes too long is cancelled, at next to no cost for the rest.

``asyncio.timeout`` makes a timer a push (2.7 us). Here a push notes when its time is over; only
what still runs when the watch looks, a moment later, gets a timer of its own.
"""

import asyncio
from collections.abc import Awaitable, Coroutine, Generator
from contextlib import contextmanager
from time import monotonic
from typing import Any, Final, TypeVar, cast
from weakref import WeakKeyDictionary

T = TypeVar("T")

TICK: Final = 0.05  # seconds until the watch looks, and the least that anything gets
# What an overrun leaves for cleaning up, and once more for the other handlers of the push, each
# for all of them together: the platform waits 15 s.
GRACE: Final = 1.0
_DOUBLED: Final = 8  # how often the wait is doubled for what catches all cancellations

Task = asyncio.Task[Any]


class Deadline:
    """A task that is watched.

    Attributes:
        at: the monotonic time at which its time is over.
        before: how many cancellations of others were open when this began.
        late: whether a handler was answered for as late already.
        ours: how many cancellations of ours are open.
        task: the task.
        timer: what will look at the clock, if there is something yet.
    """

    __slots__ = ("at", "before", "late", "ours", "task", "timer")

    task: Task
    at: float
    before: int

    def __init__(self) -> None:
        self.timer: asyncio.TimerHandle | None = None
        self.renew()

    def renew(self) -> None:
        """Forget what has been."""
        self.late, self.ours = False, 0


class Watch:
    """The deadlines of one loop.

    Attributes:
        free: deadlines not in use; whoever takes one sets `task`, `at` and `before`, puts it into
            ``running``, and at the end takes it out, puts it back and, if it has a timer, calls
            `settle`.
        idle: nobody looks; call `start`.
        running: the deadlines in use, in the order in which they began.
    """

    __slots__ = ("free", "idle", "running")

    def __init__(self) -> None:
        self.free: list[Deadline] = []
        self.running: dict[Deadline, None] = {}
        self.idle = True

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Look, a moment later, at what still runs then."""
        self.idle = False
        loop.call_later(TICK, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        self.idle = True
        self.free.clear()
        for deadline in self.running:
            if deadline.timer is None:
                self._arm(deadline, loop)

    def _arm(self, deadline: Deadline, loop: asyncio.AbstractEventLoop) -> None:
        left = max(deadline.at - monotonic(), 0)
        deadline.timer = loop.call_later(left, self._ring, deadline, loop)

    def _ring(self, deadline: Deadline, loop: asyncio.AbstractEventLoop) -> None:
        # The time may have been put off, and a loop's own clock may be a turn of it late.
        over = monotonic() >= deadline.at
        if over:
            # Repeated, for a handler may catch it and go on, but not before it had time for
            # cleaning up.
            first = not (deadline.late or deadline.ours)
            wait = GRACE if first else TICK * 2 ** min(deadline.ours, _DOUBLED)
            deadline.at = monotonic() + wait
            deadline.ours += 1
        self._arm(deadline, loop)
        if over:
            deadline.task.cancel()  # the last, for it may raise

    def settle(self, deadline: Deadline) -> None:
        """Stop the clock of a deadline that is over and has one; take back what it cancelled."""
        timer, deadline.timer = deadline.timer, None
        cast("asyncio.TimerHandle", timer).cancel()
        _take_back(deadline)
        deadline.renew()

    def of(self, task: Task | None) -> list[Deadline]:
        """Give the deadlines of a task, the outermost first."""
        return [deadline for deadline in self.running if deadline.task is task]

    def foreign(self, task: Task) -> int:
        """Count the open cancellations of a task that are not ours."""
        return task.cancelling() - sum(deadline.ours for deadline in self.of(task))

    def ended(self, deadline: Deadline) -> bool:
        """Tell whether a `CancelledError` that leaves a block is its deadline's alone."""
        if not deadline.ours:
            return False
        task = deadline.task
        others = any(other.ours for other in self.of(task) if other is not deadline)
        return not others and self.foreign(task) <= deadline.before

    def put_off(self, deadline: Deadline, at: float, loop: asyncio.AbstractEventLoop) -> None:
        """Set another time."""
        deadline.at = at
        if deadline.timer is not None:
            deadline.timer.cancel()
            self._arm(deadline, loop)


def _take_back(deadline: Deadline) -> None:
    for _ in range(deadline.ours):
        deadline.task.uncancel()
    deadline.ours = 0


_watches: WeakKeyDictionary[asyncio.AbstractEventLoop, Watch] = WeakKeyDictionary()


def watch_of(loop: asyncio.AbstractEventLoop) -> Watch:
    """Give the loop's one watch."""
    watch = _watches.get(loop)
    if watch is None:
        watch = _watches[loop] = Watch()
    return watch


def cancelled() -> bool:
    """Tell whether somebody, such as a server whose client has gone, cancels the current task."""
    loop = asyncio.get_running_loop()
    watch, task = watch_of(loop), cast("Task", asyncio.current_task(loop))
    own = watch.of(task)
    return watch.foreign(task) > (own[-1].before if own else 0)


def watches_us() -> bool:
    """Tell whether what runs here is a task under a deadline.

    What closes a coroutine of such a task, the collection of garbage or the end of a loop, is not.
    """
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return False
    return bool(watch_of(loop).of(asyncio.current_task(loop)))


def expired() -> bool:
    """Tell whether deadlines, and nobody else, have cancelled the current task; take that back.

    The task goes on with `GRACE` seconds, the next time with next to nothing.
    """
    loop = asyncio.get_running_loop()
    watch, task = watch_of(loop), asyncio.current_task(loop)
    over = [deadline for deadline in watch.of(task) if deadline.ours]
    for deadline in over:
        _take_back(deadline)
    if not over or cancelled():
        return False
    for deadline in over:
        watch.put_off(deadline, monotonic() + (TICK if deadline.late else GRACE), loop)
        deadline.late = True
    return True


@contextmanager
def spared() -> Generator[None]:
    """Let what runs when the time comes have the `GRACE` for itself, unless that was given."""
    loop = asyncio.get_running_loop()
    watch, task = watch_of(loop), asyncio.current_task(loop)
    given = [each for each in watch.of(task) if not (each.late or each.ours)]
    for deadline in given:
        watch.put_off(deadline, deadline.at + GRACE, loop)
    try:
        yield
    finally:
        for deadline in given:
            if not (deadline.late or deadline.ours):
                watch.put_off(deadline, deadline.at - GRACE, loop)


async def in_task(work: Coroutine[Any, Any, T]) -> T:
    """Run in a task what a server drives without one, so that it can be cancelled."""
    task = asyncio.get_running_loop().create_task(work)
    try:
        return await task
    finally:
        task.cancel()


async def within(seconds: float, awaitable: Awaitable[T]) -> T:
    """Await under a deadline.

    Raises:
        TimeoutError: it was over, and the code inside did not make an outcome of its own of that.
    """
    loop = asyncio.get_running_loop()
    watch, task = watch_of(loop), asyncio.current_task(loop)
    if task is None:
        return await in_task(within(seconds, awaitable))
    if watch.idle:
        watch.start(loop)
    deadline = watch.free.pop() if watch.free else Deadline()
    deadline.task, deadline.at = task, monotonic() + seconds
    deadline.before = task.cancelling() and watch.foreign(task)
    watch.running[deadline] = None
    try:
        return await awaitable
    except asyncio.CancelledError:
        if not watch.ended(deadline):
            raise
        raise TimeoutError(f"not done in {seconds:g} s") from None
    finally:
        del watch.running[deadline]
        watch.free.append(deadline)
        if deadline.timer is not None:
            watch.settle(deadline)
