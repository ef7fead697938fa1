"""Calls handlers: one after the other, each isolated from the failures of the others."""

import asyncio
import inspect
import logging
from collections.abc import Callable, Coroutine, Iterable, Sequence
from concurrent.futures import CancelledError
from contextlib import AsyncExitStack, ExitStack
from itertools import groupby
from time import monotonic
from typing import Any, Final

from pushmw.context import Context
from pushmw.crossing import SaturatedError
from pushmw.deadlines import expired
from pushmw.delivery import Push
from pushmw.dispatch import ERROR, Around, Handler, Plan
from pushmw.waiting import Settle, Settled, bridging, refuse

logger = logging.getLogger("pushmw")

# What became of a push, to be joined with `|`.
UNTAKEN: Final = 0
TAKEN: Final = 1
FAILED: Final = 2


SyncRun = Callable[..., int]  # (event, push, settle, since, progress) -> flags
SyncCall = Callable[..., int]  # (event, push, settle, since) -> flags
AsyncRun = Callable[[Any, Any], Coroutine[Any, Any, int]]  # (event, push) -> flags


class Progress:
    """How far a run on another thread has come.

    Attributes:
        at: which handler it has begun last, by number.
        late: which one was reported as late, and is not to be reported again when it fails too.
    """

    __slots__ = ("at", "late")

    def __init__(self) -> None:
        self.at = self.late = -1


def _hooks(handler: Handler) -> list[Handler]:
    """See the error hooks as handlers whose event is the exception."""
    return [
        Handler(hook.function, handler.name, (ERROR,), takes_delivery=True, awaited=hook.awaited)
        for hook in handler.errors
    ]


def _log_failure(handler: Handler, error: Exception) -> None:
    logger.error(
        "%s %s failed: %s",
        "error hook of" if ERROR in handler.kinds else "handler",
        handler.name,
        type(error).__name__,
        exc_info=error,
        extra={"pushmw_handler": handler.name},
    )


def alone(plan: Plan, context: Context, *, awaited: bool) -> Callable[[Any], Any] | None:
    """Give the one function to call for a push, if there is nothing else to be done for it."""
    if len(plan.handlers) != 1 or plan.rest:
        return None
    (handler,) = plan.handlers
    simple = handler.awaited is awaited and not handler.errors and _is_bare(handler, context)
    return handler.function if simple else None


def failed_alone(plan: Plan, raised: BaseException, context: Context | None = None) -> int:
    """Give the flags for a handler that was alone and raised; on a loop it needs the context.

    Raises:
        CancelledError: somebody cancels the push itself.
    """
    error = _failure(raised) if context is None else _afailure(raised, context)
    _log_failure(plan.handlers[0], error)
    return TAKEN | FAILED


def _open(around: Around, push: Push | None, name: str) -> Any:
    if around.takes_delivery and push is not None:
        return around.factory(push.delivery(name))
    return around.factory()


# -- on a thread: the server's own under WSGI, one of the pool's under ASGI


def compile_sync(handlers: Iterable[Handler], context: Context) -> SyncRun:
    """Compile handlers into a function that runs them on the thread it is called on.

    It takes the event, the push (None if nothing needs it), how to ``settle`` an awaitable and
    since when, and where to note its progress for a loop that waits.
    """
    steps = [_isolated(handler, context) for handler in handlers]
    if len(steps) == 1:
        return steps[0]

    def run(
        event: Any,
        push: Push | None,
        settle: Settle = refuse,
        since: Any = None,
        progress: Progress | None = None,
    ) -> int:
        flags = UNTAKEN
        for step in steps:
            flags |= step(event, push, settle, since, progress)
        return flags

    return run


def _isolated(handler: Handler, context: Context) -> SyncRun:
    """Compile one handler, whose failure ends here."""
    call = _settled(handler, context) if handler.awaited else sync_call(handler, context)
    hooks = compile_sync(_hooks(handler), context) if handler.errors else None
    function = handler.function
    bare = not handler.awaited and _is_bare(handler, context)

    def step(
        event: Any,
        push: Push | None,
        settle: Settle = refuse,
        since: Any = None,
        progress: Progress | None = None,
    ) -> int:
        if progress is not None:
            progress.at += 1
        try:
            if not bare:
                return call(event, push, settle, since)
            result = function(event)
            if result is not None and inspect.isawaitable(result):
                settle(result, since)
        except (Exception, asyncio.CancelledError) as raised:  # noqa: BLE001 - anything
            error = _failure(raised)
            _log_failure(handler, error)
            if hooks is not None and (progress is None or progress.at != progress.late):
                hooks(error, push, settle, since)
            return TAKEN | FAILED
        return TAKEN

    return step


def _settled(handler: Handler, context: Context) -> SyncCall:
    """Compile an async handler to be waited for on a thread."""
    run = compile_async([handler], context)

    def call(event: Any, push: Push | None, settle: Settle, since: Any) -> int:
        flags: int = settle(run(event, push), since)
        return flags

    return call


def crosses(handler: Handler) -> bool:
    """Tell whether a handler, called on a thread, sends work to a loop."""
    return handler.awaited or any(around.awaited for around in handler.arounds)


def _is_bare(handler: Handler, context: Context) -> bool:
    """Tell whether a handler takes the event, whatever it is, and nothing stands round it."""
    more = handler.where or handler.view or handler.takes_delivery or handler.arounds
    return not (more or context.glue)


def sync_call(handler: Handler, context: Context) -> SyncCall:
    """Compile the call of a sync handler; what it raises is the handler's failure."""
    function, name, where = handler.function, handler.name, handler.where
    takes = handler.takes_delivery
    arounds = context.sync_arounds(handler.arounds)
    view = handler.view

    def call(event: Any, push: Push, settle: Settle, since: Any) -> int:
        if view is not None:
            event = view[event.kind](event)
            if event is None:
                return UNTAKEN
        if where is not None and not where(event):
            return UNTAKEN
        return inside(event, push, settle, since) if arounds else invoke(event, push, settle, since)

    def inside(event: Any, push: Push, settle: Settle, since: Any) -> int:
        with ExitStack() as stack:
            for around in arounds:
                manager = _open(around, push, name)
                # What an object makes that was registered as a factory shows only now.
                plain = hasattr(manager, "__enter__")
                stack.enter_context(manager if plain else Settled(manager, settle, since))
            invoke(event, push, settle, since)
        return TAKEN  # whatever was raised inside, if one of them keeps it

    def invoke(event: Any, push: Push, settle: Settle, since: Any) -> int:
        result = function(event, push.delivery(name)) if takes else function(event)
        if result is not None and inspect.isawaitable(result):
            settle(result, since)
        return TAKEN

    return call


# -- on an event loop


def compile_async(handlers: Sequence[Handler], context: Context) -> AsyncRun:
    """Compile handlers into a coroutine function that runs them from an event loop.

    It takes the event and the push (None if nothing needs it).
    """
    steps: list[AsyncRun] = []
    for mode, group in groupby(handlers, key=_mode):
        members = list(group)
        if mode is _thread_run:
            steps.append(_thread_run(members, context))
        else:
            steps += [_aisolated(handler, mode(handler, context), context) for handler in members]
    if len(steps) == 1:
        return steps[0]

    async def run(event: Any, push: Push | None) -> int:
        flags = UNTAKEN
        for step in steps:
            flags |= await step(event, push)
        return flags

    return run


def _aisolated(handler: Handler, call: AsyncRun, context: Context) -> AsyncRun:
    """Let the failure of one handler end here."""
    hooks = compile_async(_hooks(handler), context) if handler.errors else None
    function = handler.function
    bare = handler.awaited and _is_bare(handler, context)

    async def step(event: Any, push: Push | None) -> int:
        try:
            if not bare:
                return await call(event, push)
            await function(event)
        except (Exception, asyncio.CancelledError) as raised:  # noqa: BLE001 - anything
            error = _afailure(raised, context)
            _log_failure(handler, error)
            if hooks is not None:
                await hooks(error, push)
            return TAKEN | FAILED
        return TAKEN

    return step


def _failure(raised: BaseException) -> Exception:
    """Give what a handler failed with: when it is a cancellation, then of what it waited for."""
    if isinstance(raised, Exception) and not isinstance(raised, CancelledError):
        return raised
    failure = RuntimeError("what the handler waited for was cancelled")
    failure.__cause__ = raised
    return failure


def _afailure(raised: BaseException, context: Context) -> Exception:
    """Do so on a loop, where the deadline may have cancelled the handler.

    Raises:
        CancelledError: somebody cancels the push itself.
    """
    error = _failure(raised)
    if raised is not error:
        if expired():
            return _overrun(context)
        if _cancelled():
            raise raised
    return error


def _cancelled() -> bool:
    """Tell whether somebody, such as a server whose client has gone, cancels the push itself."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _overrun(context: Context) -> TimeoutError:
    return TimeoutError(f"not done {context.deadline:g} s after the push came in")


def _mode(handler: Handler) -> Callable[[Any, Context], AsyncRun]:
    """Choose how a handler runs from a loop."""
    if handler.awaited:
        return _async_call
    return _inline_call if runs_inline(handler) else _thread_run


def runs_inline(handler: Handler) -> bool:
    """Tell whether a handler runs on the loop itself: not if something round it is awaited."""
    return handler.inline and not crosses(handler)


def _async_call(handler: Handler, context: Context) -> AsyncRun:
    function, name, where = handler.function, handler.name, handler.where
    takes = handler.takes_delivery
    arounds = context.async_arounds(handler.arounds)
    view = handler.view

    async def call(event: Any, push: Push) -> int:
        if view is not None:
            event = view[event.kind](event)
            if event is None:
                return UNTAKEN
        if where is not None and not where(event):
            return UNTAKEN
        if arounds:
            await inside(event, push)
        else:
            await (function(event, push.delivery(name)) if takes else function(event))
        return TAKEN

    async def inside(event: Any, push: Push) -> None:
        async with AsyncExitStack() as stack:
            for around in arounds:
                manager = _open(around, push, name)
                if hasattr(manager, "__aenter__"):
                    await stack.enter_async_context(manager)
                else:
                    stack.enter_context(manager)
            await (function(event, push.delivery(name)) if takes else function(event))

    return call


def _inline_call(handler: Handler, context: Context) -> AsyncRun:
    call = sync_call(handler, context)

    async def acall(event: Any, push: Push | None) -> int:
        return call(event, push, refuse, None)

    return acall


def _settle_of(context: Context) -> Settle:
    """Choose how a thread that was reached by a hop waits for an awaitable."""
    own = context.glue.settle if context.glue else None
    return bridging(context.deadline) if own is None else lambda awaitable, _: own(awaitable)


def _thread_run(handlers: list[Handler], context: Context) -> AsyncRun:
    """Run adjacent sync handlers in one hop to another thread, which reports their failures."""
    run = compile_sync(handlers, context)
    settle = _settle_of(context)
    spare = context.spare()
    hooks = [compile_async(_hooks(h), spare) if h.errors else None for h in handlers]

    async def call(event: Any, push: Push | None) -> Any:
        progress = Progress()
        since = asyncio.get_running_loop(), monotonic()
        try:
            return await context.hop(run, event, push, settle, since, progress)
        except SaturatedError as saturated:
            await fail(range(len(handlers)), saturated, push)
        except asyncio.CancelledError:
            if not expired():
                raise
            # The thread goes on: with the handler that is late, then with those after it. When it
            # has not begun it never will.
            progress.late = late = progress.at
            which = range(late, late + 1) if late >= 0 else range(len(handlers))
            await fail(which, _overrun(context), push)
        return TAKEN | FAILED

    async def fail(which: range, error: Exception, push: Push | None) -> None:
        for index in which:
            _log_failure(handlers[index], error)
            hook = hooks[index]
            if hook is not None:
                await hook(error, push)

    return call
