"""What is refused is refused early, and nothing of its body is ever taken for a request."""

from time import sleep

import pytest

from pushmw.samples import sample
from servers.client import (
    A_WHILE,
    PATIENCE,
    Connection,
    chunked,
    chunks,
    final,
    post,
    post_chunked,
)
from servers.process import Host
from servers.promises import (
    ARRIVES_OR_502,
    AT_ONCE,
    CLOSED,
    OUT_OF_STEP,
    WAITS,
    Check,
    Outcome,
)
from servers.site import BODY_DEADLINE, MAX_BODY

BODY = sample("deviceDeleted")
# Long enough to see what has come already.
BRIEF = 0.05
REFUSED = {
    "too large": (Check.REFUSED_SIZE, 300_000, ()),
    "a little too large": (Check.REFUSED_SIZE, MAX_BODY + 1024, ()),
    "gzip": (Check.REFUSED_ENCODING, 10_240, ("Content-Encoding: gzip",)),
}
STATUS = {Check.REFUSED_SIZE: 413, Check.REFUSED_ENCODING: 415}


def seen(connection: Connection, expected: Outcome) -> Outcome:
    """See what comes first, and do not wait for ever where nothing should come."""
    return connection.outcome(A_WHILE if expected == WAITS else PATIENCE)


def statuses(host: Host, refusal: Outcome) -> set[Outcome]:
    """Tell what a client may get that has sent all of what is refused."""
    is_lost = host.server.expects(Check.REFUSED_LATE) == ARRIVES_OR_502
    return {refusal, 502} if is_lost else {refusal}


def hidden(tag: str, size: int) -> bytes:
    """Fill a body with pushes of 1024 bytes: one begins wherever a server may stop to read."""
    bare = len(post(BODY, tag, "X-Pad: "))
    return post(BODY, tag, f"X-Pad: {'.' * (1024 - bare)}") * (size // 1024)


@pytest.mark.parametrize("case", REFUSED)
def test_what_the_head_forbids_is_refused_without_waiting_for_the_body(
    host: Host, tag: str, hidden_tag: str, case: str
) -> None:
    check, size, fields = REFUSED[case]
    status, early = STATUS[check], host.server.expects(check)
    body = hidden(hidden_tag, size)
    with host.connect() as connection:
        connection.send(post(b"", tag, *fields, length=len(body)))
        assert seen(connection, early) == (status if early == AT_ONCE else early)
        connection.send(body)
        if early == WAITS:
            assert connection.answer().status in statuses(host, status)
        after = connection.after()
    # A WSGI application must not say that the connection closes: its server decides. What has
    # been read by the server is not in the way.
    if host.server.protocol == "asgi" and early == AT_ONCE:
        assert after == CLOSED
    assert after != OUT_OF_STEP
    assert not host.settled(tag)["events"]
    assert not host.settled(hidden_tag)["begun"]


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_for_its_head_is_no_second_request(
    host: Host, tag: str, hidden_tag: str, case: str
) -> None:
    check, size, fields = REFUSED[case]
    with host.connect() as connection:
        answer = connection.ask(post(hidden(hidden_tag, size), tag, *fields))
        assert answer.status in statuses(host, STATUS[check])
        assert connection.after() != OUT_OF_STEP
    assert not host.settled(tag)["events"]
    assert not host.settled(hidden_tag)["begun"]


@pytest.mark.parametrize("size", [MAX_BODY + 1024, 300_000])
def test_a_chunked_body_that_is_too_large_is_refused(
    host: Host, tag: str, hidden_tag: str, size: int
) -> None:
    with host.connect() as connection:
        request = post_chunked(chunked(hidden(hidden_tag, size), 4096), tag)
        expected = host.server.gives(413, is_chunked=True)
        assert connection.ask(request).status in statuses(host, expected)
        assert connection.after() != OUT_OF_STEP
    assert not host.settled(tag)["events"]
    assert not host.settled(hidden_tag)["begun"]


def test_a_chunked_body_that_goes_on_and_on_is_refused(host: Host, tag: str) -> None:
    early = host.server.expects(Check.REFUSED_SIZE)
    with host.connect() as connection:
        connection.send(post_chunked(b"".join(chunks(b" " * 2 * MAX_BODY, 4096)), tag))
        expected = early if early == WAITS else host.server.gives(413, is_chunked=True)
        assert seen(connection, expected) == expected


def test_gzip_is_refused_with_what_would_be_read(host: Host, tag: str) -> None:
    answer = host.ask(post(BODY, tag, "Content-Encoding: gzip"))
    assert (answer.status, answer.headers["accept-encoding"]) == (415, "identity")


def test_a_client_that_asks_first_is_told_that_it_would_be_too_much(host: Host, tag: str) -> None:
    expected = host.server.expects(Check.EXPECT_REFUSED)
    with host.connect() as connection:
        connection.send(post(b"", tag, "Expect: 100-continue", length=MAX_BODY + 1))
        assert connection.outcome() == expected
        if expected == 100:
            connection.send(bytes(MAX_BODY + 1))
            assert final(connection).status in statuses(host, 413)
            assert connection.after() != OUT_OF_STEP
    assert not host.settled(tag)["events"]


def test_slow_bodies_are_given_up_or_waited_for(host: Host, tag: str) -> None:
    slow = [
        (post(b"", tag, length=len(BODY)), BODY, False),
        (post(BODY[:10], tag, length=len(BODY)), BODY[10:], False),
        (post_chunked(b"", tag), chunked(BODY, 50), True),
        (post_chunked(b"".join(chunks(BODY[:10], 10)), tag), chunked(BODY[10:], 50), True),
    ]
    outcome = host.server.expects(Check.SLOW_BODY)
    connections = [host.connect() for _ in slow]
    for connection, (first, _, _) in zip(connections, slow, strict=True):
        connection.send(first)
    sleep(1.5 * BODY_DEADLINE)
    handled = 0
    for connection, (_, rest, is_chunked) in zip(connections, slow, strict=True):
        expected = outcome
        if host.server.hands_over_at_once:
            expected = host.server.gives(outcome, is_chunked=is_chunked)
        with connection:
            assert connection.outcome(BRIEF if expected == WAITS else PATIENCE) == expected
            connection.send(rest)
            if expected == WAITS:
                status = connection.answer().status
                assert status == host.server.gives(200, is_chunked=is_chunked)
                assert connection.after() == host.server.expects(Check.KEEP_ALIVE)
                handled += status == 200
            elif expected == 408:
                assert connection.after() == CLOSED
    assert len(host.settled(tag)["events"]) == handled


def test_what_comes_of_a_body_after_it_was_given_up_is_no_second_request(
    host: Host, tag: str, hidden_tag: str
) -> None:
    expected = host.server.expects(Check.SLOW_BODY)
    body = hidden(hidden_tag, 10_240)
    with host.connect() as connection:
        connection.send(post(body[:1024], tag, length=len(body)))
        assert seen(connection, expected) == expected
        connection.send(body[1024:])
        if expected == WAITS:
            assert connection.answer().status == 200
        assert connection.after() != OUT_OF_STEP
    assert not host.settled(hidden_tag)["begun"]


@pytest.mark.parametrize("is_chunked", [False, True], ids=["Content-Length", "chunked"])
@pytest.mark.parametrize(("levels", "status"), [(60_000, 400), (2_000_000, 413)])
def test_brackets_without_end_are_refused_by_a_worker_that_lives_on(
    host: Host, tag: str, levels: int, status: int, is_chunked: bool
) -> None:
    body = b"[" * levels
    request = post_chunked(chunked(body, 8192), tag) if is_chunked else post(body, tag)
    expected = host.server.gives(status, is_chunked=is_chunked)
    assert host.ask(request).status in statuses(host, expected)
    assert not host.settled(tag)["events"]
