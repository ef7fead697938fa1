"""The two worlds a push can be handled in, and the ways a handler can be written."""

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

import pytest

from fakes import ask, call, environ, length, part, scope
from pushmw import Answer, Receiver
from pushmw.samples import sample

BODY = sample("deviceDeleted")
Deliver = Callable[..., Answer]


def on_a_thread(push: Receiver, body: bytes = BODY, **arguments: Any) -> Answer:
    """Hand a push over as a WSGI server does."""
    return push.handle(body, **arguments)


def on_a_loop(push: Receiver, body: bytes = BODY, **arguments: Any) -> Answer:
    """Hand a push over as an ASGI server does."""

    async def main() -> Answer:
        async with asyncio.timeout(20):
            return await push.ahandle(body, **arguments)

    return asyncio.run(main())


in_both_worlds = pytest.mark.parametrize(
    "deliver", [on_a_thread, on_a_loop], ids=["thread", "loop"]
)


def sync(function: Callable[..., Any]) -> Callable[..., Any]:
    """Leave a handler as it is."""
    return function


def awaited(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make an async handler of the same signature."""

    async def handler(*arguments: Any) -> Any:
        await asyncio.sleep(0)
        return function(*arguments)

    handler.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]
    return handler


def lazily(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make a plain handler that returns a coroutine."""
    inner = awaited(function)

    def handler(*arguments: Any) -> Any:
        return inner(*arguments)

    handler.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]
    return handler


in_every_style = pytest.mark.parametrize(
    "style", [sync, awaited, lazily], ids=["sync", "async", "lazily async"]
)


# Every way in, as what takes a receiver and gives the status for one push.
WAYS: dict[str, Callable[..., int]] = {
    "wsgi": lambda push, body=BODY: int(call(push.wsgi(), environ(body)).status[:3]),
    "asgi": lambda push, body=BODY: ask(push.asgi(), scope(length(body)), part(body)).status,
    "handle": lambda push, body=BODY: on_a_thread(push, body).status,
    "ahandle": lambda push, body=BODY: on_a_loop(push, body).status,
}


class Panic(BaseException):
    """As extensions written in Rust raise one."""
