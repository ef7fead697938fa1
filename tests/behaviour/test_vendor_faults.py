"""The faults of the receivers people use today, each named after what is gone here.

docs/migration.md names every one of these tests.
"""

import hmac
import json
import logging
import time
from typing import Any

import pytest

from attacks import TOKEN, signed
from documented import ABSENT, changed, put
from pushes import OTHER, PUSH, SECRET, assert_ok
from pushmw import DeviceDataChanged, Receiver, Unclassified, guards
from pushmw.compat import HANDLERS, PushMessageReceiver, request
from pushmw.iotda import IOTDA_KINDS, DevicePropertyReport
from pushmw.notifications import LEGACY_KINDS
from pushmw.samples import sample
from reading import REPORT, taking
from sites.base import CALLBACK, COMMANDS, Start
from wire import head

Seen = list[tuple[str, Any]]


def migrated(**options: Any) -> tuple[Receiver, Seen]:
    """Mount an object that overrides every method, and give the list of what they took."""
    seen: Seen = []

    def method(name: str) -> Any:
        return lambda self, body: seen.append((name, body))

    methods = {name: method(name) for name in HANDLERS}
    push = Receiver(**options)
    push.mount(type("Migrated", (PushMessageReceiver,), methods)())
    return push, seen


def called(seen: Seen) -> list[str]:
    return [name for name, _ in seen]


# -- the Java SDK


@pytest.mark.parametrize("layout", [{}, {"indent": 2}], ids=["a blank", "lines"])
def test_a_blank_after_a_colon_hides_no_push(start: Start, layout: dict[str, Any]) -> None:
    push, seen = migrated()
    body = json.dumps(json.loads(PUSH), **layout).encode()
    assert b'"notifyType": "' in body
    assert_ok(start(push).post(body))
    assert called(seen) == ["handleDeviceDataChanged"]


def test_a_kind_named_inside_of_the_data_fires_no_second_handler(start: Start) -> None:
    push, seen = migrated()
    data = {"notifyType": "deviceDeleted", "said": '"notifyType":"deviceAdded"'}
    body = sample("deviceDataChanged", **{"service.data": data})
    assert b'"notifyType":"deviceDeleted"' in body
    assert_ok(start(push).post(body))
    assert called(seen) == ["handleDeviceDataChanged"]


@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        (b'{"notifyType":"deviceDeleted","deviceId":', None, "not JSON"),
        (b'{"notifyType":"deviceDeleted","deviceId":[7]}', "deviceDeleted", "$.deviceId"),
    ],
    ids=["broken", "of another shape"],
)
def test_a_body_that_cannot_be_read_becomes_no_none_that_is_answered_ok(
    start: Start, body: bytes, kind: str | None, reason: str
) -> None:
    push, seen = migrated(fallthrough=False)
    reply = start(push).post(body)
    assert (reply.status, reply.json()["detail"][:16]) == (200, "Not understood: ")
    assert seen == []

    push, seen = migrated()
    rest: list[Any] = []
    push.unhandled(rest.append)
    assert_ok(start(push).post(body))
    assert seen == []
    assert [(type(event), event.kind, event.body) for event in rest] == [(Unclassified, kind, body)]
    assert reason in rest[0].reason


# -- the Python SDK


def test_every_kind_reaches_the_handler_of_its_name(start: Start) -> None:
    push, seen = migrated()
    site = start(push)
    for kinds in HANDLERS.values():
        for kind in kinds:
            assert_ok(site.post(sample(kind)))
    expected = [(name, LEGACY_KINDS[kind]) for name, kinds in HANDLERS.items() for kind in kinds]
    assert [(name, type(body)) for name, body in seen] == expected


def test_a_handler_is_given_the_event(start: Start) -> None:
    push, seen = migrated()
    start(push).post(PUSH)
    ((_, event),) = seen
    assert isinstance(event, DeviceDataChanged)
    assert (event.device_id, event.service.data["celsius"]) == (SECRET, 21.5)


def test_a_handler_without_a_body_needs_no_flask(start: Start) -> None:
    class Reading(PushMessageReceiver):
        def handleDeviceDataChanged(self) -> None:
            seen.append(request.json)

    push, seen = Receiver(), list[Any]()
    push.mount(Reading())
    assert_ok(start(push).post(PUSH))
    assert seen == [json.loads(PUSH)]


@pytest.mark.parametrize("path", [CALLBACK, COMMANDS], ids=["main path", "command path"])
def test_a_command_state_reaches_its_handler(start: Start, path: str) -> None:
    push, seen = migrated()
    assert_ok(start(push).post(sample("commandStateChanged"), path=path))
    assert called(seen) == ["handleNBCommandStateChanged"]


def test_a_deleted_product_model_is_no_deleted_device(start: Start) -> None:
    push, seen = migrated()
    assert_ok(start(push).post(sample("deviceModelDeleted")))
    assert called(seen) == ["handleDeviceModelDeleted"]


def test_the_object_that_was_mounted_is_the_one_that_is_called(start: Start) -> None:
    class Keeping(PushMessageReceiver):
        def __init__(self, shelf: Seen) -> None:
            self.shelf = shelf

        def handleDeviceDeleted(self) -> None:
            self.shelf.append(("mine", self))

    push, shelf = Receiver(), Seen()
    keeping = Keeping(shelf)
    push.mount(keeping)
    site = start(push)
    for _ in range(2):
        assert_ok(site.post(OTHER))
    assert shelf == [("mine", keeping)] * 2
    with pytest.raises(TypeError, match="overrides no method"):
        Receiver().mount(PushMessageReceiver())


def test_no_payload_reaches_the_log(
    start: Start, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    push, seen = migrated()
    site = start(push)
    unhandled = sample("deviceCapabilitiesChanged", deviceType=SECRET)
    for body in (PUSH, unhandled, f'{{"notifyType":"testNotify","a":"{SECRET}"}}'.encode()):
        assert site.post(body).status == 200
    assert called(seen) == ["handleDeviceDataChanged"]
    assert SECRET not in caplog.text
    assert SECRET not in "".join(capsys.readouterr())


# -- the PHP SDK


def test_a_push_larger_than_a_read_arrives_whole(serve: Start) -> None:
    push, seen = migrated()
    data = {f"value{number}": number for number in range(2000)}
    body = sample("deviceDataChanged", **{"service.data": data})
    assert len(body) > 20 * 1024
    with serve(push).connect() as connection:
        connection.send(head("POST", CALLBACK, {"content-length": str(len(body))}))
        for at in range(0, len(body), 1000):
            connection.send(body[at : at + 1000])
        assert_ok(connection.reply())
    ((_, event),) = seen
    assert event.service.data == data


def test_no_character_of_a_push_is_changed(start: Start) -> None:
    push, seen = migrated()
    data = {"a+b%20c&d=e": "100 % + 1 & more", "x.y[0]": "[1.5]", "ö ": "\\ \" ' %2B"}
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    site = start(push)
    for headers in ({}, form):
        assert_ok(site.post(sample("deviceDataChanged", **{"service.data": data}), headers))
    assert [event.service.data for _, event in seen] == [data, data]


def test_a_client_that_is_slow_holds_up_no_other(serve: Start) -> None:
    push, seen = migrated()
    site = serve(push)
    with site.connect() as slow:
        slow.send(head("POST", CALLBACK, {"content-length": str(len(PUSH))}), PUSH[:40])
        site.host.wait_until_busy()
        for _ in range(3):
            assert_ok(site.post(OTHER))
        assert called(seen) == ["handleDeviceDeleted"] * 3
        slow.send(PUSH[40:])
        assert_ok(slow.reply())
    assert called(seen)[3:] == ["handleDeviceDataChanged"]


# -- receivers of the community


def test_every_service_of_a_push_reaches_the_handler(start: Start) -> None:
    push, seen = migrated()
    body = json.loads(sample("deviceDatasChanged"))
    (service, *_) = body["services"]
    names = ["Battery", "Meter", "Valve"]
    body["services"] = [{**service, "serviceId": name} for name in names]
    assert_ok(start(push).post(json.dumps(body).encode()))
    ((_, event),) = seen
    assert [service.service_id for service in event.services] == names


def test_every_service_of_a_report_reaches_the_handler(start: Start) -> None:
    push = Receiver()
    got = taking(push, DevicePropertyReport)
    services = [{"service_id": name, "properties": {"n": n}} for n, name in enumerate("abca")]
    body = changed(REPORT, ("notify_data", "body", "services"), services)
    assert_ok(start(push).post(json.dumps(body).encode()))
    (event,) = got
    assert [(each.service_id, each.properties["n"]) for each in event.services] == [
        *(("a", 0), ("b", 1), ("c", 2), ("a", 3))
    ]


@pytest.mark.parametrize(
    "body",
    [
        b'{"notifyType":"testNotify"}',
        b'{"resource":"device.shadow","event":"update","notify_data":{"body":{}}}',
        b"push success.",
        b'{"messageType":"dataReport","tenantId":"1"}',
    ],
    ids=["unknown kind", "unknown pair", "test push", "another platform"],
)
def test_what_is_not_known_is_answered_200(start: Start, body: bytes) -> None:
    push, seen = migrated()
    assert start(push).post(body).status == 200
    assert seen == []


def test_no_time_is_required(start: Start) -> None:
    push, seen = migrated()
    site = start(push)
    for value in (ABSENT, None, "long ago"):
        body = changed("deviceDataChanged", ("service", "eventTime"), value)
        assert_ok(site.post(json.dumps(body).encode()))
    assert [event.occurred_at for _, event in seen] == [None] * 3


@pytest.mark.parametrize("value", [ABSENT, None], ids=["absent", "null"])
def test_no_member_of_newer_pushes_is_required(start: Start, value: object) -> None:
    push = Receiver()
    got = taking(push, *IOTDA_KINDS)
    site = start(push)
    for kind in (REPORT, "device:create", "batchtask:update"):
        body = changed(kind, ("event_time_ms",), value)
        put(body, ("request_id",), value)
        assert_ok(site.post(json.dumps(body).encode()))
    assert [(event.event_time_ms, event.request_id) for event in got] == [(None, None)] * 3
    assert [event.occurred_at.isoformat() for event in got] == ["2021-04-05T06:07:08+00:00"] * 3


def test_a_signature_is_compared_in_constant_time(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much of it is right, all of it is compared, and with every token."""
    compared: list[set[str]] = []

    def watched(one: str, other: str) -> bool:
        compared.append({one, other})
        return hmac.compare_digest(one, other)

    monkeypatch.setattr("pushmw.guards.signature.compare_digest", watched)
    push = Receiver(guards=[guards.IoTDASignature(TOKEN, "later")])
    got = taking(push, REPORT)
    site, headers = start(push), signed(time.time())
    right = headers["signature"]
    later = guards.sign("later", headers["timestamp"], headers["nonce"])
    for same in (0, 32, 63, 64):
        given = right[:same] + "".join("1" if sign == "0" else "0" for sign in right[same:])
        reply = site.post(sample(REPORT), headers | {"signature": given})
        assert reply.status == (200 if given == right else 403)
        assert compared == [{right, given}, {later, given}]
        compared.clear()
    assert len(got) == 1


def test_no_header_is_required(start: Start) -> None:
    """Nothing is sent but what HTTP itself asks for."""
    push, seen = migrated()
    push.on(REPORT)(lambda event: seen.append((event.kind, event)))
    site = start(push)
    assert_ok(site.post(PUSH, {}))
    assert_ok(site.post(sample(REPORT), {}))
    assert called(seen) == ["handleDeviceDataChanged", REPORT]
