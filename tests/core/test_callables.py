"""What is found out about a function when it is registered."""

import functools
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, Optional
from unittest.mock import Mock

import pytest

from pushmw._dispatch.delivery import Delivery
from pushmw._register.callables import is_async, is_async_context, wants
from pushmw._register.refusals import name_of

if TYPE_CHECKING:
    from decimal import Decimal as OnlyForCheckers


def sync(event: Any) -> None: ...


async def awaited(event: Any) -> None: ...


class Object:
    def __call__(self, event: Any) -> None: ...

    def method(self, event: Any) -> None: ...

    async def amethod(self, event: Any) -> None: ...

    @classmethod
    async def aclassmethod(cls, event: Any) -> None: ...


class AsyncObject:
    async def __call__(self, event: Any) -> None: ...


def decorated(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def inner(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return inner


# Awaited or not


@pytest.mark.parametrize(
    "function",
    [
        pytest.param(awaited, id="function"),
        pytest.param(Object().amethod, id="method"),
        pytest.param(Object.aclassmethod, id="class method"),
        pytest.param(AsyncObject(), id="object"),
        pytest.param(functools.partial(awaited), id="partial"),
        pytest.param(
            functools.partial(functools.partial(AsyncObject())), id="partial of a partial"
        ),
    ],
)
def test_what_gives_a_coroutine_is_awaited(function: Callable[..., Any]) -> None:
    assert is_async(function)


@pytest.mark.parametrize(
    "function",
    [
        pytest.param(sync, id="function"),
        pytest.param(Object().method, id="method"),
        pytest.param(Object(), id="object"),
        pytest.param(functools.partial(sync), id="partial"),
        pytest.param(lambda event: awaited(event.inner), id="lambda that returns a coroutine"),
        pytest.param(AsyncObject, id="class"),
        pytest.param(print, id="builtin"),
    ],
)
def test_what_may_return_anything_is_called_first(function: Callable[..., Any]) -> None:
    assert not is_async(function)


# Context managers


@contextmanager
def managed() -> Iterator[None]:
    yield


@asynccontextmanager
async def amanaged() -> AsyncIterator[None]:
    yield


class Manager:
    def __enter__(self) -> None: ...

    def __exit__(self, *error: object) -> None: ...


class AsyncManager:
    async def __aenter__(self) -> None: ...

    async def __aexit__(self, *error: object) -> None: ...

    @asynccontextmanager
    async def method(self) -> AsyncIterator[None]:
        yield


class BothManager(Manager, AsyncManager):
    pass


@pytest.mark.parametrize(
    ("factory", "awaited"),
    [
        pytest.param(managed, False, id="generator"),
        pytest.param(amanaged, True, id="async generator"),
        pytest.param(functools.partial(amanaged), True, id="partial of an async generator"),
        pytest.param(AsyncManager().method, True, id="method"),
        pytest.param(Manager, False, id="class"),
        pytest.param(AsyncManager, True, id="async class"),
        pytest.param(functools.partial(AsyncManager), True, id="partial of an async class"),
        pytest.param(BothManager, False, id="class that can do both"),
        pytest.param(nullcontext, False, id="nullcontext"),
        pytest.param(lambda: nullcontext(managed()), False, id="lambda"),
    ],
)
def test_a_context_manager_is_async_or_not(factory: Callable[..., Any], *, awaited: bool) -> None:
    assert is_async_context(factory) is awaited


def bare() -> Iterator[None]:
    yield


async def abare() -> AsyncIterator[None]:
    yield


@pytest.mark.parametrize("factory", [bare, abare], ids=["generator", "async generator"])
def test_a_generator_that_is_no_context_manager_yet_is_refused(factory: Callable[..., Any]) -> None:
    with pytest.raises(TypeError, match=r"bare is a generator function; decorate it with context"):
        is_async_context(factory)


# Names


@pytest.mark.parametrize(
    ("function", "name"),
    [
        pytest.param(sync, "sync", id="function"),
        pytest.param(Object().method, "Object.method", id="method"),
        pytest.param(Object(), "Object", id="object"),
        pytest.param(Object, "Object", id="class"),
        pytest.param(functools.partial(functools.partial(sync)), "sync", id="partial"),
        pytest.param(functools.partial(Object()), "Object", id="partial of an object"),
    ],
)
def test_a_handler_is_named_by_module_and_qualified_name(
    function: Callable[..., Any], name: str
) -> None:
    assert name_of(function) == f"{__name__}:{name}"


# With a delivery or without


def required(event: Any, delivery: Any) -> None: ...


def by_annotation(event: Any, delivery: Delivery | None = None) -> None: ...


def by_optional(event: Any, delivery: Optional[Delivery] = None) -> None: ...  # noqa: UP045 - the older spelling


def by_text(event: "OnlyForCheckers", delivery: "Delivery" = ...) -> None: ...


def by_union_text(event: "OnlyForCheckers", delivery: "Delivery | None" = None) -> None: ...


def other_default(event: Any, retries: int = 3) -> None: ...


def positional_only(event: Any, delivery: Any, /) -> None: ...


def starred(*args: Any) -> None: ...


def event_and_starred(event: Any, *more: Any, **options: Any) -> None: ...


def keyword_default(event: Any, *, retries: int = 3) -> None: ...


class Methods:
    def one(self, event: Any) -> None: ...

    def two(self, event: Any, delivery: Delivery) -> None: ...

    def __call__(self, event: Any, delivery: Delivery = ...) -> None: ...


@pytest.mark.parametrize(
    "function",
    [
        required,
        by_annotation,
        by_optional,
        by_text,
        by_union_text,
        positional_only,
        Methods().two,
        pytest.param(Methods(), id="object"),
        pytest.param(functools.partial(Methods().two), id="partial"),
        pytest.param(decorated(by_annotation), id="decorated"),
    ],
)
def test_a_delivery_is_passed_to_who_requires_or_annotates_it(function: Callable[..., Any]) -> None:
    assert wants(function, "the event")


@pytest.mark.parametrize(
    "function",
    [
        sync,
        other_default,
        starred,
        event_and_starred,
        keyword_default,
        Methods().one,
        pytest.param(Mock(), id="mock"),
        pytest.param(functools.partial(required, delivery=None), id="partial that has it"),
        pytest.param(functools.partial(required, None), id="partial that has one argument"),
        pytest.param(len, id="builtin with a signature"),
        pytest.param(dict, id="builtin without a signature"),
    ],
)
def test_no_delivery_is_passed_to_the_others(function: Callable[..., Any]) -> None:
    assert not wants(function, "the event")


def nothing() -> None: ...


def three(event: Any, delivery: Any, more: Any) -> None: ...


def keyword_only(event: Any, *, delivery: Delivery) -> None: ...


@pytest.mark.parametrize(
    "function",
    [nothing, three, keyword_only, pytest.param(functools.partial(sync, None), id="all bound")],
)
def test_what_cannot_be_called_is_refused_with_its_signature(
    function: Callable[..., Any],
) -> None:
    with pytest.raises(TypeError) as caught:
        wants(function, "the event")
    name = name_of(function).split(":")[1]
    assert f":{name}(" in str(caught.value)
    assert str(caught.value).endswith(
        " cannot be called: pushmw passes the event and the delivery, by position"
    )


def test_a_context_manager_may_take_the_delivery_or_nothing() -> None:
    assert wants(lambda delivery: None)
    assert not wants(nothing)
    with pytest.raises(TypeError, match="cannot be called: pushmw passes the delivery"):
        wants(required)


# The class of the event
