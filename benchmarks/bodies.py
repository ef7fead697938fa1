"""The pushes that are measured."""

import json
from collections.abc import Callable
from typing import Any, Final

from pushmw.samples import sample

KIND: Final = "fwUpgradeStateChangeNotify"
LONG_KIND: Final = "deviceDatasChanged"
REPORT: Final = "device.property:report"


def progress(size: int = 250) -> bytes:
    """Write how far a firmware upgrade is: the usual small push, filled up to its size."""
    push = json.loads(sample(KIND))
    # Ids are as long as the sender likes.
    push["operationId"] += "0" * (size - len(_packed(push)))
    return _packed(push)


def readings(size: int) -> bytes:
    """Write many readings of one device: the push that can be of any size."""
    push = json.loads(sample(LONG_KIND))
    push["services"] = _fitting(_service, {**push, "services": []}, size)
    push["deviceId"] += "0" * (size - len(_packed(push)))
    return _packed(push)


def report(size: int) -> bytes:
    """Write many readings of one device as IoTDA does."""
    push = json.loads(sample(REPORT))
    body = push["notify_data"]["body"]
    body["services"] = []
    body["services"] = _fitting(_property, push, size)
    push["request_id"] += "0" * (size - len(_packed(push)))
    return _packed(push)


def _fitting(make: Callable[[int], dict[str, Any]], empty: Any, size: int) -> list[dict[str, Any]]:
    """Make as many services as there is room for beside the rest of a push."""
    services: list[dict[str, Any]] = []
    room = size - len(_packed(empty))
    while (room := room - len(_packed(service := make(len(services)))) - 1) >= 0:
        services.append(service)
    return services


def text(size: int) -> bytes:
    """Write one reading that is a long text: few brackets, many bytes."""
    push = json.loads(sample("deviceDataChanged"))
    push["service"]["data"] = {"image": ""}
    push["service"]["data"]["image"] = "q" * (size - len(_packed(push)))
    return _packed(push)


def _service(number: int) -> dict[str, Any]:
    return {
        "serviceId": f"Thermometer{number}",
        "serviceType": "Thermometer",
        "data": {"celsius": 21.5, "fault": False, "history": [20.5, 21.0, 21.5]},
        "eventTime": "20210405T060708Z",
    }


def _property(number: int) -> dict[str, Any]:
    return {
        "service_id": f"Thermometer{number}",
        "properties": {"celsius": 21.5, "fault": False, "history": [20.5, 21.0, 21.5]},
        "event_time": "20210405T060708Z",
    }


def _packed(value: Any) -> bytes:
    """Write JSON as the platform does, without white space."""
    return json.dumps(value, separators=(",", ":")).encode()
