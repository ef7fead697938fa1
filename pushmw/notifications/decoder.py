"""From the bytes of a push to an event: one pass when all is well, a diagnosis when it is not."""

import re
from collections.abc import Callable, Mapping
from enum import Flag, auto
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Union

import msgspec

from pushmw.depth import SHALLOW_SIZE, too_deep
from pushmw.notifications.base import Notification, Unasked, Unclassified
from pushmw.notifications.operations import COMMAND_STATE

if TYPE_CHECKING:
    from pushmw.notifications.pairs import Pairs

Decode = Callable[[bytes], Any]

UNKNOWN_KIND: Final = "unknown kind"
NO_KIND: Final = "neither `notifyType` nor `resource` and `event`"

# A payload must reach neither a log nor an answer, so only those messages of msgspec are repeated
# that name types and members and quote no value.
_SAFE: Final = re.compile(
    r"Expected `[^`']*`[^`']*(`[^`']*`)?|Object missing required field `[^`']*`|"
    r"(Integer value|Number) out of range"
)
_PATH: Final = re.compile(r" - at (`key` in )?`\$[^`']*`$")


class TooDeepError(ValueError):
    """The body nests deeper than `pushmw.depth.MAX_DEPTH`; it was not decoded."""


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


class Reader(NamedTuple):
    """How to read a push; `decoder` puts the parts together, `pushmw.core` does so in its frame.

    Attributes:
        decode: reads a body that is UTF-8 and not nested too deep, or raises.
        diagnose: gives what a body is for which that raised.
        splits: makes the event, or raises, of what `decode` gave, if its class is found here.
    """

    decode: Callable[[bytes], Any]
    diagnose: Callable[[bytes, Exception], Any]
    splits: Mapping[type, Callable[[Any, bytes], Notification]]


def decoder(
    kinds: Mapping[str, type[Notification]], formats: Formats = Formats.LEGACY
) -> Callable[[bytes], Any]:
    """Build the function that reads a push.

    Args:
        kinds: the Struct of each kind by name; all but the command state carry tags.
        formats: what to try first.

    The function returns an event, `Unasked` for a kind of IoTDA where ``kinds`` has none of those,
    or `Unclassified` for a complete body it does not understand. It raises `TooDeepError` for one
    it dares not look at, and nothing else.
    """
    decode, diagnose, splits = reader(kinds, formats)

    def read(body: bytes) -> Any:
        if len(body) > SHALLOW_SIZE and too_deep(body):
            raise TooDeepError
        try:
            # msgspec skips unknown members without looking at their encoding.
            _ = body.isascii() or body.decode()
            event = decode(body)
            split = splits.get(event.__class__)
            return split(event, body) if split else event
        except Exception as error:  # noqa: BLE001 - a user's Struct may raise anything
            return diagnose(body, error)

    return read


def reader(kinds: Mapping[str, type[Notification]], formats: Formats) -> Reader:
    """Build the parts of `decoder`."""
    tagged = {name: s for name, s in kinds.items() if name != COMMAND_STATE and ":" not in name}
    legacy = msgspec.json.Decoder(Union[tuple(tagged.values())]).decode  # noqa: UP007 - built at run time
    command = msgspec.json.Decoder(kinds[COMMAND_STATE]).decode
    diagnosis = Diagnosis(tagged, legacy, command)
    paired = {name: struct for name, struct in kinds.items() if ":" in name}
    if not paired:
        return Reader(legacy, diagnosis, {})
    from pushmw.notifications.pairs import Pairs

    diagnosis.pairs = pairs = Pairs(paired)
    decode = {
        Formats.LEGACY: legacy,
        Formats.IOTDA: pairs.decode,
        Formats.LEGACY | Formats.IOTDA: _either(legacy, pairs.decode),
    }[formats]
    return Reader(decode, diagnosis, pairs.splits)


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

    def __call__(  # noqa: PLR0911 - a diagnosis each
        self, body: bytes, error: Exception
    ) -> Any:
        """Give the event after all, or `Unclassified` with the reason."""
        if isinstance(error, UnicodeDecodeError):
            return Unclassified(None, f"not UTF-8: byte {error.start}", body)
        try:
            header = self._header(body)
        except msgspec.ValidationError:
            return Unclassified(None, "not a JSON object", body)
        except msgspec.DecodeError as malformed:
            return Unclassified(None, f"not JSON: {malformed}", body)
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

    def _of_legacy(self, body: bytes, header: Any) -> Any:
        kind = _text(header.notify_type)
        if kind is None:
            return Unclassified(None, "`notifyType` is not a string", body)
        if kind not in self._tagged:
            return Unclassified(kind, UNKNOWN_KIND, body)
        return self._tried(kind, body, self._legacy)

    def _of_iotda(self, body: bytes, header: Any) -> Any:
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
    def _tried(kind: str, body: bytes, decode: Decode) -> Any:
        try:
            return decode(body)
        except Exception as error:  # noqa: BLE001 - a user's Struct may raise anything
            return Unclassified(kind, _reason(error), body)

    @staticmethod
    def _in_any_form(kind: str, body: bytes, struct: type[Notification]) -> Any:
        from pushmw.notifications.forms import forms

        decode = msgspec.json.Decoder(struct).decode
        reason = ""
        for form in forms(body, kind):
            try:
                return decode(form)
            except Exception as error:  # noqa: BLE001 - as above
                reason = _reason(error)
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
