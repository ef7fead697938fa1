"""Envelopes as tests want them."""

from typing import Any

from pushmw.inbox.envelope import Envelope

USUAL = {
    "id": "1",
    "key": "meter-1",
    "kind": "deviceAdded",
    "path": "/push",
    "headers": {"content-type": "application/json"},
    "received": 1.5,
    "body": b"secret",
}


def envelope(**values: Any) -> Envelope:
    return Envelope(**{**USUAL, **values})
