"""Pushes that come at the same time, and where their handlers run."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from pushes import PUSH, assert_ok
from pushmw import Counts, Receiver
from sites.base import INLINE, SYNC, Can, Running, Start, Style
from wire import TIMEOUT, Reply

AT_ONCE = 5


@pytest.fixture
def clients() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield pool


def post_at_once(clients: ThreadPoolExecutor, site: Running) -> list[Future[Reply]]:
    return [clients.submit(site.post, PUSH) for _ in range(AT_ONCE)]


def test_blocking_handlers_do_not_hold_up_the_application(
    serve: Start, clients: ThreadPoolExecutor
) -> None:
    push = Receiver()
    inside, released = threading.Semaphore(0), threading.Event()

    @push.on("*")
    def blocking(event: Any) -> None:
        inside.release()
        assert released.wait(TIMEOUT)

    site = serve(push)
    try:
        replies = post_at_once(clients, site)
        for _ in range(AT_ONCE):
            assert inside.acquire(timeout=TIMEOUT)
        assert site.request("GET", "/hello").body == b"hello"
        assert not any(reply.done() for reply in replies)
    finally:
        released.set()
    for reply in replies:
        assert_ok(reply.result(TIMEOUT))


def test_async_handlers_run_at_once_on_one_loop_that_stays(
    start: Start, clients: ThreadPoolExecutor
) -> None:
    push = Receiver()
    loops: list[Any] = []
    inside: list[None] = []
    everyone = asyncio.Event()  # of the first loop that waits for it, and refused by any other

    @push.on("*")
    async def waiting(event: Any) -> None:
        loops.append(asyncio.get_running_loop())
        inside.append(None)
        if len(inside) % AT_ONCE == 0:
            everyone.set()
        await everyone.wait()

    site = start(push)
    for _ in range(2):
        for reply in post_at_once(clients, site):
            assert_ok(reply.result(TIMEOUT))
        everyone.clear()
    assert len(loops) == 2 * AT_ONCE
    assert all(loop is loops[0] for loop in loops)


def test_a_task_that_an_async_handler_leaves_behind_goes_on(start: Start) -> None:
    push = Receiver()
    left: list[Any] = []
    done = threading.Event()

    async def later(answered: asyncio.Event) -> None:
        await answered.wait()
        done.set()

    @push.on("*")
    async def handler(event: Any) -> None:
        answered = asyncio.Event()
        task = asyncio.create_task(later(answered))
        left.extend((asyncio.get_running_loop(), answered, task))

    assert_ok(start(push).post(PUSH))
    loop, answered, _ = left
    loop.call_soon_threadsafe(answered.set)
    assert done.wait(TIMEOUT)


@pytest.mark.needs(Can.LOOP)
def test_async_and_inline_handlers_run_on_the_loop_and_sync_ones_do_not(start: Start) -> None:
    push = Receiver()
    where: dict[str, int] = {}

    @push.on("*")
    async def awaited(event: Any) -> None:
        where["async"] = threading.get_ident()

    for style in (SYNC, INLINE):
        name = style.name
        style.on(push, "*")(lambda event, name=name: where.update({name: threading.get_ident()}))
    assert_ok(start(push).post(PUSH))
    assert where["inline"] == where["async"] != where["sync"]


@pytest.mark.needs(Can.THREAD)
def test_sync_handlers_run_on_the_servers_thread_and_async_ones_on_ours(start: Start) -> None:
    push = Receiver()
    threads: dict[str, str] = {}

    @push.on("*")
    async def awaited(event: Any) -> None:
        threads["async"] = threading.current_thread().name

    @push.on("*")
    def here(event: Any) -> None:
        threads["sync"] = threading.current_thread().name

    def before() -> None:
        threads["server"] = threading.current_thread().name

    assert_ok(start(push, before=before).post(PUSH))
    assert threads["sync"] == threads["server"]
    assert threads["async"] == "pushmw-loop"


@pytest.mark.needs(Can.POOL)
def test_sync_handlers_have_a_bounded_pool_of_their_own(
    start: Start, clients: ThreadPoolExecutor
) -> None:
    push = Receiver(threads=2)
    names: list[str] = []
    arrived, inside = threading.Semaphore(0), threading.Semaphore(0)
    released = threading.Event()

    @push.on("deviceDataChanged")
    async def arriving(event: Any) -> None:
        arrived.release()

    @push.on("deviceDataChanged")
    def blocking(event: Any) -> None:
        names.append(threading.current_thread().name)
        inside.release()
        assert released.wait(TIMEOUT)

    site = start(push)
    try:
        replies = post_at_once(clients, site)
        for _ in range(AT_ONCE):
            assert arrived.acquire(timeout=TIMEOUT)
        for _ in range(2):
            assert inside.acquire(timeout=TIMEOUT)
        assert not inside.acquire(timeout=0.1)
    finally:
        released.set()
    for reply in replies:
        assert_ok(reply.result(TIMEOUT))
    assert names == ["pushmw-handlers"] * AT_ONCE


def test_many_pushes_at_once_are_all_counted(
    start: Start, style: Style, clients: ThreadPoolExecutor
) -> None:
    push = Receiver()
    got: list[Any] = []
    style.on(push, "*")(got.append)
    site = start(push)
    replies = [clients.submit(site.post, PUSH) for _ in range(40)]
    for reply in replies:
        assert_ok(reply.result(TIMEOUT))
    assert len(got) == 40
    assert push.counts == Counts(handled=40)
