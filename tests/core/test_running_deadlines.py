"""Handlers that take too long, and handlers whose server does not wait for them any more."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from logged import failures
from pushmw import Answer, Receiver
from pushmw._threads import deadlines, waiting
from watching import watched
from worlds import BODY, Deliver, in_both_worlds, on_a_loop, on_a_thread

PATIENCE = 20  # seconds until a test gives up


def hurried(**options: Any) -> Receiver:
    return Receiver(body_deadline=0.05, handler_deadline=0.1, **options)


@pytest.fixture
def release() -> Iterator[threading.Event]:
    """Let go at the end whatever a test has left blocked."""
    event = threading.Event()
    yield event
    event.set()


# Async handlers


@in_both_worlds
@pytest.mark.parametrize("hook", ["no hook", "sync hook", "async hook"])
def test_an_async_handler_that_is_late_is_cancelled_and_the_others_run(
    deliver: Deliver, hook: str, caplog: pytest.LogCaptureFixture
) -> None:
    push, notes = hurried(), list[Any]()

    async def ahook(error: Exception, delivery: object) -> None:
        notes.append(type(error))

    if hook != "no hook":
        push.error((lambda e, delivery: notes.append(type(e))) if hook == "sync hook" else ahook)

    @push.on("deviceDeleted", name="late")
    async def late(event: Any) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            notes.append("cancelled")
            raise

    @push.on("deviceDeleted")
    async def after(event: Any) -> None:
        await asyncio.sleep(0)
        notes.append("async one behind")

    push.on("deviceDeleted")(lambda event: notes.append("sync one behind"))
    assert deliver(push).status == 503
    noted = [] if hook == "no hook" else [TimeoutError]
    assert notes == ["cancelled", *noted, "async one behind", "sync one behind"]
    assert failures(caplog)[0] == "handler late failed: TimeoutError"
    assert "not done 0.1 s after the push came in" in caplog.text
    assert push.counts.failed == 1


@in_both_worlds
def test_what_a_sync_handler_returned_is_late_like_an_async_handler(
    deliver: Deliver, caplog: pytest.LogCaptureFixture
) -> None:
    push, after = hurried(), threading.Event()
    push.on("deviceDeleted", name="late")(lambda event: asyncio.sleep(PATIENCE))
    push.on("deviceDeleted")(lambda event: after.set())
    assert deliver(push).status == 503
    assert after.wait(PATIENCE)
    assert "handler late failed: TimeoutError" in failures(caplog)


def test_a_handler_that_catches_its_cancellations_holds_no_server_thread(
    monkeypatch: pytest.MonkeyPatch, release: threading.Event, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(waiting, "GRACE", 0.1)
    push, ended = hurried(), threading.Event()

    @push.on("deviceDeleted", name="deaf")
    async def deaf(event: Any) -> None:
        while not release.is_set():
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(0.01)
        ended.set()

    assert on_a_thread(push).status == 503
    assert "handler deaf failed: TimeoutError" in failures(caplog)
    assert not ended.is_set()
    release.set()
    assert ended.wait(PATIENCE)


def test_a_handler_that_blocks_the_loop_holds_no_server_thread(
    monkeypatch: pytest.MonkeyPatch, release: threading.Event
) -> None:
    monkeypatch.setattr(waiting, "GRACE", 0.1)
    push, ended = hurried(), threading.Event()

    @push.on("deviceDeleted")
    async def blocks(event: Any) -> None:
        release.wait(PATIENCE)
        ended.set()

    assert on_a_thread(push).status == 503
    assert not ended.is_set()
    release.set()
    assert ended.wait(PATIENCE)


# Sync handlers


def test_on_a_thread_a_late_sync_handler_is_logged_and_the_true_outcome_answered(
    caplog: pytest.LogCaptureFixture,
) -> None:
    push = hurried()
    push.on("deviceDeleted")(lambda event: threading.Event().wait(0.15))
    assert on_a_thread(push).status == 200
    assert failures(caplog) == [
        "handlers of a push of kind 'deviceDeleted' took 0.2 s"
    ] or failures(caplog) == ["handlers of a push of kind 'deviceDeleted' took 0.1 s"]
    assert push.counts.handled == 1


@pytest.mark.parametrize("hook", [False, True], ids=["no hook", "hook"])
def test_on_a_loop_a_late_sync_handler_goes_on_and_the_push_has_failed(
    release: threading.Event, caplog: pytest.LogCaptureFixture, *, hook: bool
) -> None:
    push, notes, ended = hurried(), list[Any](), threading.Event()
    if hook:
        push.error(lambda error, delivery: notes.append((type(error), delivery.handler)))

    def late(event: object) -> None:
        release.wait(PATIENCE)
        ended.set()

    push.on("deviceDeleted", name="in time")(lambda event: None)
    push.on("deviceDeleted", name="late")(late)
    push.on("deviceDeleted", name="behind it")(lambda event: notes.append("behind"))
    assert on_a_loop(push).status == 503
    assert failures(caplog) == ["handler late failed: TimeoutError"]
    assert notes == ([(TimeoutError, "late")] if hook else [])
    assert not ended.is_set()
    release.set()
    assert ended.wait(PATIENCE)


def start_and_abandon(push: Receiver, begun: threading.Event) -> None:
    """Deliver a push whose sync handler is not waited for."""
    assert on_a_loop(push).status == 503
    assert begun.wait(PATIENCE)


def test_when_every_thread_is_held_sync_handlers_fail_at_once(
    release: threading.Event, caplog: pytest.LogCaptureFixture
) -> None:
    push, begun, notes = hurried(threads=1), threading.Event(), list[str]()

    @push.on("deviceDeleted", name="holding")
    def holding(event: object) -> None:
        begun.set()
        release.wait(PATIENCE)

    push.on("deviceAdded", name="a")(lambda event: notes.append("a"))
    push.on("deviceAdded", name="b")(lambda event: notes.append("b"))
    push.on("deviceAdded", inline=True)(lambda event: notes.append("inline"))
    start_and_abandon(push, begun)
    caplog.clear()
    assert on_a_loop(push, b'{"notifyType":"deviceAdded","deviceId":"a"}').status == 503
    assert notes == ["inline"]
    assert failures(caplog) == [
        "handler a failed: SaturatedError",
        "handler b failed: SaturatedError",
    ]


def test_handlers_that_never_got_a_thread_have_all_failed(
    release: threading.Event, caplog: pytest.LogCaptureFixture
) -> None:
    push, begun, notes = hurried(threads=1), threading.Event(), list[str]()

    @push.on("deviceDeleted", name="holding")
    def holding(event: object) -> None:
        begun.set()
        release.wait(PATIENCE)

    push.on("deviceAdded", name="a")(lambda event: notes.append("a"))
    push.on("deviceAdded", name="b")(lambda event: notes.append("b"))

    async def main() -> tuple[Answer, Answer]:
        first = asyncio.create_task(push.ahandle(BODY))
        await asyncio.to_thread(begun.wait, PATIENCE)
        second = push.ahandle(b'{"notifyType":"deviceAdded","deviceId":"a"}')
        return await asyncio.gather(first, second)

    assert [answer.status for answer in asyncio.run(main())] == [503, 503]
    assert notes == []
    assert sorted(failures(caplog)) == [
        "handler a failed: TimeoutError",
        "handler b failed: TimeoutError",
        "handler holding failed: TimeoutError",
    ]


# A server that does not wait


@pytest.mark.parametrize("style", ["sync", "async"])
def test_the_cancellation_of_the_server_passes_through(
    style: str, release: threading.Event, caplog: pytest.LogCaptureFixture
) -> None:
    push, begun = Receiver(), threading.Event()

    async def awaits(event: object) -> None:
        begun.set()
        await asyncio.Event().wait()

    def waits(event: object) -> None:
        begun.set()
        release.wait(PATIENCE)

    push.on("deviceDeleted")(waits if style == "sync" else awaits)

    async def main() -> None:
        task = asyncio.create_task(push.ahandle(BODY))
        await asyncio.to_thread(begun.wait, PATIENCE)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert watched(deadlines.watch_of(asyncio.get_running_loop())) == []

    asyncio.run(main())
    assert failures(caplog) == []
    assert (push.counts.handled, push.counts.failed) == (0, 0)


def test_a_push_handed_over_on_the_loop_that_runs_handlers_says_what_to_do(
    caplog: pytest.LogCaptureFixture,
) -> None:
    push, statuses = Receiver(), list[int]()

    @push.on("deviceDeleted", name="outer")
    async def outer(event: object) -> None:
        statuses.append(push.handle(b'{"notifyType":"deviceAdded","deviceId":"a"}').status)

    @push.on("deviceAdded", name="inner")
    async def inner(event: object) -> None: ...

    assert on_a_thread(push).status == 200
    assert statuses == [503]
    assert failures(caplog) == ["handler inner failed: RuntimeError"]
    assert "await push.ahandle" in caplog.text


def test_a_late_sync_handler_that_fails_in_the_end_has_failed_once(
    release: threading.Event, caplog: pytest.LogCaptureFixture
) -> None:
    push, seen, ended = hurried(), list[tuple[str, str]](), threading.Event()
    push.error(lambda error, delivery: seen.append((delivery.handler, type(error).__name__)))

    def late(event: object) -> None:
        release.wait(PATIENCE)
        raise ValueError

    push.on("deviceDeleted", name="late")(late)
    push.on("deviceDeleted", name="behind it")(lambda event: ended.set())

    assert on_a_loop(push).status == 503
    release.set()
    assert ended.wait(PATIENCE)
    assert seen == [("late", "TimeoutError")]
    assert push.counts.failed == 1


def test_a_hook_runs_even_if_every_thread_is_held(release: threading.Event) -> None:
    push, seen = hurried(threads=1), list[str]()
    push.error(lambda error, delivery: seen.append(type(error).__name__))

    @push.on("deviceDeleted")
    def late(event: object) -> None:
        release.wait(PATIENCE)

    assert on_a_loop(push).status == 503
    assert on_a_loop(push).status == 503
    assert seen == ["TimeoutError", "SaturatedError"]
