"""Bodies as the wire brings them: whole, in chunks, too large, too slow, cut off."""

from typing import Any

import pytest

from pushes import PUSH, SECRET, assert_ok, assert_problem, nested
from pushmw import Receiver
from sites.base import CALLBACK, Can, Running, Site, Start, Style
from wire import Reply, chunks, head


def receiver(**options: Any) -> tuple[Receiver, list[Any]]:
    """Make a receiver that takes everything, and the list of what it took."""
    push = Receiver(**options)
    got: list[Any] = []
    push.unhandled(got.append)
    return push, got


def chunked(site: Running, *parts: bytes) -> Reply:
    headers = {"transfer-encoding": "chunked"}
    return site.request("POST", CALLBACK, chunks(*parts), headers)


def cut(body: bytes, at: int) -> tuple[bytes, bytes]:
    return body[:at], body[at:]


def test_a_chunked_push_is_taken(serve: Start, style: Style) -> None:
    push = Receiver()
    got: list[Any] = []
    style.on(push, "deviceDataChanged")(got.append)
    assert_ok(chunked(serve(push), *cut(PUSH, 40)))
    assert [event.device_id for event in got] == [SECRET]


@pytest.mark.parametrize("pieces", [1, 2, 40])
def test_a_push_that_comes_in_pieces_is_taken(serve: Start, pieces: int) -> None:
    push, got = receiver()
    size = -(-len(PUSH) // pieces)
    with serve(push).connect() as connection:
        connection.send(head("POST", CALLBACK, {"content-length": str(len(PUSH))}))
        for at in range(0, len(PUSH), size):
            connection.send(PUSH[at : at + size])
        assert_ok(connection.reply())
    assert len(got) == 1


def test_a_body_of_exactly_the_limit_is_taken(start: Start) -> None:
    push, got = receiver(max_body=len(PUSH))
    assert_ok(start(push).post(PUSH))
    assert len(got) == 1


def test_a_body_of_one_byte_more_is_refused(start: Start) -> None:
    push, got = receiver(max_body=len(PUSH) - 1)
    assert_problem(start(push).post(PUSH), 413, "too large")
    assert got == []
    assert push.counts.refused == 1


def test_a_chunked_body_of_exactly_the_limit_is_taken(serve: Start) -> None:
    push, got = receiver(max_body=len(PUSH))
    assert_ok(chunked(serve(push), *cut(PUSH, 40)))
    assert len(got) == 1


def test_a_chunked_body_of_one_byte_more_is_refused(serve: Start) -> None:
    push, got = receiver(max_body=len(PUSH) - 1)
    assert_problem(chunked(serve(push), *cut(PUSH, 40)), 413, "too large")
    assert got == []
    assert push.counts.refused == 1


@pytest.mark.needs(Can.EARLY)
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"content-length": str(50_000_000)}, 413, id="too large"),
        pytest.param({"content-length": "9", "content-encoding": "gzip"}, 415, id="encoded"),
        pytest.param({"content-length": "0"}, 400, id="empty"),
    ],
)
def test_what_the_headers_forbid_is_refused_before_the_body_is_sent(
    serve: Start, headers: dict[str, str], status: int
) -> None:
    push, got = receiver()
    with serve(push).connect() as connection:
        connection.send(head("POST", CALLBACK, headers))
        assert_problem(connection.reply(), status)
    assert got == []


@pytest.mark.needs(Can.EARLY | Can.LOOP)
def test_a_refused_body_is_not_invited(serve: Start) -> None:
    """uvicorn sends `100 Continue` with the first `receive()`."""
    push, _ = receiver(max_body=9)
    with serve(push).connect() as connection:
        connection.send(head("POST", CALLBACK, {"content-length": "10", "expect": "100-continue"}))
        assert_problem(connection.reply(), 413)


def test_an_empty_body_is_refused(start: Start) -> None:
    push, got = receiver()
    assert_problem(start(push).post(b""), 400, "empty")
    assert got == []
    assert push.counts.refused == 1


def test_an_empty_chunked_body_is_refused(serve: Start) -> None:
    push, got = receiver()
    assert_problem(chunked(serve(push)), 400, "empty")
    assert got == []


def test_a_body_that_is_not_announced_is_refused_at_once(serve: Start, site: Site) -> None:
    """There is none on HTTP/1.1; a WSGI application must not even look."""
    push, got = receiver()
    with serve(push).connect() as connection:
        connection.send(head("POST", CALLBACK))
        assert_problem(connection.reply(), 411 if Can.THREAD in site.can else 400)
    assert got == []


@pytest.mark.needs(Can.REPEATED)
def test_two_lengths_that_differ_are_refused(serve: Start) -> None:
    push, got = receiver()
    lengths = [("content-length", str(len(PUSH) + n)) for n in (1, 0)]
    assert serve(push).request("POST", CALLBACK, PUSH, lengths).status == 400
    assert got == []


def test_two_equal_lengths_are_one(serve: Start) -> None:
    push, got = receiver()
    lengths = [("content-length", str(len(PUSH)))] * 2
    assert_ok(serve(push).request("POST", CALLBACK, PUSH, lengths))
    assert len(got) == 1


TRUNCATED = [
    pytest.param(
        head("POST", CALLBACK, {"content-length": str(len(PUSH) + 50)}) + PUSH,
        id="length",
    ),
    pytest.param(
        head("POST", CALLBACK, {"transfer-encoding": "chunked"})
        + chunks(PUSH)[: -len(b"0\r\n\r\n")],
        id="chunked",
    ),
    pytest.param(
        head("POST", CALLBACK, {"transfer-encoding": "chunked"}) + chunks(PUSH)[:50],
        id="inside a chunk",
    ),
]


@pytest.mark.parametrize("request_", TRUNCATED)
def test_a_push_that_is_cut_off_is_not_dispatched(serve: Start, request_: bytes) -> None:
    """The part that came is valid JSON, so only counting tells."""
    push, got = receiver()
    site = serve(push)
    with site.connect() as connection:
        connection.send(request_)
        connection.half_close()
        reply = connection.reply_or_end()
    if reply is not None:
        assert reply.status == 400
    site.host.wait_until_idle()
    assert got == []
    assert_ok(site.post(PUSH))
    assert len(got) == 1


@pytest.mark.parametrize("request_", TRUNCATED)
def test_a_push_of_a_client_that_went_away_is_not_dispatched(serve: Start, request_: bytes) -> None:
    push, got = receiver()
    site = serve(push)
    with site.connect() as connection:
        connection.send(request_)
        site.host.wait_until_busy()
    site.host.wait_until_idle()
    assert got == []
    assert site.host.errors == []
    assert_ok(site.post(PUSH))
    assert len(got) == 1


@pytest.mark.needs(Can.HTTP, Can.BODY_DEADLINE)
@pytest.mark.parametrize("sent", [0, 40], ids=["nothing", "a part"])
def test_a_body_that_does_not_come_in_time_is_refused(serve: Start, sent: int) -> None:
    push, got = receiver(body_deadline=0.1)
    site = serve(push)
    with site.connect() as connection:
        connection.send(head("POST", CALLBACK, {"content-length": str(len(PUSH))}), PUSH[:sent])
        reply = connection.reply()
        assert_problem(reply, 408, "in time")
        assert reply.header("connection") == "close"
    site.host.wait_until_idle()
    assert got == []
    assert push.counts.refused == 1
    assert_ok(site.post(PUSH))


def test_a_body_nested_as_deep_as_allowed_is_taken(start: Start) -> None:
    push = Receiver()
    got: list[Any] = []
    push.on("deviceDataChanged")(got.append)
    assert_ok(start(push).post(nested(64)))
    assert len(got) == 1


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(nested(69), id="a push"),
        pytest.param(b"[" * 60_000, id="brackets"),
        pytest.param(b'{"a":' * 60_000, id="objects"),
    ],
)
def test_a_body_nested_too_deep_is_refused(start: Start, body: bytes) -> None:
    push, got = receiver()
    assert_problem(start(push).post(body), 400, "deep")
    assert got == []
    assert (push.counts.refused, push.counts.unclassified) == (1, 0)
