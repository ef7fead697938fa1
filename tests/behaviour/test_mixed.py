"""One receiver for both formats, at one path: each push reaches its handlers, typed, and no other.

Many pushes go into one test, for each of them is a request on each site.
"""

import json
from typing import Any

import msgspec
import pytest

from documented import EXAMPLES, FLAT, KINDS
from pushes import SECRET, assert_ok
from pushmw import (
    Counts,
    DeviceDeleted,
    DeviceReport,
    Receiver,
    Unclassified,
    UpgradePhase,
    UpgradeProgress,
)
from pushmw.iotda import IOTDA_KINDS, BatchTaskUpdate, DeviceDelete
from pushmw.notifications import LEGACY_KINDS
from pushmw.notifications.decoder import NO_KIND, UNKNOWN_KIND
from pushmw.samples import sample
from reading import REPORT, body_beside, packed, taking
from sites.base import Start, Style

COMMAND = "device.command.status:update"
METER = "5c0ffee01a2b4c3d8e4f0002_meter-2"
GATEWAY = "5c0ffee0-1a2b-4c3d-8e4f-000000000001"
NODE = "5c0ffee0-1a2b-4c3d-8e4f-000000000002"


def told(value: Any) -> Any:
    """Leave out the members that say nothing: an event has them, a push may not."""
    if isinstance(value, list):
        return [told(item) for item in value]
    if isinstance(value, dict):
        return {name: told(item) for name, item in value.items() if item not in (None, [])}
    return value


def sent(event: Any) -> Any:
    """Give an event as the platform would write it."""
    return told(msgspec.json.decode(msgspec.json.encode(event)))


def mixed(style: Style | None = None) -> tuple[Receiver, list[tuple[str, str, Any]]]:
    """Make a receiver that has handlers for each kind, by class and by name, and for everything.

    Returns:
        The receiver, and the list of what came: for each call of a handler the kind it is for, how
        that was said, and the event.
    """
    push, came = Receiver(guards=[]), list[tuple[str, str, Any]]()

    def on(what: Any, kind: str, way: str) -> None:
        def handler(event: Any) -> None:
            came.append((kind, way, event))

        register: Any = style.on(push, what) if style else push.on(what)
        register(handler)

    on("*", "*", "by name")
    for kind, struct in KINDS.items():
        on(struct, kind, "by class")
        on(kind, kind, "by name")
    return push, came


def test_a_push_of_each_kind_reaches_its_handlers_and_those_for_everything(
    start: Start, style: Style
) -> None:
    push, came = mixed(style)
    site = start(push)
    for kind, example in EXAMPLES.items():
        came.clear()
        assert_ok(site.post(packed(example)))
        assert [(what, way) for what, way, _ in came] == [
            (kind, "by class"),
            (kind, "by name"),
            ("*", "by name"),
        ]
        event = came[0][2]
        assert all(each is event for _, _, each in came)
        assert type(event) is KINDS[kind]
        assert event.kind == kind
        assert sent(event) == told(example)
    assert EXAMPLES.keys() == KINDS.keys()
    assert push.counts == Counts(handled=len(KINDS))
    assert site.inner.seen == []


def test_what_was_deleted_is_of_the_class_of_its_format(start: Start, style: Style) -> None:
    push, came = Receiver(guards=[]), list[Any]()
    style.on(push, DeviceDelete, DeviceDeleted)(came.append)
    site = start(push)
    assert_ok(site.post(sample("deviceDeleted", deviceId="old")))
    assert_ok(site.post(sample("device:delete", **{"notify_data.header.device_id": "new"})))
    assert site.post(sample("device:update")).status == 200
    assert [(type(each), each.device_id) for each in came] == [
        (DeviceDeleted, "old"),
        (DeviceDelete, "new"),
    ]
    assert push.counts == Counts(handled=2, unhandled=1)


# -- views


UPGRADES = [
    # the push, and what it is for a handler that does not care for the format
    (
        sample("fwUpgradeStateChangeNotify", step="1", stepDesc=None),
        ("firmware", UpgradePhase.DOWNLOADING, GATEWAY),
    ),
    (
        sample("batchtask:update", **{"notify_data.body.status": "Processing"}),
        ("firmware", UpgradePhase.UPDATING, None),
    ),
    (
        sample("swUpgradeStateChangeNotify", swUpgradeState="downloaded"),
        ("software", UpgradePhase.DOWNLOADED, GATEWAY),
    ),
    (
        packed(FLAT["batchtask.status:update"]["example"]),
        ("software", UpgradePhase.SUCCEEDED, None),
    ),
    (
        sample("fwUpgradeResultNotify", status="FAIL"),
        ("firmware", UpgradePhase.FAILED, GATEWAY),
    ),
    (
        sample("swUpgradeResultNotify", swUpgradeResult="SUCCESS"),
        ("software", UpgradePhase.SUCCEEDED, GATEWAY),
    ),
]


def test_the_progress_of_upgrades_comes_from_both_formats(start: Start, style: Style) -> None:
    push, came = Receiver(guards=[]), list[Any]()
    style.on(push, UpgradeProgress)(came.append)
    site = start(push)
    for body, _ in UPGRADES:
        assert_ok(site.post(body))
    assert {type(each) for each in came} == {UpgradeProgress}
    assert [(each.target, each.state, each.device_id) for each in came] == [
        expected for _, expected in UPGRADES
    ]
    assert [type(each.event) for each in came] == [KINDS[each.kind] for each in came]
    assert push.counts == Counts(handled=len(UPGRADES))


def test_a_task_that_upgrades_nothing_is_no_progress(start: Start, style: Style) -> None:
    push, tasks, progress = Receiver(guards=[]), list[Any](), list[Any]()
    style.on(push, UpgradeProgress)(progress.append)
    style.on(push, BatchTaskUpdate)(tasks.append)
    site = start(push)
    for task in ("createDevices", "firmwareUpgrade"):
        assert_ok(site.post(sample("batchtask:update", **{"notify_data.body.task_type": task})))
    assert [each.body.task_type for each in tasks] == ["createDevices", "firmwareUpgrade"]
    assert [each.event for each in progress] == tasks[1:]
    assert push.counts == Counts(handled=2)


def test_the_reports_of_devices_come_from_both_formats(start: Start, style: Style) -> None:
    push, came = Receiver(guards=[]), list[Any]()
    style.on(push, DeviceReport)(came.append)
    site = start(push)
    for kind in ("deviceDataChanged", REPORT, "deviceDatasChanged"):
        assert_ok(site.post(packed(EXAMPLES[kind])))
    assert [
        (each.kind, each.device_id, {of.service_id: of.data for of in each.services})
        for each in came
    ] == [
        ("deviceDataChanged", NODE, {"Thermometer": {"celsius": 21.5, "fault": False}}),
        (REPORT, METER, {"Flow": {"litres": 12.5, "parts": [1, 2]}, "Radio": {"rssi": -71}}),
        (
            "deviceDatasChanged",
            NODE,
            {"Thermometer": {"celsius": 21.5}, "Battery": {"percent": 80}},
        ),
    ]
    assert {type(each) for each in came} == {DeviceReport}


# -- other forms of the same pushes


FORMS: list[tuple[str, Any, dict[str, Any]]] = [
    # the kind, the push, and members of the body
    (
        COMMAND,
        {**EXAMPLES[COMMAND], "resource": "device.commmad.status"},
        {"command_id": "command-7", "status": "SUCCESSFUL"},
    ),
    (COMMAND, body_beside(COMMAND), {"command_id": "command-7", "result": {"valve": "open"}}),
    (
        COMMAND,
        {**body_beside(COMMAND, inside=None), "resource": "device.commmad.status"},
        {"command_id": "command-7"},
    ),
    ("device:update", body_beside("device:update"), {"device_id": METER, "status": "ONLINE"}),
    ("device.status:update", FLAT["device.status:update"]["example"], {"status": "OFFLINE"}),
    ("device.message:report", FLAT["device.message:report"]["example"], {"content": "hello"}),
    (
        "device.message.status:update",
        FLAT["device.message.status:update"]["example"],
        {"message_id": "message-7", "status": "DELIVERED"},
    ),
    (
        "batchtask:update",
        FLAT["batchtask.status:update"]["example"],
        {"task_id": "task-7", "status": "Success"},
    ),
]


def test_every_form_of_a_push_reaches_the_handlers_of_its_kind(start: Start) -> None:
    push, came = mixed()
    site = start(push)
    for kind, body, members in FORMS:
        came.clear()
        assert_ok(site.post(json.dumps(body).encode()))
        assert [what for what, _, _ in came] == [kind, kind, "*"]
        event = came[0][2]
        assert {name: getattr(event.body, name) for name in members} == members
        assert type(event) is KINDS[kind]
    assert {each["example"]["resource"] for each in FLAT.values()} <= {
        body["resource"] for _, body, _ in FORMS
    }
    assert push.counts == Counts(handled=len(FORMS))


# -- what is of neither format


STRANGE: list[tuple[Any, str | None, str]] = [
    # the body, and kind and reason
    ({**EXAMPLES[REPORT], "event": "vanish"}, "device.property:vanish", UNKNOWN_KIND),
    ({"resource": "device.shadow", "event": "update"}, "device.shadow:update", UNKNOWN_KIND),
    # Rules with a SELECT of their own.
    ({"notify_data.header.device_id": METER, "notify_data.body.services": []}, None, NO_KIND),
    (
        {"resource": "device.property", "event": "report", "device": METER, "celsius": 21.5},
        REPORT,
        "Object missing required field `notify_data`",
    ),
    # CTWing, another platform.
    (
        {
            "messageType": "dataReport",
            "tenantId": "10000001",
            "productId": "10000002",
            "deviceId": GATEWAY,
            "protocol": "lwm2m",
            "timestamp": 1617602828000,
            "payload": {"APPdata": "AQID"},
        },
        None,
        NO_KIND,
    ),
]


def test_what_is_of_neither_format_is_answered_200_and_reported(start: Start, style: Style) -> None:
    push, came = mixed(style)
    rest: list[Any] = []
    push.unhandled(style.of(rest.append))
    site = start(push)
    for body, _, _ in STRANGE:
        assert_ok(site.post(packed(body)))
    assert came == []
    assert {type(event) for event in rest} == {Unclassified}
    assert [(event.body, event.kind, event.reason) for event in rest] == [
        (packed(body), kind, reason) for body, kind, reason in STRANGE
    ]
    assert push.counts == Counts(handled=len(STRANGE), unclassified=len(STRANGE))


def test_what_is_of_neither_format_is_answered_200_even_if_nobody_wants_it(start: Start) -> None:
    push, came = mixed()
    site = start(push)
    assert [site.post(packed(body)).status for body, _, _ in STRANGE] == [200] * len(STRANGE)
    assert came == []
    assert push.counts == Counts(unhandled=len(STRANGE), unclassified=len(STRANGE))


# -- receivers of one format


@pytest.mark.parametrize(
    ("ours", "others"),
    [
        pytest.param(LEGACY_KINDS, ["device:create", REPORT, "batchtask:update"], id="legacy"),
        pytest.param(IOTDA_KINDS, ["deviceAdded", "commandStateChanged"], id="IoTDA"),
    ],
)
def test_a_receiver_of_one_format_lets_the_other_be(
    start: Start, ours: dict[Any, Any], others: list[str]
) -> None:
    push = Receiver(guards=[])
    came = taking(push, *ours)
    site = start(push)
    assert [site.post(sample(kind)).status for kind in others] == [200] * len(others)
    assert came == []
    assert push.counts == Counts(unhandled=len(others))
    kind = next(iter(ours))
    assert_ok(site.post(sample(kind)))
    assert [type(event) for event in came] == [ours[kind]]


# -- secrets


def test_how_a_device_logs_in_is_in_no_log(
    start: Start, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """The event itself may be logged: what it holds of that is not in its representation."""
    caplog.set_level("DEBUG")
    push = Receiver(guards=[])

    @push.on("device:create")
    def fails(event: Any) -> None:
        raise ValueError(f"{event!r} of {event.body.auth_info!r}")

    site = start(push)
    login = {"notify_data.body.auth_info.secret": SECRET}
    bodies = {
        "a handler that fails": sample("device:create", **login),
        "nobody's": sample("device:update", **login),
        "a login of another shape": sample("device:create", **{**login, "request_id": 7}),
        "a secret of another shape": sample(
            "device:create", **{"notify_data.body.auth_info.secret": [SECRET]}
        ),
    }
    assert all(SECRET.encode() in body for body in bodies.values())
    replies = [site.post(body) for body in bodies.values()]
    assert [reply.status for reply in replies] == [503, 200, 200, 200]
    assert push.counts == Counts(failed=1, unhandled=3, unclassified=2)
    for logged in ("DeviceBody(", "AuthInfo()", "'device:update'", "auth_info.secret"):
        assert logged in caplog.text
    assert SECRET not in caplog.text
    assert SECRET not in "".join(capfd.readouterr())
    assert not [reply for reply in replies if SECRET.encode() in reply.body]
