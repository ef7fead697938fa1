"""What the headers of a push may say, and what is answered when they say something else."""

from typing import Any

import pytest

from pushes import PUSH, assert_ok, assert_problem
from pushmw import Receiver
from sites.base import Start


@pytest.mark.parametrize(
    "content_type",
    [
        pytest.param(None, id="none"),
        "application/json",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        'application/json; charset="utf-8"',
        "application/json; charset=utf8",
        "application/json; charset=",
        "application/json; charset=gbk",
        "application/json; charset=iso-8859-1",
        "application/json; charset=us-ascii",
        "application/json; charset=utf-16",
        "application/json; charset=made-up",
        "application/problem+json; profile=x",
        "text/plain",
        "text/plain;charset=utf-8",
        "application/x-www-form-urlencoded",
        "application/octet-stream",
        "nonsense",
        ";;;",
        'application/json; charset="utf-8',
    ],
)
def test_any_media_type_and_charset_is_taken(start: Start, content_type: str | None) -> None:
    push = Receiver()
    got: list[Any] = []
    push.on("*")(got.append)
    headers = {} if content_type is None else {"Content-Type": content_type}
    site = start(push)
    assert_ok(site.post(PUSH, headers))
    assert_ok(site.post(PUSH, headers))
    assert len(got) == 2


def test_the_bytes_say_whether_a_body_is_utf_8(start: Start) -> None:
    push = Receiver()
    got: list[Any] = []
    push.on("deviceAdded")(got.append)
    body = '{"notifyType":"deviceAdded","deviceId":"设备"}'
    site = start(push)
    headers = {"Content-Type": "application/json; charset=gbk"}
    assert_ok(site.post(body.encode(), headers))
    assert [event.device_id for event in got] == ["设备"]
    site.post(body.encode("gbk"), headers)
    assert (len(got), push.counts.unclassified, push.counts.unhandled) == (1, 1, 1)


@pytest.mark.parametrize("encoding", ["identity", "Identity", "", "identity, identity"])
def test_no_encoding_is_taken(start: Start, encoding: str) -> None:
    push = Receiver()
    got: list[Any] = []
    push.on("*")(got.append)
    assert_ok(start(push).post(PUSH, {"Content-Encoding": encoding}))
    assert len(got) == 1


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "identity, gzip", "br", "deflate", "made-up"])
def test_an_encoded_body_is_refused_with_what_would_be_taken(start: Start, encoding: str) -> None:
    push = Receiver()
    got: list[Any] = []
    push.unhandled(got.append)
    reply = start(push).post(PUSH, {"Content-Encoding": encoding})
    assert_problem(reply, 415, "unencoded")
    assert reply.header("accept-encoding") == "identity"
    assert got == []
    assert push.counts.refused == 1


@pytest.mark.parametrize(
    "length", ["+{}", "-{}", "{}_0", "0x{}", "{}.0", "{} {}", "²{}", "{}e0", "nonsense", "9" * 23]
)
def test_a_length_that_is_no_plain_number_is_refused(start: Start, length: str) -> None:
    push = Receiver()
    got: list[Any] = []
    push.unhandled(got.append)
    headers = {"Content-Length": length.format(len(PUSH), len(PUSH))}
    assert start(push).post(PUSH, headers).status == 400
    assert got == []


def test_a_length_with_blanks_and_leading_zeros_is_taken(start: Start) -> None:
    push = Receiver()
    got: list[Any] = []
    push.on("*")(got.append)
    assert_ok(start(push).post(PUSH, {"Content-Length": f" 00{len(PUSH)}\t"}))
    assert len(got) == 1


def test_a_body_shorter_or_longer_than_announced_elsewhere_is_refused() -> None:
    """Without HTTP the header is only compared."""
    push = Receiver()
    got: list[Any] = []
    push.unhandled(got.append)
    for length in (len(PUSH) - 1, len(PUSH) + 1):
        answer = push.handle(PUSH, {"Content-Length": str(length)})
        assert answer.status == 400
    assert got == []
    assert push.counts.refused == 2
