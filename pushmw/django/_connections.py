# pyright: basic, reportMissingTypeStubs=false
# Django ships no types.
"""What Django needs round each handler: its database connections, on the thread it uses."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from asgiref.sync import AsyncToSync, ThreadSensitiveContext, async_to_sync, sync_to_async
from django.db import connections

from pushmw._dispatch.glue import Glue


def _close_old() -> None:
    """Close this thread's dead and expired connections, but never inside a transaction.

    Django's ``close_old_connections`` finds autocommit off there and ends that of a ``TestCase``.
    """
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()


@contextmanager
def _connections() -> "Iterator[None]":
    _close_old()
    try:
        yield
    finally:
        _close_old()


@asynccontextmanager
async def _aconnections() -> "AsyncIterator[None]":
    """Close them round an async handler, whose queries run on the push's own ORM thread."""
    async with ThreadSensitiveContext():
        await sync_to_async(_close_old)()
        try:
            yield
        finally:
            await sync_to_async(_close_old)()


async def _hop(function: Callable[..., Any], /, *arguments: Any) -> Any:
    """Run sync handlers where Django runs sync views: tests see their transaction there."""
    return await sync_to_async(function)(*arguments)


def _hops() -> bool:
    """Tell whether a thread waits for this loop and runs sync views meanwhile, as in a test.

    A server has none: there handlers have the receiver's pool, which is bounded, and leaves late.
    """
    return getattr(AsyncToSync.executors, "current", None) is not None


def _settle(awaitable: Awaitable[Any]) -> Any:
    """Wait on such a thread, and meanwhile run on it what is to run where sync views do."""

    async def awaited() -> Any:
        return await awaitable

    return async_to_sync(awaited)()


GLUE = Glue(_connections, _aconnections, _hop, _settle, _hops)
