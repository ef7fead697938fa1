"""The pushes that are measured."""

import json
from typing import Any, Final

from pushmw.samples import sample

KIND: Final = "fwUpgradeStateChangeNotify"
LONG_KIND: Final = "deviceDatasChanged"


def progress(size: int = 250) -> bytes:
    """Write how far a firmware upgrade is: the usual small push, filled up to its size."""
    push = json.loads(sample(KIND))
    # Ids are as long as the sender likes.
    push["operationId"] += "0" * (size - len(_packed(push)))
    return _packed(push)


def readings(size: int) -> bytes:
    """Write many readings of one device: the push that can be of any size."""
    push = json.loads(sample(LONG_KIND))
    push["services"] = []
    room = size - len(_packed(push))
    number = 0
    while True:
        service = _service(number)
        room -= len(_packed(service)) + 1
        if room < 0:
            break
        push["services"].append(service)
        number += 1
    push["deviceId"] += "0" * (size - len(_packed(push)))
    return _packed(push)


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


def _packed(value: Any) -> bytes:
    """Write JSON as the platform does, without white space."""
    return json.dumps(value, separators=(",", ":")).encode()
