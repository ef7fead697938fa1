import datetime as dt
import pickle
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from pushmw import Unclassified
from pushmw._dispatch.delivery import Delivery, Past, Telling, new_id

SECRET = "a-payload-that-nobody-may-see"
BODY = msgspec.json.encode({"notifyType": "x", "secret": SECRET})


TELLING = Telling(lambda source: "", lambda source: {}, new_id)


def push(asked: list[Any] | None = None, **options: Any) -> Delivery:
    def headers(source: Any) -> dict[str, str]:
        if asked is not None:
            asked.append(source)
        return {"user-agent": "u"}

    telling = Telling(lambda source: "/push", headers, new_id)
    return Delivery(telling, SimpleNamespace(kind="x"), BODY, "source", **options)


def test_a_delivery_tells_what_is_known() -> None:
    before = dt.datetime.now(dt.UTC) - dt.timedelta(milliseconds=1)
    delivery = push().to("module:handler")
    assert before <= delivery.received <= dt.datetime.now(dt.UTC)
    assert delivery.received.tzinfo is dt.UTC
    assert (delivery.kind, delivery.path, delivery.attempt) == ("x", "/push", 1)
    assert (delivery.headers, delivery.handler) == ({"user-agent": "u"}, "module:handler")
    assert delivery.body == BODY
    assert delivery.json() == {"notifyType": "x", "secret": SECRET}


def test_the_handlers_of_a_push_share_all_but_the_name() -> None:
    asked: list[Any] = []
    one = push(asked)
    first, second = one.to("first"), one.to("second")
    assert (first.handler, second.handler) == ("first", "second")
    assert (first.id, first.path, first.body) == (second.id, second.path, second.body)
    assert (first.received, first.headers) == (second.received, second.headers)
    assert asked == ["source"]


def test_a_later_attempt_tells_when_the_push_came_and_how_often_each_handler_was_called() -> None:
    again = push(received=1.5, past=Past({"second": 3}, ()))
    first, second = again.to("first"), again.to("second")
    assert first.received == dt.datetime.fromtimestamp(1.5, dt.UTC)
    assert (first.attempt, second.attempt) == (1, 4)
    assert first.id == second.id


def test_every_push_has_an_id_of_its_own() -> None:
    ids = {push().to("x").id for _ in range(100)}
    assert len(ids) == 100
    assert all(len(each) == 32 for each in ids)


def test_a_delivery_cannot_be_changed() -> None:
    delivery: Any = push().to("x")
    with pytest.raises(AttributeError):
        delivery.attempt = 2


def test_a_body_that_is_no_json_says_so() -> None:
    no_json = Delivery(TELLING, SimpleNamespace(kind=None), b"push success.", None)
    with pytest.raises(msgspec.DecodeError):
        no_json.to("x").json()


def test_a_delivery_survives_pickling() -> None:
    delivery = push(received=1.5, past=Past({"x": 2}, ())).to("x")
    again = pickle.loads(pickle.dumps(delivery))
    names = ("id", "kind", "received", "path", "headers", "body", "attempt", "handler")
    assert [getattr(again, name) for name in names] == [getattr(delivery, name) for name in names]
    assert repr(again) == repr(delivery)
    assert again == delivery
    assert hash(again) == hash(delivery)


def test_a_delivery_is_the_same_for_one_attempt_at_one_handler_only() -> None:
    one = push()
    assert one.to("x") == one.to("x")
    others: list[object] = [one.to("y"), push().to("x"), one.to("x").id]
    assert one.to("x") not in others
    assert len({one.to("x"), one.to("x"), one.to("y")}) == 2


def test_headers_cannot_be_changed_by_one_handler_for_the_next() -> None:
    one = push()
    headers: Any = one.to("x").headers
    with pytest.raises(TypeError):
        headers["x-added"] = "by a handler"
    assert "x-added" not in one.to("y").headers


IDS = """
import os
from pushmw._dispatch.delivery import new_id
if {before}:
    new_id()
reading, writing = os.pipe()
child = os.fork()
if not child:
    os.write(writing, new_id().encode())
    os._exit(0)
os.waitpid(child, 0)
print(os.read(reading, 100).decode() != new_id())
"""


@pytest.mark.parametrize("before", [False, True], ids=["before the first", "after it"])
def test_a_fork_makes_ids_of_its_own(*, before: bool) -> None:
    program = [sys.executable, "-P", "-c", IDS.format(before=before)]
    done = subprocess.run(program, capture_output=True, text=True, timeout=50, check=False)
    assert (done.stdout, done.stderr) == ("True\n", "")


@pytest.mark.parametrize(
    "holder",
    [push().to("x"), Unclassified("x", "reason", BODY)],
    ids=lambda holder: type(holder).__name__,
)
def test_representations_hide_the_payload(holder: Delivery | Unclassified) -> None:
    rich: Any = holder
    assert SECRET not in repr(holder)
    assert f"body=<{len(BODY)} bytes>" in repr(holder)
    assert SECRET not in repr(list(rich.__rich_repr__()))
    assert f"<{len(BODY)} bytes>" in repr(list(rich.__rich_repr__()))
