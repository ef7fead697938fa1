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
        return (
            f"Delivery(id={self.id!r}, kind={self.kind!r}, handler={self.handler!r}, "
            f"attempt={self.attempt}, body=<{len(self.body)} bytes>)"
        )


# (source, names) -> (path, headers); each adapter reads its own kind of source.
Describe = Callable[[Any, Iterable[str]], tuple[str, dict[str, str]]]


class Push:
    """The push behind the deliveries; made only when something registered needs it."""

    __slots__ = ("_at", "_body", "_delivery", "_describe", "_names", "_source", "kind")

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
        self._delivery: Delivery | None = None

    def delivery(self, handler: str) -> Delivery:
        """Tell the handler of that name what is known."""
        if self._delivery is None:
            path, headers = self._describe(self._source, self._names)
            self._delivery = Delivery(
                id=uuid4().hex,
                kind=self.kind,
                received=datetime.fromtimestamp(self._at, UTC),
                path=path,
                headers=headers,
                body=self._body,
                attempt=1,
                handler=handler,
            )
        if self._delivery.handler == handler:
            return self._delivery
        return msgspec.structs.replace(self._delivery, handler=handler)
