"""Kinds of the user's own, with `define`."""

import copy
import pickle
from typing import Any

import msgspec
import pytest

from pushmw import DeviceAdded, Notification, Receiver
from pushmw.samples import sample

# Kinds of the user's own


class Frozen(msgspec.Struct, frozen=True):
    """What a meter says."""

    value: int = 0


class Changeable(msgspec.Struct):
    value: int = 0


class Renamed(msgspec.Struct, rename="pascal", forbid_unknown_fields=True):
    value: int = msgspec.field(name="Amount", default=0)
    unit_name: str = ""


class Tagged(msgspec.Struct, tag="other", tag_field="sort"):
    value: int = 0


class Own(Notification, frozen=True, kw_only=True):
    value: int = 0


class Named(msgspec.Struct):
    device_id: str = ""
    value: int = 0


def told(name: str) -> dict[str, Any]:
    """Give the members that tell a kind and are members of its events."""
    return {"event": name.partition(":")[2]} if ":" in name else {}


def pickled(event: Any) -> Any:
    return pickle.loads(pickle.dumps(event))


@pytest.mark.parametrize(
    ("struct", "member"),
    [
        pytest.param(Frozen, "value", id="frozen"),
        pytest.param(Changeable, "value", id="not frozen"),
        pytest.param(Renamed, "Amount", id="with names of its own"),
        pytest.param(Tagged, "value", id="with a tag of its own"),
        pytest.param(Own, "value", id="a notification already"),
        pytest.param(Named, "value", id="with the names of the base"),
    ],
)
def test_a_struct_of_the_users_becomes_a_kind(struct: Any, member: str) -> None:
    push = Receiver()
    seen: list[Any] = []
    made = push.define("meter", struct)
    name: Any = "meter"
    for what in (name, struct, made):
        push.on(what)(lambda event: seen.append(event))  # noqa: PLW0108 - another each time
    body = msgspec.json.encode({"notifyType": "meter", member: 7})
    assert push.handle(body).status == 200
    assert len(seen) == 3
    assert all(isinstance(event, struct) and isinstance(event, Notification) for event in seen)
    assert {(event.value, event.kind, type(event)) for event in seen} == {(7, "meter", made)}
    assert (made.__name__, made.__doc__) == (struct.__name__, struct.__doc__)


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, pickled], ids=lambda each: each.__name__
)
@pytest.mark.parametrize("name", ["meter", "my.meter:read", "deviceAdded", "commandStateChanged"])
def test_an_event_of_a_kind_of_the_users_own_can_be_copied_and_pickled(
    name: str, again: Any
) -> None:
    first, second = Receiver(), Receiver()
    made: Any = first.define(name, Frozen)
    other: Any = second.define(name, Renamed)
    event = made(**told(name), value=7)
    same = again(event)
    assert type(same) is made is not other
    assert same == event
    assert (same.kind, same.value) == (name, 7)
    assert type(again(other(**told(name), value=8))) is other


def test_a_definition_replaces_a_built_in_kind_for_this_receiver_only() -> None:
    push, other = Receiver(), Receiver()
    push.define("deviceAdded", Frozen)
    seen: list[Any] = []
    for receiver in (push, other):
        receiver.on("deviceAdded")(seen.append)
        receiver.handle(sample("deviceAdded", deviceId="a"))
    assert [type(event).__name__ for event in seen] == ["Frozen", "DeviceAdded"]


class More(DeviceAdded, frozen=True, kw_only=True):
    tenant: str = ""


def test_a_definition_may_extend_a_built_in_class() -> None:
    push = Receiver()
    push.define("deviceAdded", More)
    seen: list[Any] = []

    @push.on(DeviceAdded)
    def handler(event: DeviceAdded) -> None:
        seen.append(event)

    push.handle(b'{"notifyType":"deviceAdded","deviceId":"a","tenant":"b"}')
    assert (seen[0].device_id, seen[0].tenant) == ("a", "b")


def test_the_command_state_can_be_defined_anew() -> None:
    push = Receiver()
    push.define("commandStateChanged", Named)
    seen: list[Any] = []
    push.on("commandStateChanged")(seen.append)
    assert push.handle(b'{"commandId":"c","result":1,"device_id":"a"}').status == 200
    assert (seen[0].kind, seen[0].device_id) == ("commandStateChanged", "a")


def test_of_two_definitions_of_a_kind_the_last_one_counts() -> None:
    push = Receiver()
    push.define("meter", Changeable)
    push.define("meter", Frozen)
    assert issubclass(push.kinds()["meter"], Frozen)


def test_a_kind_with_handlers_is_not_defined_anew() -> None:
    push = Receiver()
    push.on("deviceAdded")(print)
    with pytest.raises(RuntimeError, match="define: 'deviceAdded' has handlers already; define it"):
        push.define("deviceAdded", Frozen)


def test_a_built_in_class_is_refused_for_a_kind_defined_as_something_else() -> None:
    push = Receiver()
    push.define("deviceAdded", Frozen)
    with pytest.raises(TypeError, match=r"DeviceAdded, but 'deviceAdded' was defined as .*Frozen"):
        push.on(DeviceAdded)(lambda event: None)


@pytest.mark.parametrize(
    "struct", [7, dict, Frozen(), DeviceAdded.__name__], ids=["number", "class", "object", "name"]
)
def test_what_is_no_struct_is_not_defined(struct: Any) -> None:
    with pytest.raises(TypeError, match=r"^define: .* is not a msgspec.Struct class$"):
        Receiver().define("meter", struct)


class AsArray(msgspec.Struct, array_like=True):
    value: int


class Unresolved(msgspec.Struct):
    value: "Nowhere"  # type: ignore[name-defined]  # noqa: F821


@pytest.mark.parametrize("struct", [AsArray, Unresolved], ids=["array", "unknown annotation"])
def test_a_struct_msgspec_cannot_read_is_not_defined(struct: Any) -> None:
    with pytest.raises(TypeError, match=struct.__name__):
        Receiver().define("meter", struct)


@pytest.mark.parametrize("name", ["*", "unhandled", "", 7], ids=repr)
def test_a_name_with_another_meaning_is_not_defined(name: Any) -> None:
    with pytest.raises((TypeError, ValueError), match="define: "):
        Receiver().define(name, Frozen)


# Receivers that include others
