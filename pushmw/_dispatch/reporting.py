"""Tells of handlers that failed: a line in the log, and the `error` hooks."""

import logging
from collections.abc import Iterable, Iterator

from pushmw._dispatch.calling import async_step, step
from pushmw._dispatch.delivery import Delivery
from pushmw._dispatch.glue import Context
from pushmw._dispatch.hopping import hopping
from pushmw._dispatch.outcome import Result, Results, State, well
from pushmw._dispatch.plan import ERROR, Handler
from pushmw._log import shown
from pushmw._threads.deadlines import spared
from pushmw._threads.pool import SaturatedError
from pushmw._threads.waiting import Settle, Since

logger = logging.getLogger("pushmw")


def log(results: Iterable[Result], push: Delivery) -> None:
    """Log each failure with its traceback."""
    for result in results:
        if result.error is not None:
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


def report(
    results: Iterable[Result], push: Delivery, context: Context, settle: Settle, since: Since
) -> None:
    """Log the failures and call their hooks, on a thread."""
    for result in results:
        log([result], push)
        for hook, error in hooks_of(result):
            log([step(well(hook), context)(error, push, settle, since)], push)


async def areport(results: Iterable[Result], push: Delivery, context: Context) -> None:
    """Log the failures and call their hooks, from an event loop."""
    for result in results:
        log([result], push)
        late = result.state is State.LATE or isinstance(result.error, SaturatedError)
        where = context.spare() if late else context
        for hook, error in hooks_of(result):
            if hook.awaited:
                with spared():
                    log([await async_step(well(hook), where)(error, push)], push)
            else:
                outcome = await hopping([hook], where, _log_late)(error, push)
                log(outcome.results, push)


def _log_late(results: Results, push: Delivery, *_: object) -> None:
    log(results, push)


def hooks_of(result: Result) -> Iterator[tuple[Handler, Exception]]:
    """See the hooks for a failure as handlers, and the exception as their event."""
    if result.error is not None:
        for hook in result.handler.errors:
            awaited = hook.awaited
            name, kinds = result.name, (ERROR,)
            handler = Handler(hook.function, name, kinds, takes_delivery=True, awaited=awaited)
            yield handler, result.error
