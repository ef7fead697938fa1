"""Pushes that are as they should be arrive, whatever way their bytes take."""

import os

import msgspec
import pytest

from pushmw.samples import sample
from servers.client import (
    A_WHILE,
    PATH,
    PATIENCE,
    Connection,
    chunked,
    chunks,
    final,
    head,
    post,
    post_chunked,
)
from servers.process import Host
from servers.promises import ALL, CLOSED, GOES_ON, HANDLED, ONE, POOL, WAITS, Check, Outcome
from servers.site import ASYNC_KINDS, KINDS, MAX_BODY, SECRET, SYNC_KINDS, probe

BODY = sample("deviceDeleted")
TWENTY = 20
# How many requests a server has room for at once.
ROOM: dict[Outcome, int] = {ALL: TWENTY + 1, POOL: (os.cpu_count() or 1) + 4, ONE: 1}
EITHER = pytest.mark.parametrize(
    "kind", [SYNC_KINDS[0], ASYNC_KINDS[0]], ids=["sync handler", "async handler"]
)


def keeps_alive(host: Host) -> bool:
    return host.server.expects(Check.KEEP_ALIVE) == GOES_ON


def assert_handled(host: Host, tag: str, connection: Connection, expected: Outcome = 200) -> None:
    """See what is expected, and that the connection goes on if that is success."""
    assert connection.outcome() == expected
    after = connection.after()
    if expected == 200:
        assert after == host.server.expects(Check.KEEP_ALIVE)
    assert len(host.report(tag)["events"]) == (expected == 200)


@pytest.mark.parametrize("kind", KINDS)
def test_a_push_of_each_kind_arrives_typed(host: Host, tag: str, kind: str) -> None:
    body = sample(kind)
    answer = host.ask(post(body, tag))
    assert (answer.status, answer.body) == (200, b"ok")
    assert host.report(tag)["events"] == [
        {
            "kind": kind,
            "event": repr(msgspec.json.decode(body, type=KINDS[kind])),
            "handler": "sync" if kind in SYNC_KINDS else "async",
            "path": PATH,
        }
    ]


def test_command_states_have_a_path_of_their_own(host: Host, tag: str) -> None:
    assert host.ask(post(BODY, tag, target=f"{PATH}/cmd")).body == b"ok"
    assert host.report(tag)["events"][0]["path"] == f"{PATH}/cmd"


@EITHER
def test_a_connection_carries_pushes_and_other_requests_in_turn(
    host: Host, tag: str, kind: str
) -> None:
    pushes = 2 if keeps_alive(host) else 1
    with host.connect() as connection:
        for _ in range(pushes):
            connection.send(post(sample(kind), tag))
            assert connection.answer().body == b"ok"
        assert connection.after() == host.server.expects(Check.KEEP_ALIVE)
    assert len(host.report(tag)["events"]) == pushes


def test_pipelined_requests_are_answered_in_turn(host: Host, tag: str) -> None:
    with host.connect() as connection:
        connection.send(post(BODY, tag) + post(BODY, tag) + head("GET", "/hello"))
        assert connection.answer().body == b"ok"
        if keeps_alive(host):
            assert connection.answer().body == b"ok"
            assert connection.answer().body == b"hello"
    assert len(host.settled(tag)["events"]) == (2 if keeps_alive(host) else 1)


@pytest.mark.parametrize("size", [len(BODY), 1, 7], ids=["one", "a byte each", "odd sizes"])
def test_a_chunked_push_is_handled(host: Host, tag: str, size: int) -> None:
    with host.connect() as connection:
        connection.send(post_chunked(chunked(BODY, size), tag))
        assert_handled(host, tag, connection, host.server.expects(Check.CHUNKED))


def test_a_chunked_push_with_extensions_is_handled(host: Host, tag: str) -> None:
    with host.connect() as connection:
        connection.send(post_chunked(chunked(BODY, 64, ';name=value;other="a b"'), tag))
        expected = host.server.gives(host.server.expects(Check.CHUNK_EXTENSIONS), is_chunked=True)
        assert_handled(host, tag, connection, expected)


def test_a_chunked_push_with_trailers_is_handled(host: Host, tag: str) -> None:
    body = b"".join(chunks(BODY, 50)) + b"0\r\nX-Digest: none\r\n\r\n"
    with host.connect() as connection:
        connection.send(post_chunked(body, tag))
        expected = host.server.gives(host.server.expects(Check.TRAILERS), is_chunked=True)
        assert connection.outcome() == expected
        if expected == 200:
            assert connection.after() == (
                host.server.expects(Check.AFTER_TRAILERS) if keeps_alive(host) else CLOSED
            )
    assert len(host.settled(tag)["events"]) == (expected == 200)


def test_a_head_in_several_packets_is_read(host: Host, tag: str) -> None:
    request = post(BODY, tag)
    with host.connect() as connection:
        connection.send(*(request[at : at + 20] for at in range(0, len(request), 20)), pause=0.005)
        assert_handled(host, tag, connection)


@pytest.mark.parametrize("is_chunked", [False, True], ids=["Content-Length", "chunked"])
def test_a_body_that_comes_byte_by_byte_is_read(host: Host, tag: str, is_chunked: bool) -> None:
    request = post_chunked(chunked(BODY, 30), tag) if is_chunked else post(BODY, tag)
    start = request.index(b"\r\n\r\n") + 4
    with host.connect() as connection:
        connection.send(request[:start])
        connection.send(*(request[at : at + 1] for at in range(start, len(request))))
        assert_handled(host, tag, connection, host.server.gives(200, is_chunked=is_chunked))


@pytest.mark.parametrize("is_chunked", [False, True], ids=["Content-Length", "chunked"])
def test_a_body_of_exactly_the_limit_is_handled(host: Host, tag: str, is_chunked: bool) -> None:
    body = BODY.ljust(MAX_BODY)
    request = post_chunked(chunked(body, 4000), tag) if is_chunked else post(body, tag)
    with host.connect() as connection:
        connection.send(request)
        assert_handled(host, tag, connection, host.server.gives(200, is_chunked=is_chunked))


def test_a_client_that_asks_first_is_told_to_go_on(host: Host, tag: str) -> None:
    expected = host.server.expects(Check.EXPECT)
    with host.connect() as connection:
        connection.send(post(b"", tag, "Expect: 100-continue", length=len(BODY)))
        assert connection.outcome(A_WHILE if expected == WAITS else PATIENCE) == expected
        connection.send(BODY)
        assert final(connection).body == b"ok"
        assert connection.after() == host.server.expects(Check.KEEP_ALIVE)
    assert len(host.report(tag)["events"]) == 1


def test_a_push_over_http_1_0_is_handled_and_the_connection_ends(host: Host, tag: str) -> None:
    request = head("POST", PATH, tag, f"Content-Length: {len(BODY)}", version="1.0") + BODY
    with host.connect() as connection:
        connection.send(request)
        assert connection.answer().body == b"ok"
        assert connection.after() == CLOSED
    assert len(host.report(tag)["events"]) == 1


@EITHER
def test_a_complete_push_is_handled_though_the_client_left_at_once(
    host: Host, tag: str, kind: str
) -> None:
    with host.connect() as connection:
        connection.send(post(sample(kind), tag))
    if host.server.expects(Check.CLIENT_GONE) == HANDLED:
        host.wait_for(tag, lambda report: bool(report["begun"]))
    report = host.settled(tag)
    assert len(report["events"]) == len(report["begun"]) <= 1


@EITHER
def test_a_complete_push_is_handled_though_the_client_left_with_the_last_byte(
    host: Host, tag: str, kind: str
) -> None:
    body = sample(kind)
    with host.connect() as connection:
        connection.send(post(body[:-1], tag, length=len(body)))
        if host.server.hands_over_at_once:
            host.wait_for(tag, lambda report: bool(report["begun"]))
        connection.send(body[-1:])
    report = host.wait_for(tag, lambda report: bool(report["ended"]))
    assert len(report["events"]) == 1


@pytest.mark.parametrize("kind", ["probeFails", "probeFailsAsync"], ids=["sync", "async"])
def test_a_handler_that_raises_is_answered_503_and_nothing_more(
    host: Host, tag: str, kind: str
) -> None:
    with host.connect() as connection:
        answer = connection.ask(post(probe(kind), tag))
        assert answer.status == 503
        assert answer.headers["content-type"] == "application/problem+json"
        told = answer.body.decode() + str(answer.headers)
        assert not [words for words in (SECRET, "RuntimeError", "Traceback") if words in told]
        assert connection.after() == host.server.expects(Check.KEEP_ALIVE)
    assert len(host.report(tag)["events"]) == 1


def test_twenty_pushes_at_once_do_not_wait_for_each_other_nor_other_requests_for_them(
    host: Host, tag: str
) -> None:
    room = ROOM[host.server.expects(Check.AT_THE_SAME_TIME)]
    connections = [host.connect() for _ in range(TWENTY)]
    kinds = ["probeWaits", "probeWaitsAsync"] * (TWENTY // 2)
    for connection, kind in zip(connections, kinds, strict=True):
        connection.send(post(probe(kind), tag))
    at_once = min(room, TWENTY)
    report = host.wait_for(tag, lambda report: len(report["events"]) == at_once)
    assert not report["ended"]
    with host.connect() as other:
        other.send(head("GET", "/hello"))
        assert other.outcome(PATIENCE if room > TWENTY else A_WHILE) == (
            200 if room > TWENTY else WAITS
        )
        assert len(host.report(tag)["events"]) == at_once
        host.open_gate(tag)
        for connection in connections:
            assert connection.answer().body == b"ok"
            connection.close()
    assert len(host.settled(tag)["events"]) == TWENTY
