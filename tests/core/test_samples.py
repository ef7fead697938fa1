import json
from typing import Any

import msgspec
import pytest

from documented import KINDS
from pushmw.notifications.iotda import IOTDA_KINDS
from pushmw.notifications.legacy import COMMAND_STATE
from pushmw.samples import UnknownNameError, members, sample, samples


def body(kind: str, **values: Any) -> Any:
    return json.loads(sample(kind, **values))


def test_each_kind_has_a_sample_and_each_sample_a_kind() -> None:
    assert list(samples()) == list(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_sample_decodes_as_its_kind(kind: str) -> None:
    assert msgspec.json.decode(sample(kind), type=KINDS[kind]).kind == kind


@pytest.mark.parametrize("kind", KINDS)
def test_a_sample_names_its_kind_unless_it_is_the_command_state(kind: str) -> None:
    written = body(kind)
    pair = f"{written.get('resource')}:{written.get('event')}"
    assert (pair if kind in IOTDA_KINDS else written.get("notifyType", COMMAND_STATE)) == kind


def names(value: Any, prefix: str = "") -> set[str]:
    """Name all members of a body as `members` does."""
    if isinstance(value, list):
        return set().union(*(names(each, prefix) for each in value))
    if not isinstance(value, dict):
        return set()
    found = {prefix + name for name in value}
    return found.union(*(names(each, f"{prefix}{name}.") for name, each in value.items()))


@pytest.mark.parametrize("kind", KINDS)
def test_a_sample_holds_only_members_of_the_kind(kind: str) -> None:
    listed = {name: text for name, text, _ in members(kind)}
    free = tuple(f"{name}." for name, text in listed.items() if text in {"any", "free object"})
    found = {name for name in names(body(kind)) if not name.startswith(free)}
    assert found - {"notifyType", "resource", "event"} <= listed.keys()


@pytest.mark.parametrize("kind", IOTDA_KINDS)
def test_a_sample_of_iotda_has_every_member_in_the_order_of_the_platform(kind: str) -> None:
    text = sample(kind)
    resource, _, event = kind.partition(":")
    assert text.startswith(f'{{"resource":"{resource}","event":"{event}","event_time":"'.encode())
    assert msgspec.json.encode(json.loads(text)) == text


def test_a_sample_is_compact_and_begins_with_its_kind() -> None:
    gone = {"deviceId": "a", "gatewayId": None}
    assert sample("deviceDeleted", **gone) == (
        b'{"notifyType":"deviceDeleted","deviceId":"a","gatewayId":null}'
    )


def test_an_argument_sets_a_member() -> None:
    assert body("deviceAdded", deviceId="a")["deviceId"] == "a"


def test_an_argument_may_be_called_kind_in_a_free_object_only() -> None:
    with pytest.raises(UnknownNameError, match="unknown member of deviceAdded: 'kind'"):
        sample("deviceAdded", kind="x")


def test_a_dot_leads_into_an_object() -> None:
    service = body("deviceDataChanged", **{"service.serviceId": "Battery"})["service"]
    assert service["serviceId"] == "Battery"
    assert service["serviceType"] == "Thermometer"


def test_an_argument_sets_a_member_of_iotda() -> None:
    changed = {"notify_data.header.device_id": "meter-1", "request_id": None}
    written = body("device.property:report", **changed)
    assert written["notify_data"]["header"]["device_id"] == "meter-1"
    assert written["request_id"] is None


def test_a_dot_leads_into_every_item_of_an_array() -> None:
    services = body("deviceDatasChanged", **{"services.eventTime": None})["services"]
    assert [service["eventTime"] for service in services] == [None, None]


def test_a_free_object_takes_any_name_at_any_depth() -> None:
    changed = {"service.data.lamp.on": True, "service.data.celsius": "warm"}
    data = body("deviceDataChanged", **changed)["service"]["data"]
    assert data == {"celsius": "warm", "fault": False, "lamp": {"on": True}}


def test_an_object_that_was_set_to_null_is_made_again() -> None:
    changed = {"deviceInfo": None, "deviceInfo.status": "ONLINE"}
    assert body("deviceAdded", **changed)["deviceInfo"] == {"status": "ONLINE"}


def test_members_that_are_not_in_the_sample_can_be_set() -> None:
    assert body("deviceAdded", **{"deviceInfo.imsi": "1"})["deviceInfo"]["imsi"] == "1"


def test_setting_members_leaves_later_samples_alone() -> None:
    before = samples()
    sample("deviceDatasChanged", **{"services.data.celsius": 1, "services.serviceId": "x"})
    sample("deviceDeleted", deviceId="x")
    assert samples() == before


def test_an_unknown_kind_is_refused_with_the_closest_ones() -> None:
    with pytest.raises(UnknownNameError, match="did you mean deviceDataChanged or"):
        sample("deviceDataChange")
    with pytest.raises(UnknownNameError, match="did you mean fwUpgradeResultNotify or"):
        members("fwUpgradeResult")
    with pytest.raises(UnknownNameError, match=r"did you mean device\.property:report or"):
        sample("device.properties:report")


def test_a_name_like_no_other_is_refused_without_a_hint() -> None:
    with pytest.raises(UnknownNameError, match=r"^unknown kind: '42'$"):
        sample("42")


@pytest.mark.parametrize(
    ("kind", "path", "close"),
    [
        pytest.param("deviceDataChanged", "service.serviceID", "service.serviceId", id="nested"),
        pytest.param("deviceDatasChanged", "service", "services", id="second spelling"),
        pytest.param("deviceAdded", "device_id", "deviceId", id="attribute instead of member"),
        pytest.param("deviceAdded", "deviceId.x", "deviceId", id="inside a text"),
        pytest.param("deviceAdded", "deviceInfo.x", "deviceInfo", id="inside a closed object"),
        pytest.param(
            "device:delete",
            "notify_data.header.deviceId",
            "notify_data.header.device_id",
            id="the style of the other format",
        ),
    ],
)
def test_an_unknown_member_is_refused_with_the_closest_ones(
    kind: str, path: str, close: str
) -> None:
    with pytest.raises(UnknownNameError, match=f"'{path}'; did you mean.* {close}"):
        sample(kind, **{path: "x"})


def test_the_kind_cannot_be_overridden() -> None:
    with pytest.raises(UnknownNameError):
        sample("deviceAdded", notifyType="deviceDeleted")
    with pytest.raises(UnknownNameError):
        sample(COMMAND_STATE, notifyType="deviceDeleted")
    for member in ("resource", "event", "notifyType"):
        with pytest.raises(UnknownNameError):
            sample("device:create", **{member: "delete"})


def test_members_are_listed_with_type_and_need() -> None:
    assert members("deviceDatasChanged") == [
        ("deviceId", "string", True),
        ("requestId", "string", False),
        ("gatewayId", "string", False),
        ("services", "array of object", False),
        ("services.serviceId", "string", True),
        ("services.serviceType", "string", False),
        ("services.data", "free object", False),
        ("services.eventTime", "string", False),
        ("services.serviceInfo", "any", False),
    ]
    assert members(COMMAND_STATE) == [
        ("deviceId", "string", True),
        ("commandId", "string", True),
        ("result", "object", True),
        ("result.resultCode", "string", True),
        ("result.resultDetail", "free object", False),
    ]


def test_members_of_iotda_are_listed_without_those_that_name_the_kind() -> None:
    assert members("batchtask:update") == [
        ("event_time", "string", False),
        ("event_time_ms", "string", False),
        ("request_id", "string", False),
        ("notify_data", "object", True),
        ("notify_data.body", "object", True),
        ("notify_data.body.task_id", "string", True),
        ("notify_data.body.app_id", "string", False),
        ("notify_data.body.task_type", "string", False),
        ("notify_data.body.status", "string", False),
        ("notify_data.body.status_desc", "string", False),
    ]
    assert ("notify_data.body.auth_info.secure_access", "boolean", False) in members(
        "device:create"
    )


def test_a_member_of_several_types_lists_them_all() -> None:
    assert ("step", "string or integer", False) in members("fwUpgradeStateChangeNotify")
    assert ("upgradeTime", "string or integer or number", False) in members("fwUpgradeResultNotify")


def test_an_array_of_texts_says_so() -> None:
    listed = members("serviceInfoChanged")
    assert ("serviceInfo.muteCmds", "array of string", False) in listed


def test_array_items_that_are_no_objects_are_made_objects() -> None:
    changed = {"services": [1], "services.serviceId": "x"}
    assert body("deviceDatasChanged", **changed)["services"] == [{"serviceId": "x"}]
