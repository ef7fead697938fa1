"""Forms of IoTDA's pushes that documents show or that the platform used to send."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import msgspec
from msgspec import Raw

_members = msgspec.json.Decoder(dict[str, Raw]).decode
_encode = msgspec.json.encode
_NULL: Final = Raw(b"null")

_RESOURCES: Final = {
    "device.commmad.status": "device.command.status",  # a misprint that others have copied
    "batchtask.status": "batchtask",
}


class _Flat(NamedTuple):
    """What the older subscriptions push: data without header and body.

    Attributes:
        needed: the member that tells it.
        header: the members that are in the header now.
        body: those that are in the body now, with the names they have there.
    """

    needed: str
    header: tuple[str, ...]
    body: Mapping[str, str]


_FLAT: Final[Mapping[str, _Flat]] = {
    "device.status:update": _Flat(
        "device_id",
        ("app_id", "device_id"),
        {"status": "status", "timestamp": "status_update_time"},
    ),
    "device.message:report": _Flat("device_id", ("device_id", "tags"), {"message": "content"}),
    "device.message.status:update": _Flat(
        "device_id",
        ("device_id",),
        {name: name for name in ("message_id", "name", "status", "timestamp")},
    ),
    "batchtask:update": _Flat(
        "task_id",
        (),
        {name: name for name in ("app_id", "task_id", "task_type", "status", "status_desc")},
    ),
}


def usual(resource: str) -> str:
    """Give the name that a resource has today."""
    return _RESOURCES.get(resource, resource)


def forms(body: bytes, kind: str) -> Iterator[bytes]:
    """Give the push of a kind as it is, and then rewritten as the platform sends it today.

    Values are moved, never read, so none is changed.
    """
    yield body
    push = _members(body)
    moved: dict[str, Raw] = {}
    resource = Raw(_encode(kind.partition(":")[0]))
    if push["resource"] != resource:
        moved["resource"] = resource
    data = _data(push)
    if data is not None and _absent("body", data):
        if not _absent("body", push):
            moved["notify_data"] = Raw(_encode({**data, "body": push["body"]}))
        elif kind in _FLAT and "header" not in data:
            moved |= _unfolded(_FLAT[kind], push, data)
    if moved:
        yield _encode({**push, **moved})


def _unfolded(flat: _Flat, push: Mapping[str, Raw], data: Mapping[str, Raw]) -> dict[str, Raw]:
    if _absent(flat.needed, data):
        return {}
    header = {name: data[name] for name in flat.header if name in data}
    body = {now: data[name] for name, now in flat.body.items() if name in data}
    moved = {"notify_data": Raw(_encode({"header": header, "body": body}))}
    if _absent("event_time", push):
        times = (data[name] for name in ("event_time", "timestamp") if not _absent(name, data))
        moved["event_time"] = next(times, _NULL)
    return moved


def _data(push: Mapping[str, Raw]) -> dict[str, Raw] | None:
    """Give the members of the data, none if there is none, and None if it is no object."""
    if _absent("notify_data", push):
        return {}
    try:
        return _members(push["notify_data"])
    except msgspec.ValidationError:
        return None


def _absent(name: str, members: Mapping[str, Raw]) -> bool:
    return members.get(name, _NULL) == _NULL
