"""Nested deadlines end as nested blocks of `asyncio.timeout` do, whatever happens in which order.

Two tasks on loops of one clock get the same orders, one with deadlines of ours. Time only passes
when it is told to, so nothing depends on how busy a machine is.
"""

import asyncio
import selectors
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from pushmw._threads import deadlines
from pushmw._threads.deadlines import within

Block = Coroutine[Any, Any, None]
Limited = Callable[[float, Block], Awaitable[None]]


async def theirs(seconds: float, block: Block) -> None:
    async with asyncio.timeout(seconds):
        await block


class Clock(selectors.DefaultSelector):
    """The time of a loop, which waits for nothing but that."""

    now = 0.0
    until = 0.0

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        if not ready and timeout:
            self.now = min(self.now + timeout, self.until)
        return ready


class Side:
    """A task that does what it is told.

    Attributes:
        depth: how many blocks it is in.
        notes: how they have ended, and what reached it outside of all.
    """

    def __init__(self, limited: Limited) -> None:
        self.notes: list[str] = []
        self.depth = 0
        self._limited = limited
        self._clock = Clock()
        self._loop = asyncio.SelectorEventLoop(self._clock)
        self._loop.set_debug(False)  # it keeps and shows how each thing came about
        self._loop.time = lambda: self._clock.now  # type: ignore[method-assign]
        self._order: asyncio.Future[Any] = self._loop.create_future()
        self.task: asyncio.Task[None] = self._loop.create_task(self._live())
        self.pass_time(0)

    async def _live(self) -> None:
        while True:
            try:
                await self._block()
            except asyncio.CancelledError:
                self.notes.append("cancelled outside")
            else:
                return

    async def _block(self) -> None:
        swallows = False
        while True:
            try:
                self._order = self._loop.create_future()
                order = await self._order
            except asyncio.CancelledError:
                if not swallows:
                    raise
                swallows = False
                self.notes.append("swallowed")
                continue
            if order == "swallow":
                swallows = True
            elif order == "fail":
                raise LookupError
            elif order == "leave":
                return
            else:
                await self._inner(order)

    async def _inner(self, seconds: float) -> None:
        self.depth += 1
        try:
            await self._limited(seconds, self._block())
            self.notes.append("well")
        except (TimeoutError, LookupError) as error:
            self.notes.append(type(error).__name__)
        finally:
            self.depth -= 1

    def tell(self, order: object) -> None:
        self._on(lambda: self._order.set_result(order))

    def cancel(self) -> None:
        self._on(self.task.cancel)

    def uncancel(self) -> None:
        self._on(self.task.uncancel)

    def _on(self, act: Callable[[], object]) -> None:
        self._loop.call_soon(act)
        self.pass_time(0)

    def pass_time(self, seconds: float) -> None:
        """Let time pass, and the task come to rest."""
        self._clock.until = self._clock.now + seconds
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(deadlines, "monotonic", self._loop.time)
            self._loop.run_until_complete(asyncio.sleep(seconds))
            for _ in range(5):
                self._loop.run_until_complete(asyncio.sleep(0))

    def close(self) -> None:
        while not self.task.done():
            self.tell("leave")
        self._loop.close()


class Nested(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.sides = [Side(within), Side(theirs)]
        self.cancels = 0  # of others that nobody has taken back

    @property
    def depth(self) -> int:
        return self.sides[0].depth

    def _both(self, act: Callable[[Side], None]) -> None:
        for side in self.sides:
            act(side)

    # A block that is begun when the one round it is over, and has swallowed that, differs: to
    # asyncio it is late by itself, to us the one round it is.
    @precondition(lambda self: self.depth < 4 and self.sides[0].task.cancelling() <= self.cancels)
    @rule(seconds=st.sampled_from([0.25, 0.5, 0.875, 40.0]))
    def enter(self, seconds: float) -> None:
        self._both(lambda side: side.tell(seconds))

    @precondition(lambda self: self.depth)
    @rule(how=st.sampled_from(["leave", "fail"]))
    def leave(self, how: str) -> None:
        self._both(lambda side: side.tell(how))

    @rule()
    def swallow(self) -> None:
        self._both(lambda side: side.tell("swallow"))

    @rule()
    def cancel(self) -> None:
        self.cancels += 1
        self._both(Side.cancel)

    @precondition(lambda self: 0 < self.sides[0].task.cancelling() <= self.cancels)
    @rule()
    def uncancel(self) -> None:
        self.cancels -= 1
        self._both(Side.uncancel)

    @rule(seconds=st.sampled_from([0.0625, 0.3125, 0.625]))
    def pass_time(self, seconds: float) -> None:
        self._both(lambda side: side.pass_time(seconds))

    @invariant()
    def they_agree(self) -> None:
        ours, other = self.sides
        assert (ours.notes, ours.depth) == (other.notes, other.depth)
        assert ours.task.cancelling() == other.task.cancelling()

    def teardown(self) -> None:
        self._both(Side.close)


@pytest.fixture(autouse=True)
def only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """`asyncio.timeout` cancels once; that ours does so again is for what swallows it.

    All times are sums of powers of two, so that what comes at once does so to the last bit.
    """
    monkeypatch.setattr(deadlines, "GRACE", 8192.0)
    monkeypatch.setattr(deadlines, "TICK", 0.0625)


def test_nested_deadlines_end_as_those_of_asyncio() -> None:
    run_state_machine_as_test(
        Nested,
        settings=settings(
            max_examples=200, stateful_step_count=25, deadline=None, derandomize=True
        ),
    )
