"""Handlers that leave an event loop: adjacent sync ones share one hop to another thread."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from threading import Lock
from time import monotonic
from typing import Any, TypeAlias

from msgspec.structs import replace

from pushmw._dispatch.calling import STOPS, Step, Taken, overrun, step
from pushmw._dispatch.delivery import Delivery
from pushmw._dispatch.glue import Context, Hop
from pushmw._dispatch.outcome import Outcome, Result, all_well, failure, outcome_of
from pushmw._dispatch.plan import Handler
from pushmw._threads.deadlines import expired
from pushmw._threads.pool import SaturatedError
from pushmw._threads.waiting import Settle, Since, bridging

Hopping: TypeAlias = Callable[[Taken, Delivery], Coroutine[Any, Any, Outcome]]
# (the result of a handler that failed, push, how to wait for an awaitable, since when)
Tell: TypeAlias = Callable[[Result, Delivery, Settle, Since], None]
# (the same, push, what running handlers needs), from an event loop
AsyncTell: TypeAlias = Callable[[Result, Delivery, Context], Awaitable[None]]


class _Hop:
    """A run on another thread, and how far it has come, for the loop that waits for it.

    Attributes:
        results: of the handlers that have ended.
        begun: whether the thread has begun at all.
        stop: what ended it before its end.
    """

    def __init__(self, steps: Sequence[Step], tell: Tell) -> None:
        self.results: list[Result] = []
        self.begun = False
        self.stop: BaseException | None = None
        self._steps = steps
        self._tell = tell
        self._late: int | None = None
        self._lock = Lock()

    def run(self, event: Taken, push: Delivery, settle: Settle, since: Since) -> None:
        """Run the handlers, on the other thread."""
        self.begun = True
        try:
            for each in self._steps:
                result = each(event, push, settle, since)
                self.results.append(result)
                if result.error is not None:
                    self._tell(self._news(result), push, settle, since)
        except STOPS as stop:
            self.stop = stop

    def _news(self, last: Result) -> Result:
        """Give what is still to be told of the last result.

        Of a handler that was told as late, its hooks know that it failed: this is what with.
        """
        with self._lock:
            known = len(self.results) - 1 == self._late
        return replace(last, handler=replace(last.handler, errors=())) if known else last

    def leave(self, *, late: bool) -> int | None:
        """Give up waiting; give how many have ended, or None if all have.

        Args:
            late: the next one, which runs now, will be told as late.
        """
        with self._lock:
            ended = len(self.results)
            if late:
                self._late = ended
        return None if self.stop or ended == len(self._steps) else ended


def hopping(handlers: Sequence[Handler], context: Context, tell: Tell, atell: AsyncTell) -> Hopping:
    """Compile sync handlers to be run in one hop from an event loop.

    When their time is over the thread goes on: with the handler that is late, then with those
    after it. What fails is told by ``tell``, on that thread; by ``atell``, what never came so far.
    """
    handled, good = all_well(handlers)
    steps = [step(result, context) for result in handled]
    choose = _ways(context)

    async def call(event: Taken, push: Delivery) -> Outcome:
        hop = _Hop(steps, tell)
        since = asyncio.get_running_loop(), monotonic()
        way, settle = choose()
        ended, failures = None, list[Result]()
        try:
            await way(hop.run, event, push, settle, since)
        except SaturatedError as saturated:
            failures = [failure(handler, saturated) for handler in handlers]
        except asyncio.CancelledError as cancelled:
            late = expired()
            ended = hop.leave(late=late)
            if not late:
                return outcome_of(hop.results[:ended], cancelled)
            if ended is not None:
                # Those after it are still to run; where none has begun none ever will.
                which = handlers[ended : ended + 1] if hop.begun else handlers
                failures = [failure(each, overrun(context), late=True) for each in which]
        if not failures:
            return good if hop.results == handled else outcome_of(hop.results, hop.stop)
        results = [*hop.results[:ended], *failures]
        for each in failures:
            await atell(each, push, context)
        return outcome_of(results)

    return call


def _ways(context: Context) -> Callable[[], tuple[Hop, Settle]]:
    """Make what chooses a way to a thread, and how that waits for an awaitable."""
    glue, pool = context.glue, (context.pool, bridging(context.deadline))
    if glue is None or glue.hop is None:
        return lambda: pool
    hops, own = glue.hops, glue.settle

    def settle(awaitable: Awaitable[Any], since: Any) -> Any:
        return pool[1](awaitable, since) if own is None else own(awaitable)

    theirs = glue.hop, settle
    return lambda: theirs if hops() else pool
