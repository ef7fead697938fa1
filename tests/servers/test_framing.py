"""Bodies that are not complete, or not framed as they should be, are never dispatched."""

import pytest

from pushmw.samples import sample
from servers.client import A_WHILE, PATH, PATIENCE, chunked, chunks, head, post, post_chunked
from servers.process import Host
from servers.promises import OUT_OF_STEP, REFUSED, WAITS, Check

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
        if host.server.hands_over_at_once:
            host.wait_for(tag, lambda report: bool(report["begun"]))
        connection.end()
        seen = connection.outcome()
    assert seen == expected or (expected == REFUSED and seen in {400, 411})
    assert len(host.settled(tag)["events"]) == events(expected)


@pytest.mark.parametrize("check", [Check.SHORT_BODY, Check.ENDLESS_CHUNKED], ids=lambda c: c.name)
def test_a_client_that_goes_away_in_the_middle_of_a_body_is_not_dispatched(
    host: Host, tag: str, check: Check
) -> None:
    with host.connect() as connection:
        connection.send(incomplete(check, tag))
        if host.server.hands_over_at_once:
            host.wait_for(tag, lambda report: bool(report["begun"]))
    assert len(host.settled(tag)["events"]) == events(host.server.expects(check))


def test_the_receiver_is_called_before_the_body_is_there(host: Host, tag: str) -> None:
    with host.connect() as connection:
        connection.send(post(b"", tag, length=len(BODY)))
        if host.server.hands_over_at_once:
            host.wait_for(tag, lambda report: bool(report["begun"]))
        else:
            assert connection.outcome(A_WHILE) == WAITS
            assert not host.report(tag)["begun"]
        connection.send(BODY)
        assert connection.answer().body == b"ok"


def test_a_chunk_of_unreadable_size_is_refused(host: Host, tag: str) -> None:
    expected = host.server.expects(Check.BAD_CHUNK)
    with host.connect() as connection:
        connection.send(post_chunked(b"".join(chunks(BODY, 50)) + b"zz\r\n\r\n", tag))
        assert connection.outcome() == expected
        if host.server.takes_chunks:
            assert connection.after() == host.server.expects(Check.AFTER_BAD_CHUNK)
    assert len(host.settled(tag)["events"]) == events(expected)


def test_a_request_without_any_body_is_refused_at_once(host: Host, tag: str) -> None:
    with host.connect() as connection:
        answer = connection.ask(head("POST", PATH, tag))
        assert answer.status == host.server.expects(Check.NO_LENGTH)
        assert answer.status != 400 or b"empty" in answer.body
        assert connection.after() == host.server.expects(Check.KEEP_ALIVE)
    assert not host.settled(tag)["events"]


def test_a_content_length_of_zero_is_refused_at_once(host: Host, tag: str) -> None:
    with host.connect() as connection:
        answer = connection.ask(post(b"", tag))
        assert (answer.status, b"empty" in answer.body) == (400, True)
        assert connection.after() != OUT_OF_STEP


def test_an_empty_chunked_body_is_refused(host: Host, tag: str) -> None:
    with host.connect() as connection:
        connection.send(post_chunked(chunked(b"", 1), tag))
        assert connection.outcome() == host.server.gives(400, is_chunked=True)
        assert connection.after() != OUT_OF_STEP
    assert not host.settled(tag)["events"]


@pytest.mark.parametrize("wrong", [0, 1], ids=["first", "last"])
def test_two_different_content_lengths_are_refused_or_one_is_taken(
    host: Host, tag: str, wrong: int
) -> None:
    expected = host.server.expects((Check.WRONG_LENGTH_FIRST, Check.WRONG_LENGTH_LAST)[wrong])
    lengths = [f"Content-Length: {len(BODY)}", f"Content-Length: {len(BODY)}"]
    lengths[wrong] = "Content-Length: 5"
    with host.connect() as connection:
        connection.send(head("POST", PATH, tag, *lengths) + BODY)
        assert connection.outcome() == expected
    assert len(host.settled(tag)["events"]) == events(expected)


def test_the_same_content_length_twice_is_taken_for_one_or_refused(host: Host, tag: str) -> None:
    expected = host.server.expects(Check.SAME_LENGTH_TWICE)
    with host.connect() as connection:
        connection.send(post(BODY, tag, f"Content-Length: {len(BODY)}"))
        assert connection.outcome() == expected
    assert len(host.settled(tag)["events"]) == events(expected)


@pytest.mark.parametrize("length", ["+131", "-1", "1_31", "0x83", "131 131", ""])
def test_a_content_length_that_is_no_number_is_refused(host: Host, tag: str, length: str) -> None:
    with host.connect() as connection:
        status = connection.ask(post(BODY, tag, length=length)).status
        assert status == (400 if length else host.server.expects(Check.EMPTY_LENGTH))
        if length == "-1":
            assert connection.after() == host.server.expects(Check.NEGATIVE_LENGTH)
        else:
            assert connection.after() != OUT_OF_STEP
    assert not host.settled(tag)["events"]


def test_a_content_length_of_23_digits_is_refused(host: Host, tag: str) -> None:
    expected = host.server.expects(Check.HUGE_LENGTH)
    with host.connect() as connection:
        connection.send(post(BODY, tag, length="1" * 23))
        assert connection.outcome(A_WHILE if expected == WAITS else PATIENCE) == expected
    assert not host.settled(tag)["events"]


def test_a_chunked_body_with_a_content_length_is_dispatched_whole_or_not_at_all(
    host: Host, tag: str
) -> None:
    expected = host.server.expects(Check.LENGTH_AND_CHUNKED)
    body = chunked(BODY, 50)
    with host.connect() as connection:
        connection.send(post(body, tag, "Transfer-Encoding: chunked"))
        assert connection.outcome() == expected
        assert connection.after() != OUT_OF_STEP
    assert len(host.settled(tag)["events"]) == events(expected)


def test_a_content_length_does_not_cut_a_chunked_body(host: Host, tag: str) -> None:
    first, *rest = chunks(BODY + b" and more", len(BODY))
    request = head("POST", PATH, tag, "Transfer-Encoding: chunked", f"Content-Length: {len(BODY)}")
    expected = host.server.expects(Check.LENGTH_WITHIN_CHUNKED)
    with host.connect() as connection:
        connection.send(request + first)
        if expected != 400 and host.server.hands_over_at_once:
            host.wait_for(tag, lambda report: bool(report["begun"]))
        assert not host.report(tag)["events"]
        connection.send(*rest, b"0\r\n\r\n")
        assert connection.outcome() == expected
    assert len(host.settled(tag)["events"]) == events(expected)
