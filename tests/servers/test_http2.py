"""Pushes over HTTP/2, where a body ends by itself and a refusal does not end the connection."""

from collections.abc import Iterator

import pytest

from pushmw.samples import sample
from servers.client import PATH
from servers.http2 import Http2Connection
from servers.process import Host, hosting
from servers.promises import WAITS, Check, Server
from servers.site import MAX_BODY, probe
from servers.table import SERVERS

BODY = sample("deviceDeleted")
# They take HTTP/2 where they listen for HTTP/1.1.
HTTP2 = {"hypercorn", "hypercorn-wsgi", "granian-asgi", "granian-wsgi"}
HTTP2_SERVERS = [server for server in SERVERS if server.name in HTTP2]
Header = tuple[str, str]


@pytest.fixture(scope="session", params=HTTP2_SERVERS, ids=lambda server: server.name)
def serving(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Host]:
    server: Server = request.param
    with hosting(server, tmp_path_factory.mktemp(server.name)) as host:
        yield host


@pytest.fixture
def connection(serving: Host) -> Iterator[Http2Connection]:
    with Http2Connection(serving.port) as connection:
        yield connection


@pytest.fixture
def header(tag: str) -> Header:
    name, value = tag.lower().split(": ")
    return name, value


def push(connection: Http2Connection, *fields: Header) -> int:
    stream = connection.begin(*fields)
    connection.send(stream, BODY)
    return connection.answer(stream).status


def test_a_push_without_a_length_is_handled(
    serving: Host, connection: Http2Connection, tag: str, header: Header
) -> None:
    expected = serving.server.expects(Check.CHUNKED)
    assert push(connection, header) == expected
    assert len(serving.report(tag)["events"]) == (expected == 200)


def test_a_connection_carries_pushes_with_a_length_and_other_requests(
    serving: Host, connection: Http2Connection, tag: str, header: Header
) -> None:
    for _ in range(2):
        assert push(connection, header, ("content-length", str(len(BODY)))) == 200
    hello = connection.begin(method="GET", path="/hello")
    assert connection.answer(hello).body == b"hello"
    assert [event["path"] for event in serving.report(tag)["events"]] == [PATH, PATH]


def test_a_push_does_not_wait_for_another_on_the_same_connection(
    serving: Host, connection: Http2Connection, tag: str, header: Header
) -> None:
    body = probe("probeWaits")
    waiting = connection.begin(header, ("content-length", str(len(body))))
    connection.send(waiting, body)
    assert push(connection, ("content-length", str(len(BODY)))) == 200
    serving.open_gate(tag)
    assert connection.answer(waiting).status == 200


def test_an_early_refusal_says_nothing_of_the_connection_which_goes_on(
    serving: Host, connection: Http2Connection, tag: str, header: Header
) -> None:
    body = bytes(MAX_BODY + 1)
    stream = connection.begin(header, ("content-length", str(len(body))))
    if serving.server.expects(Check.REFUSED_SIZE) == WAITS:
        connection.send(stream, body)
    answer = connection.answer(stream)
    assert answer.status == 413
    assert "connection" not in answer.headers
    connection.give_up(stream)
    assert push(connection, header, ("content-length", str(len(BODY)))) == 200
    assert len(serving.report(tag)["events"]) == 1


def test_a_slow_body_is_given_up_or_waited_for(
    serving: Host, connection: Http2Connection, tag: str, header: Header
) -> None:
    stream = connection.begin(header, ("content-length", str(len(BODY))))
    connection.send(stream, BODY[:10], ends=False)
    # On the same connection, however slow the other is.
    assert push(connection, ("content-length", str(len(BODY)))) == 200
    if serving.server.expects(Check.SLOW_BODY) == WAITS:
        connection.send(stream, BODY[10:])
        assert connection.answer(stream).status == 200
    else:
        answer = connection.answer(stream)
        assert answer.status == 408
        assert "connection" not in answer.headers
        connection.give_up(stream)
    assert push(connection, ("content-length", str(len(BODY)))) == 200
