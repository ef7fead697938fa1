"""Threads that cannot be had, and tasks that try to end the thread they run on."""

import asyncio
import logging
import threading
from typing import Any

import pytest

from pushmw import Receiver
from pushmw._threads import waiting
from pushmw._threads.loop import _run_loop
from pushmw._threads.pool import Pool
from worlds import on_a_loop, on_a_thread

PATIENCE = 20  # seconds until a test gives up


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt])
def test_the_loops_thread_outlives_a_background_task_that_wants_to_end_it(
    error: type[BaseException],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(waiting, "GRACE", 0.3)
    push, raised = Receiver(body_deadline=0.1, handler_deadline=0.3), list[BaseException]()

    async def leaves() -> None:
        raise error

    @push.on("deviceDeleted")
    async def handler(event: Any) -> None:
        task = asyncio.create_task(leaves())
        await asyncio.wait({task})
        found = task.exception()
        assert found is not None
        raised.append(found)

    assert [on_a_thread(push).status for _ in range(2)] == [200, 200]
    assert [type(each) for each in raised] == [error, error]
    told = [r for r in caplog.records if (r.name, r.levelno) == ("pushmw", logging.ERROR)]
    assert [r.getMessage() for r in told] == [
        f"a task in the background raised {error.__name__}"
    ] * 2
    assert all(r.exc_info for r in told)


def test_the_loops_thread_ends_with_its_loop() -> None:
    loop = asyncio.new_event_loop()
    loop.close()
    thread = threading.Thread(target=_run_loop, args=(loop,), daemon=True)
    thread.start()
    thread.join(PATIENCE)
    assert not thread.is_alive()


class Starts:
    """Stands for ``Thread.start`` and refuses the pool a thread as often as is asked for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.refused = self.to_refuse = 0
        real = threading.Thread.start

        def start(thread: threading.Thread) -> None:
            if thread.name == "pushmw-handlers" and self.to_refuse:
                self.to_refuse -= 1
                self.refused += 1
                raise RuntimeError("can't start new thread")
            real(thread)

        monkeypatch.setattr(threading.Thread, "start", start)


def test_a_push_fails_when_no_thread_can_be_had_and_the_next_one_does_not(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    starts, push, got = Starts(monkeypatch), Receiver(threads=1), list[object]()
    seen: list[str] = []
    push.error(lambda error, delivery: seen.append(f"{delivery.handler} {type(error).__name__}"))
    push.on("deviceDeleted", name="threadless")(got.append)
    push.on("deviceDeleted", name="another")(lambda event: None)
    starts.to_refuse = 1
    assert on_a_loop(push).status == 503
    assert "handler threadless failed: SaturatedError" in caplog.text
    assert got == []
    assert on_a_loop(push).status == 200
    assert len(got) == 1, "what had no thread is not done by chance later"
    assert (starts.refused, push.counts.failed, push.counts.handled) == (1, 1, 1)


def test_work_waits_for_a_thread_that_lives_when_no_other_can_be_had(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    starts, begun, release = Starts(monkeypatch), threading.Event(), threading.Event()

    def holds() -> str:
        begun.set()
        release.wait(PATIENCE)
        return "released"

    async def main() -> tuple[str, int]:
        pool = Pool(2)
        first = asyncio.create_task(pool.run(holds))
        await asyncio.to_thread(begun.wait, PATIENCE)
        starts.to_refuse = 1
        second = asyncio.create_task(pool.run(len, "abc"))
        await asyncio.sleep(0)
        assert starts.refused == 1
        release.set()
        async with asyncio.timeout(PATIENCE):
            return await first, await second

    assert asyncio.run(main()) == ("released", 3)
