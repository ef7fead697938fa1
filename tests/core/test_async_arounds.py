"""Asynchronous context managers round handlers, above all round those that run on a thread."""

import asyncio
import contextvars
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from pushmw import Delivery, Receiver
from worlds import Deliver, awaited, in_both_worlds, in_every_style, on_a_loop, sync

Style = Callable[[Callable[..., Any]], Callable[..., Any]]

tenant = contextvars.ContextVar("tenant", default="nobody")


def broken(event: object) -> None:
    raise ValueError("x")


def broken_off(event: object) -> None:
    raise asyncio.CancelledError


def leaves(event: object) -> None:
    raise SystemExit(3)


def with_around(around: Callable[..., Any]) -> Receiver:
    push = Receiver()
    push.around(around)
    return push


# One task


@in_both_worlds
@in_every_style
@pytest.mark.parametrize("inline", [False, True], ids=["elsewhere", "inline"])
def test_it_is_entered_and_left_in_one_task_and_its_variables_are_the_handlers(
    deliver: Deliver, style: Style, *, inline: bool
) -> None:
    seen: list[Any] = []

    @asynccontextmanager
    async def somebody() -> AsyncIterator[None]:
        task = asyncio.current_task()
        token = tenant.set("somebody")
        await asyncio.sleep(0)
        yield
        await asyncio.sleep(0)
        tenant.reset(token)
        seen.append(asyncio.current_task() is task)

    inner, push = with_around(somebody), Receiver()
    inner.on("deviceDeleted", inline=inline and style is sync)(
        style(lambda event: seen.append(tenant.get()))
    )
    push.include(inner)
    push.on("deviceDeleted")(lambda event: seen.append(tenant.get()))
    assert deliver(push).status == 200
    assert seen == ["somebody", True, "nobody"]
    assert tenant.get() == "nobody"


@in_both_worlds
def test_of_two_the_outer_ones_variables_are_back_when_the_inner_one_is_left(
    deliver: Deliver,
) -> None:
    seen: list[str] = []

    def setting(name: str) -> Callable[[], Any]:
        @asynccontextmanager
        async def around() -> AsyncIterator[None]:
            before = tenant.get()
            token = tenant.set(name)
            yield
            tenant.reset(token)
            seen.append(f"{name} in {before}")

        return around

    push = with_around(setting("outer"))
    push.around(setting("inner"))
    push.on("deviceDeleted")(lambda event: seen.append(tenant.get()))
    assert deliver(push).status == 200
    assert seen == ["inner", "inner in outer", "outer in nobody"]


# What goes wrong


@in_both_worlds
@in_every_style
def test_the_handlers_exception_passes_through_as_it_is(deliver: Deliver, style: Style) -> None:
    seen: list[Exception] = []

    @asynccontextmanager
    async def around() -> AsyncIterator[None]:
        try:
            yield
        except ValueError as error:
            seen.append(error)
            raise

    push = with_around(around)
    push.error(lambda error, delivery: seen.append(error))
    push.on("deviceDeleted")(style(broken))
    assert deliver(push).status == 503
    assert [type(error) for error in seen] == [ValueError, ValueError]
    assert seen[0] is seen[1]


@in_both_worlds
@in_every_style
def test_an_exception_that_it_swallows_makes_a_success(deliver: Deliver, style: Style) -> None:
    @asynccontextmanager
    async def around() -> AsyncIterator[None]:
        try:
            yield
        except ValueError:
            await asyncio.sleep(0)

    push = with_around(around)
    push.on("deviceDeleted")(style(broken))
    assert deliver(push).status == 200
    assert (push.counts.handled, push.counts.failed) == (1, 0)


@in_both_worlds
@in_every_style
@pytest.mark.parametrize("when", ["entering", "leaving", "another for the handler's"])
def test_what_it_raises_is_the_handlers_failure(
    deliver: Deliver, style: Style, when: str, caplog: pytest.LogCaptureFixture
) -> None:
    notes: list[str] = []

    @asynccontextmanager
    async def around() -> AsyncIterator[None]:
        await asyncio.sleep(0)
        if when == "entering":
            raise LookupError
        try:
            yield
        except ValueError as error:
            raise LookupError from error
        raise LookupError

    inner, push = with_around(around), Receiver()
    push.error(lambda error, delivery: notes.append(type(error).__name__))
    handler = broken if when.startswith("another") else lambda event: notes.append("handler")
    inner.on("deviceDeleted", name="inside")(style(handler))
    push.include(inner)
    push.on("deviceDeleted")(lambda event: notes.append("the next one"))
    assert deliver(push).status == 503
    ran = ["handler"] if when == "leaving" else []
    assert notes == [*ran, "LookupError", "the next one"]
    assert "handler inside failed: LookupError" in caplog.text


@in_both_worlds
@in_every_style
def test_a_cancellation_that_the_handler_raises_is_its_failure(
    deliver: Deliver, style: Style
) -> None:
    left: list[str] = []

    @asynccontextmanager
    async def around() -> AsyncIterator[None]:
        try:
            yield
        finally:
            left.append("left")

    push = with_around(around)
    push.on("deviceDeleted")(style(broken_off))
    assert deliver(push).status == 503
    assert left == ["left"]


@in_both_worlds
def test_the_end_of_the_process_is_not_held_up_by_it(deliver: Deliver) -> None:
    push = with_around(Bare)
    push.on("deviceDeleted")(leaves)
    with pytest.raises(SystemExit):
        deliver(push)


# Whatever makes one


class Bare:
    """Asynchronous and nothing else."""

    notes: list[str]

    def __init__(self) -> None:
        self.notes = []

    async def __aenter__(self) -> None:
        self.notes.append("enter")

    async def __aexit__(self, *_: object) -> None:
        self.notes.append("leave")


class Factory:
    """An object that is called for one."""

    def __init__(self) -> None:
        self.made: list[Bare] = []

    def __call__(self) -> Any:
        self.made.append(Bare())
        return self.made[-1]


class DeliveredFactory(Factory):
    """The same, and it wants the delivery."""

    def __call__(self, delivery: Delivery) -> Any:  # type: ignore[override]
        assert delivery.kind == "deviceDeleted"
        return super().__call__()


def as_lambda(factory: Factory) -> Callable[[], Any]:
    return lambda: factory()  # noqa: PLW0108 - a function says less than the object


@in_both_worlds
@in_every_style
@pytest.mark.parametrize("kind", ["object", "lambda", "object that takes the delivery"])
def test_a_factory_need_not_show_that_what_it_makes_is_asynchronous(
    deliver: Deliver, style: Style, kind: str
) -> None:
    factory = DeliveredFactory() if "delivery" in kind else Factory()
    push = with_around(as_lambda(factory) if kind == "lambda" else factory)
    push.on("deviceDeleted")(style(lambda event: factory.made[0].notes.append("handler")))
    assert deliver(push).status == 200
    assert [made.notes for made in factory.made] == [["enter", "handler", "leave"]]


def test_round_an_inline_handler_it_has_to_show_before(caplog: pytest.LogCaptureFixture) -> None:
    factory, got = Factory(), list[object]()
    push = with_around(factory)
    push.on("deviceDeleted", inline=True, name="inside")(got.append)
    assert on_a_loop(push).status == 503
    assert "handler inside failed: TypeError" in caplog.text
    assert (got, [made.notes for made in factory.made]) == ([], [[]])


@in_both_worlds
def test_each_handler_has_its_own(deliver: Deliver) -> None:
    factory = Factory()
    push = with_around(factory)
    for name, style in {"a": sync, "b": awaited, "c": sync}.items():
        push.on("deviceDeleted", name=name)(style(lambda event: None))
    assert deliver(push).status == 200
    assert [made.notes for made in factory.made] == [["enter", "leave"]] * 3
