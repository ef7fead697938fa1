"""Between those who bring pushes and the one thread that stores them: a bounded queue, and waiters.

It knows no engine. The thread takes whatever is queued, an engine stores that in one go, and then
everybody who waits is told.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from math import inf
from time import monotonic
from typing import Final, Protocol

from pushmw._forks import reset_at_fork
from pushmw._threads.native import SimpleQueue, native, start, waiter
from pushmw.inbox.envelope import Envelope

# What waits to be stored, at most: there is no use in more than can be stored before the deadline.
MOST_PUSHES: Final = 10_000
MOST_BYTES: Final = 64 * 1024 * 1024
# What is stored in one go, at most.
BATCH_PUSHES: Final = 512
BATCH_BYTES: Final = 4 * 1024 * 1024
# From when on a batch that is under way is taken for stuck, in seconds.
STALLED: Final = 3.0
# What an engine may raise: the thread never ends by it, or nobody would ever be told.
_RAISED: Final = (BaseException,)
_ROW: Final = 300  # bytes of a push beside its body, nearly


class NotAccepted(Exception):
    """A push could not be stored in time; the platform is to be answered 503."""


class Told(Protocol):
    """Who waits for an item, as far as the storing thread knows."""

    @property
    def is_told(self) -> bool:
        """Whether it was told."""
        ...

    def tell(self) -> None:
        """Tell it, once."""
        ...


class Item:
    """Something for the storing thread to do; a push to be accepted, or what an engine adds.

    Attributes:
        size: its bytes.
        error: why it was not done, once it is told; a text, for exceptions of the thread hold its
            frames.
    """

    size: int = 0

    def __init__(self, wait: Told) -> None:
        self.wait = wait
        self.error: str | None = None
        self._open = [True]  # taken by whoever is first: popping is atomic

    def claim(self) -> bool:
        """Take it, to do it or to give it up; False if somebody else has."""
        try:
            return self._open.pop()
        except IndexError:
            return False


class Accept(Item):
    """A push to be accepted."""

    def __init__(self, envelope: Envelope, wait: Told) -> None:
        super().__init__(wait)
        self.envelope = envelope
        self.size = len(envelope.body) + _ROW


class Accepting:
    """The queue, and the thread that empties it.

    Args:
        store: stores a batch, and returns when it is durable; it puts the `error` into items that
            could not be. What it raises is the error of all. It is called in one thread only.
        rest: seconds to pause after a batch, so that those who were told can bring more.
    """

    def __init__(self, store: Callable[[Sequence[Item]], None], *, rest: float = 0.0001) -> None:
        self._store = store
        self._rest = rest
        self.reset()
        reset_at_fork(self)

    def reset(self) -> None:
        """Begin anew, as in a forked child, where no thread runs."""
        self._queue: SimpleQueue[Item | None] = SimpleQueue()
        self._lock = native("_thread", "allocate_lock")()
        self._started = False
        self._since = inf  # monotonic time at which the batch under way began
        self._pushes = 0
        self._bytes = 0

    @property
    def depth(self) -> int:
        """How many pushes wait to be stored."""
        return self._pushes

    def accept(self, envelope: Envelope, deadline: float) -> None:
        """Have a push stored, on a thread or in a greenlet; it is durable when this returns.

        Args:
            envelope: the push.
            deadline: the instant of ``time.monotonic()`` at which it is given up.

        Raises:
            NotAccepted: it was not; if the deadline came while it was being stored, it may be.
        """
        wait = waiter()
        item = Accept(envelope, wait)
        self.put(item)
        wait.until(deadline)
        self._check(item)

    async def aaccept(self, envelope: Envelope, deadline: float) -> None:
        """Have a push stored, from an event loop; otherwise as `accept`."""
        wait = _OnLoop(asyncio.get_running_loop())
        item = Accept(envelope, wait)
        self.put(item)
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(deadline - monotonic()):
                    await wait.told
        except asyncio.CancelledError:
            item.claim()
            raise
        self._check(item)

    def put(self, item: Item) -> None:
        """Queue something.

        Raises:
            NotAccepted: too much waits, or the thread is stuck.
        """
        if monotonic() - self._since > STALLED:
            raise NotAccepted(f"the inbox has been storing for more than {STALLED:g} s")
        with self._lock:
            if isinstance(item, Accept):
                if self._pushes >= MOST_PUSHES or self._bytes + item.size > MOST_BYTES:
                    raise NotAccepted(f"{self._pushes} pushes wait to be stored")
                self._pushes += 1
                self._bytes += item.size
            if not self._started:
                self._started = True
                start(self._run, self._queue, name="pushmw-inbox")
            self._queue.put(item)

    def stop(self) -> None:
        """Let the thread end when it has done what is queued."""
        with self._lock:
            if self._started:
                self._started = False
                self._queue.put(None)
                self._queue = SimpleQueue()

    def _check(self, item: Item) -> None:
        if item.wait.is_told:
            if item.error is not None:
                raise NotAccepted(item.error)
        elif item.claim():
            raise NotAccepted("it was not stored in time")
        else:
            raise NotAccepted("it was not stored in time, and may be yet")

    # -- the thread

    def _run(self, queue: "SimpleQueue[Item | None]") -> None:
        sleep, last = native("time", "sleep"), False
        while not last:
            batch, last = self._batch(queue)
            if batch:
                self._do(batch)
                sleep(self._rest)

    def _batch(self, queue: "SimpleQueue[Item | None]") -> tuple[list[Item], bool]:
        """Wait for something, and take what is there; those that were given up are left out."""
        batch: list[Item] = []
        size = 0
        item = queue.get()
        while item is not None:
            if isinstance(item, Accept):
                with self._lock:
                    self._pushes -= 1
                    self._bytes -= item.size
            if item.claim():
                batch.append(item)
                size += item.size
            if len(batch) >= BATCH_PUSHES or size >= BATCH_BYTES or queue.empty():
                return batch, False
            item = queue.get()
        return batch, True

    def _do(self, batch: Sequence[Item]) -> None:
        self._since = monotonic()
        try:
            self._store(batch)
        except _RAISED as error:
            for item in batch:
                item.error = item.error or f"{type(error).__name__}: {error}"
        self._since = inf
        for item in batch:
            item.wait.tell()


class _OnLoop:
    """Waits on an event loop, for what another thread tells."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.told: asyncio.Future[None] = loop.create_future()

    @property
    def is_told(self) -> bool:
        return self.told.done() and not self.told.cancelled()

    def tell(self) -> None:
        with suppress(RuntimeError):  # it is closed: nobody waits any more
            self._loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        if not self.told.done():
            self.told.set_result(None)
