"""What stands round a handler: context from outside, and the context managers of `around`."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Any

import pytest

from pushes import PUSH, assert_ok, assert_problem
from pushmw import Delivery, Receiver
from sites.base import Start, Style

request_id: ContextVar[str] = ContextVar("request_id", default="not set")


def test_a_context_variable_set_outside_is_seen_inside(start: Start, style: Style) -> None:
    push = Receiver()
    seen: list[str] = []
    style.on(push, "*")(lambda event: seen.append(request_id.get()))
    style.on(push, "*")(lambda event: seen.append(request_id.get()))
    assert_ok(start(push, before=lambda: request_id.set("r-1")).post(PUSH))
    assert seen == ["r-1", "r-1"]


def test_a_coroutine_that_a_sync_function_returns_sees_it_as_well(start: Start) -> None:
    push = Receiver()
    seen: list[str] = []

    async def handler(event: Any) -> None:
        seen.append(request_id.get())

    def giving(event: Any) -> Any:
        return handler(event)

    push.on("*")(giving)
    assert_ok(start(push, before=lambda: request_id.set("r-1")).post(PUSH))
    assert seen == ["r-1"]


def test_around_is_entered_on_the_own_thread_of_each_handler(start: Start, style: Style) -> None:
    push = Receiver()
    order: list[str] = []
    threads: list[int] = []

    @push.around
    @contextmanager
    def around() -> Iterator[None]:
        order.append("enter")
        threads.append(threading.get_ident())
        token = request_id.set("from around")
        yield
        order.append("exit")
        threads.append(threading.get_ident())
        request_id.reset(token)

    def handler(event: Any) -> None:
        order.append(request_id.get())
        threads.append(threading.get_ident())

    for name in ("one", "other"):
        style.on(push, "*", name=name)(handler)
    assert_ok(start(push).post(PUSH))
    assert order == ["enter", "from around", "exit"] * 2
    assert len(set(threads[:3])) == len(set(threads[3:])) == 1


def test_an_async_around_is_entered_on_a_loop_round_any_handler(start: Start, style: Style) -> None:
    push = Receiver()
    order: list[str] = []
    loops: list[Any] = []

    @push.around
    @asynccontextmanager
    async def around() -> AsyncIterator[None]:
        loops.append(asyncio.get_running_loop())
        await asyncio.sleep(0)
        order.append("enter")
        yield
        await asyncio.sleep(0)
        order.append("exit")
        loops.append(asyncio.get_running_loop())

    style.on(push, "*")(lambda event: order.append("handler"))
    assert_ok(start(push).post(PUSH))
    assert order == ["enter", "handler", "exit"]
    assert loops[0] is loops[1]


def test_around_gets_the_delivery_if_it_takes_one(start: Start, style: Style) -> None:
    push = Receiver()
    got: list[tuple[str, str]] = []

    @push.around
    @contextmanager
    def first(delivery: Delivery) -> Iterator[None]:
        got.append(("sync", delivery.handler))
        yield

    @push.around
    @asynccontextmanager
    async def second(delivery: Delivery) -> AsyncIterator[None]:
        got.append(("async", delivery.handler))
        yield

    style.on(push, "*", name="one")(lambda event: None)
    style.on(push, "*", name="two")(lambda event: None)
    assert_ok(start(push).post(PUSH))
    assert got == [("sync", "one"), ("async", "one"), ("sync", "two"), ("async", "two")]


def test_arounds_nest_in_the_order_they_were_registered(start: Start, style: Style) -> None:
    push = Receiver()
    order: list[str] = []
    for name in ("outer", "inner"):

        @push.around
        @contextmanager
        def around(name: str = name) -> Iterator[None]:
            order.append(f"enter {name}")
            yield
            order.append(f"exit {name}")

    style.on(push, "*")(lambda event: order.append("handler"))
    assert_ok(start(push).post(PUSH))
    assert order == ["enter outer", "enter inner", "handler", "exit inner", "exit outer"]


def test_the_around_of_an_included_receiver_covers_its_own_handlers_only(
    start: Start, style: Style
) -> None:
    push, other = Receiver(), Receiver()
    order: list[str] = []

    @other.around
    @contextmanager
    def around() -> Iterator[None]:
        order.append("enter")
        yield
        order.append("exit")

    style.on(other, "*")(lambda event: order.append("included"))
    style.on(push, "*")(lambda event: order.append("own"))
    push.include(other)
    assert_ok(start(push).post(PUSH))
    assert order == ["own", "enter", "included", "exit"]


@pytest.mark.parametrize("awaited", [False, True], ids=["sync around", "async around"])
def test_the_exception_of_a_handler_passes_through_around(
    start: Start, style: Style, awaited: bool
) -> None:
    push = Receiver()
    seen: list[str] = []

    @contextmanager
    def around() -> Iterator[None]:
        try:
            yield
        except ValueError as error:
            seen.append(f"around {error}")
            raise

    @asynccontextmanager
    async def aaround() -> AsyncIterator[None]:
        with around():
            yield

    push.around(aaround if awaited else around)
    push.error(lambda error, delivery: seen.append(f"hook {error}"))

    def failing(event: Any) -> None:
        raise ValueError("x")

    style.on(push, "*")(failing)
    assert_problem(start(push).post(PUSH), 503)
    assert seen[0] == "around x"
    assert "hook x" in seen


def test_an_around_that_fails_is_the_failure_of_the_handler(start: Start, style: Style) -> None:
    push = Receiver()
    called: list[str] = []

    @push.around
    @contextmanager
    def around(delivery: Delivery) -> Iterator[None]:
        if delivery.handler == "first":
            raise ValueError
        yield

    style.on(push, "*", name="first")(lambda event: called.append("first"))
    style.on(push, "*", name="second")(lambda event: called.append("second"))
    assert_problem(start(push).post(PUSH), 503)
    assert called == ["second"]
