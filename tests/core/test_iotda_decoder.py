"""Reading IoTDA's pushes, alone and beside the legacy format, and what is taken for neither."""

import json
from typing import Any

import msgspec
import pytest

from documented import EXAMPLES, FLAT, KINDS
from pushmw.notifications.base import Notification, Unasked
from pushmw.notifications.decoder import NO_KIND, UNKNOWN_KIND
from pushmw.notifications.iotda import IOTDA_KINDS
from pushmw.notifications.legacy import COMMAND_STATE, DeviceDeleted
from pushmw.samples import sample, samples
from reading import READERS, REPORT, each_reader, packed, read_legacy, refused

# Every kind, whatever is tried first


@each_reader
@pytest.mark.parametrize("kind", KINDS)
def test_a_push_becomes_an_event_of_its_kinds_class(read: Any, kind: str) -> None:
    event = read(sample(kind))
    assert type(event) is KINDS[kind]
    assert event.kind == kind
    assert event == msgspec.json.decode(sample(kind), type=KINDS[kind])


@each_reader
@pytest.mark.parametrize("kind", KINDS)
def test_white_space_and_the_order_of_members_do_not_matter(read: Any, kind: str) -> None:
    expected = msgspec.convert(EXAMPLES[kind], KINDS[kind])
    given = list(reversed(EXAMPLES[kind].items()))
    for first in range(len(given)):
        members = given[first:] + given[:first]
        assert read(packed(dict(members))) == expected
        assert read(json.dumps(dict(members)).encode()) == expected
        assert read(b"\n " + json.dumps(dict(members), indent=1).encode()) == expected


@pytest.mark.parametrize("kind", IOTDA_KINDS)
def test_who_asks_for_none_of_them_is_told_the_kind_only(kind: str) -> None:
    assert read_legacy(sample(kind)) == Unasked(kind)
    assert read_legacy(json.dumps(EXAMPLES[kind], indent=1).encode()) == Unasked(kind)
    resource, _, event = kind.partition(":")
    assert read_legacy(packed({"event": event, "resource": resource, "x": 1})) == Unasked(kind)


@pytest.mark.parametrize(
    ("kind", "body"), [(kind, each["example"]) for kind, each in FLAT.items()], ids=list(FLAT)
)
def test_nor_is_an_older_push_read_then(kind: str, body: Any) -> None:
    assert read_legacy(packed(body)) == Unasked(kind.replace("batchtask.status", "batchtask"))


@each_reader
def test_what_is_inside_of_the_data_tells_nothing(read: Any) -> None:
    inner = {"notifyType": "deviceDeleted", "resource": "device", "event": "delete", "result": {}}
    event = read(sample(REPORT, **{"notify_data.body.services.properties": inner}))
    assert [each.properties for each in event.services] == [inner, inner]
    event = read(sample("deviceDataChanged", **{"service.data": inner}))
    assert event.service.data == inner


# Both discriminators, or another platform's


@each_reader
def test_a_push_that_names_a_legacy_kind_is_of_the_legacy_format(read: Any) -> None:
    for kind in IOTDA_KINDS:
        own = EXAMPLES[kind]
        legacy = {"notifyType": "deviceDeleted", "deviceId": "a"}
        for body in ({**legacy, **own}, {**own, **legacy}):
            assert read(packed(body)) == DeviceDeleted(device_id="a")
            assert read(json.dumps(body).encode()) == DeviceDeleted(device_id="a")
        for value, expected in (
            ("testNotify", ("testNotify", UNKNOWN_KIND)),
            (None, (None, "`notifyType` is not a string")),
            ("deviceDeleted", ("deviceDeleted", "Object missing required field `deviceId`")),
        ):
            for body in ({"notifyType": value, **own}, {**own, "notifyType": value}):
                sent = packed(body)
                assert refused(read(sent), sent) == expected


# Invented after what CTWing and AEP send: their kinds are told by messageType.
CTWING = {
    "data": {
        "upPacketSN": -1,
        "upDataSN": -1,
        "topic": "v1/up/ad",
        "timestamp": 1617602828000,
        "tenantId": "10000001",
        "serviceId": "1",
        "protocol": "lwm2m",
        "productId": "10000002",
        "payload": {"resource": "device.property", "event": "report", "notifyType": "deviceAdded"},
        "messageType": "dataReport",
        "deviceId": "5c0ffee00001",
    },
    "event": {
        "timestamp": 1617602828000,
        "tenantId": "10000001",
        "serviceId": 1001,
        "productId": "10000002",
        "messageType": "eventReport",
        "eventType": 1,
        "eventContent": {"resource": "device", "event": "delete", "notify_data": {"header": {}}},
        "deviceId": "5c0ffee00001",
    },
    "answer to a command": {
        "tenantId": "10000001",
        "taskId": 95,
        "commandId": "95",
        "result": {"resultCode": "SUCCESSFUL", "resultDetail": {}},
        "productId": "10000002",
        "messageType": "commandResponse",
        "deviceId": "5c0ffee00001",
    },
    "the same, the members of a command state first": {
        "deviceId": "5c0ffee00001",
        "commandId": "95",
        "result": {"resultCode": "DELIVERED"},
        "messageType": "commandResponse",
        "tenantId": "10000001",
    },
    "online": {
        "timestamp": 1617602828000,
        "tenantId": "10000001",
        "productId": "10000002",
        "messageType": "deviceOnlineOfflineReport",
        "iccid": "undefined",
        "eventType": 1,
        "event": "online",
        "deviceId": "5c0ffee00001",
    },
    "list of reports": {
        "tenantId": "10000001",
        "messageType": "dataReportTupSub",
        "resource": "5c0ffee00001",
        "notify_data": {"body": {"services": []}},
        "subData": [EXAMPLES[REPORT], EXAMPLES["deviceAdded"]],
    },
    "one member": {"messageType": "dataReport"},
}


@pytest.mark.parametrize("read", [*READERS.values(), read_legacy], ids=[*READERS, "legacy only"])
@pytest.mark.parametrize("body", CTWING.values(), ids=list(CTWING))
def test_another_platform_that_looks_alike_is_not_taken_for_either(read: Any, body: Any) -> None:
    for members in (body, dict(reversed(body.items()))):
        for sent in (packed(members), json.dumps(members, indent=1).encode()):
            assert refused(read(sent), sent) == (None, NO_KIND)


@each_reader
def test_a_command_state_is_known_beside_iotda(read: Any) -> None:
    event: Notification = read(samples()[COMMAND_STATE])
    assert event.kind == COMMAND_STATE
    body = {**EXAMPLES[COMMAND_STATE], "resource": "x"}
    assert read(packed(body)).kind == COMMAND_STATE
    body = {**EXAMPLES[COMMAND_STATE], "resource": "x", "event": "y"}
    sent = packed(body)
    assert refused(read(sent), sent) == ("x:y", UNKNOWN_KIND)
