"""What tests of both formats have in common: decoders by what they try first, and receivers."""

import json
from typing import Any, Final

import pytest

from documented import ABSENT, EXAMPLES, KINDS, changed
from pushmw import Counts, Receiver
from pushmw.notifications.base import Unclassified
from pushmw.notifications.decoder import Formats, reader
from pushmw.notifications.legacy import LEGACY_KINDS
from pushmw.notifications.views import View
from pushmw.samples import sample

read_legacy: Any = reader(LEGACY_KINDS)
READERS: dict[str, Any] = {
    "IoTDA first": reader(KINDS, Formats.IOTDA),
    "mixed": reader(KINDS, Formats.LEGACY | Formats.IOTDA),
    "legacy first": reader(KINDS, Formats.LEGACY),
}
each_reader = pytest.mark.parametrize("read", READERS.values(), ids=list(READERS))
REPORT: Final = "device.property:report"
TASK: Final = "batchtask:update"
FW_STATE, FW_RESULT = "fwUpgradeStateChangeNotify", "fwUpgradeResultNotify"
SW_STATE, SW_RESULT = "swUpgradeStateChangeNotify", "swUpgradeResultNotify"


def packed(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def refused(event: Any, body: bytes) -> tuple[str | None, str]:
    """Give kind and reason of a body that must not be understood."""
    assert isinstance(event, Unclassified)
    assert event.body is body
    return event.kind, event.reason


def body_beside(kind: str, *, inside: Any = ABSENT) -> dict[str, Any]:
    """Move the body of an example out of its data."""
    body = changed(kind, ("notify_data", "body"), inside)
    return {**body, "body": EXAMPLES[kind]["notify_data"]["body"]}


def handler(event: Any) -> None: ...


def taking(push: Receiver, *what: Any, **options: Any) -> list[Any]:
    """Register for something, and give the list of what comes."""
    seen: list[Any] = []
    registrar: Any = push.on
    registrar(*what, **options)(seen.append)
    return seen


def made(view: type[View], kind: str, /, **values: Any) -> Any:
    """Give what a handler for a view gets of a push, which must be one object."""
    push = Receiver()
    seen = taking(push, view)
    assert push.handle(sample(kind, **values)).status == 200
    assert push.counts == Counts(handled=1)
    (event,) = seen
    return event
