"""The forms of IoTDA's pushes that documents show, and those of its older subscriptions."""

import json
from typing import Any

import msgspec
import pytest

from documented import ABSENT, EXAMPLES, FLAT
from pushmw import Receiver
from pushmw.notifications.decoder import Formats, reader
from pushmw.notifications.iotda import IOTDA_KINDS
from reading import READERS, REPORT, body_beside, each_reader, packed, refused

# Forms that documents show


@each_reader
def test_the_misspelt_resource_of_commands_is_taken(read: Any) -> None:
    kind = "device.command.status:update"
    event = read(packed({**EXAMPLES[kind], "resource": "device.commmad.status"}))
    assert event == msgspec.convert(EXAMPLES[kind], IOTDA_KINDS[kind])
    assert event.kind == kind


@each_reader
@pytest.mark.parametrize("kind", sorted(IOTDA_KINDS.keys() - {"device:delete"}))
def test_a_body_may_stand_beside_the_data(read: Any, kind: str) -> None:
    expected: Any = msgspec.convert(EXAMPLES[kind], IOTDA_KINDS[kind])
    for inside in (ABSENT, None):
        body = body_beside(kind, inside=inside)
        assert read(packed(body)) == expected
        assert read(json.dumps(body).encode()) == expected
    for data in (ABSENT, None):
        body = {**body_beside(kind), "notify_data": data}
        event = read(packed({name: v for name, v in body.items() if v is not ABSENT}))
        assert event.body == expected.body


def test_a_body_inside_of_the_data_comes_before_one_beside_it() -> None:
    body = {**EXAMPLES["batchtask:update"], "body": {"task_id": "other"}}
    assert READERS["mixed"](packed(body)).body.task_id == "task-7"


def test_moving_a_body_changes_no_value() -> None:
    numbers = '{"long":12345678901234567890123,"exact":0.1000,"large":1e300,"text":"\\u00fc"}'
    services = f'{{"services":[{{"service_id":"a","properties":{numbers}}}]}}'
    head = '{"resource":"device.property","event":"report","notify_data":'
    usual = READERS["mixed"](f'{head}{{"body":{services}}}}}'.encode())
    assert usual.services[0].properties["long"] == 12345678901234567890123
    assert READERS["mixed"](f'{head}{{}},"body":{services}}}'.encode()) == usual


class Exact(msgspec.Struct):
    notify_data: Any
    body: Any = None


def test_a_struct_of_the_users_reads_a_body_beside_the_data_as_it_is() -> None:
    push = Receiver()
    push.define(REPORT, Exact)
    read: Any = reader(push.kinds(), Formats.LEGACY)
    event = read(packed(body_beside(REPORT)))
    assert event.body == EXAMPLES[REPORT]["notify_data"]["body"]
    assert "body" not in event.notify_data


# The older subscriptions, whose data have neither header nor body


def flat(kind: str, **members: object) -> bytes:
    body = FLAT[kind]["example"]
    data = {**body["notify_data"], **members}
    return packed({**body, "notify_data": {name: v for name, v in data.items() if v is not ABSENT}})


FLAT_EVENTS: dict[str, tuple[str, str | None, bool, dict[str, Any]]] = {
    # the kind, the device, whether there is a time, and members of the body
    "device.status:update": (
        "device.status:update",
        "5c0ffee01a2b4c3d8e4f0002_meter-2",
        True,
        {"status": "OFFLINE", "status_update_time": "20210405T060708Z"},
    ),
    "device.message:report": (
        "device.message:report",
        "5c0ffee01a2b4c3d8e4f0002_meter-2",
        True,
        {"content": "hello", "topic": None},
    ),
    "device.message.status:update": (
        "device.message.status:update",
        "5c0ffee01a2b4c3d8e4f0002_meter-2",
        True,
        {
            "message_id": "message-7",
            "name": "note",
            "status": "DELIVERED",
            "timestamp": "20210405T060708Z",
        },
    ),
    "batchtask.status:update": (
        "batchtask:update",
        None,
        False,
        {
            "app_id": "5c0ffee01a2b4c3d8e4f00000000a002",
            "task_id": "task-7",
            "task_type": "softwareUpgrade",
            "status": "Success",
            "status_desc": "3 of 3 devices done",
        },
    ),
}


def test_each_documented_older_push_is_tested() -> None:
    assert FLAT.keys() == FLAT_EVENTS.keys()


@each_reader
@pytest.mark.parametrize("old", FLAT_EVENTS)
def test_an_older_push_is_understood(read: Any, old: str) -> None:
    kind, device, timed, members = FLAT_EVENTS[old]
    event = read(flat(old))
    assert {name: getattr(event.body, name) for name in members} == members
    assert (event.kind, event.device_id) == (kind, device)
    assert (event.occurred_at is not None) is timed
    assert type(event) is IOTDA_KINDS[kind]
    assert read(json.dumps(json.loads(flat(old)), indent=1).encode()) == event


def test_every_documented_member_of_an_older_push_is_kept() -> None:
    for old, each in FLAT.items():
        names = {field["name"] for field in each["fields"][0].get("fields", each["fields"])}
        written = msgspec.json.encode(READERS["mixed"](flat(old)))
        for name in names:
            value = each["example"]["notify_data"][name]
            assert packed(value) in written, (old, name)


def test_the_header_of_an_older_push_has_what_there_was() -> None:
    event = READERS["mixed"](flat("device.message:report"))
    assert [(tag.tag_key, tag.tag_value) for tag in event.header.tags] == [("street", "Mill Lane")]
    event = READERS["mixed"](flat("device.status:update"))
    assert event.header.app_id == "5c0ffee01a2b4c3d8e4f00000000a002"


def test_a_time_at_the_top_of_an_older_push_counts() -> None:
    body = {**FLAT["device.message:report"]["example"], "event_time": "20220405T060708Z"}
    assert READERS["mixed"](packed(body)).occurred_at.year == 2022
    assert READERS["mixed"](packed({**body, "event_time": None})).occurred_at.year == 2021


@pytest.mark.parametrize(
    "time",
    [{"event_time": None}, {"event_time": ABSENT}, {"event_time": 7}],
    ids=["null", "absent", "another thing"],
)
def test_the_time_of_an_older_push_may_be_missing_but_not_another_thing(time: Any) -> None:
    body = flat("device.message:report", **time)
    event = READERS["mixed"](body)
    if time["event_time"] == 7:
        assert refused(event, body)[1] == "Expected `str | null`, got `int` - at `$.event_time`"
    else:
        assert event.occurred_at is None


@pytest.mark.parametrize(
    ("old", "member"),
    [
        ("device.status:update", "device_id"),
        ("device.message:report", "device_id"),
        ("device.message.status:update", "device_id"),
        ("batchtask.status:update", "task_id"),
    ],
)
@pytest.mark.parametrize("value", [ABSENT, None], ids=["absent", "null"])
def test_an_older_push_that_names_no_device_is_none(old: str, member: str, value: object) -> None:
    body = flat(old, **{member: value})
    expected = FLAT_EVENTS[old][0], "Object missing required field `body` - at `$.notify_data`"
    assert refused(READERS["mixed"](body), body) == expected
