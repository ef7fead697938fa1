"""Complete bodies that are not understood: 200 by default, and never in a log."""

import hashlib
import logging
from typing import Any

import pytest

from pushes import PUSH, SECRET, assert_ok, assert_problem, ours
from pushmw import Receiver, Unclassified
from pushmw.notifications.decoder import NO_KIND
from pushmw.samples import sample
from sites.base import Start, Style

S = SECRET.encode()
RUBBISH = {
    "text": (b"push success. " + S, "not JSON"),
    "broken JSON": (b'{"notifyType":"deviceAdded","deviceId":"' + S + b'"', "not JSON"),
    "trailing data": (PUSH + PUSH, "not JSON"),
    "NaN": (PUSH.replace(b"21.5", b"NaN"), "not JSON"),
    "UTF-16": (PUSH.decode().encode("utf-16"), "not UTF-8: byte 0"),
    "Latin-1": (PUSH.replace(S, S + b"\xe9"), "not UTF-8: byte"),
    "not UTF-8 in a member nobody reads": (
        PUSH.replace(b"{", b'{"x":"' + S + b'\xff",', 1),
        "not UTF-8: byte",
    ),
    "raw lone surrogate": (PUSH.replace(S, S + b"\xed\xa0\x80"), "not UTF-8: byte"),
    "escaped lone surrogate": (PUSH.replace(S, S + b"\\ud800"), "not JSON"),
    "array": (b"[" + PUSH + b"]", "not a JSON object"),
    "null": (b"null", "not a JSON object"),
    "string": (b'"' + S + b'"', "not a JSON object"),
    "number": (b"4711", "not a JSON object"),
    "no discriminator": (b'{"deviceId":"' + S + b'"}', NO_KIND),
    "empty object": (b"{}", NO_KIND),
    "discriminator null": (b'{"notifyType":null}', "`notifyType` is not a string"),
    "discriminator number": (b'{"notifyType":4711}', "`notifyType` is not a string"),
    "discriminator array": (b'{"notifyType":["' + S + b'"]}', "`notifyType` is not a string"),
    "discriminator object": (b'{"notifyType":{"a":"' + S + b'"}}', "`notifyType` is not a string"),
}
MISFIT = {
    "missing member": (
        b'{"notifyType":"deviceDeleted","gatewayId":"' + S + b'"}',
        "deviceDeleted",
        "deviceId",
    ),
    "wrong type": (
        sample("deviceDataChanged", **{"service.eventTime": [SECRET]}),
        "deviceDataChanged",
        "$.service.eventTime",
    ),
    "number for text": (sample("deviceAdded", deviceId=4711), "deviceAdded", "$.deviceId"),
    "command state": (
        b'{"deviceId":"d","commandId":"' + S + b'","result":{}}',
        "commandStateChanged",
        "$.result",
    ),
}
UNKNOWN = b'{"notifyType":"testNotify","x":"' + S + b'"}'

# body, kind and a part of the reason
NOT_UNDERSTOOD = [
    *(pytest.param(body, None, reason, id=name) for name, (body, reason) in RUBBISH.items()),
    *(pytest.param(*row, id=name) for name, row in MISFIT.items()),
    pytest.param(UNKNOWN, "testNotify", "unknown kind", id="unknown kind"),
]


@pytest.mark.parametrize(("body", "kind", "reason"), NOT_UNDERSTOOD)
def test_it_is_answered_200_with_the_reason(
    start: Start, body: bytes, kind: str | None, reason: str
) -> None:
    push = Receiver(fallthrough=False)
    got: list[Any] = []
    push.on("*")(got.append)
    assert_problem(start(push).post(body), 200, reason)
    assert got == []
    assert (push.counts.unclassified, push.counts.unhandled) == (1, 1)


@pytest.mark.parametrize(("body", "kind", "reason"), NOT_UNDERSTOOD)
def test_it_is_logged_with_reason_length_and_digest(
    start: Start, caplog: pytest.LogCaptureFixture, body: bytes, kind: str | None, reason: str
) -> None:
    push = Receiver(fallthrough=False, guards=[])
    push.on("ruleEvent")(lambda event: None)
    start(push).post(body)
    (record,) = [each for each in ours(caplog) if each.levelno == logging.WARNING]
    assert record.name == "pushmw"
    assert reason in record.getMessage()
    assert f"({len(body)} bytes, " in record.getMessage()
    assert hashlib.sha256(body).hexdigest()[:16] in record.getMessage()
    assert record.exc_info is None


@pytest.mark.parametrize(("body", "kind", "reason"), NOT_UNDERSTOOD)
def test_it_goes_raw_to_the_unhandled_handler(
    start: Start, style: Style, body: bytes, kind: str | None, reason: str
) -> None:
    push = Receiver(fallthrough=False)
    got: list[Any] = []
    push.unhandled(style.of(got.append))
    assert_ok(start(push).post(body))
    (event,) = got
    assert type(event) is Unclassified
    assert (event.kind, event.body) == (kind, body)
    assert reason in event.reason
    assert SECRET not in event.reason
    assert (push.counts.unclassified, push.counts.handled) == (1, 1)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        *(pytest.param(body, reason, id=name) for name, (body, reason) in RUBBISH.items()),
        *(pytest.param(body, reason, id=name) for name, (body, _, reason) in MISFIT.items()),
    ],
)
def test_a_strict_receiver_answers_400(start: Start, body: bytes, reason: str) -> None:
    push = Receiver(strict=True)
    got: list[Any] = []
    push.unhandled(got.append)
    site = start(push)
    assert_problem(site.post(body), 400, reason)
    assert got == []
    assert site.inner.seen == []
    assert (push.counts.unclassified, push.counts.refused) == (1, 1)


def test_a_strict_receiver_answers_200_to_a_kind_it_does_not_know(start: Start) -> None:
    """The platform may have added it meanwhile: that is no bad input."""
    push = Receiver(strict=True, fallthrough=False)
    assert_problem(start(push).post(UNKNOWN), 200, "unknown kind")


def test_a_long_name_of_a_kind_is_cut_in_the_log(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    kind = "k" * 1000 + SECRET
    start(Receiver()).post(b'{"notifyType":"%s"}' % kind.encode())
    assert any("kkk" in record.getMessage() for record in ours(caplog))
