"""From the bytes of a push to an event: one pass when all is well, a diagnosis when it is not."""

import re
from collections.abc import Callable, Mapping
from enum import Flag, auto
from typing import TYPE_CHECKING, Any, Final, cast

import msgspec

from pushmw._errors import OURS, PASSING
from pushmw.notifications.base import (
    TOO_DEEP,
    Event,
    Notification,
    Reading,
    Unasked,
    Unclassified,
    Unread,
    union,
)
from pushmw.notifications.depth import MAX_DEPTH, SHALLOW_SIZE, too_deep
from pushmw.notifications.operations import COMMAND_STATE

if TYPE_CHECKING:
    from pushmw.notifications.pairs import Pairs

Decode = Callable[[bytes], Any]

# What a body that cannot be read makes reading raise: a user's Struct may raise anything. What is
# no `Exception`, such as a panic of Rust, is no verdict on a body.
UNREAD: Final = (Exception,)
RAISED: Final = (BaseException,)

UNKNOWN_KIND: Final = "unknown kind"
DEEP: Final = f"nested deeper than {MAX_DEPTH}"
NO_KIND: Final = "neither `notifyType` nor `resource` and `event`"

# A payload must reach neither a log nor an answer, so only those messages of msgspec are repeated
# that name types and members and quote no value.
_SAFE: Final = re.compile(
    r"Expected `[^`']*`[^`']*(`[^`']*`)?|Object missing required field `[^`']*`|"
    r"(Integer value|Number) out of range"
)
_PATH: Final = re.compile(r" - at (`key` in )?`\$[^`']*`$")


class _Header(msgspec.Struct, rename="camel"):
    """The members that tell what a body is, whatever else is wrong with it."""

    notify_type: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    command_id: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    result: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    resource: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    event: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    message_type: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class Formats(Flag):
    """The formats that are tried first, before anything is known of a body."""

    LEGACY = auto()
    IOTDA = auto()


Read = Callable[[bytes], Reading]


def reader(kinds: Mapping[str, type[Notification]], formats: Formats = Formats.LEGACY) -> Read:
    """Build the function that reads a push, for every way in.

    Args:
        kinds: the Struct of each kind by name; all but the command state carry tags.
        formats: what to try first.

    The function gives an event; `Unasked` for a kind of IoTDA where ``kinds`` has none of those;
    `TooDeep` for what it dares not look at; `Unread` where this process is at its end; or
    `Unclassified` for a complete body it does not understand. It raises nothing.
    """
    decode, diagnose = parts(kinds, formats)

    def read(body: bytes) -> Reading:
        try:
            if len(body) > SHALLOW_SIZE and too_deep(body):
                return TOO_DEEP
            # msgspec skips unknown members without looking at their encoding.
            if not body.isascii():
                body.decode()
            return decode(body)  # type: ignore[no-any-return]  # msgspec's decode is untyped here
        except RAISED as error:
            return diagnosed(body, error)

    def diagnosed(body: bytes, error: BaseException) -> Reading:
        try:
            if isinstance(error, OURS) or not isinstance(error, UNREAD):
                raise error
            return diagnose(body, error)
        except PASSING:
            raise
        except RAISED as own:
            return Unread(own)

    return read


def parser(kinds: Mapping[str, type[Notification]]) -> Callable[[bytes], Event]:
    """Build the function that reads what may be of any kind, and was kept somewhere."""
    read = reader(kinds, Formats.LEGACY | Formats.IOTDA)

    def parse(body: bytes) -> Event:
        body = as_bytes("parse", body)
        event = read(body)
        if isinstance(event, Unread):
            raise event.error
        return event if isinstance(event, Event) else Unclassified(None, DEEP, body)

    return parse


def as_bytes(who: str, body: Any) -> bytes:
    """Take whatever holds the bytes of a body.

    Raises:
        TypeError: it is text, or something else.
    """
    if not isinstance(body, bytes | bytearray | memoryview):
        kind = type(body).__name__
        raise TypeError(
            f"{who}: the body must be bytes, not {kind}; take those that came, before they are "
            "decoded or read as JSON"
        )
    return bytes(cast("bytes", body))


def parts(kinds: Mapping[str, type[Notification]], formats: Formats) -> tuple[Decode, "Diagnosis"]:
    """Build what `reader` is made of.

    Returns:
        what reads a body that is UTF-8 and not nested too deep, or raises; and what tells what a
        body is for which that raised.
    """
    tagged = {name: s for name, s in kinds.items() if name != COMMAND_STATE and ":" not in name}
    legacy = msgspec.json.Decoder(union(tagged.values())).decode
    command = msgspec.json.Decoder(kinds[COMMAND_STATE]).decode
    diagnosis = Diagnosis(tagged, legacy, command)
    paired = {name: struct for name, struct in kinds.items() if ":" in name}
    if not paired:
        return legacy, diagnosis
    from pushmw.notifications.pairs import Pairs

    diagnosis.pairs = pairs = Pairs(paired)
    decode = {
        Formats.LEGACY: legacy,
        Formats.IOTDA: pairs.decode,
        Formats.LEGACY | Formats.IOTDA: _either(legacy, pairs.decode),
    }[formats]
    return decode, diagnosis


def _either(legacy: Decode, iotda: Decode) -> Decode:
    """Try what the first member suggests; whatever fails is looked at again anyway.

    The platform begins with ``notifyType`` or with ``resource``. To decode a header first would
    cost half as much again.
    """
    by_letter = [legacy] * 256
    by_letter[ord("r")] = iotda
    return lambda body: by_letter[body[2]](body)


class Diagnosis:
    """Tells what a body is that could not be read at once.

    Attributes:
        pairs: the kinds of IoTDA, if the receiver knows them.
    """

    def __init__(
        self, tagged: Mapping[str, type[Notification]], legacy: Decode, command: Decode
    ) -> None:
        self._tagged = tagged
        self._legacy = legacy
        self._command = command
        self._header = msgspec.json.Decoder(_Header).decode
        self.pairs: Pairs | None = None

    def __call__(self, body: bytes, error: Exception) -> Event | Unasked:
        """Give the event after all, or `Unclassified` with the reason."""
        if isinstance(error, UnicodeDecodeError):
            return Unclassified(None, f"not UTF-8: byte {error.start}", body)
        try:
            header = self._header(body)
        except msgspec.DecodeError as malformed:  # a validation error is one too
            other = isinstance(malformed, msgspec.ValidationError)
            reason = "not a JSON object" if other else f"not JSON: {malformed}"
            return Unclassified(None, reason, body)
        unset = msgspec.UNSET
        if header.notify_type is not unset:
            return self._of_legacy(body, header)
        if header.resource is not unset and header.event is not unset:
            return self._of_iotda(body, header)
        # A platform that looks alike tells its kinds by `messageType`.
        whole = header.command_id is not unset and header.result is not unset
        if not whole or header.message_type is not unset:
            return Unclassified(None, NO_KIND, body)
        return self._tried(COMMAND_STATE, body, self._command)

    def _of_legacy(self, body: bytes, header: Any) -> Event:
        kind = _text(header.notify_type)
        if kind is None:
            return Unclassified(None, "`notifyType` is not a string", body)
        if kind not in self._tagged:
            return Unclassified(kind, UNKNOWN_KIND, body)
        return self._tried(kind, body, self._legacy)

    def _of_iotda(self, body: bytes, header: Any) -> Event | Unasked:
        from pushmw.notifications.forms import usual
        from pushmw.notifications.iotda import IOTDA_KINDS

        resource, event = _text(header.resource), _text(header.event)
        if resource is None or event is None:
            name = "resource" if resource is None else "event"
            return Unclassified(None, f"`{name}` is not a string", body)
        known = IOTDA_KINDS if self.pairs is None else self.pairs.kinds
        kind = f"{resource}:{event}"
        if kind not in known:
            kind = f"{usual(resource)}:{event}"
        if kind not in known:
            return Unclassified(kind, UNKNOWN_KIND, body)
        return Unasked(kind) if self.pairs is None else self._in_any_form(kind, body, known[kind])

    @staticmethod
    def _tried(kind: str, body: bytes, decode: Decode) -> Event:
        try:
            event: Event = decode(body)
        except OURS:
            raise
        except UNREAD as error:
            return Unclassified(kind, _reason(error), body)
        return event

    @staticmethod
    def _in_any_form(kind: str, body: bytes, struct: type[Notification]) -> Event:
        from pushmw.notifications.forms import forms

        decode = msgspec.json.Decoder(struct).decode
        reason = ""
        for form in forms(body, kind):
            event = Diagnosis._tried(kind, form, decode)
            if not isinstance(event, Unclassified):
                return event
            reason = event.reason
        return Unclassified(kind, reason, body)


_decode_text = msgspec.json.Decoder(str).decode


def _text(raw: msgspec.Raw) -> str | None:
    try:
        return _decode_text(raw)
    except msgspec.DecodeError:
        return None


def _reason(error: Exception) -> str:
    """Say what does not fit and where, without a value of the payload."""
    trace = error.__traceback__
    # What a Struct's own code raises may hold anything, here and, wrapped by msgspec, below.
    if not isinstance(error, msgspec.ValidationError) or (trace and trace.tb_next):
        return f"{type(error).__name__} while decoding"
    message = str(error)
    if error.__cause__ is not None:
        message = message.removeprefix(str(error.__cause__))
    path = _PATH.search(message)
    said = message[: path.start()] if path else message
    if path and said.startswith("Object contains unknown field"):  # its name may look like a path
        path = None
    return (said if _SAFE.fullmatch(said) else "a value does not fit") + (path[0] if path else "")
