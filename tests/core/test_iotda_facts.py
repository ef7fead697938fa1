"""What an event of IoTDA makes of its members, and where documents and real pushes disagree."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from documented import ABSENT, EXAMPLES, changed, decode
from pushmw import iotda
from pushmw.notifications.iotda import IOTDA_KINDS

DEVICE = "5c0ffee01a2b4c3d8e4f0002_meter-2"
SECOND = datetime(2021, 4, 5, 6, 7, 8, tzinfo=UTC)
EXACT = SECOND + timedelta(milliseconds=535)
REPORT = "device.property:report"
# They have no header and name no device in the body.
WITHOUT_DEVICE = {"batchtask:update", "product:create", "product:update", "product:delete"}


# Kind, device and time


@pytest.mark.parametrize("kind", IOTDA_KINDS)
def test_an_event_knows_kind_device_and_time(kind: str) -> None:
    event = decode(EXAMPLES[kind])
    device = None if kind in WITHOUT_DEVICE else DEVICE
    assert (event.kind, event.device_id, event.occurred_at) == (kind, device, EXACT)


@pytest.mark.parametrize("kind", IOTDA_KINDS)
def test_white_space_and_member_order_do_not_matter(kind: str) -> None:
    body = dict(reversed(EXAMPLES[kind].items()))
    text = json.dumps(body, indent=2, separators=(" , ", " : "))
    assert msgspec.json.decode(text, type=IOTDA_KINDS[kind]) == decode(EXAMPLES[kind])


@pytest.mark.parametrize("exact", [ABSENT, None, "soon"], ids=["absent", "null", "unreadable"])
@pytest.mark.parametrize("kind", IOTDA_KINDS)
def test_the_older_time_will_do(kind: str, exact: object) -> None:
    body = changed(kind, ("event_time_ms",), exact)
    assert decode(body).occurred_at == SECOND
    assert decode({**body, "event_time": "2021-04-05T08:07:08+02:00"}).occurred_at == SECOND
    assert decode({**body, "event_time": "then"}).occurred_at is None


@pytest.mark.parametrize("header", [ABSENT, None, {}], ids=["absent", "null", "empty"])
def test_a_header_that_says_nothing_is_an_empty_one(header: object) -> None:
    event = decode(changed(REPORT, ("notify_data", "header"), header))
    assert event.header == iotda.Header()
    assert (event.header.tags, event.device_id) == ((), None)


# Where documents and real pushes disagree


def test_all_services_of_a_report_are_there() -> None:
    services = [{"service_id": name, "properties": {"n": n}} for n, name in enumerate("abca")]
    event = decode(changed(REPORT, ("notify_data", "body", "services"), services))
    assert isinstance(event, iotda.DevicePropertyReport)
    assert event.services is event.body.services
    assert [(each.service_id, each.properties) for each in event.services] == [
        ("a", {"n": 0}),
        ("b", {"n": 1}),
        ("c", {"n": 2}),
        ("a", {"n": 3}),
    ]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        pytest.param("20210405T060708Z", SECOND, id="as documented"),
        pytest.param("2021-04-05T06:07:08.535Z", EXACT, id="ISO 8601"),
        pytest.param("2021-04-05T08:07:08+02:00", SECOND, id="with an offset"),
        pytest.param("soon", None, id="unreadable"),
        pytest.param(None, None, id="null"),
        pytest.param(ABSENT, None, id="absent"),
    ],
)
def test_a_service_has_its_time_or_none(written: object, read: datetime | None) -> None:
    event = decode(changed(REPORT, ("notify_data", "body", "services", "event_time"), written))
    assert [each.occurred_at for each in event.services] == [read, read]
    assert {each.event_time for each in event.services} == {
        written if isinstance(written, str) else None
    }
    assert event.occurred_at == EXACT


OPEN = {
    "device:create": ("status", "node_type"),
    "device.status:update": ("status",),
    "device.message.status:update": ("status",),
    "device.command.status:update": ("status",),
    "batchtask:update": ("status", "task_type"),
    "product:create": ("protocol_type", "data_format"),
}


@pytest.mark.parametrize(
    ("kind", "member"), [(kind, member) for kind, members in OPEN.items() for member in members]
)
def test_enumerations_are_open(kind: str, member: str) -> None:
    event = decode(changed(kind, ("notify_data", "body", member), "SOMETHING_NEW"))
    assert getattr(event.body, member) == "SOMETHING_NEW"


@pytest.mark.parametrize("content", ["hello", "aGVsbG8=", {"a": [1]}, [1, 2], 7, 1.5, True, None])
def test_a_message_holds_anything(content: object) -> None:
    event = decode(changed("device.message:report", ("notify_data", "body", "content"), content))
    assert event.body.content == content


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("device.command.status:update", ("notify_data", "body", "result")),
        ("device:create", ("notify_data", "body", "extension_info")),
    ],
)
@pytest.mark.parametrize("value", [{"a": [1]}, [], "text", 7, None])
def test_what_the_application_or_the_device_made_up_is_kept(
    kind: str, path: tuple[str, ...], value: object
) -> None:
    body = decode(changed(kind, path, value)).body
    assert getattr(body, path[-1]) == value


@pytest.mark.parametrize("kind", IOTDA_KINDS)
def test_a_push_with_the_discriminator_of_the_other_format_is_none_of_these(kind: str) -> None:
    for value in ("deviceAdded", None, 7):
        with pytest.raises(msgspec.ValidationError, match="notifyType"):
            decode({**EXAMPLES[kind], "notifyType": value})
    event = decode(EXAMPLES[kind])
    assert "notify_type" not in repr(event)
    assert b"notifyType" not in msgspec.json.encode(event)


# Secrets of a device

SECRET = "not-to-be-seen"


def rich_parts(value: Any) -> list[object]:
    """Give what rich would show of something: it asks every object for its parts."""
    if isinstance(value, tuple | list):
        return [part for each in value for part in rich_parts(each)]
    if hasattr(value, "__rich_repr__"):
        return [type(value).__name__, *rich_parts([tuple(each) for each in value.__rich_repr__()])]
    return [value]


@pytest.mark.parametrize("kind", ["device:create", "device:update"])
def test_how_a_device_logs_in_is_in_no_representation(kind: str) -> None:
    event = decode(EXAMPLES[kind])
    info = event.body.auth_info
    assert info.secret.startswith(SECRET)
    assert info.secondary_fingerprint.startswith(SECRET)
    for value in (info, event.body, event.notify_data, event, [event], {"event": event}):
        assert SECRET not in f"{value} {value!r} {value!s}"
        assert SECRET not in f"{rich_parts(value)}"
    assert repr(info) == "AuthInfo()"
    assert rich_parts(info) == ["AuthInfo"]


def test_the_rest_of_a_device_is_shown() -> None:
    body = decode(EXAMPLES["device:create"]).body
    assert repr(body).startswith("DeviceBody(app_id='5c0ffee0")
    assert "status='INACTIVE'" in repr(body)
    assert "extension_info={'floor': 2}" in repr(body)
    assert "auth" not in repr(body)
    assert "INACTIVE" in rich_parts(body)
    body = iotda.DeviceBody(device_id="a", description="", extension_info=0)
    assert repr(body) == "DeviceBody(device_id='a', description='', extension_info=0)"
