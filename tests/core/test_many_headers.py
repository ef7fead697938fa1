"""How many headers there may be, and how large: guards are not asked about more."""

from collections.abc import Callable

import pytest

from fakes import ask, call, environ, part, scope
from logged import Clock
from pushmw import Delivery, Receiver
from pushmw.guards import Attempt
from worlds import BODY, on_a_loop, on_a_thread

MANY = {
    "too many": [("x", "y")] * 201,
    "too large": [("x", "y" * 1024)] * 64,
    "one too large": [("x", "y" * 64 * 1024)],
}
ENOUGH = [("x", "y" * 300)] * 200


def guarded() -> tuple[Receiver, list[Attempt]]:
    asked: list[Attempt] = []
    push = Receiver(guards=[asked.append])
    push.on("deviceDeleted")(lambda event: None)
    return push, asked


class Pairs:
    """Headers of which some come several times."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._pairs = pairs

    def items(self) -> list[tuple[str, str]]:
        return self._pairs


def through_asgi(push: Receiver, pairs: list[tuple[str, str]]) -> int:
    raw = [(name.encode(), value.encode()) for name, value in pairs]
    return ask(push.asgi(), scope(*raw), part(BODY)).status


def through_wsgi(push: Receiver, pairs: list[tuple[str, str]]) -> int:
    fields = {f"HTTP_X{number}": value for number, (_, value) in enumerate(pairs)}
    return int(call(push.wsgi(), environ(BODY, **fields)).status[:3])


THROUGH: dict[str, Callable[[Receiver, list[tuple[str, str]]], int]] = {
    "asgi": through_asgi,
    "wsgi": through_wsgi,
    "handle": lambda push, pairs: on_a_thread(push, headers=Pairs(pairs)).status,
    "ahandle": lambda push, pairs: on_a_loop(push, headers=Pairs(pairs)).status,
}


@pytest.mark.parametrize("way", THROUGH)
@pytest.mark.parametrize("which", MANY)
def test_too_many_headers_are_refused_before_a_guard_is_asked(
    which: str, way: str, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    push, asked = guarded()
    if way == "wsgi" and which != "too many":  # its servers have limits of their own
        assert THROUGH[way](push, MANY[which]) == 200
        return
    for _ in range(3):
        assert THROUGH[way](push, MANY[which]) == 431
    assert (asked, push.counts.refused) == ([], 3)
    told = [line for line in caplog.messages if "too many or too large headers" in line]
    assert told == ["requests with too many or too large headers were refused: 1"]
    clock.now += 61
    assert THROUGH[way](push, MANY[which]) == 431
    assert caplog.messages[-1].endswith("refused: 3")


@pytest.mark.parametrize("way", THROUGH)
def test_as_many_as_there_may_be_are_let_in(way: str) -> None:
    push, asked = guarded()
    assert THROUGH[way](push, ENOUGH[:190]) == 200
    assert len(asked) == 1


@pytest.mark.parametrize("way", THROUGH)
def test_without_guards_they_are_counted_as_well(way: str) -> None:
    push = Receiver(guards=[])
    push.on("deviceDeleted")(lambda event: None)
    assert THROUGH[way](push, MANY["too many"]) == 431
    assert push.counts.refused == 1
    assert THROUGH[way](push, MANY["too large"]) == 200  # nobody looks through them


def test_to_keep_a_header_that_comes_many_times_takes_time_by_their_number() -> None:
    kept: list[str] = []
    push = Receiver(guards=[])

    @push.on("deviceDeleted")
    def handler(event: object, delivery: Delivery) -> None:
        kept.append(delivery.headers["user-agent"])

    assert through_asgi(push, [("user-agent", "ab")] * 3) == 200
    assert kept == ["ab, ab, ab"]
