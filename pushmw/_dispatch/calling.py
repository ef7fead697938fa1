"""Calls what users wrote, each isolated from the failures of the others.

A step is one handler, compiled: called with an event it gives a `Result`, whatever the handler
does. Only here, and in the two adapters' own frame for a handler that is alone, is caught what a
user's code raises.
"""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError
from contextlib import AsyncExitStack, ExitStack
from typing import Any, Final, TypeAlias

from pushmw._dispatch.delivery import Delivery
from pushmw._dispatch.glue import Context
from pushmw._dispatch.outcome import Result, State, failure
from pushmw._dispatch.plan import Around, Handler
from pushmw._dispatch.returned import awaits, check_awaited, said
from pushmw._errors import PASSING
from pushmw._threads.deadlines import cancelled, expired, watches_us
from pushmw._threads.waiting import Settle, Settled, Since, refuse
from pushmw.notifications.base import Event, Notification
from pushmw.notifications.views import View

# What a handler takes: an event or a view of it; an error hook takes the exception.
Taken: TypeAlias = Event | View | Exception
# (event, push or None if nothing needs it, how to wait for an awaitable, since when) -> the result
Step: TypeAlias = Callable[[Taken, Delivery, Settle, Since], Result]
# (event, push) -> the result, from an event loop
AsyncStep: TypeAlias = Callable[[Taken, Delivery], Coroutine[Any, Any, Result]]

# What a user's code may raise: its failure, but for what `failed` and `afailed` let pass.
RAISED: Final = (BaseException,)
# What ends a run; its outcome has what was done before.
STOPS: Final = (asyncio.CancelledError, *PASSING)


def is_bare(handler: Handler, context: Context) -> bool:
    """Tell whether to call a handler with the event is all that is to be done."""
    asks = handler.where or handler.view or handler.takes_delivery
    return not (asks or handler.arounds or context.glue)


def crosses(handler: Handler) -> bool:
    """Tell whether a handler, called on a thread, sends work to a loop."""
    return handler.awaited or any(around.awaited for around in handler.arounds)


def runs_inline(handler: Handler) -> bool:
    """Tell whether a handler runs on the loop itself: not if something round it is awaited."""
    return handler.inline and not crosses(handler)


def failure_of(raised: BaseException) -> Exception:
    """Give what a handler failed with: an `Exception`, with what is none as its cause.

    When that is a cancellation, then of what the handler waited for.
    """
    if isinstance(raised, Exception) and not isinstance(raised, CancelledError):
        return raised
    cancelled = isinstance(raised, CancelledError | asyncio.CancelledError)
    why = "what the handler waited for was cancelled"
    failure = RuntimeError(why if cancelled else f"it raised {type(raised).__name__}")
    failure.__cause__ = raised
    return failure


def failed(handler: Handler, raised: BaseException, _: Context | None = None) -> Result:
    """Give the result of a handler that raised on a thread.

    Raises:
        KeyboardInterrupt, SystemExit: as they are.
    """
    if isinstance(raised, PASSING):
        raise raised
    return failure(handler, failure_of(raised))


def afailed(handler: Handler, raised: BaseException, context: Context) -> Result:
    """Give the result of a handler that raised on a loop, where its deadline may have come.

    Raises:
        CancelledError: somebody cancels the push itself.
        GeneratorExit: somebody gives up the coroutine that waits for the handler.
        KeyboardInterrupt, SystemExit: as they are.
    """
    if isinstance(raised, PASSING) or (isinstance(raised, GeneratorExit) and not watches_us()):
        raise raised
    error, late = failure_of(raised), expired()
    if error is raised:  # an exception of its own, perhaps what cleaning up came to
        return failure(handler, error, late=late)
    if not late and cancelled():
        raise raised
    return failure(handler, overrun(context) if late else error, late=late)


def overrun(context: Context) -> TimeoutError:
    """Make the error of a handler that has not ended in time."""
    return TimeoutError(f"not done {context.deadline or 0:g} s after the push came in")


def _asks(handler: Handler) -> bool:
    return handler.view is not None or handler.where is not None


def _viewed(handler: Handler, event: Taken) -> Taken | None:
    """Give what a handler takes of an event, or None if it does not want it."""
    where, seen = handler.where, event
    if handler.view is not None and isinstance(event, Notification):
        seen = handler.view[event.kind](event)
    return seen if seen is not None and (where is None or said(where(seen))) else None


def _open(around: Around, push: Delivery, name: str) -> Any:
    return around.factory(push.to(name)) if around.takes_delivery else around.factory()


# -- on a thread: the server's own under WSGI, one of the pool's under ASGI


def step(handled: Result, context: Context) -> Step:
    """Compile a handler to be called on a thread; ``handled`` is its result when it returns."""
    handler = handled.handler
    run = (_settled if handler.awaited else _step)(handled, context)
    if not context.resumes:
        return run
    done = Result(handler, State.DONE)

    def resumed(event: Taken, push: Delivery, settle: Settle, since: Since) -> Result:
        return done if push.to(handler.name).is_done() else run(event, push, settle, since)

    return resumed


def _step(handled: Result, context: Context) -> Step:
    handler, skipped = handled.handler, Result(handled.handler, State.SKIPPED)
    function, name, takes = handler.function, handler.name, handler.takes_delivery
    asks, inside = _asks(handler), _inside(handled, context)

    def run(event: Taken, push: Delivery, settle: Settle, since: Since) -> Result:
        try:
            if asks:
                seen = _viewed(handler, event)
                if seen is None:
                    return skipped
                event = seen
            if inside is not None:
                return inside(event, push, settle, since)
            result = function(event, push.to(name)) if takes else function(event)
            if result is not None and awaits(result):
                check_awaited(settle(result, since))
        except RAISED as raised:
            return failed(handler, raised)
        return handled

    return run


def _inside(handled: Result, context: Context) -> Step | None:
    """Compile what calls a handler inside of context managers, if it has some."""
    handler, arounds = handled.handler, context.sync_arounds(handled.handler.arounds)
    function, name, takes = handler.function, handler.name, handler.takes_delivery

    def run(event: Taken, push: Delivery, settle: Settle, since: Since) -> Result:
        with ExitStack() as stack:
            for around in arounds:
                manager = _open(around, push, name)
                # What an object makes that was registered as a factory shows only now.
                plain = hasattr(manager, "__enter__")
                stack.enter_context(manager if plain else Settled(manager, settle, since))
            result = function(event, push.to(name)) if takes else function(event)
            if result is not None and awaits(result):
                check_awaited(settle(result, since))
        return handled  # whatever was raised inside, if one of them keeps it

    return run if arounds else None


def _settled(handled: Result, context: Context) -> Step:
    """Compile an async handler to be waited for on a thread."""
    handler, arun = handled.handler, async_step(handled, context)

    def run(event: Taken, push: Delivery, settle: Settle, since: Since) -> Result:
        try:
            result: Result = settle(arun(event, push), since)
        except TimeoutError as told:  # its own is in a result
            late = TimeoutError(f"{handler.name} was {overrun(context)}: {told}")
            return failure(handler, late, late=True)
        except RAISED as raised:
            return failed(handler, raised)
        return result

    return run


# -- on an event loop


def async_step(handled: Result, context: Context) -> AsyncStep:
    """Compile an async handler, or one that runs inline, to be called from an event loop."""
    handler = handled.handler
    run = (_async_step if handler.awaited else _inline)(handled, context)
    if not context.resumes:
        return run
    done = Result(handler, State.DONE)

    async def resumed(event: Taken, push: Delivery) -> Result:
        return done if push.to(handler.name).is_done() else await run(event, push)

    return resumed


def _async_step(handled: Result, context: Context) -> AsyncStep:
    handler, skipped = handled.handler, Result(handled.handler, State.SKIPPED)
    function, name, takes = handler.function, handler.name, handler.takes_delivery
    asks, inside = _asks(handler), _ainside(handled, context)

    async def run(event: Taken, push: Delivery) -> Result:
        try:
            if asks:
                seen = _viewed(handler, event)
                if seen is None:
                    return skipped
                event = seen
            if inside is not None:
                return await inside(event, push)
            result = await (function(event, push.to(name)) if takes else function(event))
            if result is not None:
                check_awaited(result)
        except RAISED as raised:
            return afailed(handler, raised, context)
        return handled

    return run


def _ainside(handled: Result, context: Context) -> AsyncStep | None:
    """Compile what awaits a handler inside of context managers, if it has some."""
    handler, arounds = handled.handler, context.async_arounds(handled.handler.arounds)
    function, name, takes = handler.function, handler.name, handler.takes_delivery

    async def run(event: Taken, push: Delivery) -> Result:
        async with AsyncExitStack() as stack:
            for around in arounds:
                manager = _open(around, push, name)
                if hasattr(manager, "__aenter__"):
                    await stack.enter_async_context(manager)
                else:
                    stack.enter_context(manager)
            result = await (function(event, push.to(name)) if takes else function(event))
            if result is not None:
                check_awaited(result)
        return handled

    return run if arounds else None


def _inline(handled: Result, context: Context) -> AsyncStep:
    run = step(handled, context)

    async def arun(event: Taken, push: Delivery) -> Result:
        return run(event, push, refuse, None)

    return arun
