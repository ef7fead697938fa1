"""Pairs of the user's own, and the built-in ones defined anew."""

from typing import Any

import msgspec
import pytest

from documented import EXAMPLES, FLAT
from pushmw import Notification, Receiver, Unclassified
from pushmw.iotda import DeviceCreate, DevicePropertyReport
from pushmw.samples import sample
from reading import REPORT, handler, packed, taking


class Happened(msgspec.Struct):
    notify_data: dict[str, Any] = {}


class Eventful(msgspec.Struct, rename="pascal"):
    """One that has the members that tell the kind, under whatever name."""

    event: str = ""
    notify_type: str = ""
    value: int = 0


class Renaming(msgspec.Struct):
    what: str = msgspec.field(name="event")
    other: str = msgspec.field(name="notifyType", default="")


class Same(msgspec.Struct):
    event: str


@pytest.mark.parametrize(
    ("struct", "body", "member", "value"),
    [
        (Happened, {"notify_data": {"a": 1}}, "notify_data", {"a": 1}),
        (Eventful, {"Value": 7, "Event": "x"}, "event", "x"),
        (Eventful, {"Value": 7, "Event": "x"}, "value", 7),
        (Eventful, {"NotifyType": "x"}, "notify_type", "x"),
        (Renaming, {}, "what", "happened"),
        (Same, {}, "event", "happened"),
    ],
)
def test_a_pair_of_the_users_own_becomes_a_kind(
    struct: Any, body: dict[str, Any], member: str, value: object
) -> None:
    push = Receiver()
    made = push.define("my.thing:happened", struct)
    name: Any = "my.thing:happened"
    seen = [taking(push, what) for what in (name, struct, made)]
    pair = {"resource": "my.thing", "event": "happened"}
    for sent in ({**pair, **body}, {**body, **pair}):
        assert push.handle(packed(sent)).status == 200
    for events in seen:
        assert [(type(event), event.kind) for event in events] == [(made, name)] * 2
        assert [getattr(event, member) for event in events] == [value] * 2
        assert all(
            isinstance(event, struct) and isinstance(event, Notification) for event in events
        )
        assert {(event.device_id, event.occurred_at) for event in events} == {(None, None)}


@pytest.mark.parametrize("struct", [Happened, Eventful, Renaming, Same])
def test_no_legacy_push_is_taken_for_such_a_kind(struct: Any) -> None:
    push = Receiver()
    push.define("my.thing:happened", struct)
    own: Any = "my.thing:happened"
    seen, deleted = taking(push, own), taking(push, "deviceDeleted")
    legacy = {"notifyType": "deviceDeleted", "deviceId": "a"}
    pair = {"resource": "my.thing", "event": "happened"}
    for body in ({**legacy, **pair}, {**pair, **legacy}):
        push.handle(packed(body))
    assert (seen, len(deleted)) == ([], 2)


def test_another_event_of_that_resource_is_unknown() -> None:
    push = Receiver(fallthrough=False)
    push.define("my.thing:happened", Happened)
    push.on("my.thing:happened")(handler)  # type: ignore[operator]
    rest: list[Any] = []
    push.unhandled(rest.append)
    push.handle(packed({"resource": "my.thing", "event": "ended"}))
    assert [(type(event), event.kind) for event in rest] == [(Unclassified, "my.thing:ended")]


class Measured(msgspec.Struct):
    values: list[float]


class Typed(DevicePropertyReport, frozen=True, kw_only=True):
    extra: str = ""


class Renewed(msgspec.Struct, frozen=True, kw_only=True):
    notify_data: dict[str, Any]
    request_id: str = "none"


def test_a_definition_replaces_a_built_in_kind_for_this_receiver_only() -> None:
    push, other = Receiver(), Receiver()
    push.define(REPORT, Renewed)
    seen, others = taking(push, REPORT), taking(other, REPORT)
    for receiver in (push, other):
        assert receiver.handle(sample(REPORT)).status == 200
    assert [type(event).__name__ for event in seen + others] == ["Renewed", "DevicePropertyReport"]
    assert seen[0].notify_data["header"]["node_id"] == "990000000000017"
    assert seen[0].kind == REPORT


def test_a_definition_may_extend_a_built_in_class() -> None:
    push = Receiver()
    push.define(REPORT, Typed)
    seen = taking(push, DevicePropertyReport)
    push.handle(packed({**EXAMPLES[REPORT], "extra": "x"}))
    push.handle(packed({"extra": "y", **EXAMPLES[REPORT]}))
    assert [(event.extra, event.kind, len(event.services)) for event in seen] == [
        ("x", REPORT, 2),
        ("y", REPORT, 2),
    ]


def test_a_kind_of_a_resource_with_several_can_be_defined_anew_or_added() -> None:
    push = Receiver()
    push.define("device:create", Renewed)
    push.define("device:activate", Happened)
    seen = {
        kind: taking(push, kind)
        for kind in ("device:create", "device:activate", "device:update", "device:delete")
    }
    activate = {**EXAMPLES["device:create"], "event": "activate"}
    for body in (sample("device:create"), sample("device:delete"), packed(activate)):
        assert push.handle(body).status == 200
    push.handle(packed(dict(reversed(EXAMPLES["device:update"].items()))))
    names = {kind: [type(event).__name__ for event in events] for kind, events in seen.items()}
    assert names == {
        "device:create": ["Renewed"],
        "device:activate": ["Happened"],
        "device:update": ["DeviceUpdate"],
        "device:delete": ["DeviceDelete"],
    }


def test_the_form_of_an_older_subscription_can_be_a_kind_of_its_own() -> None:
    push = Receiver()
    push.define("batchtask.status:update", Happened)
    own: Any = "batchtask.status:update"
    older, today = taking(push, own), taking(push, "batchtask:update")
    body = FLAT["batchtask.status:update"]["example"]
    for sent in (body, dict(reversed(body.items())), EXAMPLES["batchtask:update"]):
        assert push.handle(packed(sent)).status == 200
    assert [event.notify_data["task_id"] for event in older] == ["task-7", "task-7"]
    assert [event.body.task_id for event in today] == ["task-7"]


class Picky(msgspec.Struct):
    secret: str

    def __post_init__(self) -> None:
        raise ValueError(self.secret)


class Rude(msgspec.Struct):
    secret: str

    def __post_init__(self) -> None:
        raise KeyError(self.secret)


@pytest.mark.parametrize("kind", ["my.thing:happened", "device:create", REPORT])
@pytest.mark.parametrize("struct", [Picky, Rude])
def test_what_a_struct_raises_is_not_shown(kind: Any, struct: Any) -> None:
    push = Receiver()
    push.define(kind, struct)
    rest: list[Any] = []
    push.unhandled(rest.append)
    resource, _, event = kind.partition(":")
    push.handle(packed({"resource": resource, "event": event, "secret": "tiger-4711"}))
    push.handle(packed({"secret": "tiger-4711", "resource": resource, "event": event}))
    expected = "a value does not fit" if struct is Picky else "KeyError while decoding"
    assert [(each.kind, each.reason) for each in rest] == [(kind, expected)] * 2


@pytest.mark.parametrize("name", [":", ":report", "device:"])
def test_half_a_pair_is_not_defined(name: str) -> None:
    with pytest.raises(ValueError, match=f"define: '{name}' is no resource and event"):
        Receiver().define(name, Happened)


class WithResource(msgspec.Struct):
    resource: str


class Unreadable(msgspec.Struct):
    value: "Nowhere"  # type: ignore[name-defined]  # noqa: F821


class AsArray(msgspec.Struct, array_like=True):
    value: int


@pytest.mark.parametrize(
    ("struct", "error", "text"),
    [
        (WithResource, ValueError, "define: WithResource: .*'resource' conflicts"),
        (Unreadable, TypeError, "msgspec cannot read Unreadable"),
        (AsArray, TypeError, "msgspec cannot read AsArray: a push is no array"),
        (dict, TypeError, "is not a msgspec.Struct class"),
    ],
)
@pytest.mark.parametrize("name", ["my.thing:happened", "device:create"])
def test_a_struct_that_cannot_be_read_is_not_defined(
    name: str, struct: Any, error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text):
        Receiver().define(name, struct)


def test_a_kind_with_handlers_is_not_defined_anew() -> None:
    push = Receiver()
    push.on(REPORT)(handler)
    with pytest.raises(RuntimeError, match=f"define: '{REPORT}' has handlers already"):
        push.define(REPORT, Renewed)


def test_a_built_in_class_is_refused_for_a_kind_defined_as_something_else() -> None:
    push = Receiver()
    push.define("device:create", Renewed)
    with pytest.raises(TypeError, match="DeviceCreate, but 'device:create' was defined as Renewed"):
        push.on(DeviceCreate)(handler)
