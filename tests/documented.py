"""What is documented of the legacy format, and ways to bend its examples."""

import copy
import json
from pathlib import Path
from typing import Any

import msgspec

from pushmw.notifications.legacy import COMMAND_STATE, LEGACY_KINDS

DOCUMENTED = json.loads(
    (Path(__file__).parent / "data" / "legacy-push.json").read_text(encoding="utf-8")
)
EXAMPLES = {each["kind"] or COMMAND_STATE: each["example"] for each in DOCUMENTED}
FIELDS = {each["kind"] or COMMAND_STATE: each["fields"] for each in DOCUMENTED}
ABSENT = object()
Names = tuple[str, ...]


def decode(body: dict[str, Any]) -> Any:
    kind = body.get("notifyType", COMMAND_STATE)
    return msgspec.json.decode(msgspec.json.encode(body), type=LEGACY_KINDS[kind])


def put(target: Any, path: Names, value: object) -> None:
    """Set or remove a member, in every item of an array on the way."""
    name, *rest = path
    if isinstance(target, list):
        for item in target:
            put(item, path, value)
    elif rest:
        put(target[name], tuple(rest), value)
    elif value is ABSENT:
        target.pop(name, None)
    else:
        target[name] = value


def changed(kind: str, path: Names, value: object) -> dict[str, Any]:
    body: dict[str, Any] = copy.deepcopy(EXAMPLES[kind])
    put(body, path, value)
    return body
