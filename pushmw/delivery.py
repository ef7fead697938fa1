"""What a handler may know of the push beside its event."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from time import time
from typing import Any, Final
from uuid import uuid4

import msgspec

# Kept for every handler: what tells a sender and a trace apart, and nothing that opens a door.
KEPT_HEADERS: Final = ("content-type", "user-agent", "x-request-id", "traceparent", "tracestate")
SECRET_HEADERS: Final = frozenset({"authorization", "proxy-authorization", "cookie", "signature"})


class Delivery(msgspec.Struct, frozen=True):
    """One push on its way to one handler.

    Attributes:
        id: the push's own id, the same for all its handlers.
        kind: the kind's name, or None for a body without a usable one.
        received: when the push came in, as an aware datetime in UTC.
        path: the callback path it came to.
        headers: a few request headers by lower-case name: `KEPT_HEADERS` and `keep_headers`, never
            credentials.
        body: the bytes as they were sent; members no Struct knows are found here.
        attempt: 1 at the first run.
        handler: the name of the handler this object was made for.
    """

    id: str
    kind: str | None
    received: datetime
    path: str
    headers: Mapping[str, str]
    body: bytes
    attempt: int
    handler: str

    def json(self) -> Any:
        """Decode the body as plain JSON.

        Raises:
            msgspec.DecodeError: the body is not JSON (only what is `Unclassified` can be so).
        """
        return msgspec.json.decode(self.body)

    def __repr__(self) -> str:
        """Leave the payload out: representations end up in logs."""
        return "Delivery({})".format(", ".join(f"{k}={v}" for k, v in self.__rich_repr__()))

    def __rich_repr__(self) -> list[tuple[str, object]]:
        """Do so for rich as well, which would call that of Struct."""
        return [
            ("id", self.id),
            ("kind", self.kind),
            ("handler", self.handler),
            ("attempt", self.attempt),
            ("body", f"<{len(self.body)} bytes>"),
        ]


# (source, names) -> (path, headers); each adapter reads its own kind of source.
Describe = Callable[[Any, Iterable[str]], tuple[str, dict[str, str]]]


class Push:
    """The push behind the deliveries; made only when something registered needs it."""

    __slots__ = ("_at", "_body", "_describe", "_made", "_names", "_source", "kind")

    def __init__(
        self,
        kind: str | None,
        body: bytes,
        source: Any,
        describe: Describe,
        names: Iterable[str],
    ) -> None:
        self.kind = kind
        self._body = body
        self._source = source
        self._describe = describe
        self._names = names
        self._at = time()
        self._made: dict[None, Delivery] = {}

    def delivery(self, handler: str) -> Delivery:
        """Tell the handler of that name what is known."""
        if not self._made:
            # Atomic: a late handler's thread goes on beside the loop, and there is one id.
            self._made.setdefault(None, self._make(handler))
        made = self._made[None]
        return made if made.handler == handler else msgspec.structs.replace(made, handler=handler)

    def _make(self, handler: str) -> Delivery:
        path, headers = self._describe(self._source, self._names)
        return Delivery(
            id=uuid4().hex,
            kind=self.kind,
            received=datetime.fromtimestamp(self._at, UTC),
            path=path,
            headers=headers,
            body=self._body,
            attempt=1,
            handler=handler,
        )


class PushMaker:
    """Makes the push of what an adapter hands over.

    Args:
        describe: reads path and headers of the adapter's sources.
        names: the headers to keep.
    """

    def __init__(self, describe: Describe, names: Iterable[str]) -> None:
        self._describe = describe
        self._names = names

    def __call__(self, event: Any, body: bytes, source: Any) -> Push:
        """Make it; its time counts from here."""
        return Push(event.kind, body, source, self._describe, self._names)
