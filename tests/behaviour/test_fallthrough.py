"""A push nobody here handles: the wrapped application gets it, complete, and answers."""

import json
import logging
from typing import Any

import pytest

from pushes import OTHER, PUSH, SECRET, assert_ok, assert_problem, ours
from pushmw import Counts, Receiver
from pushmw.samples import sample
from sites.base import CALLBACK, COMMANDS, Can, Inner, Start, Style
from wire import Reply, chunks

JSON = {"content-type": "application/json"}
LARGE = sample("deviceDeleted", deviceId="x" * 300_000)


def unchanging(reply: Reply) -> list[tuple[str, str]]:
    return [header for header in reply.headers if header[0] != "date"]


def receiver(**options: Any) -> tuple[Receiver, list[Any]]:
    """Make a receiver that takes one kind only, and the list of what it took."""
    push = Receiver(**options)
    got: list[Any] = []
    push.on("deviceDataChanged")(got.append)
    return push, got


@pytest.mark.parametrize(
    "body",
    [pytest.param(OTHER, id="small"), pytest.param(LARGE, id="large")],
)
def test_the_application_gets_the_body_and_parses_it(serve: Start, body: bytes) -> None:
    push, got = receiver()
    site = serve(push)
    site.post(body, JSON)
    (seen,) = site.inner.seen
    assert (seen.method, seen.body) == ("POST", body)
    assert seen.parsed == json.loads(body)
    assert got == []
    assert push.counts == Counts(unhandled=1)


def test_the_application_gets_a_chunked_body_too(serve: Start) -> None:
    push, _ = receiver()
    site = serve(push)
    headers = {**JSON, "transfer-encoding": "chunked"}
    site.request("POST", CALLBACK, chunks(OTHER[:40], OTHER[40:]), headers)
    (seen,) = site.inner.seen
    assert (seen.body, seen.parsed) == (OTHER, json.loads(OTHER))


def test_the_application_gets_the_query(serve: Start) -> None:
    push, _ = receiver()
    site = serve(push)
    site.post(OTHER, JSON, path=f"{COMMANDS}?a=b&c=%20")
    assert [seen.query for seen in site.inner.seen] == ["a=b&c=%20"]


def test_the_application_gets_what_is_not_understood(serve: Start) -> None:
    push, _ = receiver()
    site = serve(push)
    body = b"push success. \xff"
    site.post(body)
    assert [seen.body for seen in site.inner.seen] == [body]
    assert push.counts == Counts(unhandled=1, unclassified=1)


@pytest.mark.parametrize(
    "status", [301, 302, 303, 307, 308, 400, 401, 402, 403, 404, 405, 410, 418, 422]
)
def test_what_would_silence_the_host_becomes_200_and_a_header_says_so(
    serve: Start, status: int
) -> None:
    push, _ = receiver()
    inner = Inner(status=status)
    bare = serve(None, inner).post(OTHER)
    reply = serve(push, inner).post(OTHER)
    assert (bare.status, reply.status) == (status, 200)
    assert reply.body == bare.body == inner.body
    outcome = ("pushmw-outcome", "unhandled")
    assert sorted(unchanging(reply)) == sorted([*unchanging(bare), outcome])
    assert reply.header("x-inner") == "yes"


@pytest.mark.parametrize("status", [200, 201, 202, 206, 500, 503])
def test_any_other_answer_of_the_application_passes_as_it_is(serve: Start, status: int) -> None:
    push, _ = receiver()
    inner = Inner(status=status)
    bare = serve(None, inner).post(OTHER)
    reply = serve(push, inner).post(OTHER)
    assert (reply.status, reply.body) == (bare.status, bare.body) == (status, inner.body)
    assert unchanging(reply) == unchanging(bare)


def test_an_answer_that_streams_is_not_held_back(serve: Start) -> None:
    push, _ = receiver()
    inner = Inner(status=404, streams=True)
    site = serve(push, inner)
    with site.connect() as connection:
        length = f"content-length: {len(OTHER)}"
        connection.send(f"POST {CALLBACK} HTTP/1.1\r\nhost: x\r\n{length}\r\n\r\n".encode(), OTHER)
        response = connection.response()
        assert response.status == 200
        assert response.read(4) == b"one,"
        inner.go_on.set()
        assert response.read() == b"two"


def test_an_exception_of_the_application_is_the_servers_business(serve: Start) -> None:
    push, _ = receiver()
    assert serve(push, Inner(error=RuntimeError("inside"))).post(OTHER).status == 500


@pytest.mark.needs(Can.RAISES)
def test_an_exception_of_the_application_reaches_the_server_unchanged(serve: Start) -> None:
    push, _ = receiver()
    error = RuntimeError("inside")
    site = serve(push, Inner(error=error))
    site.post(OTHER)
    site.host.wait_until_idle()
    assert [each is error for each in site.host.errors] == [True]


def test_what_is_ours_does_not_reach_the_application(serve: Start, style: Style) -> None:
    push = Receiver()
    style.on(push, "deviceDataChanged")(lambda event: None)
    site = serve(push)
    assert_ok(site.post(PUSH))
    assert site.inner.seen == []


def test_a_failed_push_does_not_reach_the_application(serve: Start, style: Style) -> None:
    push = Receiver()

    def failing(event: Any) -> None:
        raise ValueError

    style.on(push, "deviceDataChanged")(failing)
    site = serve(push)
    assert site.post(PUSH).status == 503
    assert site.inner.seen == []


def test_without_fallthrough_the_answer_is_200(start: Start) -> None:
    push, got = receiver(fallthrough=False)
    site = start(push)
    assert_ok(site.post(OTHER))
    assert_problem(site.post(b"push success."), 200, "not JSON")
    assert site.inner.seen == []
    assert got == []
    assert push.counts == Counts(unhandled=2, unclassified=1)


def test_a_kind_that_nobody_handles_is_told_once_with_the_handler_to_write(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    push, _ = receiver(fallthrough=False)
    site = start(push)
    for body in (OTHER, OTHER, sample("deviceAdded"), OTHER):
        site.post(body)
    told = [each.getMessage() for each in ours(caplog) if each.levelno == logging.WARNING]
    told = [text for text in told if text.startswith("nobody handles")]
    assert len(told) == 2
    assert "@push.on('deviceDeleted')" in told[0]
    assert "@push.on('deviceAdded')" in told[1]
    assert push.counts == Counts(unhandled=4)


def test_the_secret_in_a_push_that_falls_through_is_in_no_log(serve: Start) -> None:
    """The fixture of the suite looks; here it is made sure that there is something to find."""
    push, _ = receiver()
    site = serve(push)
    site.post(OTHER)
    assert SECRET.encode() in site.inner.seen[0].body
