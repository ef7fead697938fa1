"""What is refused is refused early, and nothing of its body is ever taken for a request."""

import pytest

from pushmw.samples import sample
from servers.client import PATIENCE, Connection, chunked, chunks, post, post_chunked
from servers.process import Host
from servers.promises import AT_ONCE, WAITS, Check, Outcome
from servers.site import BODY_DEADLINE, MAX_BODY

BODY = sample("deviceDeleted")
REFUSED = {
    "too large": (413, 300_000, ()),
    "a little too large": (413, MAX_BODY + 1024, ()),
    "gzip": (415, 10_240, ("Content-Encoding: gzip",)),
    "utf-16": (415, 10_240, ('Content-Type: application/json; charset="UTF-16"',)),
}


def seen(connection: Connection, expected: Outcome) -> Outcome:
    """See what comes first, and do not wait for ever where nothing should come."""
    return connection.outcome(1.5 * BODY_DEADLINE if expected == WAITS else PATIENCE)


def hidden(tag: str, size: int) -> bytes:
    """Fill a body with pushes of 1024 bytes: one begins wherever a server may stop to read."""
    bare = len(post(BODY, tag, "X-Pad: "))
    return post(BODY, tag, f"X-Pad: {'.' * (1024 - bare)}") * (size // 1024)


@pytest.mark.parametrize("case", REFUSED)
def test_what_the_head_forbids_is_refused_without_waiting_for_the_body(
    host: Host, tag: str, hidden_tag: str, case: str
) -> None:
    status, size, fields = REFUSED[case]
    body = hidden(hidden_tag, size)
    early = host.server.expects(Check.EARLY_REFUSAL)
    with host.connect() as connection:
        connection.send(post(b"", tag, *fields, length=len(body)))
        assert seen(connection, early) == (status if early == AT_ONCE else early)
        connection.send(body)
        if early == WAITS:
            assert connection.answer().status == status
        goes_on = connection.goes_on()
    # A WSGI application must not say that the connection closes: its server decides.
    assert not goes_on or host.server.protocol == "wsgi"
    assert not host.report(tag)["events"]
    assert not host.report(hidden_tag)["begun"]


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_for_its_head_is_no_second_request(
    host: Host, tag: str, hidden_tag: str, case: str
) -> None:
    status, size, fields = REFUSED[case]
    with host.connect() as connection:
        assert connection.ask(post(hidden(hidden_tag, size), tag, *fields)).status == status
        connection.goes_on()
    assert not host.report(tag)["events"]
    assert not host.report(hidden_tag)["begun"]


@pytest.mark.parametrize("size", [MAX_BODY + 1024, 300_000])
def test_a_chunked_body_that_is_too_large_is_refused(
    host: Host, tag: str, hidden_tag: str, size: int
) -> None:
    with host.connect() as connection:
        request = post_chunked(chunked(hidden(hidden_tag, size), 4096), tag)
        assert connection.ask(request).status == 413
        connection.goes_on()
    assert not host.report(tag)["events"]
    assert not host.report(hidden_tag)["begun"]


def test_a_chunked_body_that_goes_on_and_on_is_refused(host: Host, tag: str) -> None:
    early = host.server.expects(Check.EARLY_REFUSAL)
    with host.connect() as connection:
        connection.send(post_chunked(b"".join(chunks(b" " * 2 * MAX_BODY, 4096)), tag))
        assert seen(connection, early) == (413 if early == AT_ONCE else early)


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
            assert connection.outcome() == 413
        connection.goes_on()
    assert not host.report(tag)["events"]


@pytest.mark.parametrize("there", [0, 10], ids=["nothing of it", "a part of it"])
@pytest.mark.parametrize("is_chunked", [False, True], ids=["Content-Length", "chunked"])
def test_a_slow_body_is_given_up_or_waited_for(
    host: Host, tag: str, there: int, is_chunked: bool
) -> None:
    expected = host.server.expects(Check.SLOW_BODY)
    if is_chunked:
        first = post_chunked(b"".join(chunks(BODY[:there], 10)), tag)
        rest = chunked(BODY[there:], 50)
    else:
        first, rest = post(BODY[:there], tag, length=len(BODY)), BODY[there:]
    with host.connect() as connection:
        connection.send(first)
        assert seen(connection, expected) == expected
        connection.send(rest)
        if expected == WAITS:
            assert connection.answer().body == b"ok"
        assert connection.goes_on() == (expected == WAITS)
    assert len(host.settled(tag)["events"]) == (expected == WAITS)


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
        connection.goes_on()
    assert not host.report(hidden_tag)["begun"]


@pytest.mark.parametrize("is_chunked", [False, True], ids=["Content-Length", "chunked"])
@pytest.mark.parametrize(("levels", "status"), [(60_000, 400), (2_000_000, 413)])
def test_brackets_without_end_are_refused_by_a_worker_that_lives_on(
    host: Host, tag: str, levels: int, status: int, is_chunked: bool
) -> None:
    body = b"[" * levels
    request = post_chunked(chunked(body, 8192), tag) if is_chunked else post(body, tag)
    assert host.ask(request).status == status
    assert not host.report(tag)["events"]
