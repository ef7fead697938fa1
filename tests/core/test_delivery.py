import datetime as dt
from collections.abc import Iterable
from typing import Any

import msgspec
import pytest

from pushmw import Delivery, Unclassified
from pushmw.delivery import Push

SECRET = "a-payload-that-nobody-may-see"
BODY = msgspec.json.encode({"notifyType": "x", "secret": SECRET})


def push(asked: list[Any] | None = None) -> Push:
    def describe(source: Any, names: Iterable[str]) -> tuple[str, dict[str, str]]:
        if asked is not None:
            asked.append((source, names))
        return "/push", {"user-agent": "u"}

    return Push("x", BODY, "source", describe, ("user-agent",))


def test_a_delivery_tells_what_is_known() -> None:
    before = dt.datetime.now(dt.UTC) - dt.timedelta(milliseconds=1)
    delivery = push().delivery("module:handler")
    assert before <= delivery.received <= dt.datetime.now(dt.UTC)
    assert delivery.received.tzinfo is dt.UTC
    assert (delivery.kind, delivery.path, delivery.attempt) == ("x", "/push", 1)
    assert (delivery.headers, delivery.handler) == ({"user-agent": "u"}, "module:handler")
    assert delivery.body == BODY
    assert delivery.json() == {"notifyType": "x", "secret": SECRET}


def test_the_handlers_of_a_push_share_all_but_the_name() -> None:
    asked: list[Any] = []
    one = push(asked)
    first, second = one.delivery("first"), one.delivery("second")
    assert one.delivery("first") is first
    assert msgspec.structs.replace(second, handler="first") == first
    assert second.handler == "second"
    assert asked == [("source", ("user-agent",))]


def test_every_push_has_an_id_of_its_own() -> None:
    ids = {push().delivery("x").id for _ in range(100)}
    assert len(ids) == 100
    assert all(len(each) == 32 for each in ids)


def test_a_delivery_cannot_be_changed() -> None:
    delivery: Any = push().delivery("x")
    with pytest.raises(AttributeError):
        delivery.attempt = 2


def test_a_body_that_is_no_json_says_so() -> None:
    delivery = msgspec.structs.replace(push().delivery("x"), body=b"push success.")
    with pytest.raises(msgspec.DecodeError):
        delivery.json()


@pytest.mark.parametrize(
    "holder",
    [push().delivery("x"), Unclassified("x", "reason", BODY)],
    ids=lambda holder: type(holder).__name__,
)
def test_representations_hide_the_payload(holder: Delivery | Unclassified) -> None:
    rich: Any = holder
    assert SECRET not in repr(holder)
    assert f"body=<{len(BODY)} bytes>" in repr(holder)
    assert SECRET not in repr(list(rich.__rich_repr__()))
    assert f"<{len(BODY)} bytes>" in repr(list(rich.__rich_repr__()))
