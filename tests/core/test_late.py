"""What happens to the time of a push once a handler has overrun it, and who is told."""

import asyncio
import threading
import time
from collections.abc import Awaitable
from contextlib import suppress
from typing import Any

import pytest

from pushmw import Answer, Delivery, Receiver
from pushmw._dispatch import hopping
from pushmw._http import front
from pushmw._threads import deadlines, waiting
from pushmw._threads.deadlines import TICK, within
from watching import left
from worlds import BODY, Deliver, awaited, in_both_worlds, lazily, on_a_loop, on_a_thread

PATIENCE = 20  # seconds until a test gives up
SLICE = 0.045  # seconds for which a busy loop does not look at its timers
ADDED = b'{"notifyType":"deviceAdded","deviceId":"a"}'


def hurried(**options: Any) -> Receiver:
    chosen: dict[str, Any] = {"body_deadline": 0.05, "handler_deadline": 0.1, **options}
    return Receiver(**chosen)


async def forever(event: object = None) -> None:
    await asyncio.Event().wait()


# The clock


def test_a_loop_that_rested_gives_the_next_push_its_whole_time() -> None:
    push = hurried()

    @push.on("deviceDeleted")
    async def quick(event: Any) -> None:
        await asyncio.sleep(TICK / 5)

    with asyncio.Runner() as runner:
        for _ in range(3):
            assert runner.run(push.ahandle(BODY)).status == 200
            time.sleep(0.12)  # longer than the deadline, with a look of the watch outstanding


def test_a_push_begun_beside_a_handler_that_blocks_has_its_whole_time() -> None:
    async def blocks() -> None:
        await asyncio.sleep(0)
        time.sleep(0.3)  # noqa: ASYNC251 - this is what must not matter

    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(within(0.2, asyncio.sleep(0)))
            group.create_task(blocks())
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            await within(0.2, asyncio.sleep(0.1))

    asyncio.run(main())


def test_a_loop_that_is_busy_all_the_time_does_not_stretch_a_deadline() -> None:
    slices = 0

    async def busy() -> None:
        nonlocal slices
        while slices < 100:
            slices += 1
            time.sleep(SLICE)  # noqa: ASYNC251 - this is what must not matter
            await asyncio.sleep(0)

    async def main() -> None:
        task = asyncio.create_task(busy())
        with pytest.raises(TimeoutError):
            await within(0.3, forever())
        task.cancel()

    asyncio.run(main())
    # 0.3 s, and a timer and a cancellation that are each a slice late.
    assert slices <= 12


# Cleaning up


@in_both_worlds
def test_a_late_handler_has_time_for_cleaning_up(
    deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "GRACE", 0.3)
    push, notes = hurried(), list[str]()

    @push.on("deviceDeleted")
    async def late(event: Any) -> None:
        try:
            await forever()
        finally:
            await asyncio.sleep(4 * TICK)
            notes.append("rollback done")

    push.on("deviceDeleted")(lambda event: notes.append("the next one"))
    assert deliver(push).status == 503
    assert notes == ["rollback done", "the next one"]


def test_after_an_overrun_the_others_have_the_grace_once_and_then_next_to_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(deadlines, "GRACE", 0.3)
    push, given, late = hurried(), list[float](), list[str]()

    @push.error
    async def hook(error: Exception, delivery: Delivery) -> None:
        late.append(f"{delivery.handler} {type(error).__name__}")

    async def hangs(event: Any) -> None:
        given.append(left())
        await forever()

    for name in "abcd":
        push.on("deviceDeleted", name=name)(hangs)
    assert on_a_loop(push).status == 503
    assert late == [f"{name} TimeoutError" for name in "abcd"]
    assert given == pytest.approx([0.1, 0.3, TICK, TICK], abs=0.03)


def test_what_catches_its_cancellations_has_the_grace_for_that_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(deadlines, "GRACE", 0.3)
    push, given = hurried(), list[float]()

    async def deaf(event: Any) -> None:
        for _ in range(2):
            with suppress(asyncio.CancelledError):
                await forever()
            given.append(left())
        await forever()

    for name in "ab":
        push.on("deviceDeleted", name=name)(deaf)
    assert on_a_loop(push).status == 503
    assert given == pytest.approx([0.3, 2 * TICK, TICK, 2 * TICK], abs=0.03)


# Deadlines inside deadlines


def test_a_push_that_a_handler_hands_over_does_not_outlive_the_push_it_came_from() -> None:
    push, inner, answers = hurried(), Receiver(handler_deadline=14), list[Answer]()
    inner.on("deviceAdded")(forever)

    @push.on("deviceDeleted")
    async def outer(event: Any) -> None:
        answers.append(await inner.ahandle(ADDED))
        await forever()

    assert on_a_loop(push).status == 503
    assert [answer.status for answer in answers] == [503]


def test_the_shorter_one_of_two_deadlines_counts() -> None:
    noted: list[float] = []

    async def note() -> None:
        noted.append(left())

    async def main() -> None:
        await within(2, within(1, note()))
        await within(1, within(2, note()))

    asyncio.run(main())
    assert noted == pytest.approx([1, 1], abs=0.03)


@in_both_worlds
def test_what_a_sync_handler_returned_has_what_is_left_of_the_deadline(
    deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, given = [1000.0], list[float]()

    async def noting(seconds: float, awaitable: Awaitable[Any]) -> Any:
        given.append(seconds)
        return await awaitable

    monkeypatch.setattr(waiting, "within", noting)
    for module in (front, hopping, waiting):
        monkeypatch.setattr(module, "monotonic", lambda: clock[0])
    push = Receiver(handler_deadline=10)

    def returns(event: Any) -> Awaitable[None]:
        clock[0] += 4
        return asyncio.sleep(0)

    # One whose around is awaited starts the clock with the push where a server thread waits.
    push.around(Around)
    for _ in range(3):
        push.on("deviceDeleted", name=f"{_}")(returns)
    assert deliver(push).status == 200
    # Entering, what was returned, leaving; at -2 s of 10 even the grace is over.
    assert given == [10, 6, 6, 6, 2, 2, 2, *[2 * deadlines.TICK] * 2]


def test_on_a_thread_late_handlers_have_the_grace_together(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, given = [1000.0], list[float]()

    async def hanging(seconds: float, awaitable: Awaitable[Any]) -> Any:
        given.append(seconds)
        clock[0] += seconds
        await awaitable
        raise TimeoutError

    monkeypatch.setattr(waiting, "within", hanging)
    for module in (front, waiting):
        monkeypatch.setattr(module, "monotonic", lambda: clock[0])
    push = Receiver(handler_deadline=10)
    for style in (lazily, awaited, lazily, awaited):
        push.on("deviceDeleted")(style(lambda event: None))
    assert on_a_thread(push).status == 503
    assert given == [10, deadlines.GRACE, 2 * TICK, 2 * TICK]


@in_both_worlds
def test_an_around_that_hangs_is_told_to_end_and_never_entered(deliver: Deliver) -> None:
    push, notes, told = hurried(), list[str](), threading.Event()

    class Hanging(Around):
        async def __aenter__(self) -> None:
            try:
                await forever()
            finally:
                told.set()

        async def __aexit__(self, *_: object) -> None:
            notes.append("left")

    push.around(Hanging)
    push.on("deviceDeleted")(lambda event: notes.append("handler"))
    assert deliver(push).status == 503
    assert told.wait(PATIENCE)
    assert notes == []


class Around:
    """An asynchronous context manager that does nothing."""

    async def __aenter__(self) -> None: ...

    async def __aexit__(self, *_: object) -> None: ...


# Who is told


def test_the_hook_is_called_for_the_handler_that_blocks_the_loop_and_for_none_before_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(waiting, "GRACE", 0.1)
    push, release, ended = hurried(handler_deadline=0.3), threading.Event(), threading.Event()
    seen: list[tuple[str, str]] = []
    push.error(lambda error, delivery: seen.append((delivery.handler, type(error).__name__)))

    @push.on("deviceDeleted", name="innocent")
    async def innocent(event: Any) -> None:
        await asyncio.sleep(0)

    @push.on("deviceDeleted", name="blocks")
    async def blocks(event: Any) -> None:
        release.wait(PATIENCE)
        ended.set()

    @push.on("deviceDeleted", name="third")
    async def third(event: Any) -> None: ...

    try:
        assert on_a_thread(push, BODY).status == 503
    finally:
        release.set()
    assert ended.wait(PATIENCE)
    assert seen == [("blocks", "TimeoutError"), ("third", "TimeoutError")]
    assert push.counts.failed == 1


@pytest.mark.parametrize("late", [False, True])
def test_an_async_hook_that_runs_when_the_time_comes_has_the_grace(*, late: bool) -> None:
    push, ended = hurried(), list[str]()

    @push.error
    async def hook(error: Exception, delivery: Delivery) -> None:
        await asyncio.sleep(0.2)
        ended.append(type(error).__name__)

    @push.on("deviceDeleted")
    async def fails(event: Any) -> None:
        await asyncio.sleep(1 if late else 0)
        raise ValueError

    assert on_a_loop(push).status == 503
    assert ended == ["TimeoutError" if late else "ValueError"]


def test_a_hook_that_overruns_the_grace_too_is_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadlines, "GRACE", TICK)
    push, ended = hurried(), list[str]()

    @push.error
    async def hook(error: Exception, delivery: Delivery) -> None:
        try:
            await forever()
        finally:
            ended.append("cancelled")

    @push.on("deviceDeleted")
    async def fails(event: Any) -> None:
        raise ValueError

    assert on_a_loop(push).status == 503
    assert ended == ["cancelled"]


def test_what_cleaning_up_of_a_late_handler_raises_leaves_no_cancellation_to_the_next() -> None:
    push, ended = hurried(), list[str]()

    async def child() -> None:
        try:
            await forever()
        finally:
            raise ValueError

    @push.error
    async def hook(error: Exception, delivery: Delivery) -> None:
        await asyncio.sleep(0)
        ended.append(type(error).__name__)

    @push.on("deviceDeleted")
    async def group(event: Any) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(child())

    @push.on("deviceDeleted")
    async def following(event: Any) -> None:
        await asyncio.sleep(0)
        ended.append("following")

    assert on_a_loop(push).status == 503
    assert sorted(ended) == ["ExceptionGroup", "following"]


def test_an_inline_handler_that_is_late_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    push, sent = hurried(), list[Any]()
    push.on("deviceDeleted", inline=True)(lambda event: time.sleep(0.15))

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": BODY, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/v1.0.0/messageReceiver", "headers": []}
    asyncio.run(push.asgi()(scope, receive, send))
    assert sent[0]["status"] == 200
    assert "handlers of a push of kind 'deviceDeleted' took 0." in caplog.text


def test_a_push_that_is_driven_without_a_task_is_late_as_any_other() -> None:
    push, sent = hurried(), list[Any]()
    push.on("deviceDeleted")(forever)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": BODY, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    async def main() -> None:
        loop = asyncio.get_running_loop()
        ended = loop.create_future()
        scope = {"type": "http", "method": "POST", "path": "/v1.0.0/messageReceiver", "headers": []}
        work = push.asgi()(scope, receive, send)

        def step(_: object = None) -> None:
            try:
                future: Any = work.send(None)
            except StopIteration:
                ended.set_result(None)
            else:
                future._asyncio_future_blocking = False
                future.add_done_callback(step)

        loop.call_soon(step)
        await ended

    asyncio.run(main())
    assert sent[0]["status"] == 503
