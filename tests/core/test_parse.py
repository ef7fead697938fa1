"""`push.parse`: what a kept body is, and nothing else happens."""

from typing import Any

import msgspec
import pytest

from documented import KINDS
from pushmw import DeviceAdded, DeviceDeleted, Notification, Receiver, Unclassified
from pushmw.guards import Refusal
from pushmw.samples import sample


@pytest.mark.parametrize("kind", KINDS)
def test_a_kept_body_of_any_kind_is_read(kind: str) -> None:
    event = Receiver().parse(sample(kind))
    assert isinstance(event, Notification)
    assert event.kind == kind


def test_no_guard_is_asked_no_handler_runs_and_nothing_counts() -> None:
    push, seen = Receiver(guards=[lambda attempt: Refusal("no")]), list[Any]()
    push.on("*")(seen.append)
    push.unhandled(seen.append)
    assert isinstance(push.parse(sample("deviceAdded")), DeviceAdded)
    assert isinstance(push.parse(b"push success."), Unclassified)
    assert seen == []
    assert push.counts == Receiver().counts


@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        (b"push success.", None, "not JSON"),
        (b"\xff", None, "not UTF-8"),
        (b'{"notifyType":"somethingNew"}', "somethingNew", "unknown kind"),
        (b'{"notifyType":"deviceAdded"}', "deviceAdded", "missing required field"),
        (b"[" * 10_000, None, "nested deeper than 64"),
    ],
)
def test_what_is_not_understood_is_unclassified(body: bytes, kind: str | None, reason: str) -> None:
    event = Receiver().parse(body)
    assert isinstance(event, Unclassified)
    assert (event.kind, event.body) == (kind, body)
    assert reason in event.reason


def test_kinds_of_the_users_own_are_read_even_those_defined_after_the_first() -> None:
    class Alarm(msgspec.Struct):
        level: int

    push = Receiver()
    body = b'{"notifyType":"alarm","level":3}'
    assert isinstance(push.parse(body), Unclassified)
    made = push.define("alarm", Alarm)
    event: Any = push.parse(body)
    assert (type(event), event.level) == (made, 3)


def test_parsing_leaves_the_receiver_open() -> None:
    push = Receiver()
    push.parse(sample("deviceDeleted"))
    push.on("deviceDeleted")(lambda event: None)
    assert push.handle(sample("deviceDeleted")).status == 200
    assert isinstance(push.parse(sample("deviceDeleted")), DeviceDeleted)


@pytest.mark.parametrize("given", [bytearray, memoryview])
def test_anything_with_bytes_is_read(given: Any) -> None:
    assert Receiver().parse(given(sample("deviceDeleted"))).kind == "deviceDeleted"


@pytest.mark.parametrize("given", ["{}", None, {"notifyType": "deviceAdded"}, {}, [300], 7])
def test_what_is_no_body_is_refused(given: Any) -> None:
    with pytest.raises(TypeError, match=r"^parse: the body must be bytes, not \w+"):
        Receiver().parse(given)
