"""Between threads and event loops: a pool for sync handlers, a loop for async ones under WSGI."""

import asyncio
import contextlib
import logging
import os
import sys
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextvars import copy_context
from queue import Empty, SimpleQueue
from typing import Any, TypeVar, cast
from weakref import WeakSet

T = TypeVar("T")

logger = logging.getLogger("pushmw")


class SaturatedError(RuntimeError):
    """Every thread of the pool is held by a handler that is late, or there is none to be had."""


class _Job:
    """One function on its way through the pool."""

    __slots__ = ("_arguments", "_context", "_function", "done", "future", "late", "started")

    def __init__(
        self, function: Callable[..., Any], arguments: tuple[Any, ...], future: asyncio.Future[Any]
    ) -> None:
        self._context = copy_context()
        self._function = function
        self._arguments = arguments
        self.future = future
        self.started = self.done = self.late = False

    def work(self) -> None:
        result: Any = None
        error: BaseException | None = None
        try:
            result = self._context.run(self._function, *self._arguments)
        except StopIteration as stop:
            error = RuntimeError("StopIteration")  # a future takes none
            error.__cause__ = stop
        except BaseException as raised:  # noqa: BLE001 - SystemExit too belongs to the waiting task
            error = raised
        with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile
            self.future.get_loop().call_soon_threadsafe(self._resolve, result, error)

    def _resolve(self, result: Any, error: BaseException | None) -> None:
        if self.future.done():
            return
        if error is None:
            self.future.set_result(result)
        else:
            self.future.set_exception(error)


class Pool:
    """A bounded pool of daemon threads: a handler that hangs must not hold up the exit.

    The threads of `concurrent.futures.ThreadPoolExecutor` are joined at exit, and asyncio's default
    executor is shared with name look-ups.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self.reset()
        _pools.add(self)

    def reset(self) -> None:
        """Start with no threads, as after a fork."""
        self._jobs: SimpleQueue[_Job] = SimpleQueue()
        self._lock = threading.Lock()
        self._waiting = threading.Semaphore(0)
        self._threads = 0
        self._held = 0

    async def run(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run ``function`` on a thread of the pool, in a copy of this task's context.

        When the wait is cancelled a function that has begun goes on, and its thread counts as held
        until it returns; one that has not begun is dropped.

        Raises:
            SaturatedError: every thread is held.
        """
        if self._held >= self._size:
            raise SaturatedError
        job = _Job(function, arguments, asyncio.get_running_loop().create_future())
        self._jobs.put(job)
        try:
            if not self._waiting.acquire(blocking=False):
                self._grow()
            result: T = await job.future
        except SaturatedError:
            job.future.cancel()  # it will not be done by chance later, if no thread could be had
            raise
        except asyncio.CancelledError:
            with self._lock:
                job.late = job.started and not job.done
                self._held += job.late
            raise
        return result

    def _grow(self) -> None:
        with self._lock:
            if self._threads == self._size:
                return
            self._threads += 1
        try:
            threading.Thread(target=self._serve, name="pushmw-handlers", daemon=True).start()
        except RuntimeError as error:
            with self._lock:
                self._threads -= 1
            if not self._threads:
                raise SaturatedError("no thread can be had") from error

    def _serve(self) -> None:
        while True:
            try:
                job = self._jobs.get_nowait()
            except Empty:
                self._waiting.release()
                job = self._jobs.get()
            self._do(job)
            del job  # an idle thread must not keep the last push alive

    def _do(self, job: _Job) -> None:
        with self._lock:
            job.started = not job.future.cancelled()
        if job.started:
            job.work()
            with self._lock:
                job.done = True
                self._held -= job.late


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

    def _identify(self) -> None:
        self._ident = threading.get_ident()


def _gevent() -> Any:
    """Give gevent's monkey module if it has replaced the threads of this process."""
    monkey = sys.modules.get("gevent.monkey")
    return monkey if monkey is not None and monkey.is_module_patched("threading") else None


def _start_loop() -> asyncio.AbstractEventLoop:
    """Start an event loop on a thread of the operating system.

    In a greenlet it would be visible to every greenlet of its thread, and Django's ORM refuses to
    work where a loop runs.
    """
    monkey = _gevent()
    if monkey is None:
        loop = asyncio.new_event_loop()
        threading.Thread(target=_run_loop, args=(loop,), name="pushmw-loop", daemon=True).start()
    else:
        loop = asyncio.SelectorEventLoop(monkey.get_original("selectors", "DefaultSelector")())
        monkey.get_original("_thread", "start_new_thread")(_run_loop, (loop,))
    return loop


def _run_loop(loop: asyncio.AbstractEventLoop) -> None:
    """Run a loop for good, whatever a task that a handler left behind may raise."""
    while not loop.is_closed():
        try:
            loop.run_forever()
        except (SystemExit, KeyboardInterrupt) as error:
            logger.error("a task in the background raised %s", type(error).__name__, exc_info=error)  # noqa: TRY400 - it does


async def _boxed(work: Coroutine[Any, Any, T]) -> tuple[T | None, BaseException | None]:
    """Keep what would end the loop's thread for the thread that waits."""
    try:
        return await work, None
    except (SystemExit, KeyboardInterrupt) as error:
        return None, error


def wait_for(work: Coroutine[Any, Any, T], timeout: float | None = None) -> T:
    """Run a coroutine on the process's loop thread and wait for it here.

    Raises:
        TimeoutError: it did not end in ``timeout`` seconds; it was told to.
        RuntimeError: this is the loop's own thread.
    """
    loop_thread.check_elsewhere(work)
    future = loop_thread.submit(_boxed(work))
    try:
        if _gevent() is None:
            result, error = future.result(timeout)
        else:
            from gevent import get_hub

            result, error = get_hub().threadpool.apply(future.result, (timeout,))
    except TimeoutError:
        future.cancel()
        raise
    if error is not None:
        raise error
    return cast("T", result)


loop_thread = _LoopThread()
_pools: WeakSet[Pool] = WeakSet()


def _after_fork() -> None:
    loop_thread.reset()
    for pool in _pools:
        pool.reset()


_at_fork: Callable[..., Any] = getattr(os, "register_at_fork", dict)  # Windows has no fork
_at_fork(after_in_child=_after_fork)
