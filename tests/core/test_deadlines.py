import asyncio
import gc
import weakref
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import pytest

from pushmw._threads import deadlines
from pushmw._threads.deadlines import TICK, Watch, expired, watch_of, within
from watching import deadline_of, watched

LONG = 50.0
SHORT = TICK / 2


async def forever() -> None:
    await asyncio.Event().wait()


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run as a task that is watched by nobody else, and give up before pytest does."""

    async def guarded() -> Any:
        async with asyncio.timeout(20):
            return await work

    return asyncio.run(guarded())


def cancelling() -> int:
    task = asyncio.current_task()
    assert task is not None
    return task.cancelling()


async def swept() -> Watch:
    """Wait until nobody is going to look."""
    watch = watch_of(asyncio.get_running_loop())
    while not watch.idle:  # noqa: ASYNC110 - it is no use to production to tell
        await asyncio.sleep(TICK / 10)
    return watch


def test_what_ends_in_time_is_left_alone() -> None:
    async def answer() -> str:
        await asyncio.sleep(0)
        return "done"

    assert run(within(LONG, answer())) == "done"


def test_what_takes_too_long_is_cancelled_and_may_go_on() -> None:
    async def late() -> tuple[bool, int]:
        try:
            await forever()
        except asyncio.CancelledError:
            ours = expired()
            await asyncio.sleep(0)
            return ours, cancelling()
        return False, -1

    assert run(within(SHORT, late())) == (True, 0)


def test_what_is_cancelled_by_somebody_else_did_not_expire() -> None:
    noted: list[bool] = []

    async def cancelled() -> None:
        try:
            await forever()
        except asyncio.CancelledError:
            noted.append(expired())
            raise

    async def main() -> None:
        task = asyncio.create_task(within(LONG, cancelled()))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run(main())
    assert noted == [False]


def test_the_cancellation_of_somebody_else_counts_more_than_ours() -> None:
    noted: list[tuple[bool, int]] = []

    async def both() -> None:
        try:
            await forever()
        except asyncio.CancelledError:
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
            noted.append((expired(), task.cancelling()))
            raise

    async def main() -> None:
        task = asyncio.create_task(within(SHORT, both()))
        with pytest.raises(asyncio.CancelledError):
            await task

    run(main())
    assert noted == [(False, 1)]


def test_who_catches_a_cancellation_and_goes_on_is_cancelled_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(deadlines, "GRACE", TICK)

    async def stubborn() -> tuple[int, int]:
        caught = 0
        while caught < 3:
            try:
                await forever()
            except asyncio.CancelledError:
                caught += 1
        assert expired()
        return caught, cancelling()

    assert run(within(SHORT, stubborn())) == (3, 0)


def test_after_expiring_a_task_has_a_little_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadlines, "GRACE", TICK)

    async def late_twice() -> int:
        times = 0
        for _ in range(2):
            try:
                await forever()
            except asyncio.CancelledError:
                assert expired()
                times += 1
        return times

    assert run(within(SHORT, late_twice())) == 2


def test_that_little_time_is_enough_to_clean_up() -> None:
    async def cleans_up() -> str:
        try:
            await forever()
        except asyncio.CancelledError:
            assert expired()
            await asyncio.sleep(4 * TICK)
        return "clean"

    assert run(within(SHORT, cleans_up())) == "clean"


def test_nothing_is_left_behind_for_the_code_after_it() -> None:
    async def swallows() -> str:
        try:
            await forever()
        except asyncio.CancelledError:
            return "went on"
        return "never"

    async def main() -> tuple[str, int]:
        result = await within(SHORT, swallows())
        left = cancelling()
        watch = await swept()
        assert watched(watch) == []
        return result, left

    assert run(main()) == ("went on", 0)


def test_what_is_raised_passes_through() -> None:
    async def failing() -> None:
        raise ValueError("x")

    async def main() -> None:
        with pytest.raises(ValueError, match=r"^x$"):
            await within(LONG, failing())
        assert watched(watch_of(asyncio.get_running_loop())) == []

    run(main())


def test_a_deadline_inside_another_ends_with_its_own_block() -> None:
    async def inner() -> int:
        try:
            await forever()
        except asyncio.CancelledError:
            assert expired()
        return 1

    async def outer() -> None:
        watch = watch_of(asyncio.get_running_loop())
        before = deadline_of(watch)
        last = before.at
        assert await within(SHORT, inner()) == 1
        assert (deadline_of(watch), before.at) == (before, last)

    run(within(LONG, outer()))


def test_the_watch_sleeps_when_there_is_nothing_to_watch_and_wakes_again() -> None:
    async def main() -> None:
        watch = watch_of(asyncio.get_running_loop())
        assert watch.idle
        for _ in range(2):
            await within(LONG, asyncio.sleep(0))
            assert not watch.idle
            await swept()

    run(main())


def test_a_timer_that_rings_early_waits_for_the_rest() -> None:
    """The clock of a loop may be a turn late, and another one than ours."""
    rung: list[bool] = []

    async def put_off() -> None:
        watch = watch_of(asyncio.get_running_loop())
        deadline = deadline_of(watch)
        await swept()  # it has been looked at, and has a timer
        timer, deadline.at = deadline.timer, deadline.at + 4 * TICK
        while deadline.timer is timer:  # noqa: ASYNC110 - as in `swept`
            await asyncio.sleep(TICK / 10)
        rung.append(cancelling() > 0)
        await forever()

    with pytest.raises(TimeoutError):
        run(within(20 * TICK, put_off()))
    assert rung == [False]


def test_a_timer_is_made_once_though_the_watch_looks_again() -> None:
    async def main() -> None:
        watch = watch_of(asyncio.get_running_loop())
        await swept()
        deadline = deadline_of(watch)
        timer = deadline.timer
        assert timer is not None
        await within(LONG, asyncio.sleep(0))  # it has the watch look once more
        await swept()
        assert deadline.timer is timer

    run(within(LONG, main()))


def test_each_loop_has_one_watch_and_takes_it_along() -> None:
    async def mine() -> Any:
        loop = asyncio.get_running_loop()
        assert watch_of(loop) is watch_of(loop)
        return weakref.ref(loop), watch_of(loop)

    (one, watch), (other, another) = run(mine()), run(mine())
    assert watch is not another
    gc.collect()
    assert (one(), other()) == (None, None)


def test_tasks_are_watched_each_on_its_own() -> None:
    async def sleeper(log: list[str], name: str, seconds: float) -> None:
        try:
            await within(seconds, forever())
        except asyncio.CancelledError:
            log.append(name)
            raise
        except TimeoutError:
            log.append(name)

    async def main() -> list[str]:
        log: list[str] = []
        tasks = [
            asyncio.create_task(sleeper(log, "late", 8 * TICK)),
            asyncio.create_task(sleeper(log, "early", SHORT)),
            asyncio.create_task(sleeper(log, "never", LONG)),
        ]
        await asyncio.wait(tasks[:2])
        tasks[2].cancel()
        await asyncio.wait(tasks)
        return log

    assert run(main()) == ["early", "late", "never"]


def test_a_cancellation_that_raises_ends_no_other_deadline() -> None:
    class Broken(asyncio.Future[None]):
        def cancel(self, msg: Any = None) -> bool:
            if not self.done():
                self.set_result(None)
            raise RecursionError

    async def main() -> list[str]:
        loop, said = asyncio.get_running_loop(), list[str]()
        loop.set_exception_handler(lambda _, context: said.append(repr(context["exception"])))
        await within(SHORT, Broken())
        with pytest.raises(TimeoutError):
            await within(SHORT, forever())
        return said

    assert run(main()) == ["RecursionError()"]


def test_what_is_driven_without_a_task_gets_one() -> None:
    async def main() -> BaseException | None:
        loop = asyncio.get_running_loop()
        ended = loop.create_future()
        work = within(SHORT, forever())

        def step(_: object = None) -> None:
            try:
                future = work.send(None)
            except TimeoutError as error:
                ended.set_result(error)
            else:
                future._asyncio_future_blocking = False
                future.add_done_callback(step)

        loop.call_soon(step)
        return await ended  # type: ignore[no-any-return]  # a future of anything

    assert isinstance(run(main()), TimeoutError)


def test_a_task_that_was_cancelled_before_has_deadlines_as_any_other() -> None:
    async def main() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(0)
        with pytest.raises(TimeoutError):
            await within(SHORT, forever())
        assert cancelling() == 1
        task.uncancel()

    run(main())
