"""An event loop for async handlers where the server has none."""

import asyncio
import logging
import sys
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from itertools import takewhile
from traceback import walk_stack
from types import CodeType, FrameType
from typing import Any, TypeVar, cast

from pushmw._forks import reset_at_fork
from pushmw._threads.native import gevent_monkey, start

T = TypeVar("T")

logger = logging.getLogger("pushmw")


def discard(awaitable: Any) -> None:
    """Give up what will not be awaited, without the warning that it was not."""
    if asyncio.iscoroutine(awaitable):
        awaitable.close()


class _LoopThread:
    """The event loop of this process for async handlers where the server has none.

    One loop for good: clients and connections that a handler keeps belong to the loop they were
    made on, so a loop for each call would break them.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Start with no loop, as after a fork."""
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ident: int | None = None

    def check_elsewhere(self, work: Any) -> None:
        """Refuse to wait for ``work`` on the loop's own thread, which cannot wait for itself.

        Raises:
            RuntimeError: this is that thread; a coroutine is closed.
        """
        # Not by the running loop: where eventlet makes threads greenlets, all of them see it.
        if self._ident == threading.get_ident():
            discard(work)
            raise RuntimeError("an async handler must await push.ahandle(...), not call handle()")

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Run a coroutine on the loop, in a copy of this thread's context."""
        with self._lock:
            if self._loop is None:
                self._loop = _start_loop()
                self._loop.call_soon_threadsafe(self._identify)
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def holder(self) -> str:
        """Say what keeps the loop from ending some work that was told to end."""
        inside = [*takewhile(_is_users, _stack_of(_run_loop.__code__))]
        if not inside or asyncio.current_task(self._loop) is None:
            return "it was cancelled and went on"
        frame = inside[-1]
        place = f"{frame.f_code.co_qualname}, {frame.f_code.co_filename}:{frame.f_lineno}"
        return f"the event loop of all async handlers is blocked in {place}"

    def _identify(self) -> None:
        self._ident = threading.get_ident()


def _stack_of(function: CodeType) -> list[FrameType]:
    """Give the frames of the thread that runs a function, from the innermost on.

    Not by the thread's number, which is a greenlet's where gevent has replaced threads.
    """
    running: dict[int, FrameType] = sys._current_frames()  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]  # documented, all the same
    stacks = ([frame for frame, _ in walk_stack(inner)] for inner in running.values())
    nobodys: list[FrameType] = []
    return next((s for s in stacks if any(frame.f_code is function for frame in s)), nobodys)


def _is_users(frame: FrameType) -> bool:
    name: str = frame.f_globals.get("__name__", "")
    return not name.startswith(("asyncio.", "pushmw."))


def _start_loop() -> asyncio.AbstractEventLoop:
    """Start an event loop on a thread of the operating system.

    In a greenlet it would be visible to every greenlet of its thread, and Django's ORM refuses to
    work where a loop runs.
    """
    monkey = gevent_monkey()
    if monkey is None:
        loop = asyncio.new_event_loop()
    else:
        loop = asyncio.SelectorEventLoop(monkey.get_original("selectors", "DefaultSelector")())
    start(_run_loop, loop, name="pushmw-loop")
    return loop


def _run_loop(loop: asyncio.AbstractEventLoop) -> None:
    """Run a loop for good, whatever a task that a handler left behind may raise."""
    while not loop.is_closed():
        try:
            loop.run_forever()
        except (SystemExit, KeyboardInterrupt) as error:
            logger.exception("a task in the background raised %s", type(error).__name__)


async def _boxed(work: Coroutine[Any, Any, T]) -> tuple[T | None, BaseException | None]:
    """Keep what would end the loop's thread for the thread that waits."""
    try:
        return await work, None
    except (SystemExit, KeyboardInterrupt) as error:
        return None, error


def _in_greenlet(future: Future[T], timeout: float | None) -> T:
    """Wait without one of the hub's few native threads, which name look-ups need."""
    from gevent import Timeout, get_hub
    from gevent.event import Event

    done = Event()
    watcher: Any = get_hub().loop.async_()
    with watcher as wake:
        wake.start(done.set)
        future.add_done_callback(wake.send_ignoring_arg)
        try:
            with Timeout(timeout, TimeoutError):
                done.wait()
            return future.result()
        finally:  # whoever ends the wait, the loop must not wake what is gone
            future.cancel()
            done.wait()


def wait_for(work: Coroutine[Any, Any, T], timeout: float | None = None) -> T:
    """Run a coroutine on the process's loop thread and wait for it here.

    Raises:
        TimeoutError: it did not end in ``timeout`` seconds; it was told to. The message says why.
        RuntimeError: this is the loop's own thread.
    """
    loop_thread.check_elsewhere(work)
    future = loop_thread.submit(_boxed(work))
    try:
        if gevent_monkey() is None:
            result, error = future.result(timeout)
        else:
            result, error = _in_greenlet(future, timeout)
    except TimeoutError:
        if future.done() and not future.cancelled():  # it is its own
            raise
        why = loop_thread.holder()
        future.cancel()
        raise TimeoutError(why) from None
    if error is not None:
        raise error
    return cast("T", result)


loop_thread = _LoopThread()

reset_at_fork(loop_thread)
