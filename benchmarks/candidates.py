"""Receivers and applications ready to be timed, each proven to do its work before."""

from collections.abc import Callable
from time import thread_time
from typing import Any

from benchmarks.bodies import KIND
from benchmarks.drivers import DRIVERS, Answered
from benchmarks.timing import Run
from pushmw import Delivery, Receiver

Build = Callable[[Callable[..., Any]], Any]


def ignore(event: Any) -> None:
    """Do nothing: what is measured is the way here."""


async def aignore(event: Any) -> None:
    """Do the same, awaited."""


def receiver(*handlers: Callable[..., Any], kind: Any = KIND, **options: Any) -> Receiver:
    push = Receiver(guards=[])
    for handler in handlers:
        push.on(kind, **options)(handler)
    return push


class NotReachedError(Exception):
    """A candidate does not do what it is timed for."""


def checked(
    protocol: str,
    build: Build,
    body: bytes,
    *,
    awaited: bool,
    clock: Callable[[], float] = thread_time,
) -> Run:
    """Drive what ``build`` makes of a handler, once it has called one and answered 200."""
    seen: list[Any] = []

    async def anote(event: Any) -> None:
        seen.append(event)

    answered = Answered()
    DRIVERS[protocol](build(anote if awaited else seen.append), body, answered=answered)(1)
    if answered.status != 200 or not seen:
        raise NotReachedError(f"{build}: {answered.status} {answered.body!r}, {len(seen)} calls")
    return DRIVERS[protocol](build(aignore if awaited else ignore), body, clock=clock)


def delivering(handle: Callable[[Any], Any]) -> Receiver:
    """Make a receiver whose handler takes the delivery as well."""

    def handler(event: Any, delivery: Delivery) -> None:
        handle(event)

    return receiver(handler, inline=True)
