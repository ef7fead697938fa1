"""Bodies that are not complete, or not framed as they should be, are never dispatched."""

import pytest

from pushmw.samples import sample
from servers.client import PATH, chunked, chunks, head, post, post_chunked
from servers.process import Host
from servers.promises import AT_ONCE, WAITS, Check
from servers.site import BODY_DEADLINE

BODY = sample("deviceDeleted")


def incomplete(check: Check, tag: str) -> bytes:
    """Write a request without its end; what there is of the body is a whole push."""
    if check is Check.SHORT_BODY:
        return post(BODY, tag, length=len(BODY) + 1)
    return post_chunked(b"".join(chunks(BODY, 50)), tag)


def events(expected: object) -> int:
    """Tell how often a handler runs where a client sees this."""
    return 1 if expected == 200 else 0


@pytest.mark.parametrize("check", [Check.SHORT_BODY, Check.ENDLESS_CHUNKED], ids=lambda c: c.name)
def test_a_body_that_ends_too_early_is_not_dispatched(host: Host, tag: str, check: Check) -> None:
    expected = host.server.expects(check)
    with host.connect() as connection:
        connection.send(incomplete(check, tag))
        connection.end()
        assert connection.outcome() == expected
    assert len(host.settled(tag)["events"]) == events(expected)


@pytest.mark.parametrize("check", [Check.SHORT_BODY, Check.ENDLESS_CHUNKED], ids=lambda c: c.name)
def test_a_client_that_goes_away_in_the_middle_of_a_body_is_not_dispatched(
    host: Host, tag: str, check: Check
) -> None:
    begins = host.server.expects(Check.HANDOVER) == AT_ONCE
    with host.connect() as connection:
        connection.send(incomplete(check, tag))
        if begins:
            host.wait_for(tag, lambda report: bool(report["begun"]))
    report = host.settled(tag)
    assert len(report["begun"]) == begins
    assert len(report["events"]) == events(host.server.expects(check))


def test_the_receiver_is_called_before_the_body_is_there(host: Host, tag: str) -> None:
    with host.connect() as connection:
        connection.send(post(b"", tag, length=len(BODY)))
        if host.server.expects(Check.HANDOVER) == AT_ONCE:
            host.wait_for(tag, lambda report: bool(report["begun"]))
        else:
            assert connection.outcome(BODY_DEADLINE) == WAITS
            assert not host.report(tag)["begun"]
        connection.send(BODY)
        assert connection.answer().body == b"ok"


def test_a_chunk_of_unreadable_size_is_refused(host: Host, tag: str) -> None:
    expected = host.server.expects(Check.BAD_CHUNK)
    with host.connect() as connection:
        connection.send(post_chunked(b"".join(chunks(BODY, 50)) + b"zz\r\n\r\n", tag))
        assert connection.outcome() == expected
        assert not connection.goes_on()
    assert len(host.settled(tag)["events"]) == events(expected)


def test_a_request_without_any_body_is_refused_at_once(host: Host, tag: str) -> None:
    with host.connect() as connection:
        answer = connection.ask(head("POST", PATH, tag))
        assert (answer.status, b"empty" in answer.body) == (400, True)
        assert connection.goes_on()
    assert not host.report(tag)["events"]


def test_a_content_length_of_zero_is_refused_at_once(host: Host, tag: str) -> None:
    with host.connect() as connection:
        answer = connection.ask(post(b"", tag))
        assert (answer.status, b"empty" in answer.body) == (400, True)
        connection.goes_on()


def test_an_empty_chunked_body_is_refused(host: Host, tag: str) -> None:
    with host.connect() as connection:
        answer = connection.ask(post_chunked(chunked(b"", 1), tag))
        assert (answer.status, b"empty" in answer.body) == (400, True)
        assert connection.goes_on()


def test_two_different_content_lengths_are_refused(host: Host, tag: str) -> None:
    with host.connect() as connection:
        assert connection.ask(post(BODY, tag, "Content-Length: 5")).status == 400
        assert not connection.goes_on()
    assert not host.report(tag)["events"]


def test_the_same_content_length_twice_is_taken_for_one_or_refused(host: Host, tag: str) -> None:
    expected = host.server.expects(Check.SAME_LENGTH_TWICE)
    with host.connect() as connection:
        connection.send(post(BODY, tag, f"Content-Length: {len(BODY)}"))
        assert connection.outcome() == expected
    assert len(host.report(tag)["events"]) == events(expected)


@pytest.mark.parametrize("length", ["+131", "-1", "1_31", "0x83", "131 131", ""])
def test_a_content_length_that_is_no_number_is_refused(host: Host, tag: str, length: str) -> None:
    with host.connect() as connection:
        assert connection.ask(post(BODY, tag, length=length)).status == 400
        assert not connection.goes_on()
    assert not host.report(tag)["events"]


def test_a_content_length_of_23_digits_is_refused(host: Host, tag: str) -> None:
    with host.connect() as connection:
        connection.send(post(BODY, tag, length="1" * 23))
        assert connection.outcome() == host.server.expects(Check.HUGE_LENGTH)
    assert not host.report(tag)["events"]


def test_a_chunked_body_with_a_content_length_is_dispatched_whole_or_not_at_all(
    host: Host, tag: str
) -> None:
    expected = host.server.expects(Check.LENGTH_AND_CHUNKED)
    body = chunked(BODY, 50)
    with host.connect() as connection:
        connection.send(post(body, tag, "Transfer-Encoding: chunked"))
        assert connection.outcome() == expected
        connection.goes_on()
    assert len(host.report(tag)["events"]) == events(expected)


def test_a_content_length_never_cuts_a_chunked_body(host: Host, tag: str) -> None:
    first, *rest = chunks(BODY + b" and more", len(BODY))
    request = head("POST", PATH, tag, "Transfer-Encoding: chunked", f"Content-Length: {len(BODY)}")
    with host.connect() as connection:
        connection.send(request + first)
        # Answered by the same worker: a server that reads as it comes has handed over the chunk.
        assert not host.report(tag)["events"]
        connection.send(*rest, b"0\r\n\r\n")
        # What is more than a push is not JSON: not understood, or refused for its framing.
        assert connection.outcome() in {200, 400}
    assert not host.report(tag)["events"]
