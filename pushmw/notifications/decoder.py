"""From the bytes of a push to an event: one pass when all is well, a diagnosis when it is not."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, Union

import msgspec

from pushmw.depth import SHALLOW_SIZE, too_deep
from pushmw.notifications.base import Notification, Unclassified
from pushmw.notifications.operations import COMMAND_STATE

Decode = Callable[[bytes], Notification | Unclassified]

UNKNOWN_KIND: Final = "unknown kind"

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


class Reader(NamedTuple):
    """How to read a push; `decoder` puts the parts together, `pushmw.core` does so in its frame.

    Attributes:
        decode: gives the event of a body that is UTF-8 and not nested too deep, or raises.
        diagnose: gives what a body is for which that raised.
    """

    decode: Callable[[bytes], Any]
    diagnose: Callable[[bytes, Exception], Notification | Unclassified]


def decoder(kinds: Mapping[str, type[Notification]]) -> Decode:
    """Build the function that reads a push.

    Args:
        kinds: the Struct of each kind by name; all but the command state carry ``notifyType`` tags.

    The function returns an event, or `Unclassified` for a complete body it does not understand,
    and raises `TooDeepError` for one it dares not look at. It raises nothing else.
    """
    decode, diagnose = reader(kinds)

    def read(body: bytes) -> Notification | Unclassified:
        if len(body) > SHALLOW_SIZE and too_deep(body):
            raise TooDeepError
        try:
            # msgspec skips unknown members without looking at their encoding.
            _ = body.isascii() or body.decode()
            event: Notification = decode(body)
        except Exception as error:  # noqa: BLE001 - a user's Struct may raise anything
            return diagnose(body, error)
        return event

    return read


def reader(kinds: Mapping[str, type[Notification]]) -> Reader:
    """Build the parts of `decoder`."""
    tagged = {name: struct for name, struct in kinds.items() if name != COMMAND_STATE}
    decode = msgspec.json.Decoder(Union[tuple(tagged.values())]).decode  # noqa: UP007 - built at run time
    decode_command = msgspec.json.Decoder(kinds[COMMAND_STATE]).decode
    decode_header = msgspec.json.Decoder(_Header).decode
    decode_text = msgspec.json.Decoder(str).decode

    def diagnose(  # noqa: PLR0911 - a diagnosis each
        body: bytes, error: Exception
    ) -> Notification | Unclassified:
        if isinstance(error, UnicodeDecodeError):
            return Unclassified(None, f"not UTF-8: byte {error.start}", body)
        try:
            header = decode_header(body)
        except msgspec.ValidationError:
            return Unclassified(None, "not a JSON object", body)
        except msgspec.DecodeError as malformed:
            return Unclassified(None, f"not JSON: {malformed}", body)
        if header.notify_type is msgspec.UNSET:
            if header.command_id is msgspec.UNSET or header.result is msgspec.UNSET:
                return Unclassified(None, "no `notifyType`", body)
            return command(body)
        try:
            kind = decode_text(header.notify_type)
        except msgspec.DecodeError:
            return Unclassified(None, "`notifyType` is not a string", body)
        return Unclassified(kind, _reason(error) if kind in tagged else UNKNOWN_KIND, body)

    def command(body: bytes) -> Notification | Unclassified:
        try:
            return decode_command(body)
        except Exception as error:  # noqa: BLE001 - as above
            return Unclassified(COMMAND_STATE, _reason(error), body)

    return Reader(decode, diagnose)


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
