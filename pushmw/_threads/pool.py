"""Threads for sync handlers where the server has an event loop."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from contextvars import copy_context
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from pushmw._forks import reset_at_fork

T = TypeVar("T")


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
        reset_at_fork(self)

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
