"""Pushes that are as they should be arrive, whatever way their bytes take."""

import msgspec
import pytest

from pushmw.notifications.legacy import LEGACY_KINDS
from pushmw.samples import sample
from servers.client import PATH, Connection, chunked, chunks, head, post, post_chunked
from servers.process import Host
from servers.promises import AT_ONCE, HANDLED, Check
from servers.site import ASYNC_KINDS, MAX_BODY, SECRET, SYNC_KINDS, probe

BODY = sample("deviceDeleted")
EITHER = pytest.mark.parametrize(
    "kind", [SYNC_KINDS[0], ASYNC_KINDS[0]], ids=["sync handler", "async handler"]
)


def assert_handled(host: Host, tag: str, connection: Connection, times: int = 1) -> None:
    answers = [connection.answer() for _ in range(times)]
    assert [(answer.status, answer.body) for answer in answers] == [(200, b"ok")] * times
    assert len(host.report(tag)["events"]) == times


@pytest.mark.parametrize("kind", LEGACY_KINDS)
def test_a_push_of_each_kind_arrives_typed(host: Host, tag: str, kind: str) -> None:
    body = sample(kind)
    answer = host.ask(post(body, tag))
    assert (answer.status, answer.body) == (200, b"ok")
    assert host.report(tag)["events"] == [
        {
            "kind": kind,
            "event": repr(msgspec.json.decode(body, type=LEGACY_KINDS[kind])),
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
    with host.connect() as connection:
        for _ in range(2):
            connection.send(post(sample(kind), tag))
            assert connection.answer().body == b"ok"
        assert connection.ask(head("GET", "/hello")).body == b"hello"
    assert len(host.report(tag)["events"]) == 2


def test_pipelined_requests_are_answered_in_turn(host: Host, tag: str) -> None:
    with host.connect() as connection:
        connection.send(post(BODY, tag) + post(BODY, tag) + head("GET", "/hello"))
        assert_handled(host, tag, connection, times=2)
        assert connection.answer().body == b"hello"


@pytest.mark.parametrize(
    ("size", "extension"),
    [
        pytest.param(len(BODY), "", id="one"),
        pytest.param(1, "", id="a byte each"),
        pytest.param(7, "", id="odd sizes"),
        pytest.param(64, ';name=value;other="a b"', id="with extensions"),
    ],
)
def test_a_chunked_push_is_handled(host: Host, tag: str, size: int, extension: str) -> None:
    with host.connect() as connection:
        connection.send(post_chunked(chunked(BODY, size, extension), tag))
        assert_handled(host, tag, connection)
        assert connection.goes_on()


def test_a_chunked_push_with_trailers_is_handled(host: Host, tag: str) -> None:
    body = b"".join(chunks(BODY, 50)) + b"0\r\nX-Digest: none\r\n\r\n"
    with host.connect() as connection:
        connection.send(post_chunked(body, tag))
        assert_handled(host, tag, connection)
        assert connection.goes_on()


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
        assert_handled(host, tag, connection)
        assert connection.goes_on()


@pytest.mark.parametrize("is_chunked", [False, True], ids=["Content-Length", "chunked"])
def test_a_body_of_exactly_the_limit_is_handled(host: Host, tag: str, is_chunked: bool) -> None:
    body = BODY.ljust(MAX_BODY)
    request = post_chunked(chunked(body, 4000), tag) if is_chunked else post(body, tag)
    with host.connect() as connection:
        connection.send(request)
        assert_handled(host, tag, connection)
        assert connection.goes_on()


def test_a_client_that_asks_first_is_told_to_go_on(host: Host, tag: str) -> None:
    with host.connect() as connection:
        asked = post(b"", tag, "Expect: 100-continue", length=len(BODY))
        assert connection.ask(asked).status == 100
        connection.send(BODY)
        assert_handled(host, tag, connection)
        assert connection.goes_on()


def test_a_push_over_http_1_0_is_handled_and_the_connection_ends(host: Host, tag: str) -> None:
    request = head("POST", PATH, tag, f"Content-Length: {len(BODY)}", version="1.0") + BODY
    with host.connect() as connection:
        connection.send(request)
        assert_handled(host, tag, connection)
        assert not connection.goes_on()


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
        if host.server.expects(Check.HANDOVER) == AT_ONCE:
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
        assert connection.goes_on()
    assert len(host.report(tag)["events"]) == 1


def test_twenty_pushes_at_once_do_not_wait_for_each_other_nor_other_requests_for_them(
    host: Host, tag: str
) -> None:
    connections = [host.connect() for _ in range(20)]
    kinds = ["probeWaits", "probeWaitsAsync"] * 10
    for connection, kind in zip(connections, kinds, strict=True):
        connection.send(post(probe(kind), tag))
    report = host.wait_for(tag, lambda report: len(report["events"]) == 20)
    assert not report["ended"]
    assert host.ask(head("GET", "/hello")).body == b"hello"
    host.ask(head("GET", f"/open/{tag.removeprefix('X-Test: ')}"))
    for connection in connections:
        assert connection.answer().body == b"ok"
        connection.close()
