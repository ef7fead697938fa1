"""The pool in which sync handlers run where the server has an event loop."""

import asyncio
import contextvars
import gc
import sys
import threading
import weakref
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from pushmw._threads.pool import Pool, SaturatedError

PATIENCE = 20  # seconds until a test gives up


async def eventually(condition: Callable[[], bool]) -> None:
    """Wait, with the loop running on, for what another thread does."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - what happens on a thread sets no asyncio.Event
            await asyncio.sleep(0.001)


async def when_free(pool: Pool, function: Callable[..., Any], *arguments: Any) -> Any:
    """Run a function as soon as not every thread is held."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                return await pool.run(function, *arguments)
            except SaturatedError:
                await asyncio.sleep(0.001)


class Holding:
    """A function that says when it has begun and returns when it is told to."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.release = threading.Event()
        self.ended = threading.Event()

    def __call__(self) -> str:
        self.begun.set()
        self.release.wait(PATIENCE)
        self.ended.set()
        return "released"


async def abandoned(pool: Pool) -> Holding:
    """Start a function and cancel the wait for it; it goes on."""
    holding = Holding()
    task = asyncio.create_task(pool.run(holding))
    await eventually(holding.begun.is_set)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    return holding


def test_a_function_runs_on_a_daemon_thread_and_its_result_comes_back() -> None:
    thread = asyncio.run(Pool(1).run(threading.current_thread))
    assert thread is not threading.current_thread()
    assert thread.daemon
    assert asyncio.run(Pool(1).run(divmod, 7, 3)) == (2, 1)


def test_context_variables_are_seen_and_changes_stay_inside() -> None:
    tenant = contextvars.ContextVar("tenant", default="nobody")

    def change() -> str:
        seen = tenant.get()
        tenant.set("changed")
        return seen

    async def main() -> list[str]:
        tenant.set("somebody")
        pool = Pool(1)
        return [await pool.run(change), await pool.run(change), tenant.get()]

    assert asyncio.run(main()) == ["somebody"] * 3


def test_as_many_functions_run_at_once_as_there_are_threads() -> None:
    meeting = threading.Barrier(8)

    async def main() -> list[int]:
        pool = Pool(8)
        return await asyncio.gather(*(pool.run(meeting.wait, PATIENCE) for _ in range(8)))

    assert sorted(asyncio.run(main())) == list(range(8))


def test_no_more_threads_are_started_than_allowed() -> None:
    lock, running, most = threading.Lock(), 0, 0

    def work() -> int:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        with lock:
            running -= 1
        return threading.get_ident()

    async def main() -> set[int]:
        pool = Pool(2)
        return set(await asyncio.gather(*(pool.run(work) for _ in range(200))))

    assert len(asyncio.run(main())) <= 2
    assert most <= 2


def test_an_idle_thread_is_used_again() -> None:
    async def main() -> set[int]:
        pool = Pool(8)
        found: set[int] = set()
        for _ in range(20):
            found.add(await pool.run(threading.get_ident))
            await eventually(lambda: pool._waiting._value == 1)
        return found

    assert len(asyncio.run(main())) == 1


def test_threads_are_started_when_they_are_needed() -> None:
    before = threading.active_count()
    Pool(8)
    assert threading.active_count() == before


def failing(error: BaseException) -> None:
    raise error


@pytest.mark.parametrize(
    "error", [ValueError("x"), SystemExit(3), KeyboardInterrupt()], ids=lambda e: type(e).__name__
)
def test_what_a_function_raises_is_raised_where_it_is_awaited(error: BaseException) -> None:
    pool = Pool(1)
    with pytest.raises(type(error)) as caught:
        asyncio.run(pool.run(failing, error))
    assert caught.value is error
    assert asyncio.run(pool.run(len, "the thread lives on")) == 19


def test_a_stop_iteration_does_not_leave_the_wait_hanging() -> None:
    async def main() -> None:
        await asyncio.wait_for(Pool(1).run(next, iter(())), PATIENCE)

    with pytest.raises(RuntimeError, match="StopIteration"):
        asyncio.run(main())


def test_held_threads_are_told_at_once_and_free_again_afterwards() -> None:
    async def main() -> None:
        pool = Pool(2)
        one, other = await abandoned(pool), await abandoned(pool)
        with pytest.raises(SaturatedError):
            await pool.run(len, "")
        one.release.set()
        assert await when_free(pool, len, "abc") == 3
        other.release.set()
        third = await abandoned(pool)  # which would be one too many if another were still held
        assert await when_free(pool, len, "ab") == 2
        third.release.set()

    asyncio.run(main())


def test_a_function_that_has_not_begun_is_dropped_with_its_wait() -> None:
    async def main() -> None:
        pool, called = Pool(1), list[str]()
        holding = Holding()
        first = asyncio.create_task(pool.run(holding))
        await eventually(holding.begun.is_set)
        queued = asyncio.create_task(pool.run(called.append, "dropped"))
        await asyncio.sleep(0)
        queued.cancel()
        with pytest.raises(asyncio.CancelledError):
            await queued
        holding.release.set()
        assert await first == "released"
        await pool.run(called.append, "kept")
        assert called == ["kept"]

    asyncio.run(main())


def test_a_function_may_end_after_its_loop() -> None:
    pool = Pool(1)
    holding = asyncio.run(abandoned(pool))
    holding.release.set()

    assert asyncio.run(when_free(pool, len, "abc")) == 3
    assert holding.ended.is_set()


def test_a_result_that_comes_too_late_disturbs_nobody() -> None:
    async def main() -> list[Any]:
        complaints: list[Any] = []
        asyncio.get_running_loop().set_exception_handler(lambda loop, what: complaints.append(what))
        pool = Pool(1)
        holding = await abandoned(pool)
        holding.release.set()
        await when_free(pool, len, "")  # its result comes behind the late one
        return complaints

    assert asyncio.run(main()) == []


class Payload:
    """Something to be forgotten."""


async def finished(pool: Pool, payload: Payload) -> None:
    await pool.run(id, payload)


async def dropped(pool: Pool, payload: Payload) -> None:
    holding = Holding()
    first = asyncio.create_task(pool.run(holding))
    await eventually(holding.begun.is_set)
    queued = asyncio.create_task(pool.run(id, payload))
    await asyncio.sleep(0)
    queued.cancel()
    await asyncio.wait([queued])
    holding.release.set()
    await first


@pytest.mark.parametrize("use", [finished, dropped])
def test_an_idle_thread_keeps_no_push_alive(
    use: Callable[[Pool, Payload], Awaitable[None]],
) -> None:
    async def main() -> None:
        pool = Pool(1)
        payload = Payload()
        seen = weakref.ref(payload)
        await use(pool, payload)
        del payload

        def gone() -> bool:
            gc.collect()
            return seen() is None

        await eventually(gone)

    asyncio.run(main())
    assert sys.exc_info() == (None, None, None)
