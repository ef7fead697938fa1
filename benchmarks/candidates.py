"""Receivers and applications ready to be timed, each proven to do its work before."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from time import thread_time
from typing import Any, Final, NamedTuple

from benchmarks.bodies import KIND
from benchmarks.drivers import DRIVERS, Answered, Headers
from benchmarks.timing import Run
from pushmw import Delivery, Receiver
from pushmw.guards import Bearer, Guard, IoTDASignature, sign

Build = Callable[[Callable[..., Any]], Any]


class Guarding(NamedTuple):
    """A guard, with headers that it has to let in and such that it has to refuse."""

    guard: Guard
    right: Headers
    wrong: Headers


def _authorization(token: str) -> Headers:
    return [("authorization", f"Bearer {token}")]


def _signed(token: str) -> Headers:
    timestamp, nonce = "1617602828000", "8c9b6ab0f1b64d1d8d4c4f3c8e0a1b2d"
    signature = sign(token, timestamp, nonce)
    return [("timestamp", timestamp), ("nonce", nonce), ("signature", signature)]


_TOKEN, _WRONG = "8FkZr1QmYx3TbNw5Vd7HsLc2Gp9JtA4e", "8FkZr1QmYx3TbNw5Vd7HsLc2Gp9JtA4f"
GUARDS: Final = {
    "Bearer": Guarding(Bearer(_TOKEN), _authorization(_TOKEN), _authorization(_WRONG)),
    "IoTDASignature": Guarding(IoTDASignature(_TOKEN), _signed(_TOKEN), _signed(_WRONG)),
}


def ignore(event: Any) -> None:
    """Do nothing: what is measured is the way here."""


async def aignore(event: Any) -> None:
    """Do the same, awaited."""


def receiver(
    *handlers: Callable[..., Any], kind: Any = KIND, guards: Iterable[Guard] = (), **options: Any
) -> Receiver:
    push = Receiver(guards=guards)
    for handler in handlers:
        push.on(kind, **options)(handler)
    return push


class NotReachedError(Exception):
    """A candidate does not do what it is timed for."""


class NotRefusedError(NotReachedError):
    """A guard is timed that lets in whoever comes."""


def checked(
    protocol: str,
    build: Build,
    body: bytes,
    *,
    awaited: bool,
    more: Headers = (),
    wrong: Headers | None = None,
    clock: Callable[[], float] = thread_time,
) -> Run:
    """Drive what ``build`` makes of a handler, once it has called one and answered 200.

    Args:
        more: further headers to send.
        wrong: others in their place, to be refused before: with 401 or 403, and no handler called.
    """
    seen: list[Any] = []

    async def anote(event: Any) -> None:
        seen.append(event)

    drive = DRIVERS[protocol]
    app = build(anote if awaited else seen.append)
    answered = Answered()

    def told() -> str:
        return f"{build}: {answered.status} {answered.body!r}, {len(seen)} calls"

    if wrong is not None:
        with _unheard():
            drive(app, body, more=wrong, answered=answered)(1)
        if answered.status not in {401, 403} or seen:
            raise NotRefusedError(told())
    drive(app, body, more=more, answered=answered)(1)
    if answered.status != 200 or not seen:
        raise NotReachedError(told())
    return drive(build(aignore if awaited else ignore), body, more=more, clock=clock)


@contextmanager
def _unheard() -> Iterator[None]:
    """Keep from the terminal what is no news: that somebody was refused."""
    logger = logging.getLogger("pushmw")
    logger.disabled = True
    try:
        yield
    finally:
        logger.disabled = False


def delivering(handle: Callable[[Any], Any]) -> Receiver:
    """Make a receiver whose handler takes the delivery as well, and reads it: it has to be made."""

    def handler(event: Any, delivery: Delivery) -> None:
        if delivery.id:
            handle(event)

    return receiver(handler, inline=True)
