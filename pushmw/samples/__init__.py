"""A valid body of every kind, as the platform writes it, and a table of the members it may have."""

import copy
import difflib
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec
from msgspec import inspect

from pushmw.notifications.base import Notification
from pushmw.notifications.iotda import IOTDA_KINDS
from pushmw.notifications.legacy import COMMAND_STATE, LEGACY_KINDS
from pushmw.samples import iotda, legacy

KINDS: Final[dict[str, type[Notification]]] = {**LEGACY_KINDS, **IOTDA_KINDS}
_BODIES: Final[dict[str, dict[str, Any]]] = {**legacy.BODIES, **iotda.BODIES}


class UnknownNameError(ValueError):
    """There is no such kind or member; the message names the closest ones."""


def sample(kind: str, /, **values: Any) -> bytes:
    """Write a valid body of a kind, without white space as the platform does.

    Args:
        kind: Name of the kind, such as ``deviceDataChanged`` or ``device.property:report``.
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
    return {kind: sample(kind) for kind in KINDS}


def members(kind: str) -> list[tuple[str, str, bool]]:
    """List the members of a kind: name in the body, type, and whether it is required.

    What is not required may be missing or null. The name of a nested member has a dot.
    """
    if kind not in KINDS:
        raise _unknown("kind", kind, KINDS)
    return list(_members(inspect.type_info(KINDS[kind]), ""))


def _members(kind: inspect.Type, prefix: str) -> Iterator[tuple[str, str, bool]]:
    for struct in _alternatives(kind):
        if isinstance(struct, inspect.VarTupleType):
            yield from _members(struct.item_type, prefix)
        elif isinstance(struct, inspect.StructType):
            for field in struct.fields:
                # A second spelling of another member, one that must never be there, or the kind.
                told = isinstance(field.type, inspect.CustomType | inspect.LiteralType)
                if field.name.startswith("_") or told:
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
    if kind not in _BODIES:
        raise _unknown("kind", kind, KINDS)
    body = copy.deepcopy(_BODIES[kind])
    if kind in IOTDA_KINDS:
        resource, _, event = kind.partition(":")
        return {"resource": resource, "event": event} | body
    return body if kind == COMMAND_STATE else {"notifyType": kind} | body


_texts: dict[type[inspect.Type], str] = {
    inspect.AnyType: "any",
    inspect.BoolType: "boolean",
    inspect.DictType: "free object",
    inspect.FloatType: "number",
    inspect.IntType: "integer",
    inspect.StrType: "string",
    inspect.StructType: "object",
}
