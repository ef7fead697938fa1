"""A valid body of every kind, as the platform writes it, and a table of the members it may have."""

import copy
import difflib
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from msgspec import inspect

from pushmw.notifications.legacy import COMMAND_STATE, LEGACY_KINDS
from pushmw.notifications.parts import DeviceInfo


class UnknownNameError(ValueError):
    """There is no such kind or member; the message names the closest ones."""


def sample(kind: str, /, **values: Any) -> bytes:
    """Write a valid body of a kind, without white space as the platform does.

    Args:
        kind: Name of the kind, such as ``deviceDataChanged``.
        values: Members to set, by their name in the body. A dot leads into an object, and into
            every item of an array: ``**{"service.serviceId": "Battery"}``.
    """
    body = _body(kind)
    known = {name: text for name, text, _ in members(kind)}
    # Inside a free object the device chooses the names.
    free = tuple(f"{name}." for name, text in known.items() if text in {"any", "free object"})
    for path, value in values.items():
        if path not in known and not path.startswith(free):
            raise _unknown(f"member of {kind}", path, known)
        _put(body, path.split("."), value)
    return msgspec.json.encode(body)


def samples() -> dict[str, bytes]:
    """Write a valid body of each kind."""
    return {kind: sample(kind) for kind in _bodies}


def members(kind: str) -> list[tuple[str, str, bool]]:
    """List the members of a kind: name in the body, type, and whether it is required.

    What is not required may be missing or null. The name of a nested member has a dot.
    """
    if kind not in LEGACY_KINDS:
        raise _unknown("kind", kind, LEGACY_KINDS)
    return list(_members(inspect.type_info(LEGACY_KINDS[kind]), ""))


def _members(kind: inspect.Type, prefix: str) -> Iterator[tuple[str, str, bool]]:
    for struct in _alternatives(kind):
        if isinstance(struct, inspect.VarTupleType):
            yield from _members(struct.item_type, prefix)
        elif isinstance(struct, inspect.StructType):
            for field in struct.fields:
                # A second spelling of another member, or one that must never be there.
                if field.name.startswith("_") or isinstance(field.type, inspect.CustomType):
                    continue
                name = prefix + field.encode_name
                yield name, _text(field.type), field.required
                yield from _members(field.type, f"{name}.")


def _alternatives(kind: inspect.Type) -> Iterable[inspect.Type]:
    types = kind.types if isinstance(kind, inspect.UnionType) else (kind,)
    return [each for each in types if not isinstance(each, inspect.NoneType)]


def _text(kind: inspect.Type) -> str:
    return " or ".join(
        f"array of {_text(each.item_type)}"
        if isinstance(each, inspect.VarTupleType)
        else _texts[type(each)]
        for each in _alternatives(kind)
    )


def _put(target: dict[str, Any] | list[Any], path: list[str], value: Any) -> None:
    if isinstance(target, list):
        target[:] = [item if isinstance(item, dict | list) else {} for item in target]
        for item in target:
            _put(item, path, value)
        return
    name, *rest = path
    if not rest:
        target[name] = value
        return
    if not isinstance(target.get(name), dict | list):
        target[name] = {}
    _put(target[name], rest, value)


def _unknown(what: str, name: str, known: Iterable[str]) -> UnknownNameError:
    close = difflib.get_close_matches(name, known, cutoff=0.4)
    hint = f"; did you mean {' or '.join(close)}?" if close else ""
    return UnknownNameError(f"unknown {what}: {name!r}{hint}")


def _body(kind: str) -> dict[str, Any]:
    if kind not in _bodies:
        raise _unknown("kind", kind, _bodies)
    body = copy.deepcopy(_bodies[kind])
    return body if kind == COMMAND_STATE else {"notifyType": kind} | body


def _device_info(**known: str) -> dict[str, str | None]:
    rare = {"imsi", "radiusIp", "deviceId"}
    names = (name for name in DeviceInfo.__struct_encode_fields__ if name not in rare)
    return dict.fromkeys(names) | known


_texts: dict[type[inspect.Type], str] = {
    inspect.AnyType: "any",
    inspect.DictType: "free object",
    inspect.FloatType: "number",
    inspect.IntType: "integer",
    inspect.StrType: "string",
    inspect.StructType: "object",
}

_device = {"deviceId": "5c0ffee0-1a2b-4c3d-8e4f-000000000001"}
_attached = {**_device, "gatewayId": _device["deviceId"]}
_child = {
    "deviceId": "5c0ffee0-1a2b-4c3d-8e4f-000000000002",
    "gatewayId": _device["deviceId"],
}
_time = "20210405T060708Z"
_address = f"/devices/{_device['deviceId']}"
_model = {
    "appId": "exampleApp01",
    "deviceType": "WaterMeter",
    "manufacturerName": "ExampleMaker",
    "manufacturerId": "examplemaker01",
    "model": "EM-1",
    "protocolType": "CoAP",
}
_software = {
    **_device,
    "appId": "exampleApp01",
    "operationId": "op-1",
    "subOperationId": "op-1-1",
}
_firmware = {**_software, "operationId": "op-2", "subOperationId": "op-2-1"}

_bodies: dict[str, dict[str, Any]] = {
    "deviceAdded": {
        **_attached,
        "nodeType": "GATEWAY",
        "deviceInfo": _device_info(
            nodeId="990000000000017", status="OFFLINE", statusDetail="NOT_ACTIVE"
        ),
    },
    "bindDevice": {
        **_device,
        "resultCode": "succeeded",
        "deviceInfo": _device_info(
            nodeId="990000000000017",
            name="cellar-meter",
            manufacturerId="examplemaker01",
            manufacturerName="ExampleMaker",
            deviceType="WaterMeter",
            model="EM-1",
            protocolType="CoAP",
            status="ONLINE",
            statusDetail="NONE",
            mute="FALSE",
        ),
    },
    "deviceInfoChanged": {
        **_attached,
        "networkStatus": None,
        "deviceInfo": _device_info(status="ABNORMAL", statusDetail="NONE"),
    },
    "deviceDataChanged": {
        **_child,
        "requestId": None,
        "service": {
            "serviceId": "Thermometer",
            "serviceType": "Thermometer",
            "data": {"celsius": 21.5, "fault": False},
            "eventTime": _time,
        },
    },
    "deviceDatasChanged": {
        "requestId": None,
        **_child,
        "services": [
            {
                "serviceId": "Thermometer",
                "serviceType": "Thermometer",
                "data": {"celsius": 21.5},
                "eventTime": _time,
            },
            {
                "serviceId": "Battery",
                "serviceType": "Battery",
                "data": {"percent": 80},
                "eventTime": _time,
            },
        ],
    },
    "serviceInfoChanged": {
        **_child,
        "serviceId": "Valve",
        "serviceType": "Valve",
        "serviceInfo": {"muteCmds": ["CLOSE"]},
    },
    "deviceDeleted": _child,
    "messageConfirm": {
        "header": {
            "requestId": "req-0001",
            "from": _address,
            "to": "user-7",
            "status": "delivered",
            "timestamp": _time,
        },
        "body": {},
    },
    "commandRsp": {
        "header": {
            "requestId": "req-0002",
            "from": f"{_address}/services/Camera",
            "to": "user-7",
            **_device,
            "serviceType": "Camera",
            "method": "SNAPSHOT-RSP",
        },
        "body": {"result": "ok"},
    },
    "deviceEvent": {
        "header": {
            "eventType": "STORAGE_LOW",
            "from": _address,
            "timestamp": "20210405T060709Z",
            "eventTime": _time,
            **_device,
            "serviceType": "Storage",
        },
        "body": {"freeMegabytes": 12},
    },
    "deviceModelAdded": _model,
    "deviceModelDeleted": _model,
    "deviceCapabilitiesChanged": _model,
    "deviceCapabilitiesAdded": _model,
    "deviceCapabilitiesDeleted": _model,
    "ruleEvent": {
        "author": "user-7",
        "ruleId": "rule-0001",
        "ruleName": "close valve when wet",
        "logic": "and",
        "reasons": [
            {
                "satisfactionTime": "20210405T060707Z",
                "type": "DEVICE_DATA",
                "id": "cond-1",
                "info": {"realValue": "93"},
                "transInfo": None,
            }
        ],
        "triggerTime": _time,
        "actionsResults": [
            {
                "type": "DEVICE_CMD",
                "id": "act-1",
                "exception": None,
                "result": {"resultCode": "ACCEPTED"},
                "info": {"requestId": "req-0003"},
                "transInfo": None,
            }
        ],
    },
    "deviceDesiredPropertiesModifyStatusChanged": {
        **_device,
        "serviceId": "Reporting",
        "properties": {"Report Interval": 600},
        "status": "DELIVERED",
    },
    "swUpgradeStateChangeNotify": {**_software, "swUpgradeState": "downloading"},
    "swUpgradeResultNotify": {
        **_software,
        "curVersion": "2.1",
        "targetVersion": "2.1",
        "sourceVersion": "2.0",
        "swUpgradeResult": "SUCCESS",
        "upgradeTime": "95",
        "resultDesc": "done",
        "errorCode": "0",
        "description": "none",
    },
    "fwUpgradeStateChangeNotify": {**_firmware, "step": "2", "stepDesc": "downloaded"},
    "fwUpgradeResultNotify": {
        **_firmware,
        "curVersion": "1.4",
        "targetVersion": "1.4",
        "sourceVersion": "1.3",
        "status": "SUCCESS",
        "statusDesc": "upgraded",
        "upgradeTime": "130",
    },
    COMMAND_STATE: {
        **_device,
        "commandId": "0123456789abcdef0123456789abcdef",
        "result": {"resultCode": "SUCCESSFUL", "resultDetail": {"valve": "closed"}},
    },
}
