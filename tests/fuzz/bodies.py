"""Any bytes as the body of a push, for receivers of either format and of both."""

from asyncio import AbstractEventLoop
from functools import cache
from inspect import getmembers
from typing import Any, Final

import msgspec

from fuzz.outcome import Target, defined
from pushmw import DeviceReport, Receiver, UpgradeProgress
from pushmw.notifications.iotda import IOTDA_KINDS
from pushmw.notifications.legacy import LEGACY_KINDS

ANSWERS: Final = {200, 400, 413}
MAX_BODY: Final = 1500


@cache
def _properties(kind: Any) -> list[str]:
    return [name for name, _ in getmembers(kind, lambda member: isinstance(member, property))]


def look(event: Any) -> None:
    """Read all there is of an event."""
    repr(event)
    kind: Any = type(event)
    for name in _properties(kind):
        getattr(event, name)
    if isinstance(event, msgspec.Struct):
        for name in event.__struct_fields__:
            look(getattr(event, name))
    elif isinstance(event, tuple | list):
        for each in event:
            look(each)


def _taking(*kinds: Any) -> tuple[Receiver, list[Any]]:
    push, got = Receiver(guards=[], max_body=MAX_BODY), list[Any]()

    def take(event: Any) -> None:
        got.append(event)
        look(event)

    on: Any = push.on
    for each in kinds:
        on(each, inline=True)(take)
    return push, got


def _decoding(push: Receiver, got: list[Any], loop: AbstractEventLoop) -> Target:
    def target(data: bytes) -> str:
        got.clear()
        answer = push.handle(data)
        taken = len(got)
        # A sync handler alone, and one on a loop: the answer is the same.
        again = loop.run_until_complete(push.ahandle(data))
        defined(answer.status in ANSWERS, f"answered {answer.status}")
        defined(again.body == answer.body, "another answer on a loop")
        defined(len(got) == 2 * taken, "other handlers on a loop")
        defined(answer.status == 200 or not taken, "refused and handled")
        kinds = {type(event).__name__ for event in got}
        return f"{answer.status} {'handled' if kinds - {'Unclassified'} else 'not handled'}"

    return target


def legacy(loop: AbstractEventLoop) -> Target:
    return _decoding(*_taking(*LEGACY_KINDS), loop)


def iotda(loop: AbstractEventLoop) -> Target:
    return _decoding(*_taking(*IOTDA_KINDS), loop)


def mixed(loop: AbstractEventLoop) -> Target:
    """Take both formats, their views, everything and the rest."""
    push, got = _taking("*", UpgradeProgress, DeviceReport)

    @push.unhandled
    def rest(event: Any) -> None:
        got.append(event)
        look(event)

    return _decoding(push, got, loop)
