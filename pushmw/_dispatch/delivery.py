"""What a handler may know of the push beside its event."""

from collections.abc import Callable, Container, Mapping
from datetime import UTC, datetime
from itertools import count
from operator import itemgetter
from os import urandom
from time import time
from types import MappingProxyType, SimpleNamespace
from typing import Any, Final, NamedTuple

import msgspec

from pushmw._forks import reset_at_fork

# Kept for every handler: what tells a sender and a trace apart, and nothing that opens a door.
KEPT_HEADERS: Final = ("content-type", "user-agent", "x-request-id", "traceparent", "tracestate")
SECRET_HEADERS: Final = frozenset({"authorization", "proxy-authorization", "cookie", "signature"})


class Telling(NamedTuple):
    """How an entrance tells of a push, each when it is asked for first.

    Attributes:
        path: the callback path, of what the entrance was given.
        headers: the kept headers, by lower-case name, of the same.
        id: the push's own id, of the same.
    """

    path: Callable[[Any], str]
    headers: Callable[[Any], Mapping[str, str]]
    id: Callable[[Any], str]


class Past(NamedTuple):
    """What became of a push in earlier attempts.

    Attributes:
        attempts: how often each handler was called, by name.
        done: the names of the handlers that need not run again.
        taken: one of them wanted it, so that it is not for the `unhandled` ones.
    """

    attempts: Mapping[str, int]
    done: Container[str]
    taken: bool = False


_NO_PAST: Final = Past({}, ())


class Delivery:
    """One push on its way to one handler."""

    # What is told of a push is asked for when a handler wants it, and kept for the others.

    __module__ = "pushmw"  # as messages name it
    __slots__ = (
        *("_body", "_event", "_handler", "_past"),
        *("_received", "_source", "_telling", "_told"),
    )

    def __init__(
        self,
        telling: Telling,
        event: Any,
        body: bytes,
        source: Any,
        handler: str = "",
        *,
        received: float | None = None,
        past: Past = _NO_PAST,
    ) -> None:
        """Make it for an entrance.

        Args:
            telling: tells what is known of ``source``.
            event: what has a ``kind``.
            body: the bytes as they were sent.
            source: what the entrance was given.
            handler: the name of the handler that will be told first.
            received: seconds since the epoch; default now.
            past: what became of it in earlier attempts.
        """
        self._telling = telling
        self._event = event
        self._body = body
        self._source = source
        self._handler = handler
        self._received = time() if received is None else received
        self._past = past
        self._told: dict[str, Any] = {}

    def to(self, handler: str) -> "Delivery":
        """Give the same push on its way to the handler of that name."""
        if handler == self._handler:
            return self
        other = Delivery(
            *(self._telling, self._event, self._body, self._source, handler),
            received=self._received,
            past=self._past,
        )
        other._told = self._told
        return other

    def is_done(self) -> bool:
        """Tell whether its handler has ended well in an earlier attempt."""
        return self._handler in self._past.done

    def was_taken(self) -> bool:
        """Tell whether a handler has wanted it in an earlier attempt."""
        return self._past.taken

    @property
    def id(self) -> str:
        """The push's own id, the same for all its handlers and attempts."""
        told = self._told
        if "id" not in told:
            # Atomic: a late handler's thread goes on beside the loop, and there is one id.
            told.setdefault("id", self._telling.id(self._source))
        identity: str = told["id"]
        return identity

    @property
    def kind(self) -> str | None:
        """The kind's name, or None for a body without a usable one."""
        kind: str | None = self._event.kind
        return kind

    @property
    def received(self) -> datetime:
        """When the push came in, as an aware datetime in UTC."""
        return datetime.fromtimestamp(self._received, UTC)

    @property
    def path(self) -> str:
        """The callback path it came to."""
        told = self._told
        if "path" not in told:
            told.setdefault("path", self._telling.path(self._source))
        path: str = told["path"]
        return path

    @property
    def headers(self) -> Mapping[str, str]:
        """Some request headers by lower-case name, among them `keep_headers`; never credentials."""
        told = self._told
        if "headers" not in told:
            told.setdefault("headers", MappingProxyType(self._telling.headers(self._source)))
        headers: Mapping[str, str] = told["headers"]
        return headers

    @property
    def body(self) -> bytes:
        """The bytes as they were sent; members no Struct knows are found here."""
        return self._body

    @property
    def attempt(self) -> int:
        """1 at the handler's first run."""
        return self._past.attempts.get(self._handler, 0) + 1

    @property
    def handler(self) -> str:
        """The name of the handler this object was made for."""
        return self._handler

    def json(self) -> Any:
        """Decode the body as plain JSON.

        Raises:
            msgspec.DecodeError: the body is not JSON (only what is `Unclassified` can be so).
        """
        return msgspec.json.decode(self._body)

    def __eq__(self, other: object) -> bool:
        """See whether it is the same push on the same attempt at the same handler."""
        return isinstance(other, Delivery) and self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def _identity(self) -> tuple[str, str, int]:
        return self.id, self.handler, self.attempt

    def __reduce__(self) -> Any:
        values = {name: getattr(self, name) for name in _PICKLED}
        kept = {"received": self._received, "headers": dict(self.headers)}
        return _rebuilt, ({**values, **kept},)

    def __repr__(self) -> str:
        """Leave the payload out: representations end up in logs."""
        return "Delivery({})".format(", ".join(f"{k}={v}" for k, v in self.__rich_repr__()))

    def __rich_repr__(self) -> list[tuple[str, object]]:
        """Leave it out for rich as well."""
        return [
            ("id", self.id),
            ("kind", self.kind),
            ("handler", self.handler),
            ("attempt", self.attempt),
            ("body", f"<{len(self.body)} bytes>"),
        ]


_PICKLED: Final = ("id", "kind", "path", "headers", "body", "attempt", "handler")
_KNOWN: Final = Telling(itemgetter("path"), itemgetter("headers"), itemgetter("id"))


def _rebuilt(values: Mapping[str, Any]) -> Delivery:
    """Make a delivery of what was pickled."""
    event, handler = SimpleNamespace(kind=values["kind"]), values["handler"]
    past = Past({handler: values["attempt"] - 1}, ())
    received, body = values["received"], values["body"]
    return Delivery(_KNOWN, event, body, values, handler, received=received, past=past)


class _Ids:
    """Makes ids: by chance for a process, and then by number, at a third of what chance costs.

    A process draws its chance when the first push comes, so that what a server forks before, by
    whatever means, draws its own.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Begin anew, as after a fork."""
        self.chance = ""
        self.numbers = count(10**8)

    def draw(self) -> str:
        """Draw the chance of this process."""
        self.chance = self.chance or urandom(12).hex()[1:]
        return self.chance


_ids = _Ids()
reset_at_fork(_ids)


def new_id(_: Any = None) -> str:
    """Make the id of a push: 32 letters and digits."""
    return (_ids.chance or _ids.draw()) + str(next(_ids.numbers))
