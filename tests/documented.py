"""What is documented of both formats, and ways to bend its examples."""

import copy
import json
from pathlib import Path
from typing import Any

import msgspec

from pushmw.notifications.iotda import IOTDA_KINDS
from pushmw.notifications.legacy import COMMAND_STATE, LEGACY_KINDS


def documentation(name: str) -> Any:
    return json.loads((Path(__file__).parent / "data" / name).read_text(encoding="utf-8"))


LEGACY = documentation("legacy-push.json")
IOTDA = documentation("iotda-push.json")["today"]
# What the older subscriptions of IoTDA push.
FLAT = {each["kind"]: each for each in documentation("iotda-push.json")["flat"]}
DOCUMENTED = [*LEGACY, *IOTDA]
EXAMPLES = {each["kind"] or COMMAND_STATE: each["example"] for each in DOCUMENTED}
FIELDS = {each["kind"] or COMMAND_STATE: each["fields"] for each in DOCUMENTED}
KINDS = {**LEGACY_KINDS, **IOTDA_KINDS}
ABSENT = object()
Names = tuple[str, ...]


def kind_of(body: dict[str, Any]) -> str:
    if "resource" in body:
        return f"{body['resource']}:{body['event']}"
    return str(body.get("notifyType", COMMAND_STATE))


def decode(body: dict[str, Any], kind: str = "") -> Any:
    return msgspec.json.decode(msgspec.json.encode(body), type=KINDS[kind or kind_of(body)])


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
