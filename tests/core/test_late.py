"""What happens to the time of a push once a handler has overrun it, and who is told."""

import asyncio
import threading
import time
from collections.abc import Awaitable
from typing import Any

import pytest

from pushmw import Answer, Delivery, Receiver, deadlines, running, taking, waiting
from pushmw.deadlines import TICK, watch_of, within
from watching import deadline_of
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


class Jumping(asyncio.SelectorEventLoop):
    """A loop whose clock can be put forward."""

    ahead = 0.0

    def time(self) -> float:
        return super().time() + self.ahead


def test_a_deadline_follows_the_clock_of_the_loop_and_not_the_number_of_sweeps() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, Jumping)
        task = asyncio.create_task(within(3600, forever()))
        await asyncio.sleep(0)
        before = watch_of(loop).now
        loop.ahead += 3700
        for _ in range(4):
            await asyncio.sleep(TICK)
        assert watch_of(loop).now - before >= 3700 / TICK - 1
        assert task.done()
        with pytest.raises(TimeoutError):
            await task

    with asyncio.Runner(loop_factory=Jumping) as runner:
        runner.run(main())


def test_a_watch_that_wakes_again_knows_what_time_it_is() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, Jumping)
        watch = watch_of(loop)
        await within(1, asyncio.sleep(0))
        while not watch.idle:  # noqa: ASYNC110 - it is no use to production to tell
            await asyncio.sleep(TICK / 5)
        loop.ahead += 3700
        await within(1, asyncio.sleep(TICK * 3))

    with asyncio.Runner(loop_factory=Jumping) as runner:
        runner.run(main())


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
    # 0.35 s in whole ticks, and a sweep and a cancellation that are each a slice late.
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
    monkeypatch.setattr(deadlines, "_GRACE_TICKS", 6)
    push, left, late = hurried(), list[int](), list[str]()

    @push.error
    async def hook(error: Exception, delivery: Delivery) -> None:
        late.append(f"{delivery.handler} {type(error).__name__}")

    async def hangs(event: Any) -> None:
        watch = watch_of(asyncio.get_running_loop())
        left.append(deadline_of(watch).last - watch.now)
        await forever()

    for name in "abcd":
        push.on("deviceDeleted", name=name)(hangs)
    assert on_a_loop(push).status == 503
    assert late == [f"{name} TimeoutError" for name in "abcd"]
    assert left == [deadlines.ticks(0.1), 6, 2, 2]


def test_the_time_after_an_overrun_is_the_grace_once() -> None:
    left: list[int] = []

    async def late() -> None:
        watch = watch_of(asyncio.get_running_loop())
        for _ in range(3):
            try:
                await forever()
            except asyncio.CancelledError:
                assert deadlines.expired()
                left.append(deadline_of(watch).last - watch.now)
                deadline_of(watch).last = watch.now  # the rest of it need not be waited for

    asyncio.run(within(TICK / 2, late()))
    assert left == [deadlines.ticks(deadlines.GRACE), 2, 2]


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
    noted: list[int] = []

    async def note() -> None:
        watch = watch_of(asyncio.get_running_loop())
        noted.append(deadline_of(watch).last - watch.now)

    async def main() -> None:
        await within(2, within(1, note()))
        await within(1, within(2, note()))

    asyncio.run(main())
    assert noted == [deadlines.ticks(1)] * 2


@in_both_worlds
def test_what_a_sync_handler_returned_has_what_is_left_of_the_deadline(
    deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, given = [1000.0], list[float]()

    async def noting(seconds: float, awaitable: Awaitable[Any]) -> Any:
        given.append(seconds)
        return await awaitable

    monkeypatch.setattr(waiting, "within", noting)
    for module in (taking, running, waiting):
        monkeypatch.setattr(module, "monotonic", lambda: clock[0])
    push = Receiver(handler_deadline=10)

    def returns(event: Any) -> Awaitable[None]:
        clock[0] += 4
        return asyncio.sleep(0)

    # One whose around is awaited starts the clock with the push where a server thread waits.
    push.around(Around)
    for _ in range(3):
        push.on("deviceDeleted")(returns)
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
    for module in (taking, waiting):
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
