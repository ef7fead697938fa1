"""Tells of handlers that failed: a line in the log, and the `error` hooks."""

import logging
from collections.abc import Iterator

from pushmw._dispatch.calling import async_step, step
from pushmw._dispatch.delivery import Delivery
from pushmw._dispatch.glue import Context
from pushmw._dispatch.hopping import hopping
from pushmw._dispatch.outcome import Result, State, well
from pushmw._dispatch.plan import ERROR, Handler
from pushmw._log import shown
from pushmw._threads.deadlines import spared
from pushmw._threads.pool import SaturatedError
from pushmw._threads.waiting import Settle, Since

logger = logging.getLogger("pushmw")


def log(result: Result, push: Delivery) -> None:
    """Log a failure with its traceback."""
    if result.error is None:
        return
    logger.error(
        "%s %s failed: %s (push %s of kind %s)",
        "error hook of" if ERROR in result.handler.kinds else "handler",
        result.name,
        type(result.error).__name__,
        push.id,
        shown(push.kind),
        exc_info=result.error,
        extra={
            "pushmw_handler": result.name,
            "pushmw_kind": push.kind,
            "pushmw_delivery": push.id,
        },
    )


def report(result: Result, push: Delivery, context: Context, settle: Settle, since: Since) -> None:
    """Log a failure and call its hooks, on a thread, if the way in wants that."""
    if not context.tells:
        return
    log(result, push)
    for hook, error in hooks_of(result):
        log(step(well(hook), context)(error, push, settle, since), push)


async def areport(result: Result, push: Delivery, context: Context) -> None:
    """Log a failure and call its hooks, from an event loop, if the way in wants that."""
    if not context.tells:
        return
    log(result, push)
    late = result.state is State.LATE or isinstance(result.error, SaturatedError)
    where = context.spare() if late else context
    for hook, error in hooks_of(result):
        if hook.awaited:
            with spared():
                log(await async_step(well(hook), where)(error, push), push)
        else:
            await hopping([hook], where, _log, _alog)(error, push)


def _log(result: Result, push: Delivery, *_: object) -> None:
    log(result, push)


async def _alog(result: Result, push: Delivery, *_: object) -> None:
    log(result, push)


def hooks_of(result: Result) -> Iterator[tuple[Handler, Exception]]:
    """See the hooks for a failure as handlers, and the exception as their event."""
    if result.error is not None:
        for hook in result.handler.errors:
            awaited = hook.awaited
            name, kinds = result.name, (ERROR,)
            handler = Handler(hook.function, name, kinds, takes_delivery=True, awaited=awaited)
            yield handler, result.error
