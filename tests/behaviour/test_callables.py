"""What can be a handler."""

import functools
from collections.abc import Callable
from typing import Any

import pytest

from pushes import PUSH, SECRET, assert_ok, assert_problem
from pushmw import Receiver
from sites.base import ASYNC, INLINE, SYNC, Can, Start, Style

STYLES = (SYNC, INLINE, ASYNC)


class Shop:
    """Has handlers of many kinds, which note what they took."""

    def __init__(self) -> None:
        self.taken: list[Any] = []

    def method(self, event: Any) -> None:
        self.taken.append(event.device_id)

    async def amethod(self, event: Any) -> None:
        await ASYNC.of(self.taken.append)(event.device_id)

    def second(self, first: str, event: Any) -> None:
        self.taken.append(event.device_id)

    async def asecond(self, first: str, event: Any) -> None:
        await self.amethod(event)


class Called(Shop):
    __call__ = Shop.method


class Awaited(Shop):
    __call__ = Shop.amethod


def calling(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Make a plain function that returns what ``function`` does."""

    def call(event: Any) -> Any:
        return function(event)

    return call


CALLABLES: dict[str, tuple[type[Shop], Callable[[Any], Any]]] = {
    "bound method": (Shop, lambda shop: shop.method),
    "async bound method": (Shop, lambda shop: shop.amethod),
    "object": (Called, lambda shop: shop),
    "object with async call": (Awaited, lambda shop: shop),
    "partial": (Shop, lambda shop: functools.partial(shop.second, "x")),
    "partial of async": (Shop, lambda shop: functools.partial(shop.asecond, "x")),
    "partial of async object": (Awaited, functools.partial),
    "partial of a partial of async": (
        Shop,
        lambda shop: functools.partial(functools.partial(shop.asecond, "x")),
    ),
    "function": (Shop, lambda shop: calling(shop.method)),
    "function that returns a coroutine": (Shop, lambda shop: calling(shop.amethod)),
}


@pytest.mark.parametrize(("shop", "make"), CALLABLES.values(), ids=CALLABLES)
def test_whatever_can_be_called_is_called_and_awaited(
    start: Start, shop: type[Shop], make: Callable[[Any], Any]
) -> None:
    push = Receiver()
    here = shop()
    push.on("*")(make(here))
    assert_ok(start(push).post(PUSH))
    assert here.taken == [SECRET]


@pytest.mark.needs(Can.LOOP)
def test_an_inline_function_that_returns_a_coroutine_is_a_failure(start: Start) -> None:
    push = Receiver()
    here = Shop()
    push.on("*", inline=True)(calling(here.amethod))
    assert_problem(start(push).post(PUSH), 503)
    assert here.taken == []


def test_a_failure_in_a_coroutine_that_was_returned_is_a_failure(start: Start) -> None:
    push = Receiver()

    def fails(event: Any) -> None:
        raise ValueError

    push.on("*")(calling(ASYNC.of(fails)))
    assert_problem(start(push).post(PUSH), 503)


def test_an_async_handler_that_cannot_even_be_called_is_a_failure(start: Start) -> None:
    """Not every coroutine function gives a coroutine: calling a partial of one may raise."""
    push = Receiver()
    wrong: dict[str, Any] = {"unheard_of": True}
    push.on("*")(functools.partial(Shop().amethod, **wrong))
    assert_problem(start(push).post(PUSH), 503)
    assert push.counts.failed == 1


def test_a_handler_may_return_anything(start: Start, style: Style) -> None:
    push = Receiver()
    for value in (False, 0, "text", ("500 Server Error", []), object()):
        style.on(push, "*")(lambda event, value=value: value)
    assert_ok(start(push).post(PUSH))
