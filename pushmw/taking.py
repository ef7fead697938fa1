"""What a plan becomes: one callable a kind, for a thread and for an event loop.

It takes the event, the body and where the push came from, and gives the answer. A handler that is
alone is called in the same frame, or by an adapter in its own; all others are run by
`pushmw.running`.
"""

import logging
from asyncio import CancelledError
from collections.abc import Callable
from inspect import isawaitable
from time import monotonic
from typing import Any

from pushmw import running
from pushmw.answers import HANDLED, Answer
from pushmw.context import Context
from pushmw.counts import Counts
from pushmw.delivery import PushMaker
from pushmw.dispatch import Plan
from pushmw.running import TAKEN, failed_alone
from pushmw.waiting import blocking, refuse

logger = logging.getLogger("pushmw")

# (event, body, source) -> the answer; on a loop also what to await for the flags.
Take = Callable[[Any, bytes, Any], Any]
Finish = Callable[[int], Answer]
# A handler that is alone, if an adapter may call it itself as `take_alone` here does or, on a loop,
# await it; and what takes the event in any case.
Taken = tuple[Callable[[Any], Any] | None, Take]
World = Callable[[Plan, Context, PushMaker, Counts, Finish], Taken]


def on_thread(
    plan: Plan, context: Context, making: PushMaker, counts: Counts, finish: Finish
) -> Taken:
    """Compile a plan for the thread it is called on."""
    deadline = context.deadline
    settle = blocking(deadline)
    alone: Any = running.alone(plan, context, awaited=False)
    steps = running.compile_sync(plan.handlers, context)
    rest = running.compile_sync(plan.rest, context)
    push_of = _push_of(plan, making)

    def take_alone(event: Any, _body: bytes, _source: Any) -> Answer:
        began = monotonic()
        try:
            result = alone(event)
            if result is not None and isawaitable(result):
                settle(result, began)
        except (Exception, CancelledError) as raised:  # noqa: BLE001 - anything
            return finish(failed_alone(plan, raised))
        if monotonic() > began + deadline:
            log_overrun(event, began)
        counts.handled += 1
        return HANDLED

    def take(event: Any, body: bytes, source: Any) -> Answer:
        push = push_of(event, body, source)
        began = monotonic()
        flags = steps(event, push, settle, began) or rest(event, push, settle, began)
        if monotonic() > began + deadline:
            log_overrun(event, began)
        return finish(flags)

    return alone, take if alone is None else take_alone


def on_loop(
    plan: Plan, context: Context, making: PushMaker, counts: Counts, finish: Finish
) -> Taken:
    """Compile a plan for an event loop."""
    inline = not plan.rest and all(running.runs_inline(h) and not h.errors for h in plan.handlers)
    if inline:  # no `unhandled` handler is
        return None, _inline(plan, context, making, counts, finish)
    alone: Any = running.alone(plan, context, awaited=True)
    steps = running.compile_async(plan.handlers, context)
    rest = running.compile_async(plan.rest, context)
    push_of = _push_of(plan, making)

    async def take(event: Any, body: bytes, source: Any) -> int:
        push = push_of(event, body, source)
        return await steps(event, push) or await rest(event, push)

    async def take_alone(event: Any, _body: bytes, _source: Any) -> int:
        try:
            await alone(event)
        except (Exception, CancelledError) as raised:  # noqa: BLE001 - anything
            return failed_alone(plan, raised, context)
        return TAKEN

    return alone, take if alone is None else take_alone


def _inline(
    plan: Plan, context: Context, making: PushMaker, counts: Counts, finish: Finish
) -> Take:
    alone: Any = running.alone(plan, context, awaited=False)
    steps = running.compile_sync(plan.handlers, context)
    push_of = _push_of(plan, making)

    def take_alone(event: Any, _body: bytes, _source: Any) -> Answer:
        try:
            result = alone(event)
            if result is not None and isawaitable(result):
                refuse(result, None)
        except (Exception, CancelledError) as raised:  # noqa: BLE001 - anything
            return finish(failed_alone(plan, raised))
        counts.handled += 1
        return HANDLED

    def take(event: Any, body: bytes, source: Any) -> Answer:
        return finish(steps(event, push_of(event, body, source)))

    return take if alone is None else take_alone


def _push_of(plan: Plan, making: PushMaker) -> Callable[[Any, bytes, Any], Any]:
    """Choose what makes the push behind the deliveries: nothing, if nobody asks for one."""
    needed = any(
        h.takes_delivery or h.errors or any(around.takes_delivery for around in h.arounds)
        for h in (*plan.handlers, *plan.rest)
    )
    return making if needed else _no_push


def _no_push(_event: Any, _body: bytes, _source: Any) -> None:
    return None


def log_overrun(event: Any, began: float) -> None:
    """Log that handlers took longer than they may, which began at that monotonic time."""
    logger.error("handlers of a %s push took %.1f s", event.kind, monotonic() - began)
