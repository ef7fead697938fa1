"""Handing a push over without WSGI or ASGI."""

import asyncio
from typing import Any

import pytest
from werkzeug.datastructures import Headers

from pushmw import Delivery, Receiver
from pushmw._http import answers
from pushmw.guards import Attempt
from pushmw.samples import sample
from worlds import BODY, Deliver, in_both_worlds

OK = {"Content-Type": "application/json", "Content-Length": str(len(BODY))}


def counting() -> tuple[Receiver, list[Any]]:
    push, seen = Receiver(max_body=1000), list[Any]()
    push.on("deviceDeleted")(seen.append)
    return push, seen


@in_both_worlds
@pytest.mark.parametrize(
    "headers",
    [
        pytest.param(None, id="no headers"),
        pytest.param({}, id="empty headers"),
        pytest.param(OK, id="usual"),
        pytest.param({name.upper(): value for name, value in OK.items()}, id="in capitals"),
        pytest.param({"content-type": "text/plain"}, id="another media type"),
        pytest.param({"content-type": "x/y; charset=gbk"}, id="another charset"),
        pytest.param({"content-type": "", "content-length": ""}, id="blank"),
        pytest.param({"content-encoding": "identity"}, id="identity"),
        pytest.param({"x-other": "value"}, id="another header"),
    ],
)
def test_a_push_with_sound_headers_is_handled(deliver: Deliver, headers: Any) -> None:
    push, seen = counting()
    assert deliver(push, headers=headers) is answers.HANDLED
    assert len(seen) == 1


@in_both_worlds
@pytest.mark.parametrize(
    ("body", "headers", "answer"),
    [
        pytest.param(b"", {}, answers.EMPTY, id="empty"),
        pytest.param(BODY, {"content-length": "0"}, answers.EMPTY, id="length of nothing"),
        pytest.param(BODY[:-1], OK, answers.INCOMPLETE, id="short"),
        pytest.param(BODY + b" ", OK, answers.INCOMPLETE, id="long"),
        pytest.param(BODY, {"content-length": "+5"}, answers.BAD_LENGTH, id="no length"),
        pytest.param(BODY, {"content-length": "1001"}, answers.TOO_LARGE, id="length over limit"),
        pytest.param(b" " * 1001, {}, answers.TOO_LARGE, id="over the limit"),
        pytest.param(BODY, {"Content-Encoding": "gzip"}, answers.BAD_ENCODING, id="encoding"),
        pytest.param(
            BODY,
            Headers([("Content-Length", "999"), ("Content-Length", f"{len(BODY)}")]),
            answers.BAD_LENGTH,
            id="two lengths",
        ),
        pytest.param(
            BODY,
            Headers([("Content-Encoding", "gzip"), ("Content-Encoding", "identity")]),
            answers.BAD_ENCODING,
            id="two encodings",
        ),
    ],
)
def test_what_the_headers_forbid_is_refused_before_any_handler(
    deliver: Deliver, body: bytes, headers: Any, answer: object
) -> None:
    push, seen = counting()
    assert deliver(push, body, headers=headers) is answer
    assert seen == []
    assert (push.counts.refused, push.counts.handled) == (1, 0)


@in_both_worlds
def test_a_body_of_exactly_the_limit_is_taken(deliver: Deliver) -> None:
    push, seen = counting()
    assert deliver(push, BODY.ljust(1000)).status == 200
    assert len(seen) == 1


@in_both_worlds
def test_path_and_kept_headers_reach_the_delivery_and_secrets_do_not(deliver: Deliver) -> None:
    push, seen = Receiver(keep_headers=["X-Tenant"]), list[Delivery]()

    @push.on("deviceDeleted")
    def handler(event: Any, delivery: Delivery) -> None:
        seen.append(delivery)

    headers = {"X-Tenant": "t", "User-Agent": "u", "Authorization": "secret", "Cookie": "c"}
    deliver(push, headers=headers, path="/anywhere")
    assert seen[0].path == "/anywhere"
    assert seen[0].headers == {"x-tenant": "t", "user-agent": "u"}


def test_the_path_is_not_matched_and_may_be_left_out() -> None:
    push, seen = counting()
    assert push.handle(BODY).status == push.handle(BODY, path="/elsewhere").status == 200
    assert len(seen) == 2


def test_pushes_of_one_loop_run_side_by_side() -> None:
    push = Receiver()
    meeting: list[asyncio.Barrier] = []

    @push.on("deviceDeleted")
    async def handler(event: Any) -> None:
        await meeting[0].wait()

    async def main() -> list[int]:
        meeting.append(asyncio.Barrier(3))
        async with asyncio.timeout(20):
            found = await asyncio.gather(*(push.ahandle(BODY) for _ in range(3)))
        return [answer.status for answer in found]

    assert asyncio.run(main()) == [200] * 3


@in_both_worlds
def test_an_answer_says_whether_somebody_else_may_answer(deliver: Deliver) -> None:
    push, _ = counting()
    assert not deliver(push).passes
    assert deliver(push, sample("deviceAdded")).passes


@in_both_worlds
@pytest.mark.parametrize("kind", [bytearray, memoryview], ids=lambda kind: kind.__name__)
def test_other_bytes_are_taken_as_bytes(deliver: Deliver, kind: Any) -> None:
    push, bodies = Receiver(), list[bytes]()

    @push.on("deviceDeleted")
    def handler(event: Any, delivery: Delivery) -> None:
        bodies.append(delivery.body)

    assert deliver(push, kind(BODY)).status == 200
    assert [type(body) for body in bodies] == [bytes]


@in_both_worlds
@pytest.mark.parametrize("body", [BODY.decode(), None, 5], ids=["text", "None", "number"])
def test_what_is_no_bytes_is_the_callers_mistake(deliver: Deliver, body: Any) -> None:
    with pytest.raises(TypeError, match="the body must be bytes, not"):
        deliver(Receiver(), body)


@in_both_worlds
def test_a_header_value_may_be_a_number(deliver: Deliver) -> None:
    headers: Any = {"Content-Length": len(BODY)}
    assert deliver(Receiver(), headers=headers).status == 200


class Read:
    """Headers that count how often they are read."""

    def __init__(self, *fields: tuple[str, str]) -> None:
        self.times = 0
        self._fields = fields

    def items(self) -> tuple[tuple[str, str], ...]:
        self.times += 1
        return self._fields


@in_both_worlds
def test_headers_are_read_once_whoever_asks_for_them(deliver: Deliver) -> None:
    asked: list[str | None] = []

    def guard(attempt: Attempt) -> None:
        asked.extend(attempt.headers.get(name) for name in ("X-One", "x-one", "x-two"))

    push, headers = Receiver(guards=[guard]), Read(("X-One", "1"), ("x-one", "2"))
    assert deliver(push, headers=headers).status == 200
    assert asked == ["1, 2", "1, 2", None]
    assert headers.times == 1


@in_both_worlds
@pytest.mark.parametrize("headers", [5, ["x-one"], Read((5, "1"))], ids=["5", "list", "names"])  # type: ignore[arg-type]
def test_headers_that_are_none_are_the_callers_mistake_and_no_guards(
    deliver: Deliver, headers: Any
) -> None:
    """A guard that fails is somebody else's, and refuses."""
    push = Receiver(guards=[lambda attempt: attempt.headers["x-one"]])  # type: ignore[list-item,return-value]
    with pytest.raises(AttributeError):
        deliver(push, headers=headers)
    assert push.counts.denied == 0
