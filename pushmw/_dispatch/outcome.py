"""What became of a push: a value, made of what became of it in each handler."""

import re
from collections.abc import Iterable
from enum import Enum, auto
from typing import Final, TypeAlias

import msgspec

from pushmw._dispatch.plan import Handler


class Retry(Exception):
    """Say that the world is at fault and the push is to be handled again later.

    Without an inbox it is a failure like any other: nothing is there to try again.

    Args:
        why: for the log.
        after: seconds to wait at least; without it the waits grow by themselves.

    Raises:
        ValueError: ``after`` is no number of seconds.
    """

    __module__ = "pushmw"  # as messages name it

    def __init__(self, why: str = "", *, after: float | None = None) -> None:
        if after is not None and not 0 <= after < float("inf"):
            raise ValueError(f"Retry: after must be a number of seconds, not {after!r}")
        super().__init__(why)
        self.after = after


class State(Enum):
    """What became of a push in one handler."""

    HANDLED = auto()  # it returned
    SKIPPED = auto()  # its `where` said no, or its view makes nothing of such a push
    FAILED = auto()  # it raised
    LATE = auto()  # it had not ended when its time was over
    RETRY = auto()  # it raised `Retry`
    DONE = auto()  # it was left out: an earlier attempt ended well


class Result(msgspec.Struct, frozen=True):
    """What became of a push in one handler.

    Attributes:
        error: what it failed with, if it did.
    """

    handler: Handler
    state: State
    error: Exception | None = None

    @property
    def name(self) -> str:
        """The name of the handler."""
        return self.handler.name


Results: TypeAlias = tuple[Result, ...]


class Outcome(msgspec.Struct, frozen=True):
    """What became of a push; made by `outcome_of`.

    Attributes:
        results: one for each handler that was to run, in order.
        taken: a handler that ran wanted the push.
        failures: the results of handlers that failed.
        stop: what ended the run before its end: somebody cancels it, or the process is to exit. It
            has to be raised once the results are dealt with.
    """

    results: Results
    taken: bool
    failures: Results
    stop: BaseException | None


_LEFT: Final = frozenset({State.SKIPPED, State.DONE})


def outcome_of(results: Iterable[Result], stop: BaseException | None = None) -> Outcome:
    """Make the outcome of what became of a push in its handlers."""
    results = tuple(results)
    ran = [result for result in results if result.state not in _LEFT]
    failures = [result for result in results if result.error is not None]
    return Outcome(results, bool(ran), tuple(failures), stop)


def all_well(handlers: Iterable[Handler]) -> tuple[list[Result], Outcome]:
    """Give the results of handlers that return, and the outcome if all do.

    Nearly every push has it, so it is made once, and found by comparing.
    """
    handled = [well(handler) for handler in handlers]
    return handled, outcome_of(handled)


def well(handler: Handler) -> Result:
    """Give the result of a handler that returned."""
    return Result(handler, State.HANDLED)


def failure(handler: Handler, error: Exception, *, late: bool = False) -> Result:
    """Give the result of a handler that failed."""
    if isinstance(error, AttributeError):
        _explain(error)
    state = State.RETRY if isinstance(error, Retry) else State.FAILED
    return Result(handler, State.LATE if late else state, error)


def _explain(error: AttributeError) -> None:
    """Say how a member is called here that was asked for by its name in JSON."""
    name = error.name or ""
    here = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    if isinstance(error.obj, msgspec.Struct) and here != name and hasattr(type(error.obj), here):
        error.add_note(f"{name} of a push is {here} in Python")
