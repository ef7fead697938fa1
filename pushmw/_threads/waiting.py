"""How a thread waits for what runs on an event loop, in what is left of the deadline."""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import Context as ContextVariables
from contextvars import ContextVar, Token, copy_context
from time import monotonic
from typing import Any, TypeAlias

from pushmw._threads.deadlines import GRACE, TICK, within
from pushmw._threads.loop import discard, loop_thread, wait_for

# From when a deadline counts: monotonic seconds, and the loop it is kept on where that is another.
Since: TypeAlias = float | tuple[asyncio.AbstractEventLoop, float] | None
# (awaitable, since) -> its result; what counts as since is between its maker and its caller
Settle: TypeAlias = Callable[[Awaitable[Any], Any], Any]


def blocking(deadline: float | None) -> Settle:
    """Make a function that waits for an awaitable on the process's loop thread.

    Args:
        deadline: seconds it may take, from the monotonic time given as ``since``; None for ever.
    """

    def settle(awaitable: Awaitable[Any], since: float) -> Any:
        loop_thread.check_elsewhere(awaitable)
        if deadline is None:
            return wait_for(_awaited(awaitable))
        left = _left(deadline, since)
        # A handler that blocks the loop or catches its cancellation must not hold the server too.
        return wait_for(within(left, awaitable), left + 2 * GRACE)

    return settle


def bridging(deadline: float | None) -> Settle:
    """Make a function that waits, on a thread of the pool, for an awaitable on the loop.

    Args:
        deadline: seconds it may take; what is given as ``since`` is the loop and the monotonic time
            they count from. None for ever.
    """

    def settle(awaitable: Awaitable[Any], since: tuple[asyncio.AbstractEventLoop, float]) -> Any:
        loop, began = since
        work = (
            _awaited(awaitable) if deadline is None else within(_left(deadline, began), awaitable)
        )
        return asyncio.run_coroutine_threadsafe(work, loop).result()

    return settle


async def _awaited(awaitable: Awaitable[Any]) -> Any:
    return await awaitable


def _left(deadline: float, since: float) -> float:
    """Give what is left of the deadline, then of one `GRACE`, in seconds, and not quite nothing."""
    left = deadline - (monotonic() - since)
    return max(left if left > 0 else left + GRACE, 2 * TICK)


def refuse(awaitable: Awaitable[Any], _: object) -> None:
    """Say that what an inline handler returned cannot be awaited."""
    discard(awaitable)
    raise TypeError("an inline handler returned an awaitable; declare it with async def")


class Settled:
    """An asynchronous context manager that lives on a loop while a thread works inside it.

    It is entered and left in one task, and the thread gets the context variables that it sets.
    """

    def __init__(self, manager: Any, settle: Settle, since: Since) -> None:
        self._manager = manager
        self._settle = settle
        self._since = since
        self._tokens: list[tuple[ContextVar[Any], Token[Any]]] = []

    def __enter__(self) -> None:
        self._settle(self._start(), self._since)
        for variable, value in self._context.items():
            if variable.get(self) is not value:
                self._tokens.append((variable, variable.set(value)))

    def __exit__(self, _: object, error: BaseException | None, __: object) -> bool:
        for variable, token in reversed(self._tokens):
            variable.reset(token)
        return bool(self._settle(self._finish(error), self._since))

    async def _start(self) -> None:
        loop = asyncio.get_running_loop()
        entered = loop.create_future()
        self._leave = loop.create_future()
        self._task = loop.create_task(self._hold(entered))
        try:
            await asyncio.wait({entered, self._task}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            self._task.cancel()
            await asyncio.wait({self._task})
            raise
        self._context: ContextVariables = entered.result() if entered.done() else await self._task

    async def _hold(self, entered: "asyncio.Future[Any]") -> Any:
        async with self._manager:
            entered.set_result(copy_context())
            error = await self._leave
            if error is not None:
                raise error
        return error is not None

    async def _finish(self, error: BaseException | None) -> Any:
        self._leave.set_result(error)
        try:
            return await self._task
        except BaseException as raised:
            if raised is error:
                return False
            raise
