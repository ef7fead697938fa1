"""Calls handlers: one after the other, each isolated from the failures of the others."""

import asyncio
import inspect
import logging
from collections.abc import Callable, Coroutine, Iterable, Sequence
from concurrent.futures import CancelledError
from contextlib import AsyncExitStack, ExitStack
from itertools import groupby
from typing import Any, Final, NamedTuple

from pushmw.context import Context
from pushmw.crossing import SaturatedError
from pushmw.deadlines import expired
from pushmw.delivery import Push
from pushmw.dispatch import ERROR, Around, Handler
from pushmw.waiting import Settle, Settled, bridging, refuse

logger = logging.getLogger("pushmw")

# What became of a push, to be joined with `|`.
UNTAKEN: Final = 0
TAKEN: Final = 1
FAILED: Final = 2

SyncRun = Callable[..., int]  # (event, push, settle, progress) -> flags
AsyncRun = Callable[[Any, Push | None], Coroutine[Any, Any, Any]]


class Progress:
    """How far a run on another thread has come.

    Attributes:
        at: which handler it has begun last, by number.
        late: which one was reported as late, and is not to be reported again when it fails too.
    """

    __slots__ = ("at", "late")

    def __init__(self) -> None:
        self.at = self.late = -1


class Step(NamedTuple):
    """One call of a compiled push.

    Attributes:
        bare: the call takes the event and nothing else; the others take more and return flags.
        hooks: runs the handler's `error` hooks, if it has any.
    """

    bare: bool
    call: Callable[..., Any]
    handler: Handler
    hooks: Callable[..., Any] | None


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


def _open(around: Around, push: Push | None, name: str) -> Any:
    if around.takes_delivery and push is not None:
        return around.factory(push.delivery(name))
    return around.factory()


# -- on a thread: the server's own under WSGI, one of the pool's under ASGI


def compile_sync(handlers: Iterable[Handler], context: Context) -> SyncRun:
    """Compile handlers into a function that runs them on the thread it is called on.

    It takes the event, the push (None if nothing needs it), how to ``settle`` an awaitable, and
    where to note its progress for a loop that waits.
    """
    steps = [(_settled_step if h.awaited else sync_step)(h, context) for h in handlers]

    def run(
        event: Any,
        push: Push | None,
        settle: Settle,
        progress: Progress | None = None,
    ) -> int:
        flags = UNTAKEN
        for bare, call, handler, hooks in steps:
            if progress is not None:
                progress.at += 1
            try:
                if bare:
                    result = call(event)
                    if result is not None and inspect.isawaitable(result):
                        settle(result)
                    flags |= TAKEN
                else:
                    flags |= call(event, push, settle)
            except (Exception, asyncio.CancelledError) as raised:  # noqa: BLE001 - anything
                error = _failure(raised)
                flags |= TAKEN | FAILED
                _log_failure(handler, error)
                if hooks is not None and (progress is None or progress.at != progress.late):
                    hooks(error, push, settle)
        return flags

    return run


def _settled_step(handler: Handler, context: Context) -> Step:
    """Compile an async handler to be waited for on a thread."""
    run = compile_async([handler], context)
    hooks = compile_sync(_hooks(handler), context) if handler.errors else None

    def call(event: Any, push: Push | None, settle: Settle) -> Any:
        return settle(run(event, push))

    return Step(bare=False, call=call, handler=handler, hooks=hooks)


def crosses(handler: Handler) -> bool:
    """Tell whether a handler, called on a thread, sends work to a loop."""
    return handler.awaited or any(around.awaited for around in handler.arounds)


def sync_step(handler: Handler, context: Context) -> Step:
    """Compile a sync handler."""
    function, name, where = handler.function, handler.name, handler.where
    takes = handler.takes_delivery
    arounds = context.sync_arounds(handler.arounds)
    hooks = compile_sync(_hooks(handler), context) if handler.errors else None
    if not (arounds or where or takes):
        return Step(bare=True, call=function, handler=handler, hooks=hooks)

    def call(event: Any, push: Push, settle: Settle) -> int:
        if where is not None and not where(event):
            return UNTAKEN
        with ExitStack() as stack:
            for around in arounds:
                manager = _open(around, push, name)
                # What an object makes that was registered as a factory shows only now.
                plain = hasattr(manager, "__enter__")
                stack.enter_context(manager if plain else Settled(manager, settle))
            result = function(event, push.delivery(name)) if takes else function(event)
            if result is not None and inspect.isawaitable(result):
                settle(result)
        return TAKEN

    return Step(bare=False, call=call, handler=handler, hooks=hooks)


# -- on an event loop


def compile_async(  # noqa: C901 - holds run
    handlers: Sequence[Handler], context: Context, finish: Callable[[int], Any] = int
) -> AsyncRun:
    """Compile handlers into a coroutine function that runs them from an event loop.

    It gives what ``finish`` makes of the flags: a coroutine less than to await them first.
    """
    steps: list[Step] = []
    for mode, group in groupby(handlers, key=_mode):
        members = list(group)
        if mode is _thread_step:
            steps.append(_thread_step(members, context))
        else:
            steps += [mode([member], context) for member in members]

    async def run(event: Any, push: Push | None) -> Any:
        flags = UNTAKEN
        for bare, call, handler, hooks in steps:
            try:
                if bare:
                    await call(event)
                    flags |= TAKEN
                else:
                    flags |= await call(event, push)
            except (Exception, asyncio.CancelledError) as raised:
                error = _failure(raised)
                if raised is not error:
                    if expired():
                        error = _overrun(context)
                    elif _cancelled():
                        raise
                flags |= TAKEN | FAILED
                _log_failure(handler, error)
                if hooks is not None:
                    await hooks(error, push)
        return finish(flags)

    return run


def _failure(raised: BaseException) -> Exception:
    """Give what a handler failed with: when it is a cancellation, then of what it waited for."""
    if isinstance(raised, Exception) and not isinstance(raised, CancelledError):
        return raised
    failure = RuntimeError("what the handler waited for was cancelled")
    failure.__cause__ = raised
    return failure


def _cancelled() -> bool:
    """Tell whether somebody, such as a server whose client has gone, cancels the push itself."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _overrun(context: Context) -> TimeoutError:
    return TimeoutError(f"not done {context.deadline:g} s after the push came in")


def _mode(handler: Handler) -> Callable[[list[Handler], Context], Step]:
    """Choose how a handler runs from a loop."""
    if handler.awaited:
        return _async_step
    return _inline_step if runs_inline(handler) else _thread_step


def runs_inline(handler: Handler) -> bool:
    """Tell whether a handler runs on the loop itself: not if something round it is awaited."""
    return handler.inline and not crosses(handler)


def _async_step(handlers: list[Handler], context: Context) -> Step:
    (handler,) = handlers
    function, name, where = handler.function, handler.name, handler.where
    takes = handler.takes_delivery
    arounds = context.async_arounds(handler.arounds)
    hooks = compile_async(_hooks(handler), context) if handler.errors else None
    if not (arounds or where or takes):
        return Step(bare=True, call=function, handler=handler, hooks=hooks)

    async def call(event: Any, push: Push) -> int:
        if where is not None and not where(event):
            return UNTAKEN
        async with AsyncExitStack() as stack:
            for around in arounds:
                manager = _open(around, push, name)
                if hasattr(manager, "__aenter__"):
                    await stack.enter_async_context(manager)
                else:
                    stack.enter_context(manager)
            await (function(event, push.delivery(name)) if takes else function(event))
        return TAKEN

    return Step(bare=False, call=call, handler=handler, hooks=hooks)


def _inline_step(handlers: list[Handler], context: Context) -> Step:
    (handler,) = handlers
    bare, function, _, _ = sync_step(handler, context)
    hooks = compile_async(_hooks(handler), context) if handler.errors else None

    async def call(event: Any, push: Push | None) -> Any:
        if not bare:
            return function(event, push, refuse)
        result = function(event)
        if result is not None and inspect.isawaitable(result):
            refuse(result)
        return TAKEN

    return Step(bare=False, call=call, handler=handler, hooks=hooks)


def _thread_step(handlers: list[Handler], context: Context) -> Step:
    """Run adjacent sync handlers in one hop to another thread, which reports their failures."""
    run = compile_sync(handlers, context)
    own_settle = context.glue.settle if context.glue else None
    spare = context.spare()
    hooks = [compile_async(_hooks(h), spare) if h.errors else None for h in handlers]

    async def call(event: Any, push: Push | None) -> Any:
        progress = Progress()
        settle = own_settle or bridging(asyncio.get_running_loop(), context.deadline)
        try:
            return await context.hop(run, event, push, settle, progress)
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

    return Step(bare=False, call=call, handler=handlers[0], hooks=None)
