"""Sync handlers on a thread that nobody waits for any more, and what is told of them."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import nullcontext
from time import monotonic, sleep
from typing import Any

import pytest

from pushmw import Delivery, Receiver, Retry
from pushmw._dispatch.glue import Glue
from worlds import BODY, on_a_loop

PATIENCE = 20  # seconds until a test gives up


def eventually(condition: Callable[[], bool]) -> None:
    limit = monotonic() + PATIENCE
    while not condition():
        assert monotonic() < limit
        sleep(0.01)


def test_what_fails_after_somebody_has_cancelled_the_push_is_told_by_its_thread(
    caplog: pytest.LogCaptureFixture,
) -> None:
    push, begun, released = Receiver(guards=[]), threading.Event(), threading.Event()
    told = list[tuple[str, str]]()
    push.error(lambda error, delivery: told.append((delivery.handler, type(error).__name__)))

    @push.on("deviceDeleted", name="before")
    def before(event: Any) -> None:
        raise LookupError

    @push.on("deviceDeleted", name="running")
    def running(event: Any) -> None:
        begun.set()
        assert released.wait(PATIENCE)
        raise ValueError

    async def main() -> None:
        task = asyncio.create_task(push.ahandle(BODY))
        await asyncio.to_thread(begun.wait, PATIENCE)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        released.set()
        await asyncio.to_thread(eventually, lambda: len(told) == 2)

    asyncio.run(main())
    assert told == [("before", "LookupError"), ("running", "ValueError")]
    assert "handler running failed: ValueError" in caplog.text


def test_handlers_that_have_ended_when_their_time_is_over_are_not_late() -> None:
    push, seen = Receiver(guards=[], body_deadline=0.1, handler_deadline=0.1), list[Any]()

    async def hop(function: Callable[..., Any], /, *arguments: Any) -> Any:
        function(*arguments)
        await asyncio.Event().wait()

    push.set_glue(Glue(nullcontext, hop=hop))
    push.on("deviceDeleted")(seen.append)
    assert on_a_loop(push).status == 200
    assert len(seen) == 1


def test_a_hook_that_fails_after_its_time_is_told_too(caplog: pytest.LogCaptureFixture) -> None:
    push, released = Receiver(guards=[], body_deadline=0.1, handler_deadline=0.1), threading.Event()

    @push.error
    def hook(error: Exception, delivery: Delivery) -> None:
        assert released.wait(PATIENCE)
        raise LookupError

    @push.on("deviceDeleted", name="bad")
    async def bad(event: Any) -> None:
        raise ValueError

    assert on_a_loop(push).status == 503
    assert "error hook of bad failed: TimeoutError" in caplog.text
    released.set()
    eventually(lambda: "error hook of bad failed: LookupError" in caplog.text)


@pytest.mark.parametrize("after", [-1, float("inf"), float("nan")])
def test_a_retry_after_no_time_there_is_is_refused(after: float) -> None:
    with pytest.raises(ValueError, match=r"^Retry: after must be a number of seconds, not "):
        Retry("database busy", after=after)


def test_a_retry_tells_why_and_after_what_time() -> None:
    retry = Retry("database busy", after=5)
    assert (str(retry), retry.after, Retry().after) == ("database busy", 5, None)
