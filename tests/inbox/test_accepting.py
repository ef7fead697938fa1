"""Pushes on their way to the storing thread: bounded, in time, and each told what became of it."""

import asyncio
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic

import pytest

from inbox.envelopes import envelope
from pushmw._threads.native import waiter
from pushmw.inbox import accepting
from pushmw.inbox.accepting import Accept, Accepting, Item, NotAccepted
from pushmw.inbox.envelope import Envelope


class Disk:
    """Stores in memory, slowly where it is told to, and tells what it was given."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.threads: set[threading.Thread] = set()
        self.error: BaseException | None = None
        self.bad: set[str] = set()
        self.go_on = threading.Event()
        self.begun = threading.Event()
        self.go_on.set()

    def store(self, batch: Sequence[Item]) -> None:
        self.begun.set()
        assert self.go_on.wait(20)
        self.threads.add(threading.current_thread())
        pushes = [item for item in batch if isinstance(item, Accept)]
        self.batches.append([item.envelope.id for item in pushes])
        if self.error is not None:
            raise self.error
        for item in pushes:
            if item.envelope.id in self.bad:
                item.error = "a bad row"

    @property
    def stored(self) -> list[str]:
        return [each for batch in self.batches for each in batch]

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Let it hang in the next batch."""
        self.begun.clear()
        self.go_on.clear()
        try:
            yield
        finally:
            self.go_on.set()


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
def queue(disk: Disk) -> Iterator[Accepting]:
    made = Accepting(disk.store)
    yield made
    made.stop()


def on_a_thread(queue: Accepting, identity: str, seconds: float = 10) -> None:
    queue.accept(envelope(id=identity), monotonic() + seconds)


def on_a_loop(queue: Accepting, identity: str, seconds: float = 10) -> None:
    asyncio.run(queue.aaccept(envelope(id=identity), monotonic() + seconds))


async def waiting(queue: Accepting, most: int) -> None:
    """Wait until so many wait."""
    while queue.depth < most:  # noqa: ASYNC110 - another thread changes it, without a word
        await asyncio.sleep(0.001)


Way = Callable[..., None]
BOTH = pytest.mark.parametrize("accept", [on_a_thread, on_a_loop])


@BOTH
def test_a_push_is_stored_when_accept_returns(queue: Accepting, disk: Disk, accept: Way) -> None:
    for number in range(3):
        accept(queue, str(number))
        assert disk.stored[-1] == str(number)
    assert (queue.depth, len(disk.threads)) == (0, 1)
    assert threading.current_thread() not in disk.threads


def test_no_thread_is_started_before_the_first_push(disk: Disk) -> None:
    before = threading.active_count()
    Accepting(disk.store)
    assert threading.active_count() == before


def test_what_came_meanwhile_is_stored_in_one_go_and_in_order(queue: Accepting, disk: Disk) -> None:
    async def main() -> None:
        with disk.stopped():
            first = asyncio.ensure_future(queue.aaccept(envelope(id="first"), monotonic() + 10))
            await asyncio.to_thread(disk.begun.wait, 10)
            rest = [queue.aaccept(envelope(id=str(n)), monotonic() + 10) for n in range(50)]
            others = asyncio.gather(*rest)
            await waiting(queue, 50)
        await first
        await others

    asyncio.run(main())
    assert disk.batches == [["first"], [str(n) for n in range(50)]]


@BOTH
def test_what_is_not_stored_in_time_is_given_up_and_not_stored_later(
    queue: Accepting, disk: Disk, accept: Way
) -> None:
    with disk.stopped():
        other = threading.Thread(target=on_a_thread, args=(queue, "first"))
        other.start()
        assert disk.begun.wait(10)
        with pytest.raises(NotAccepted, match=r"^it was not stored in time$"):
            accept(queue, "second", 0.05)
    other.join()
    on_a_thread(queue, "third")
    assert disk.stored == ["first", "third"]


@BOTH
def test_what_is_being_stored_when_its_time_is_over_may_be_stored(
    queue: Accepting, disk: Disk, accept: Way
) -> None:
    with (
        disk.stopped(),
        pytest.raises(NotAccepted, match=r"^it was not stored in time, and may be yet$"),
    ):
        accept(queue, "first", 0.2)
    on_a_thread(queue, "second")
    assert disk.stored == ["first", "second"]


def test_a_push_whose_task_is_cancelled_is_given_up(queue: Accepting, disk: Disk) -> None:
    async def main() -> None:
        with disk.stopped():
            first = asyncio.ensure_future(queue.aaccept(envelope(id="first"), monotonic() + 10))
            await asyncio.to_thread(disk.begun.wait, 10)
            second = asyncio.ensure_future(queue.aaccept(envelope(id="second"), monotonic() + 10))
            await asyncio.sleep(0.01)
            second.cancel()
            with pytest.raises(asyncio.CancelledError):
                await second
        await first
        await queue.aaccept(envelope(id="third"), monotonic() + 10)

    asyncio.run(main())
    assert disk.stored == ["first", "third"]


def test_a_loop_that_is_gone_fails_nobody_else(queue: Accepting, disk: Disk) -> None:
    async def leaves() -> None:
        task = asyncio.ensure_future(queue.aaccept(envelope(id="first"), monotonic() + 10))
        await asyncio.to_thread(disk.begun.wait, 10)
        task.cancel()

    with disk.stopped():
        asyncio.run(leaves())
    on_a_thread(queue, "second")
    assert disk.stored == ["first", "second"]


@BOTH
@pytest.mark.parametrize("error", [OSError("disk full"), SystemExit("odd")])
def test_what_an_engine_raises_is_told_to_all_of_the_batch_and_ends_nothing(
    queue: Accepting, disk: Disk, accept: Way, error: BaseException
) -> None:
    disk.error = error
    with pytest.raises(NotAccepted, match=rf"^{type(error).__name__}: {error}$"):
        accept(queue, "first")
    disk.error = None
    accept(queue, "second")
    assert len(disk.threads) == 1


@BOTH
def test_a_bad_row_is_told_to_its_own_push(queue: Accepting, disk: Disk, accept: Way) -> None:
    disk.bad = {"first"}
    with pytest.raises(NotAccepted, match=r"^a bad row$"):
        accept(queue, "first")
    accept(queue, "second")


def crowd(queue: Accepting, disk: Disk, most: int, push: Envelope) -> str:
    """Bring pushes, while nothing is stored, until one is refused at once, and say why."""

    async def main() -> str:
        with disk.stopped():
            first = asyncio.ensure_future(queue.aaccept(push, monotonic() + 10))
            await asyncio.to_thread(disk.begun.wait, 10)
            others = asyncio.gather(*(queue.aaccept(push, monotonic() + 10) for _ in range(most)))
            await waiting(queue, most)
            with pytest.raises(NotAccepted) as caught:
                await queue.aaccept(push, monotonic() + 10)
        await first
        await others
        return str(caught.value)

    return asyncio.run(main())


def test_too_many_pushes_are_refused_at_once(
    queue: Accepting, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accepting, "MOST_PUSHES", 5)
    assert crowd(queue, disk, 5, envelope()) == "5 pushes wait to be stored"
    assert queue.depth == 0


def test_too_many_bytes_are_refused_at_once(
    queue: Accepting, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accepting, "MOST_BYTES", 5000)
    assert crowd(queue, disk, 3, envelope(body=b"x" * 1000)) == "3 pushes wait to be stored"


@pytest.mark.parametrize(("name", "value"), [("BATCH_PUSHES", 2), ("BATCH_BYTES", 2500)])
def test_a_batch_is_bounded(
    queue: Accepting, disk: Disk, monkeypatch: pytest.MonkeyPatch, name: str, value: int
) -> None:
    monkeypatch.setattr(accepting, name, value)

    async def main() -> None:
        with disk.stopped():
            push = envelope(body=b"x" * 1000)
            others = asyncio.gather(*(queue.aaccept(push, monotonic() + 10) for _ in range(5)))
            await waiting(queue, 3)
        await others

    asyncio.run(main())
    assert max(map(len, disk.batches)) == 2
    assert len(disk.stored) == 5


@BOTH
def test_a_batch_that_hangs_refuses_everybody_at_once(
    queue: Accepting, disk: Disk, monkeypatch: pytest.MonkeyPatch, accept: Way
) -> None:
    monkeypatch.setattr(accepting, "STALLED", 0.05)
    with disk.stopped():
        other = threading.Thread(target=on_a_thread, args=(queue, "first"))
        other.start()
        assert disk.begun.wait(10)
        time.sleep(0.1)
        began = monotonic()
        with pytest.raises(NotAccepted, match=r"^the inbox has been storing for more than 0.05 s$"):
            accept(queue, "second")
        assert monotonic() - began < 5
    other.join()
    accept(queue, "third")
    assert disk.stored == ["first", "third"]


def test_what_is_queued_is_stored_when_it_is_stopped_and_it_can_go_on(
    queue: Accepting, disk: Disk
) -> None:
    with disk.stopped():
        other = threading.Thread(target=on_a_thread, args=(queue, "first"))
        other.start()
        assert disk.begun.wait(10)
        queue.stop()
        queue.stop()
    other.join()
    on_a_thread(queue, "second")
    assert disk.stored == ["first", "second"]
    assert len(disk.threads) == 2


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_child_of_a_fork_begins_with_a_queue_and_a_thread_of_its_own(
    queue: Accepting, disk: Disk
) -> None:
    on_a_thread(queue, "first")
    child = os.fork()
    if child == 0:
        try:
            on_a_thread(queue, "second", 5)
            os._exit(0 if disk.stored == ["first", "second"] else 1)
        finally:
            os._exit(2)
    assert os.waitpid(child, 0)[1] == 0


def test_what_an_engine_adds_is_done_in_its_turn_and_counts_as_no_push(
    queue: Accepting, disk: Disk
) -> None:
    wait = waiter()
    queue.put(Item(wait))
    assert queue.depth == 0
    wait.until(monotonic() + 10)
    assert wait.is_told
    assert disk.batches == [[]]


def test_a_task_that_is_cancelled_while_its_push_is_stored_is_told_nothing_more(
    queue: Accepting, disk: Disk
) -> None:
    async def main() -> None:
        with disk.stopped():
            first = asyncio.ensure_future(queue.aaccept(envelope(id="first"), monotonic() + 10))
            await asyncio.to_thread(disk.begun.wait, 10)
            first.cancel()
            with pytest.raises(asyncio.CancelledError):
                await first
        await queue.aaccept(envelope(id="second"), monotonic() + 10)

    asyncio.run(main())
    assert disk.stored == ["first", "second"]
