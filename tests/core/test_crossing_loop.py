"""The one event loop of the process, for async handlers where the server has none."""

import asyncio
import contextvars
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from pushmw._threads.loop import wait_for

PROGRAMS = Path(__file__).parents[1] / "programs"
PATIENCE = 20  # seconds until a test gives up


async def where() -> tuple[int, int]:
    await asyncio.sleep(0)
    return threading.get_ident(), id(asyncio.get_running_loop())


def test_all_calls_of_all_threads_share_one_loop() -> None:
    found: list[tuple[int, int]] = []
    threads = [threading.Thread(target=lambda: found.append(wait_for(where()))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert set(found) == {wait_for(where())}
    assert found[0][0] != threading.get_ident()


def test_the_loops_thread_does_not_hold_up_the_exit() -> None:
    wait_for(where())
    (thread,) = [each for each in threading.enumerate() if each.name == "pushmw-loop"]
    assert thread.daemon


def test_calls_run_side_by_side() -> None:
    async def meet(barrier: asyncio.Barrier) -> int:
        return await barrier.wait()

    async def barrier() -> asyncio.Barrier:
        return asyncio.Barrier(4)

    shared, found = wait_for(barrier()), []
    threads = [
        threading.Thread(target=lambda: found.append(wait_for(meet(shared), PATIENCE)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [0, 1, 2, 3]


def test_context_variables_are_seen_and_changes_stay_inside() -> None:
    tenant = contextvars.ContextVar("tenant", default="nobody")

    async def change() -> str:
        seen = tenant.get()
        tenant.set("changed")
        return seen

    token = tenant.set("somebody")
    assert wait_for(change()) == wait_for(change()) == tenant.get() == "somebody"
    tenant.reset(token)


async def failing(error: BaseException) -> None:
    await asyncio.sleep(0)
    raise error


@pytest.mark.parametrize(
    "error",
    [ValueError("x"), SystemExit(3), KeyboardInterrupt(), TimeoutError("the handler's own")],
    ids=lambda error: type(error).__name__,
)
def test_what_a_coroutine_raises_is_raised_where_it_is_waited_for(error: BaseException) -> None:
    before = wait_for(where())
    with pytest.raises(type(error)) as caught:
        wait_for(failing(error), PATIENCE)
    assert caught.value.args == error.args
    assert wait_for(where()) == before


def test_a_coroutine_that_takes_too_long_is_told_to_end() -> None:
    told = threading.Event()

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            told.set()

    with pytest.raises(TimeoutError):
        wait_for(endless(), 0.05)
    assert told.wait(PATIENCE)


def test_a_coroutine_that_does_not_listen_is_not_waited_for() -> None:
    told, ended = threading.Event(), threading.Event()

    async def deaf(release: asyncio.Event) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            told.set()
        await release.wait()
        ended.set()

    async def event() -> asyncio.Event:
        return asyncio.Event()

    async def let_go() -> None:
        release.set()

    release = wait_for(event())
    with pytest.raises(TimeoutError):
        wait_for(deaf(release), 0.05)
    assert told.wait(PATIENCE)
    assert not ended.is_set()
    wait_for(let_go())
    assert ended.wait(PATIENCE)


def test_waiting_on_the_loops_own_thread_is_refused_instead_of_hanging() -> None:
    async def waits() -> Any:
        inner: Any = where()
        try:
            return wait_for(inner, PATIENCE)
        finally:
            assert inner.cr_frame is None, "it is closed, so nobody complains of it"

    with pytest.raises(RuntimeError, match="await"):
        wait_for(waits(), PATIENCE)


def test_another_loop_may_wait() -> None:
    async def waits() -> Any:
        return wait_for(where(), PATIENCE)

    assert asyncio.run(waits()) == wait_for(where())


def test_after_a_fork_parent_and_child_each_have_a_loop_and_a_pool_that_work() -> None:
    program = [sys.executable, "-P", "-W", "error", str(PROGRAMS / "forking.py")]
    done = subprocess.run(program, capture_output=True, text=True, timeout=50, check=False)
    assert (done.stderr, done.returncode) == ("", 0)
