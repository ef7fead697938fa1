"""What the log tells of pushes: the kinds nobody handles, what is strange, and who is silent."""

import time
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
import pytest

from fakes import ask, call, environ, length, part, scope
from logged import Clock
from pushes import ours
from pushmw import Receiver
from pushmw.samples import sample
from worlds import BODY, WAYS

on_every_way = pytest.mark.parametrize("way", WAYS)


def elsewhere() -> Receiver:
    """Make a receiver of a kind that is not pushed here."""
    push = Receiver(guards=[])
    push.on("ruleEvent")(lambda event: None)
    return push


# -- a kind that nobody handles


def through_wsgi(push: Receiver, status: int, body: bytes) -> tuple[int, Any]:
    def app(asked: Any, start_response: Any) -> Iterable[bytes]:
        start_response(f"{status} Whatever", [])
        return []

    answered = call(push.wsgi(app), environ(body))
    return int(answered.status[:3]), answered.header("pushmw-outcome")


def through_asgi(push: Receiver, status: int, body: bytes) -> tuple[int, Any]:
    async def app(asked: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status})
        await send({"type": "http.response.body"})

    server = ask(push.asgi(app), scope(length(body)), part(body))
    outcome = server.sent[0].get("headers") and server.headers.get(b"pushmw-outcome")
    return server.status, outcome.decode() if outcome else None


both_protocols = pytest.mark.parametrize(
    "through", [through_wsgi, through_asgi], ids=["wsgi", "asgi"]
)


@both_protocols
@pytest.mark.parametrize("status", [200, 201, 302, 400, 403, 404, 422, 499, 500])
def test_what_the_application_behind_says_is_told_once_a_kind_if_it_is_no_404(
    through: Callable[..., Any], status: int, caplog: pytest.LogCaptureFixture
) -> None:
    push = elsewhere()
    silencing = 300 <= status < 500
    for _ in range(3):
        for body in (BODY, sample("deviceAdded")):
            assert through(push, status, body) == (
                (200, "unhandled") if silencing else (status, None)
            )
    said = f", to which the application behind says {status}" if status != 404 else ""
    assert [(r.levelname, r.getMessage()) for r in ours(caplog)] == [
        ("WARNING", f"nobody handles {kind!r}{said}; to do so: @push.on({kind!r})")
        for kind in ("deviceDeleted", "deviceAdded")
    ]
    assert push.counts.unhandled == 6


@both_protocols
@pytest.mark.parametrize(("status", "told"), [(404, 0), (422, 1)])
def test_what_it_says_to_what_is_not_understood_is_told_once_for_all(
    through: Callable[..., Any], status: int, told: int, caplog: pytest.LogCaptureFixture
) -> None:
    push = elsewhere()
    for body in (b"push success.", b'{"notifyType":"a"}', b'{"notifyType":"b"}', b"push success."):
        assert through(push, status, body) == (200, "unhandled")
    said = "nobody handles what is not understood, to which the application behind says 422; "
    assert [line for line in caplog.messages if "not understood: " not in line] == [
        f"{said}to do so: @push.unhandled"
    ] * told


@on_every_way
def test_without_an_application_the_answer_says_that_nobody_handled_it(way: str) -> None:
    push = elsewhere()
    assert WAYS[way](push) == 200
    for answer in (push.handle(BODY), push.handle(b"push success.")):
        assert ("pushmw-outcome", "unhandled") in answer.headers
    assert "pushmw-outcome" not in dict(push.handle(sample("ruleEvent")).headers)


# -- a receiver of nothing


@pytest.mark.parametrize(
    "request_first",
    [
        lambda push: call(push.wsgi(), environ(b"", REQUEST_METHOD="GET", PATH_INFO="/")),
        lambda push: ask(push.asgi(), scope(path="/", method="GET")),
        *(lambda push, way=way: WAYS[way](push) for way in WAYS),
    ],
    ids=["wsgi, another", "asgi, another", *WAYS],
)
@pytest.mark.parametrize("registered", [False, True])
def test_a_receiver_of_nothing_says_so_at_the_first_request_of_any_kind(
    request_first: Callable[[Receiver], object],
    caplog: pytest.LogCaptureFixture,
    *,
    registered: bool,
) -> None:
    push = Receiver(guards=[])
    if registered:
        part_of_it = Receiver()
        part_of_it.on("ruleEvent")(lambda event: None)
        push.include(part_of_it)
    request_first(push)
    request_first(push)
    lines = [line for line in caplog.messages if line.startswith("nothing is registered")]
    assert len(lines) == (0 if registered else 1)


# -- what is not understood


def strange(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [line for line in caplog.messages if "not understood" in line]


def test_what_is_not_understood_is_told_once_a_minute_with_its_number(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    push = elsewhere()
    for number in range(50):
        push.handle(b'{"notifyType":"made up %d"}' % number)
    clock.now += 59
    push.handle(b"push success.")
    assert len(strange(caplog)) == 1
    clock.now += 2
    push.handle(b"push success.")
    first, second = strange(caplog)
    assert "of kind 'made up 0' not understood" in first
    assert "of kind None not understood" in second
    assert second.endswith(", the last of 51")


def test_limits_do_not_grow_in_number(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    class Picky(msgspec.Struct, frozen=True):
        data: dict[str, int]

        def __post_init__(self) -> None:
            raise type(f"Error{next(iter(self.data))}", (RuntimeError,), {})

    push = elsewhere()
    push.on(push.define("picky", Picky))(lambda event: None)
    for number in range(600):
        push.handle(b'{"notifyType":"picky","data":{"%d":1}}' % number)
    assert len(strange(caplog)) <= 300


def test_kinds_that_there_are_have_a_limit_each(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    push = elsewhere()
    for _ in range(3):
        for kind in (b"deviceAdded", b"ruleEvent", b"unknown", b"made up"):
            push.handle(b'{"notifyType":"%b"}' % kind)
    assert [line.split("'")[1] for line in strange(caplog)] == [
        *("deviceAdded", "ruleEvent", "unknown")
    ]
    push.handle(b'{"notifyType":"ruleEvent","author":7}')
    assert len(strange(caplog)) == 4  # another reason
    clock.now += 61
    caplog.clear()
    push.handle(b'{"notifyType":"ruleEvent"}')
    (line,) = strange(caplog)
    assert line.endswith(", the last of 3")
    assert ours(caplog)[0].__dict__["pushmw_times"] == 3


def test_a_kind_is_told_in_one_line_and_cut_short_when_handlers_take_too_long(
    caplog: pytest.LogCaptureFixture,
) -> None:
    push = Receiver(guards=[], handler_deadline=0.05, body_deadline=0.05)

    @push.unhandled
    def slow(event: object) -> None:
        time.sleep(0.1)

    push.handle(b'{"notifyType":"x\\nCRITICAL:root:%s"}' % (b"forged " * 1000))
    for record in ours(caplog):
        line = record.getMessage()
        assert "\n" not in line
        assert len(line) < 300
    assert any(line.startswith("handlers of a push of kind 'x\\n") for line in caplog.messages)
