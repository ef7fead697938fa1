"""A cancellation that reaches a handler: of the push itself, or of something the handler awaits."""

import asyncio
import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest

from fakes import Server, call, environ, length, part, run, scope
from pushes import OTHER
from pushmw import Receiver
from worlds import Deliver, on_a_loop, on_a_thread

PATIENCE = 20  # seconds until a test gives up


def over_asgi(push: Receiver) -> int:
    server = Server(part(OTHER))
    run(push.asgi()(scope(length(OTHER)), server.receive, server.send))
    return server.status


def over_wsgi(push: Receiver) -> int:
    return int(call(push.wsgi(), environ(OTHER)).status[:3])


def direct(deliver: Deliver) -> Callable[[Receiver], int]:
    return lambda push: deliver(push, OTHER).status


everywhere = pytest.mark.parametrize(
    "status_of",
    [over_asgi, over_wsgi, direct(on_a_loop), direct(on_a_thread)],
    ids=["asgi", "wsgi", "ahandle", "handle"],
)


async def of_another(event: object) -> None:
    """Wait for what somebody else has cancelled."""
    other = asyncio.ensure_future(asyncio.Event().wait())
    asyncio.get_running_loop().call_soon(other.cancel)
    await other


def lazily_of_another(event: object) -> Any:
    return of_another(event)


def at_once(event: object) -> None:
    raise asyncio.CancelledError


@everywhere
@pytest.mark.parametrize(
    ("handler", "inline"),
    [(of_another, False), (lazily_of_another, False), (at_once, False), (at_once, True)],
    ids=["async", "lazily async", "sync", "inline"],
)
def test_a_handler_fails_when_what_it_waits_for_was_cancelled_and_the_others_run(
    status_of: Callable[[Receiver], int],
    handler: Callable[[object], Any],
    caplog: pytest.LogCaptureFixture,
    *,
    inline: bool,
) -> None:
    push, seen, notes = Receiver(), list[tuple[str, Exception]](), list[str]()
    push.error(lambda error, delivery: seen.append((delivery.handler, error)))
    push.on("deviceDeleted", name="bad", inline=inline)(handler)
    push.on("deviceDeleted")(lambda event: notes.append("sync"))

    @push.on("deviceDeleted")
    async def behind(event: Any) -> None:
        await asyncio.sleep(0)
        notes.append("async")

    assert status_of(push) == 503
    assert notes == ["sync", "async"]
    ((name, error),) = seen
    assert (name, type(error)) == ("bad", RuntimeError)
    assert type(error.__cause__).__name__ == "CancelledError"  # of one module or the other
    assert "handler bad failed: RuntimeError" in caplog.text
    assert (push.counts.handled, push.counts.failed) == (0, 1)


@everywhere
def test_a_hook_fails_alone_when_what_it_waits_for_was_cancelled(
    status_of: Callable[[Receiver], int], caplog: pytest.LogCaptureFixture
) -> None:
    push, notes = Receiver(), list[str]()

    @push.error
    async def hook(error: Exception, delivery: object) -> None:
        await of_another(error)

    push.error(lambda error, delivery: notes.append("next hook"))

    @push.on("deviceDeleted", name="bad")
    async def bad(event: Any) -> None:
        raise ValueError

    push.on("deviceDeleted")(lambda event: notes.append("next handler"))
    assert status_of(push) == 503
    assert notes == ["next hook", "next handler"]
    assert "error hook of bad failed: RuntimeError" in caplog.text


@everywhere
def test_an_inline_handler_alone_fails_with_a_cancellation_too(
    status_of: Callable[[Receiver], int],
) -> None:
    push = Receiver()
    push.on("deviceDeleted", inline=True)(at_once)
    assert status_of(push) == 503


@pytest.mark.parametrize("style", ["async", "sync"])
def test_a_push_whose_client_has_gone_is_cancelled_and_has_not_failed(
    style: str, caplog: pytest.LogCaptureFixture
) -> None:
    push, begun, release = Receiver(), threading.Event(), threading.Event()
    behind: list[object] = []

    async def awaits(event: Any) -> None:
        begun.set()
        await asyncio.Event().wait()

    def waits(event: Any) -> None:
        begun.set()
        release.wait(PATIENCE)

    push.on("deviceDeleted")(awaits if style == "async" else waits)
    push.on("deviceDeleted", inline=True)(behind.append)
    server = Server(part(OTHER))

    async def main() -> None:
        app: Any = push.asgi()
        task = asyncio.create_task(app(scope(length(OTHER)), server.receive, server.send))
        await asyncio.to_thread(begun.wait, PATIENCE)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run(main())
    release.set()
    assert (behind, server.sent) == ([], [])
    assert [r for r in caplog.records if r.levelno >= logging.ERROR and r.name == "pushmw"] == []
    assert push.counts.failed == 0
