from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
import pytest
from msgspec import inspect

import pushmw.iotda
import pushmw.notifications
import pushmw.notifications.views
from documented import ABSENT, EXAMPLES, FIELDS, IOTDA, KINDS, LEGACY, Names, changed, decode
from pushmw.notifications import enums
from pushmw.notifications.base import Unclassified
from pushmw.notifications.iotda import IOTDA_KINDS
from pushmw.notifications.iotda_parts import ServiceData
from pushmw.notifications.legacy import COMMAND_STATE, LEGACY_KINDS, DeviceAdded
from pushmw.notifications.parts import DeviceInfo, Service, ServiceInfo


def structs(kind: inspect.Type) -> Iterator[inspect.StructType]:
    """The Struct a type is or holds, with or without None or an array round it."""
    match kind:
        case inspect.StructType():
            yield kind
        case inspect.UnionType():
            for each in kind.types:
                yield from structs(each)
        case inspect.VarTupleType():
            yield from structs(kind.item_type)


def paths(kind: inspect.Type) -> Iterator[tuple[Names, bool]]:
    """Each member at each level, and whether it is required."""
    for struct in structs(kind):
        for member in struct.fields:
            if member.name != "notify_type":
                yield (member.encode_name,), member.required
                for path, required in paths(member.type):
                    # The second name of the list is not in the example to be walked into.
                    if member.name != "_service":
                        yield (member.encode_name, *path), required


def documented(fields: list[dict[str, Any]]) -> Iterator[Names]:
    for each in fields:
        if each["name"] not in {"notifyType", "resource"}:
            yield (each["name"],)
            for path in documented(each.get("fields", [])):
                yield (each["name"], *path)


MEMBERS = {kind: dict(paths(inspect.type_info(KINDS[kind]))) for kind in KINDS}
OPTIONAL = [
    pytest.param(kind, path, id=f"{kind}-{'.'.join(path)}")
    for kind, members in MEMBERS.items()
    for path, required in members.items()
    # Of a deleted product no capabilities are documented.
    if not required and (kind != "product:delete" or "service_capabilities" not in path[:-1])
]
IDENTIFYING = {
    "deviceAdded": {"deviceId"},
    "bindDevice": {"deviceId"},
    "deviceInfoChanged": {"deviceId"},
    "deviceDataChanged": {"deviceId", "service", "service.serviceId"},
    "deviceDatasChanged": {"deviceId", "services.serviceId"},
    "serviceInfoChanged": {"deviceId", "serviceId"},
    "deviceDeleted": {"deviceId"},
    "messageConfirm": {"header", "header.requestId"},
    "commandRsp": {"header", "header.requestId"},
    "deviceEvent": {"header", "header.eventType"},
    "deviceModelAdded": {"deviceType"},
    "deviceModelDeleted": {"deviceType"},
    "deviceCapabilitiesChanged": {"deviceType"},
    "deviceCapabilitiesAdded": {"deviceType"},
    "deviceCapabilitiesDeleted": {"deviceType"},
    "ruleEvent": {"ruleId"},
    "deviceDesiredPropertiesModifyStatusChanged": {"deviceId", "serviceId"},
    "swUpgradeStateChangeNotify": {"deviceId", "operationId"},
    "swUpgradeResultNotify": {"deviceId", "operationId"},
    "fwUpgradeStateChangeNotify": {"deviceId", "operationId"},
    "fwUpgradeResultNotify": {"deviceId", "operationId"},
    COMMAND_STATE: {"deviceId", "commandId", "result", "result.resultCode"},
    "device:create": {"event", "notify_data", "notify_data.body"},
    "device:update": {"event", "notify_data", "notify_data.body"},
    "device:delete": {"event", "notify_data", "notify_data.header"},
    "device.status:update": {"event", "notify_data", "notify_data.body"},
    "device.property:report": {
        *("event", "notify_data", "notify_data.body", "notify_data.body.services.service_id"),
    },
    "device.message:report": {"event", "notify_data", "notify_data.body"},
    "device.message.status:update": {
        *("event", "notify_data", "notify_data.body", "notify_data.body.message_id"),
    },
    "device.command.status:update": {
        *("event", "notify_data", "notify_data.body", "notify_data.body.command_id"),
    },
    "batchtask:update": {"event", "notify_data", "notify_data.body", "notify_data.body.task_id"},
    "product:create": {"event", "notify_data", "notify_data.body"},
    "product:update": {"event", "notify_data", "notify_data.body"},
    "product:delete": {"event", "notify_data", "notify_data.body"},
}
REQUIRED = [(kind, name) for kind, names in IDENTIFYING.items() for name in sorted(names)]


# What is documented


def test_every_documented_kind_has_a_class_in_the_same_order() -> None:
    assert list(KINDS) == list(EXAMPLES)


@pytest.mark.parametrize("each", LEGACY, ids=lambda each: each["kind"])
def test_a_class_is_named_after_the_vendors(each: dict[str, Any]) -> None:
    name = LEGACY_KINDS[each["kind"] or COMMAND_STATE].__name__
    if each["dto"] is None:
        assert name.lower() == each["kind"].lower()
    else:
        assert f"Notify{name}DTO" == each["dto"]


@pytest.mark.parametrize("kind", [each["kind"] for each in IOTDA])
def test_a_class_of_iotda_is_named_after_the_pair(kind: str) -> None:
    assert IOTDA_KINDS[kind].__name__.lower() == kind.replace(".", "").replace(":", "")


@pytest.mark.parametrize("kind", KINDS)
def test_every_documented_member_has_an_attribute(kind: str) -> None:
    assert set(documented(FIELDS[kind])) <= set(MEMBERS[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_an_example_keeps_every_value(kind: str) -> None:
    written = msgspec.json.decode(msgspec.json.encode(decode(EXAMPLES[kind])))
    assert without_null(written) == without_null(EXAMPLES[kind])


def without_null(value: Any) -> Any:
    """Leave out what an event has in place of what is absent."""
    if isinstance(value, dict):
        return {name: without_null(each) for name, each in value.items() if each not in (None, [])}
    return [without_null(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("kind", KINDS)
def test_an_event_knows_its_kind(kind: str) -> None:
    assert decode(EXAMPLES[kind]).kind == kind


def test_every_documented_enumeration_has_its_constants() -> None:
    constants = [
        {str(each) for each in enumeration}
        for enumeration in vars(enums).values()
        if isinstance(enumeration, type) and issubclass(enumeration, StrEnum)
    ]

    def check(fields: list[dict[str, Any]]) -> None:
        for each in fields:
            if each["name"] not in {"notifyType", "step"} and "values" in each:
                assert set(each["values"]) in constants, each
            check(each.get("fields", []))

    for kind in LEGACY_KINDS:
        check(FIELDS[kind])


def test_a_constant_equals_the_text_in_an_event() -> None:
    info = decode(EXAMPLES["deviceAdded"]).device_info
    assert info.status == enums.DeviceStatus.OFFLINE


@pytest.mark.parametrize("room", [pushmw.notifications, pushmw.iotda])
def test_every_public_name_is_there(room: Any) -> None:
    assert len(room.__all__) == len(set(room.__all__))
    assert all(hasattr(room, name) for name in room.__all__)


@pytest.mark.parametrize(
    "struct",
    [
        each
        for room in (pushmw.notifications, pushmw.iotda, pushmw.notifications.views)
        for each in vars(room).values()
        if isinstance(each, type) and issubclass(each, msgspec.Struct)
    ],
)
def test_every_attribute_is_explained(struct: type[msgspec.Struct]) -> None:
    text = "".join(each.__doc__ or "" for each in struct.__mro__)
    names = [name for name in struct.__struct_fields__ if not name.startswith("_")]
    assert [name for name in names if f"    {name}: " not in text] == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_class_names_its_source(kind: str) -> None:
    text = " ".join((KINDS[kind].__doc__ or "").split())
    source = "IoT platform northbound API reference, push"
    name = "of the command state" if kind == COMMAND_STATE else f"notification ``{kind}``"
    if kind in IOTDA_KINDS:
        source = "Cloud IoTDA API reference, push"
        name = f"notification ``{kind.replace(':', '`` / ``')}``"
    assert f"Source: Huawei {source} {name}" in text


# Leniency


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_identifies_the_thing_is_required(kind: str) -> None:
    required = {".".join(path) for path, needed in MEMBERS[kind].items() if needed}
    assert required == IDENTIFYING[kind]


@pytest.mark.parametrize(("kind", "name"), REQUIRED)
@pytest.mark.parametrize("value", [ABSENT, None], ids=["absent", "null"])
def test_without_what_identifies_it_a_push_is_refused(kind: str, name: str, value: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        decode(changed(kind, tuple(name.split(".")), value), kind)


@pytest.mark.parametrize(("kind", "path"), OPTIONAL)
@pytest.mark.parametrize("value", [ABSENT, None], ids=["absent", "null"])
def test_any_other_member_may_be_absent_or_null(kind: str, path: Names, value: object) -> None:
    event = decode(changed(kind, path, value))
    assert event.kind == kind
    assert empty_members(event) <= {"result_detail", "header", "auth_info", "error_info"}
    # Neither may trip over what is not there.
    assert isinstance(event.occurred_at, datetime | None)
    assert isinstance(event.device_id, str | None)


def empty_members(value: Any) -> set[str]:
    """Names of containers that are None, at every level."""
    if isinstance(value, tuple):
        return set().union(*map(empty_members, value))
    found = set()
    if isinstance(value, msgspec.Struct):
        for member in inspect.type_info(type(value)).fields:  # type: ignore[attr-defined]
            each = getattr(value, member.name)
            numbers = (inspect.IntType, inspect.FloatType, inspect.BoolType)
            texts = (inspect.StrType, inspect.NoneType, *numbers)
            kinds = member.type.types if isinstance(member.type, inspect.UnionType) else ()
            if each is None and not all(isinstance(kind, texts) for kind in kinds):
                found.add(member.name)
            found |= empty_members(each)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_what_identifies_the_thing_is_enough(kind: str) -> None:
    assert decode(minimal(kind), kind).kind == kind


def minimal(kind: str) -> dict[str, Any]:
    """Write a push with nothing in it but what identifies the thing."""
    names = IDENTIFYING[kind] - {"services.serviceId", "notify_data.body.services.service_id"}
    body: dict[str, Any] = {} if ":" in kind or kind == COMMAND_STATE else {"notifyType": kind}
    for name in sorted(names):  # an object comes before what is in it
        *objects, last = name.split(".")
        inside = body
        for each in objects:
            inside = inside[each]
        holds = any(other.startswith(f"{name}.") for other in names)
        inside[last] = {} if holds or last in {"header", "body"} else "x"
    if ":" in kind:
        body["resource"], _, body["event"] = kind.partition(":")
    return body


@pytest.mark.parametrize("kind", KINDS)
def test_extra_members_are_ignored(kind: str) -> None:
    assert decode({"x": [{}], **EXAMPLES[kind], "y": None}) == decode(EXAMPLES[kind])


def test_empty_containers_are_not_shared() -> None:
    one, other = (msgspec.json.decode(b'{"serviceId":"x"}', type=Service) for _ in range(2))
    assert one.data == other.data == {}
    assert one.data is not other.data
    body = b'{"service_id":"x"}'
    this, that = (msgspec.json.decode(body, type=ServiceData) for _ in range(2))
    assert this.properties == that.properties == {}
    assert this.properties is not that.properties


def test_containers_left_out_by_the_caller_are_empty() -> None:
    event = DeviceAdded(device_id="x")
    assert event.device_info == DeviceInfo()
    assert ServiceInfo().mute_cmds == ()
    assert Service(service_id="x").data == {}


def test_events_are_frozen() -> None:
    with pytest.raises(AttributeError):
        setattr(DeviceAdded(device_id="x"), "device_id", "y")  # noqa: B010 - typed out otherwise


# What is not understood


def test_the_body_of_an_unclassified_push_is_not_shown() -> None:
    push = Unclassified("deviceAdded", "no deviceId", b'{"secret":1}')
    assert push.body == b'{"secret":1}'
    assert repr(push) == ("Unclassified(kind='deviceAdded', reason='no deviceId', body=<12 bytes>)")
    assert f"{[push]}".count("secret") == 0
    # What rich shows in tracebacks.
    assert push.__rich_repr__() == [
        ("kind", "deviceAdded"),
        ("reason", "no deviceId"),
        ("body", "<12 bytes>"),
    ]
