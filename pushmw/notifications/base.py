"""What every event has in common, and what is left when a push is not understood."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeAlias, TypeVar

import msgspec
from msgspec.structs import force_setattr

T = TypeVar("T")

if TYPE_CHECKING:
    Filled = Annotated[T, "never None once the event exists"]
else:
    # msgspec has to accept the null that the platform sends; `__post_init__` then puts the empty
    # value in its place, so whoever holds an event never meets None, and type checkers are told so.
    Filled = T | None


class Notification(msgspec.Struct, frozen=True, repr_omit_defaults=True):
    """Base of every event the platform can push."""

    @property
    def kind(self) -> str:
        """The platform's name for this kind of push."""
        tag = self.__struct_config__.tag
        return tag if isinstance(tag, str) else type(self).__name__

    @property
    def device_id(self) -> str | None:
        """The device the push is about, None where a kind has none."""
        return None

    @property
    def occurred_at(self) -> datetime | None:
        """When it happened, always aware; None where a kind has no time or an unreadable one."""
        return None


class Unclassified(msgspec.Struct, frozen=True):
    """A complete push pushmw did not understand, with its raw bytes.

    Attributes:
        kind: The kind it claims to be; None if it names none.
        reason: What did not fit, such as the path of the offending member.
        body: The body as received. It may hold secrets, so the representation has its length only.
    """

    kind: str | None
    reason: str
    body: bytes

    @property
    def device_id(self) -> None:
        """None: which device it was about is not known."""
        return None

    @property
    def occurred_at(self) -> None:
        """None: when it happened is not known."""
        return None

    def __repr__(self) -> str:
        size = len(self.body)
        return f"Unclassified(kind={self.kind!r}, reason={self.reason!r}, body=<{size} bytes>)"

    # Struct brings its own, which rich's tracebacks and logs would call to show the body.
    def __rich_repr__(self) -> list[tuple[str, object]]:
        size = len(self.body)
        return [("kind", self.kind), ("reason", self.reason), ("body", f"<{size} bytes>")]


class Unasked(msgspec.Struct, frozen=True):
    """A push of a kind that nobody here has asked for, so that it was not even read.

    Attributes:
        kind: The platform's name for it.
    """

    kind: str


class TooDeep(msgspec.Struct, frozen=True):
    """A body that nests too deep to be looked into; see `pushmw.notifications.depth`."""


TOO_DEEP: Final = TooDeep()


class Unread(msgspec.Struct, frozen=True):
    """A body that could not be read, through no fault of its sender: no memory was left.

    Attributes:
        error: What was raised.
    """

    error: BaseException


# What handlers take, if they take no view.
Event: TypeAlias = Notification | Unclassified
# What reading a body gives.
Reading: TypeAlias = Event | Unasked | TooDeep | Unread


def instant(text: str | None) -> datetime | None:
    """Read a time of the platform; None if it is missing or unreadable.

    Takes ``yyyyMMdd'T'HHmmss'Z'`` and ISO 8601. A time without an offset is UTC.
    """
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def union(classes: Iterable[type]) -> Any:
    """Give the union of classes, as msgspec wants it to tell them apart by their tags."""
    made: Any = None
    for each in classes:
        made = each if made is None else made | each
    return made


def fill(event: msgspec.Struct, **empty: Callable[[], Any]) -> None:
    """Put an empty value, made by calling the factory given, where a member is None."""
    for name, factory in empty.items():
        if getattr(event, name) is None:
            force_setattr(event, name, factory())
