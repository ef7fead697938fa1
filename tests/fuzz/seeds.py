"""What inputs are made of: requests as they should be, and words that mean something in them."""

import json
import re
from typing import Final

from attacks import DEFENCES, TOKEN, signed
from fuzz.guards import NOW
from pushmw.notifications.iotda import IOTDA_KINDS
from pushmw.notifications.legacy import LEGACY_KINDS
from pushmw.samples import sample

_DEVICE: Final = {"device_id": "d-1", "node_id": "meter-1", "product_id": "p", "status": "ONLINE"}


def _iotda(kind: str) -> bytes:
    resource, _, event = kind.partition(":")
    services = [{"service_id": "Battery", "properties": {"level": 7}, "event_time": None}]
    return json.dumps(
        {
            "resource": resource,
            "event": event,
            "event_time": "20260314T092601Z",
            "event_time_ms": "2026-03-14T09:26:01.535Z",
            "request_id": "r-1",
            "notify_data": {
                "header": {"app_id": "a", **_DEVICE},
                "body": {
                    **_DEVICE,
                    "services": services,
                    "task_id": "t",
                    "task_type": "firmwareUpgrade",
                    "command_id": "c",
                    "message_id": "m",
                    "content": {"x": [1, 2.5, True]},
                },
            },
        }
    ).encode()


BODIES: Final = [
    *map(sample, LEGACY_KINDS),
    *map(_iotda, IOTDA_KINDS),
    b"push success.",
    b'{"notifyType":"testNotify"}',
    b"[" * 70,
    b'{"a":' * 70,
    b"\xff\xfe{}",
    b"",
]

_BODY: Final = sample("deviceDeleted")
_LENGTH: Final = f"content-length:{len(_BODY)}"


def _request(*lines: str, body: bytes = _BODY) -> bytes:
    return "\n".join(lines).encode("latin-1") + b"\n\n" + body


_SIGNED: Final = [f"{name}:{value}" for name, value in signed(NOW).items()]

REQUESTS: Final = [
    _request(_LENGTH, "content-type:application/json"),
    _request(_LENGTH, 'content-type:application/json; charset="utf-8"', "@cut:9"),
    _request(_LENGTH, "content-type:text/plain;charset=gbk"),
    _request(_LENGTH, "content-encoding:gzip, identity"),
    _request(_LENGTH, _LENGTH),
    _request(_LENGTH, "transfer-encoding:chunked", "@ends"),
    _request("transfer-encoding:chunked", "@ends", "@cut:20"),
    _request("content-length:1000", "@gone"),
    _request("content-length:-1", "@http:2"),
    _request(_LENGTH, body=sample("ruleEvent")),
    _request(_LENGTH, *_SIGNED),
    _request(_LENGTH, *_SIGNED, "@cut:30", "@ends"),
    _request(_LENGTH, *_SIGNED, "@timestamp", "@signature"),
    *(
        _request(
            _LENGTH,
            *(f"{name}:{value}" for name, value in attack.make(NOW)),
            f"@peer:{attack.peer}",
        )
        for defence in DEFENCES.values()
        for attack in (defence.good, *defence.attacks.values())
        if f"{attack.peer}".isascii()
    ),
]

_WORD: Final = re.compile(rb"[\w.-]{3,40}")
_OTHERS: Final = [
    *(
        b"null",
        b"true",
        b"-1",
        b"0",
        b"1e999",
        b'"',
        b"\\u0000",
        b"\\ud800",
        b"{",
        b"[",
        b"]}",
        b":",
    ),
    *(
        b"content-length:",
        b"content-type:",
        b"charset=",
        b"utf-16",
        b"identity",
        b"@gone",
        b"@ends",
    ),
    *(
        b"Basic ",
        b"Bearer ",
        b"::ffff:",
        b"%eth0",
        b"@peer:",
        b", ",
        b"\n",
        b"\n\n",
        b"\xff",
        b"\x00",
    ),
]
BODY_WORDS: Final = sorted({word for body in BODIES for word in _WORD.findall(body)} | {*_OTHERS})
REQUEST_WORDS: Final = sorted(
    {word for request in REQUESTS for word in _WORD.findall(request) if len(word) < 65}
    | {*_OTHERS, TOKEN.encode()}
)
