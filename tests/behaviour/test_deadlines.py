"""Handlers that take too long: answered in time, and the next push is handled."""

import asyncio
import logging
import threading
from collections.abc import Iterator
from time import monotonic, sleep
from typing import Any

import pytest

from pushes import OTHER, PUSH, assert_ok, assert_problem, ours
from pushmw import Counts, Delivery, Receiver
from sites.base import ASYNC, SYNC, Can, Start, Style
from wire import TIMEOUT

# For what a handler has to have begun by then, whatever else the machine does.
TIME_TO_BEGIN = 0.8


def impatient(handler_deadline: float = 0.2, **options: Any) -> Receiver:
    """Make a receiver with little time, and a quick async handler for ``deviceDeleted``."""
    push = Receiver(body_deadline=0.2, handler_deadline=handler_deadline, **options)
    ASYNC.on(push, "deviceDeleted")(lambda event: None)
    return push


class Blocking:
    """A sync handler for ``deviceDataChanged`` that waits until it is released."""

    def __init__(self, push: Receiver, *, fails: bool = False) -> None:
        self.fails = fails
        self.begun = threading.Semaphore(0)
        self.released = threading.Event()
        self.done = threading.Semaphore(0)
        push.on("deviceDataChanged", name="late")(self.handle)

    def handle(self, event: Any) -> None:
        self.begun.release()
        assert self.released.wait(TIMEOUT)
        self.done.release()
        if self.fails:
            raise ValueError


@pytest.fixture
def blocking_on() -> Iterator[Any]:
    """Make blocking handlers, which do not outlive the test."""
    made: list[Blocking] = []

    def make(push: Receiver, **options: Any) -> Blocking:
        made.append(Blocking(push, **options))
        return made[-1]

    yield make
    for each in made:
        each.released.set()


def noting_failures(push: Receiver) -> list[tuple[str, str]]:
    """Note what the error hook is told: the handler and the class of the exception."""
    failures: list[tuple[str, str]] = []

    @push.error
    async def note(error: Exception, delivery: Delivery) -> None:
        failures.append((delivery.handler, type(error).__name__))

    return failures


def test_a_late_async_handler_is_cancelled_and_503(start: Start) -> None:
    push = impatient(TIME_TO_BEGIN)
    failures = noting_failures(push)
    seen: list[str] = []

    @push.on("deviceDataChanged", name="late")
    async def late(event: Any) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            seen.append("cancelled")
            raise

    site = start(push)
    assert_problem(site.post(PUSH), 503, "in time")
    assert seen == ["cancelled"]
    assert failures == [("late", "TimeoutError")]
    assert push.counts == Counts(failed=1)


def test_the_handlers_after_a_late_one_run_too(start: Start) -> None:
    push = impatient()
    order: list[str] = []

    @push.on("deviceDataChanged")
    async def late(event: Any) -> None:
        await asyncio.Event().wait()

    for style in (ASYNC, SYNC):
        style.on(push, "deviceDataChanged")(lambda event: order.append("next"))
    push.on("*")(lambda event: order.append(event.kind))
    site = start(push)
    assert_problem(site.post(PUSH), 503)
    assert order == ["next", "next", "deviceDataChanged"]
    assert_ok(site.post(OTHER))


def test_an_async_handler_that_defies_its_cancellation_is_503_too(start: Start) -> None:
    push = impatient(TIME_TO_BEGIN)
    caught: list[int] = []

    @push.on("deviceDataChanged")
    async def late(event: Any) -> None:
        for turn in range(2):
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                caught.append(turn)
        await asyncio.Event().wait()

    site = start(push)
    assert_problem(site.post(PUSH), 503)
    assert caught == [0, 1]
    assert_ok(site.post(OTHER))


@pytest.mark.needs(Can.LOOP)
def test_a_late_sync_handler_is_503_and_its_thread_goes_on(start: Start, blocking_on: Any) -> None:
    push = impatient(TIME_TO_BEGIN)
    failures = noting_failures(push)
    handler = blocking_on(push)
    site = start(push)
    assert_problem(site.post(PUSH), 503, "in time")
    assert failures == [("late", "TimeoutError")]
    assert_ok(site.post(OTHER))
    handler.released.set()
    assert handler.done.acquire(timeout=TIMEOUT)
    assert_ok(site.post(PUSH))
    assert push.counts == Counts(handled=2, failed=1)


@pytest.mark.needs(Can.LOOP)
def test_a_late_sync_handler_that_fails_in_the_end_is_told_to_the_hook_once(
    start: Start, blocking_on: Any, caplog: pytest.LogCaptureFixture
) -> None:
    push = impatient(TIME_TO_BEGIN)
    failures = noting_failures(push)
    handler = blocking_on(push, fails=True)
    after = threading.Event()
    push.on("deviceDataChanged")(lambda event: after.set())
    assert_problem(start(push).post(PUSH), 503)
    assert not after.is_set()
    handler.released.set()
    assert after.wait(TIMEOUT)
    limit = monotonic() + TIMEOUT
    while "handler late failed: ValueError" not in caplog.text:  # its thread tells that at its end
        assert monotonic() < limit
        sleep(0.01)
    assert failures == [("late", "TimeoutError")]


@pytest.mark.needs(Can.THREAD)
def test_a_late_sync_handler_on_the_servers_thread_is_logged_and_answered_truly(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing can interrupt it there, and its work is done."""
    push = impatient()
    push.on("*", name="late")(lambda event: threading.Event().wait(0.25))
    assert_ok(start(push).post(PUSH))
    (record,) = [each for each in ours(caplog) if each.levelno == logging.ERROR]
    assert "push of kind 'deviceDataChanged' took 0." in record.getMessage()
    assert push.counts == Counts(handled=1)


@pytest.mark.needs(Can.POOL)
def test_when_late_handlers_hold_every_thread_pushes_get_503_at_once(
    start: Start, blocking_on: Any
) -> None:
    push = impatient(TIME_TO_BEGIN, threads=2)
    failures = noting_failures(push)
    handler = blocking_on(push)
    site = start(push)
    assert [site.post(PUSH).status for _ in range(3)] == [503, 503, 503]
    assert [name for _, name in failures] == ["TimeoutError", "TimeoutError", "SaturatedError"]
    assert_ok(site.post(OTHER))
    handler.released.set()
    for _ in range(2):
        assert handler.begun.acquire(timeout=TIMEOUT)
        assert handler.done.acquire(timeout=TIMEOUT)
    assert not handler.begun.acquire(blocking=False)


@pytest.mark.needs(Can.POOL)
def test_threads_that_late_handlers_gave_back_are_used_again(
    start: Start, blocking_on: Any
) -> None:
    push = impatient(TIME_TO_BEGIN, threads=1)
    handler = blocking_on(push)
    site = start(push)
    assert site.post(PUSH).status == 503
    handler.released.set()
    assert handler.done.acquire(timeout=TIMEOUT)
    statuses = iter(lambda: site.post(PUSH).status, 200)
    assert all(status == 503 for status in statuses)


def test_a_push_in_time_is_not_disturbed_by_the_deadline(start: Start, style: Style) -> None:
    push = impatient()
    order: list[str] = []
    style.on(push, "*")(lambda event: order.append("done"))
    site = start(push)
    for _ in range(3):
        assert_ok(site.post(PUSH))
    assert order == ["done"] * 3
