"""What stands before everything else of a push: the guards, asked one after the other."""

import logging
from collections.abc import Iterable, Mapping
from inspect import getattr_static, iscoroutine
from time import time
from traceback import walk_tb
from types import FunctionType, MethodType
from typing import Any, Final

from pushmw._errors import PASSING
from pushmw._log import Limit
from pushmw.guards.attempt import Attempt, Guard, Refusal

logger = logging.getLogger("pushmw")

_FAILED: Final = Refusal("a guard that failed")


class _Post:
    """What is told of a guard."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._refused, self._failed = Limit(), Limit()

    def refused(self, refusal: Refusal) -> Refusal:
        """Tell it."""
        if times := self._refused.take():
            logger.warning(
                "guard %s has refused %d, the last one for %s",
                self._name,
                times,
                refusal.why,
                extra=self._fields(times, refusal.why),
            )
        return refusal

    def failed(self, why: str) -> Refusal:
        """Tell it, and say no where a guard cannot tell."""
        if times := self._failed.take():
            logger.error(
                "guard %s has failed, and so refused, %d, the last one with %s",
                self._name,
                times,
                why,
                extra=self._fields(times, why),
            )
        return _FAILED

    def _fields(self, times: int, why: str) -> dict[str, object]:
        return {"pushmw_guard": self._name, "pushmw_denied": times, "pushmw_reason": why}


class Gate:
    """The guards of a receiver: all have to let a request in, and the first refusal counts.

    Args:
        guards: each with the name it has in the log.
    """

    def __init__(self, guards: Iterable[tuple[str, Guard]]) -> None:
        self._posts = [(_direct(guard), _Post(name)) for name, guard in guards]

    def ask(self, headers: Mapping[str, str], path: str, peer: str | None) -> Refusal | None:
        """Give the refusal of a request, or None to let it in."""
        attempt = Attempt(headers=headers, path=path, peer=peer, now=time())
        for guard, post in self._posts:
            try:
                verdict: Any = guard(attempt)
            except PASSING:
                raise
            except BaseException as error:  # noqa: BLE001 - a guard may be anybody's
                return post.failed(_told(error))
            if verdict is not None:
                is_refusal = isinstance(verdict, Refusal)
                return post.refused(verdict) if is_refusal else post.failed(_wrong(verdict))
        return None


def _direct(guard: Guard) -> Guard:
    """Give the method that a call of an object ends in, which takes a quarter of the time."""
    called = getattr_static(type(guard), "__call__")
    return MethodType(called, guard) if isinstance(called, FunctionType) else guard


def _told(error: BaseException) -> str:
    """Tell what was raised where; a message may hold what came with the request."""
    *_, (frame, line) = walk_tb(error.__traceback__)
    return f"{type(error).__name__} at {frame.f_code.co_filename}:{line}"


def _wrong(verdict: Any) -> str:
    """Tell what was returned; a guard that says True may mean anything."""
    if iscoroutine(verdict):
        verdict.close()  # or there would be a warning that it was not awaited
    return f"{type(verdict).__name__}, which is neither None nor a Refusal"
