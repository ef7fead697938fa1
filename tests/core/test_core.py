"""From the bytes of a push to its answer, and what is told on the way."""

import hashlib
import logging
from typing import Any

import msgspec
import pytest

from pushes import ours
from pushmw import Delivery, DeviceDeleted, Receiver, Unclassified
from pushmw._http import answers
from pushmw.samples import sample
from worlds import BODY, Deliver, in_both_worlds

SECRET = "a-payload-that-nobody-may-see"
NOT_JSON = f"push {SECRET}.".encode()
UNKNOWN = msgspec.json.encode({"notifyType": "testNotify", "secret": SECRET})
MISFIT = msgspec.json.encode({"notifyType": "deviceDeleted", "deviceId": [SECRET]})
DEEP = b"[" * 1000


def counts(push: Receiver) -> dict[str, int]:
    return {name: number for name, number in msgspec.to_builtins(push.counts).items() if number}


def logged(caplog: pytest.LogCaptureFixture, level: int) -> list[str]:
    return [r.getMessage() for r in caplog.records if (r.name, r.levelno) == ("pushmw", level)]


# Answers


@in_both_worlds
def test_a_push_nobody_handles_is_answered_200_and_may_pass(deliver: Deliver) -> None:
    push = Receiver()
    assert deliver(push) is answers.NOT_OURS
    assert counts(push) == {"unhandled": 1}


@in_both_worlds
@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (NOT_JSON, "Not understood: not JSON: "),
        (UNKNOWN, "Not understood: unknown kind."),
        (MISFIT, "Not understood: Expected `str`, got `array` - at `$.deviceId`."),
    ],
    ids=["no JSON", "unknown kind", "misfit"],
)
def test_what_is_not_understood_is_answered_200_with_the_reason_and_may_pass(
    deliver: Deliver, body: bytes, detail: str
) -> None:
    push = Receiver()
    push.on("deviceDeleted")(lambda event: None)
    answer = deliver(push, body)
    assert (answer.status, answer.passes) == (200, True)
    assert dict(answer.headers)["content-type"] == "application/problem+json"
    said = msgspec.json.decode(answer.body)
    assert said["title"] == "OK"
    assert said["detail"].startswith(detail)
    assert SECRET not in said["detail"]
    assert counts(push) == {"unhandled": 1, "unclassified": 1}


@in_both_worlds
@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        (NOT_JSON, 400, {"refused": 1, "unclassified": 1}),
        (MISFIT, 400, {"refused": 1, "unclassified": 1}),
        (UNKNOWN, 200, {"unhandled": 1, "unclassified": 1}),
        (BODY, 200, {"unhandled": 1}),
    ],
    ids=["no JSON", "misfit", "unknown kind", "no handler"],
)
def test_a_strict_receiver_refuses_what_no_later_version_would_understand(
    deliver: Deliver, body: bytes, status: int, expected: dict[str, int]
) -> None:
    push = Receiver(strict=True)
    answer = deliver(push, body)
    assert (answer.status, answer.passes) == (status, status == 200)
    assert counts(push) == expected


@in_both_worlds
@pytest.mark.parametrize("strict", [False, True], ids=["lenient", "strict"])
def test_what_nests_too_deep_is_refused_unseen(deliver: Deliver, *, strict: bool) -> None:
    push, seen = Receiver(strict=strict), list[object]()
    push.unhandled(seen.append)
    assert deliver(push, DEEP) is answers.TOO_DEEP
    assert seen == []
    assert counts(push) == {"refused": 1}


@in_both_worlds
@pytest.mark.parametrize("body", [NOT_JSON, UNKNOWN, MISFIT], ids=["text", "unknown", "misfit"])
def test_the_unhandled_ones_get_what_is_not_understood(deliver: Deliver, body: bytes) -> None:
    push, seen = Receiver(), list[tuple[Any, Delivery]]()
    push.on("*")(lambda event: seen.clear())

    @push.unhandled
    def rest(event: Any, delivery: Delivery) -> None:
        seen.append((event, delivery))

    assert deliver(push, body, path="/push") is answers.HANDLED
    event, delivery = seen[0]
    assert isinstance(event, Unclassified)
    assert (event.body, event.kind) == (body, delivery.kind)
    assert (delivery.body, delivery.path) == (body, "/push")
    assert counts(push) == {"handled": 1, "unclassified": 1}


@in_both_worlds
def test_a_strict_receiver_keeps_bad_input_from_the_unhandled_ones(deliver: Deliver) -> None:
    push, seen = Receiver(strict=True), list[Any]()
    push.unhandled(seen.append)
    assert [deliver(push, body).status for body in (NOT_JSON, MISFIT, UNKNOWN)] == [400, 400, 200]
    assert [event.kind for event in seen] == ["testNotify"]


@in_both_worlds
def test_the_unhandled_ones_get_the_kinds_without_a_handler(deliver: Deliver) -> None:
    push, seen = Receiver(), list[Any]()
    push.unhandled(seen.append)
    push.on("deviceAdded")(lambda event: None)
    assert deliver(push, sample("deviceAdded")) is deliver(push) is answers.HANDLED
    assert [type(event) for event in seen] == [DeviceDeleted]
    assert counts(push) == {"handled": 2}


@in_both_worlds
def test_every_push_is_counted_once(deliver: Deliver) -> None:
    push = Receiver()
    push.on("deviceAdded")(lambda event: None)
    push.on("ruleEvent")(lambda event: int("x"))
    for body in (sample("deviceAdded"), sample("ruleEvent"), BODY, UNKNOWN, DEEP, b""):
        deliver(push, body)
    expected = {"handled": 1, "failed": 1, "unhandled": 2, "refused": 2, "unclassified": 1}
    assert counts(push) == expected


# Logs


def elsewhere() -> Receiver:
    """Make a receiver of a kind that is not pushed here."""
    push = Receiver(guards=[])
    push.on("ruleEvent")(lambda event: None)
    return push


@pytest.mark.parametrize("body", [NOT_JSON, UNKNOWN, MISFIT], ids=["text", "unknown", "misfit"])
def test_what_is_not_understood_is_logged_without_its_payload(
    body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    elsewhere().handle(body)
    digest = hashlib.sha256(body).hexdigest()[:16]
    (line,) = logged(caplog, logging.WARNING)
    assert f"({len(body)} bytes, sha256 {digest})" in line
    warning = next(record for record in ours(caplog) if record.levelno == logging.WARNING)
    assert warning.name == "pushmw"
    assert warning.__dict__["pushmw_digest"] == digest
    assert warning.__dict__["pushmw_reason"] in line
    assert SECRET not in repr([record.__dict__ for record in caplog.records])


def test_the_warning_names_kind_and_place(caplog: pytest.LogCaptureFixture) -> None:
    elsewhere().handle(MISFIT)
    assert logged(caplog, logging.WARNING)[0].startswith(
        "push of kind 'deviceDeleted' not understood: "
        "Expected `str`, got `array` - at `$.deviceId` ("
    )


def test_a_kind_nobody_handles_is_told_once_with_the_handler_to_paste(
    caplog: pytest.LogCaptureFixture,
) -> None:
    push = elsewhere()
    for _ in range(3):
        for kind in ("deviceDeleted", "deviceAdded", "ruleEvent"):
            push.handle(sample(kind))
    assert logged(caplog, logging.WARNING) == [
        f"nobody handles {kind!r}; to do so: @push.on({kind!r})"
        for kind in ("deviceDeleted", "deviceAdded")
    ]


def test_what_is_pasted_from_the_log_can_be_registered(caplog: pytest.LogCaptureFixture) -> None:
    for body in (BODY, UNKNOWN, NOT_JSON):
        elsewhere().handle(body)
    (line,) = [said for said in logged(caplog, logging.WARNING) if "@" in said]
    push = Receiver()
    eval(line.split("@")[1], {"push": push})(lambda event: None)
    assert push.registered


def test_names_from_outside_are_logged_cut_short_and_on_one_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    push = Receiver()
    for start in range(300):
        kind = f"{start}\nERROR forged " + "x" * 10_000
        push.handle(msgspec.json.encode({"notifyType": kind}))
    assert len(ours(caplog)) <= 400
    for record in ours(caplog):
        assert "\n" not in record.getMessage()
        assert len(record.getMessage()) < 300


def test_what_was_told_of_kinds_takes_no_room(caplog: pytest.LogCaptureFixture) -> None:
    push = Receiver()
    for start in range(300):
        push.handle(msgspec.json.encode({"notifyType": f"{start}" + "x" * 1000}))
    assert len(repr(push._opened()._told)) < 10_000


@in_both_worlds
def test_a_push_that_is_handled_is_not_logged(
    deliver: Deliver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "pushmw")
    push = Receiver(guards=[])
    push.on("deviceDeleted")(lambda event: None)
    deliver(push)
    assert [record for record in caplog.records if record.name == "pushmw"] == []
