"""What an inbox keeps of a push, and how it is written."""

from collections.abc import Mapping
from typing import Any, Final, cast

import msgspec

from pushmw.notifications.base import Event, Unclassified

# Of what is written now. A newer one may hold what this process would not honour.
VERSION: Final = 1


class NewerEnvelopeError(Exception):
    """An envelope was written by a newer pushmw; this process has to leave it alone."""


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """A push on its way into an inbox, and out of it again.

    Attributes:
        id: what `Delivery.id` is, in every attempt.
        key: pushes of one key are handled one after the other, in the order they were accepted.
        kind: the platform's name for it, for searching only; None for what has none.
        path: the callback path it came to.
        headers: the kept headers by lower-case name.
        received: when it came in, in seconds since the epoch.
        body: the bytes as they were sent.
    """

    id: str
    key: str
    kind: str | None
    path: str
    headers: Mapping[str, str]
    received: float
    body: bytes

    def __repr__(self) -> str:
        """Leave the payload out: representations end up in logs."""
        return f"Envelope(id={self.id!r}, kind={self.kind!r}, body=<{len(self.body)} bytes>)"


class _Label(msgspec.Struct, frozen=True):
    """The part of an envelope that nobody searches by. A member of a later version is ignored."""

    version: int
    path: str
    headers: dict[str, str]


class _Version(msgspec.Struct, frozen=True):
    version: int


_version: Final = msgspec.json.Decoder(_Version)
_label: Final = msgspec.json.Decoder(_Label)


def label_of(envelope: Envelope) -> bytes:
    """Write what an engine keeps beside id, key, kind, time and body."""
    return msgspec.json.encode(_Label(VERSION, envelope.path, dict(envelope.headers)))


def labelled(label: bytes) -> tuple[str, dict[str, str]]:
    """Read the path and the headers.

    Raises:
        NewerEnvelopeError: a newer pushmw has written it.
    """
    version = _version.decode(label).version
    if version > VERSION:
        raise NewerEnvelopeError(
            f"an envelope of version {version}, and this pushmw knows {VERSION}: update this "
            "process too"
        )
    read = _label.decode(label)
    return read.path, read.headers


# -- keys


class _Strange(msgspec.Struct, frozen=True):
    """Where a body that is not understood may name its device; anything may stand there."""

    deviceId: Any = None  # noqa: N815 - as the legacy format has it
    device_id: Any = None
    notify_data: Any = None


_strange: Final = msgspec.json.Decoder(_Strange)
# Of kinds that are about no device: the member, of the event or of its body, that names the thing.
_THINGS: Final = ("rule_id", "task_id", "product_id")


def key_of(event: Event, body: bytes, own: str) -> str:
    """Give the key of a push: its device, else its rule, task or product, else its own id.

    A body that is not understood has the key of its device, if it names one somewhere: it was one
    of a row, and what it was changed with a later one must not be overtaken by that.
    """
    if isinstance(event, Unclassified):
        return _named(body) or own
    if event.device_id:
        return event.device_id
    for holder in (event, getattr(event, "body", None)):
        for name in _THINGS:
            thing = getattr(holder, name, None)
            if isinstance(thing, str) and thing:
                return thing
    return own


def _named(body: bytes) -> str | None:
    try:
        seen = _strange.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    data = _members(seen.notify_data)
    places = (data, _members(data.get("header")), _members(data.get("body")))
    found = (seen.deviceId, seen.device_id, *(place.get("device_id") for place in places))
    return next((each for each in found if isinstance(each, str) and each), None)


def _members(anything: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", anything) if isinstance(anything, dict) else {}
