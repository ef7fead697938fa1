"""What stands before everything else of a push: the guards, asked one after the other."""

import logging
from asyncio import CancelledError
from collections.abc import Iterable, Mapping
from inspect import iscoroutine
from math import inf
from threading import Lock
from time import monotonic, time
from traceback import walk_tb
from typing import Any, Final

from pushmw.answers import FORBIDDEN, Answer, unauthorized
from pushmw.callables import name_of
from pushmw.counts import Counts
from pushmw.guards import Attempt, Guard, Refusal

logger = logging.getLogger("pushmw")

_QUIET: Final = 60.0  # seconds without a word after one: whoever is refused may go on and on


class _Limit:
    """Lets one of many through in a while."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._next = -inf
        self._held = 0

    def take(self) -> int:
        """Give how many came since the last one that was let through, or 0 for this to wait."""
        with self._lock:
            self._held += 1
            now = monotonic()
            if now < self._next:
                return 0
            held, self._held, self._next = self._held, 0, now + _QUIET
            return held


class _Post:
    """A guard, and what is told of it."""

    def __init__(self, guard: Guard) -> None:
        self.guard = guard
        self.name = name_of(guard)
        self._refused, self._failed = _Limit(), _Limit()

    def refused(self, refusal: Refusal) -> Answer:
        """Say no, and tell it."""
        if times := self._refused.take():
            logger.warning(
                "guard %s has refused %d, the last one for %s",
                self.name,
                times,
                refusal.why,
                extra=self._fields(times, refusal.why),
            )
        challenge = refusal.challenge
        return FORBIDDEN if challenge is None else unauthorized(challenge)

    def failed(self, why: str) -> Answer:
        """Say no where a guard cannot tell."""
        if times := self._failed.take():
            logger.error(
                "guard %s has failed, and so refused, %d, the last one with %s",
                self.name,
                times,
                why,
                extra=self._fields(times, why),
            )
        return FORBIDDEN

    def _fields(self, times: int, why: str) -> dict[str, object]:
        return {"pushmw_guard": self.name, "pushmw_denied": times, "pushmw_reason": why}


class Gate:
    """The guards of a receiver: all have to let a request in, and the first refusal counts."""

    def __init__(self, guards: Iterable[Guard], counts: Counts) -> None:
        self._posts = [_Post(guard) for guard in guards]
        self._counts = counts

    def __call__(self, headers: Mapping[str, str], path: str, peer: str | None) -> Answer | None:
        """Give the answer to a request that is refused."""
        attempt = Attempt(headers=headers, path=path, peer=peer, now=time())
        for post in self._posts:
            try:
                verdict: Any = post.guard(attempt)
            except (Exception, CancelledError) as error:  # noqa: BLE001 - a guard may be anybody's
                answer = post.failed(_told(error))
            else:
                if verdict is None:
                    continue
                is_refusal = isinstance(verdict, Refusal)
                answer = post.refused(verdict) if is_refusal else post.failed(_wrong(verdict))
            self._counts.denied += 1
            return answer
        return None


def _told(error: BaseException) -> str:
    """Tell what was raised where; a message may hold what came with the request."""
    *_, (frame, line) = walk_tb(error.__traceback__)
    return f"{type(error).__name__} at {frame.f_code.co_filename}:{line}"


def _wrong(verdict: Any) -> str:
    """Tell what was returned; a guard that says True may mean anything."""
    if iscoroutine(verdict):
        verdict.close()  # or there would be a warning that it was not awaited
    return f"{type(verdict).__name__}, which is neither None nor a Refusal"
