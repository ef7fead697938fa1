"""Where documents, SDKs and reality disagree, and what an event makes of addresses and times."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from documented import ABSENT, EXAMPLES, changed, decode, put
from pushmw.notifications import enums
from pushmw.notifications.base import Notification, instant
from pushmw.notifications.legacy import (
    COMMAND_STATE,
    LEGACY_KINDS,
    DeviceInfoChanged,
    FwUpgradeStateChanged,
    NBCommandStatusChanged,
)

DEVICE = "5c0ffee0-1a2b-4c3d-8e4f-000000000001"
TIME = datetime(2021, 4, 5, 6, 7, 8, tzinfo=UTC)


# Where documents, SDKs and reality disagree


def test_product_models_have_two_names_and_the_same_members() -> None:
    for old, new in [
        ("deviceModelAdded", "deviceCapabilitiesAdded"),
        ("deviceModelDeleted", "deviceCapabilitiesDeleted"),
        ("deviceModelAdded", "deviceCapabilitiesChanged"),
    ]:
        event = decode({**EXAMPLES[old], "notifyType": new})
        assert msgspec.structs.asdict(event) == msgspec.structs.asdict(decode(EXAMPLES[old]))


def test_a_member_name_with_blanks_round_it_is_ignored() -> None:
    body = changed("deviceModelAdded", ("manufacturerId",), ABSENT)
    assert decode({**body, " manufacturerId ": "x"}).manufacturer_id is None


def test_the_services_of_one_uplink_may_be_called_service() -> None:
    body = changed("deviceDatasChanged", ("services",), ABSENT)
    event = decode({**body, "service": EXAMPLES["deviceDatasChanged"]["services"]})
    usual = decode(EXAMPLES["deviceDatasChanged"])
    assert event == usual
    assert [service.service_id for service in event.services] == ["Thermometer", "Battery"]
    assert repr(event) == repr(usual)
    assert "_service" not in repr(event)
    assert msgspec.json.encode(event) == msgspec.json.encode(usual)


@pytest.mark.parametrize("services", [None, [], ABSENT], ids=["null", "empty", "absent"])
def test_the_services_that_are_not_empty_count(services: object) -> None:
    body = changed("deviceDatasChanged", ("services",), services)
    assert [each.service_id for each in decode({**body, "service": [{"serviceId": "x"}]}).services]
    assert decode({**body, "service": None}).services == ()
    assert decode({**EXAMPLES["deviceDatasChanged"], "service": None}).services
    both = decode({**EXAMPLES["deviceDatasChanged"], "service": [{"serviceId": "x"}]})
    assert both == decode(EXAMPLES["deviceDatasChanged"])


@pytest.mark.parametrize("kind", ["deviceDataChanged", "deviceDatasChanged"])
@pytest.mark.parametrize("value", [ABSENT, None, "req-1"], ids=["absent", "null", "given"])
def test_a_request_id_is_not_needed(kind: str, value: object) -> None:
    event = decode(changed(kind, ("requestId",), value))
    assert event.request_id == (value if isinstance(value, str) else None)


def test_a_gateway_id_may_be_missing_or_no_uuid() -> None:
    assert decode(changed("deviceDeleted", ("gatewayId",), ABSENT)).gateway_id is None
    assert decode(changed("deviceDeleted", ("gatewayId",), "gw 7")).gateway_id == "gw 7"


def test_device_info_may_be_all_null_and_have_members_of_unknown_type() -> None:
    for value in (None, True, "1", {"a": [1]}):
        body = changed("deviceInfoChanged", ("deviceInfo", "isHD"), value)
        put(body, ("networkStatus",), value)
        event = decode(body)
        assert isinstance(event, DeviceInfoChanged)
        assert event.device_info.node_id is None
        assert event.device_info.is_hd == event.network_status == value


@pytest.mark.parametrize("state", [*enums.CommandState, "SOMETHING_NEW"])
def test_a_command_result_is_an_open_set(state: str) -> None:
    event = decode(changed(COMMAND_STATE, ("result", "resultCode"), str(state)))
    assert event.result.result_code == state


def test_a_result_detail_says_nothing_until_an_answer_came() -> None:
    path = ("result", "resultDetail")
    assert decode(changed(COMMAND_STATE, path, None)).result.result_detail is None
    assert decode(changed(COMMAND_STATE, path, ABSENT)).result.result_detail is None
    assert decode(changed(COMMAND_STATE, path, {})).result.result_detail == {}


@pytest.mark.parametrize("value", [None, "commandStateChanged", "deviceAdded", 1, {}])
def test_a_command_state_is_told_by_its_members_and_has_no_notify_type(value: object) -> None:
    body = msgspec.json.encode({**EXAMPLES[COMMAND_STATE], "notifyType": value})
    with pytest.raises(msgspec.ValidationError, match="notifyType"):
        msgspec.json.decode(body, type=NBCommandStatusChanged)
    event = decode(EXAMPLES[COMMAND_STATE])
    assert "notify_type" not in repr(event)
    assert b"notifyType" not in msgspec.json.encode(event)


def fw_state(**members: Any) -> FwUpgradeStateChanged:
    body = {"notifyType": "fwUpgradeStateChangeNotify", "deviceId": "x", "operationId": "y"}
    event: FwUpgradeStateChanged = decode({**body, **members})
    return event


@pytest.mark.parametrize(
    ("step", "number", "state"),
    [
        ("0", 0, enums.UpgradeState.IDLE),
        ("1", 1, enums.UpgradeState.DOWNLOADING),
        ("2", 2, enums.UpgradeState.DOWNLOADED),
        ("3", 3, enums.UpgradeState.UPDATING),
        (0, 0, enums.UpgradeState.IDLE),
        (3, 3, enums.UpgradeState.UPDATING),
        ("4", 4, None),
        (-1, -1, None),
        ("", None, None),
        ("two", None, None),
        ("²", None, None),
        ("1" * 5000, None, None),
        (None, None, None),
    ],
)
def test_a_firmware_step_is_text_or_number(step: Any, number: int | None, state: str) -> None:
    event = fw_state(step=step)
    assert (event.step, event.step_number, event.state) == (step, number, state)


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("updating", "updating"),
        (" Downloading ", "downloading"),
        ("verifying", "verifying"),
        (" ", "downloaded"),
        ("", "downloaded"),
        (None, "downloaded"),
    ],
)
def test_the_words_of_a_step_come_before_its_digits(words: str | None, state: str) -> None:
    assert fw_state(step="2", stepDesc=words).state == state


def test_software_and_firmware_tell_their_state_alike() -> None:
    event = decode(EXAMPLES["swUpgradeStateChangeNotify"])
    assert event.state == event.sw_upgrade_state == enums.UpgradeState.DOWNLOADING
    body = changed("swUpgradeStateChangeNotify", ("swUpgradeState",), None)
    assert decode(body).state is None


@pytest.mark.parametrize("kind", ["swUpgradeResultNotify", "fwUpgradeResultNotify"])
@pytest.mark.parametrize("time", ["95", 95, 9.5, None])
def test_an_upgrade_time_is_text_or_number(kind: str, time: object) -> None:
    assert decode(changed(kind, ("upgradeTime",), time)).upgrade_time == time


def test_software_and_firmware_results_differ_in_shape() -> None:
    software = decode(EXAMPLES["swUpgradeResultNotify"])
    firmware = decode(EXAMPLES["fwUpgradeResultNotify"])
    assert software.sw_upgrade_result == firmware.status == enums.UpgradeOutcome.SUCCESS
    assert (software.result_desc, firmware.status_desc) == ("done", "upgraded")
    assert not hasattr(software, "status")


@pytest.mark.parametrize("kind", LEGACY_KINDS)
def test_white_space_and_member_order_do_not_matter(kind: str) -> None:
    body = dict(reversed(EXAMPLES[kind].items()))
    text = json.dumps(body, indent=2, separators=(" , ", " : "))
    assert msgspec.json.decode(text, type=LEGACY_KINDS[kind]) == decode(EXAMPLES[kind])


# Device and time


@pytest.mark.parametrize("kind", LEGACY_KINDS)
def test_an_event_knows_its_device(kind: str) -> None:
    example: dict[str, Any] = EXAMPLES[kind]
    event = decode(example)
    if "header" in example:
        assert event.device_id == DEVICE
    else:
        assert event.device_id == example.get("deviceId")


@pytest.mark.parametrize(
    ("sender", "device"),
    [
        ("/devices/d-1", "d-1"),
        ("/devices/d-1/services/Camera", "d-1"),
        ("/devices/d-1/", None),
        ("/devices/", None),
        ("/users/7", None),
        ("", None),
        (None, None),
    ],
)
@pytest.mark.parametrize("kind", ["messageConfirm", "commandRsp", "deviceEvent"])
def test_a_device_may_be_named_by_its_address(
    kind: str, sender: str | None, device: str | None
) -> None:
    body = changed(kind, ("header", "from"), sender)
    for value in (ABSENT, None, ""):
        put(body, ("header", "deviceId"), value)
        event = decode(body)
        assert event.header.from_ == sender
        assert event.device_id == device
    put(body, ("header", "deviceId"), "d-2")
    assert decode(body).device_id == "d-2"


TIMED = {
    "deviceDataChanged",
    "deviceDatasChanged",
    "messageConfirm",
    "deviceEvent",
    "ruleEvent",
}


@pytest.mark.parametrize("kind", LEGACY_KINDS)
def test_an_event_knows_its_time_where_the_platform_tells_it(kind: str) -> None:
    assert decode(EXAMPLES[kind]).occurred_at == (TIME if kind in TIMED else None)


def test_the_rare_timestamp_of_an_answer_is_its_time() -> None:
    event = decode(changed("commandRsp", ("header", "timestamp"), "20210405T060708Z"))
    assert event.occurred_at == TIME


def test_the_first_service_with_a_time_tells_it() -> None:
    times = [None, "soon", "20210405T060708Z", "20210405T060709Z"]
    services = [{"serviceId": "x", "eventTime": time} for time in times]
    event = decode(changed("deviceDatasChanged", ("services",), services))
    assert event.occurred_at == TIME


@pytest.mark.parametrize("reported", [None, ABSENT, "soon"], ids=["null", "absent", "unreadable"])
def test_an_event_falls_back_to_the_time_it_was_sent(reported: object) -> None:
    event = decode(changed("deviceEvent", ("header", "eventTime"), reported))
    assert event.occurred_at == TIME + timedelta(seconds=1)


def test_an_unreadable_time_is_none_and_its_text_kept() -> None:
    event = decode(changed("deviceDataChanged", ("service", "eventTime"), "x"))
    assert (event.occurred_at, event.service.event_time) == (None, "x")


def test_the_base_knows_neither_device_nor_time() -> None:
    event = Notification()
    assert (event.kind, event.device_id, event.occurred_at) == ("Notification", None, None)


@pytest.mark.parametrize(
    "text",
    [
        "20210405T060708Z",
        "2021-04-05T06:07:08Z",
        "2021-04-05T06:07:08.000Z",
        "2021-04-05T08:07:08+02:00",
        "2021-04-05T06:07:08",
        "20210405T060708",
    ],
)
def test_both_ways_of_writing_a_time_are_read(text: str) -> None:
    assert instant(text) == TIME


@pytest.mark.parametrize("text", [None, "", "soon", "20211305T060708Z", "1617602828", "T"])
def test_an_unreadable_time_is_none(text: str | None) -> None:
    assert instant(text) is None


def test_the_offset_of_a_time_is_kept() -> None:
    moment = instant("2021-04-05T08:07:08+02:00")
    assert moment is not None
    assert moment.utcoffset() == timedelta(hours=2)


ODD = st.text(st.characters(codec=None, categories=None)) | st.text(
    "0123456789TWZ:.,+-\u2212\u0663 "
)


@given(ODD | st.tuples(ODD, ODD).map("20210405T060708Z".join))
@example("9999-12-31T24:00:00")
@example("9999-12-31T24:00:00-23:59")
@example("\ud800")
@example("2021-04-05\ud80006:07:08")
@example("0001-01-01T00:00:00+23:59")
@example("2021-W53-7")
def test_reading_a_time_never_raises_and_what_it_gives_is_aware(text: str) -> None:
    moment = instant(text)
    assert moment is None or moment.utcoffset() is not None


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_time_written_by_the_platform_is_read(moment: datetime) -> None:
    whole = moment.replace(microsecond=0)
    text = f"{whole.year:04}{whole:%m%dT%H%M%SZ}"
    assert instant(text) == whole
    assert instant(moment.isoformat()) == moment
