"""What a site is, the application every one of them wraps, and the styles of handlers."""

import asyncio
import enum
import functools
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple, Protocol

from pushmw import Receiver
from wire import TIMEOUT, Connection, Reply

CALLBACK = "/v1.0.0/messageReceiver"
COMMANDS = "/v1.0.0/messageReceiver/cmd"
METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]


class Can(enum.Flag):
    """What a site can show; tests ask for it, and are made for the sites that have it."""

    HTTP = enum.auto()  # a server and an application behind: routes, framing, falling through
    LOOP = enum.auto()  # handlers run from the server's event loop
    THREAD = enum.auto()  # ... or on a thread of the server's own
    POOL = enum.auto()  # sync handlers go to the receiver's own pool
    EARLY = enum.auto()  # what the headers forbid is refused before the body is sent
    BODY_DEADLINE = enum.auto()  # a slow body is not waited for
    REPEATED = enum.auto()  # the server tells apart headers that come twice
    RAISES = enum.auto()  # the application lets its exceptions reach the server


class Seen(NamedTuple):
    """A request that reached the wrapped application on the callback path."""

    method: str
    query: str
    body: bytes
    parsed: object  # what the framework itself made of the body


@dataclass
class Inner:
    """The wrapped application's part: what it answers on the callback path, and what came there.

    Beside it every application has ``GET /hello``, ``POST /echo`` and ``GET /stream``.
    """

    status: int = 404
    body: bytes = b"from the application"
    error: Exception | None = None
    streams: bool = False
    seen: list[Seen] = field(default_factory=list)
    go_on: threading.Event = field(default_factory=threading.Event)

    headers: ClassVar = {
        "x-inner": "yes",
        "cache-control": "no-store",
        "content-type": "text/x-inner",
    }

    def take(self, method: str, query: str, body: bytes, parsed: object) -> None:
        """Note a request on the callback path, before it is answered."""
        self.seen.append(Seen(method, query, body, parsed))
        if self.error is not None:
            raise self.error

    def stream(self) -> Iterator[bytes]:
        """Give one part at once and the other when the test says so."""
        yield b"one,"
        assert self.go_on.wait(TIMEOUT)
        yield b"two"

    async def astream(self) -> AsyncIterator[bytes]:
        """Do the same on a loop."""
        yield b"one,"
        assert await asyncio.to_thread(self.go_on.wait, TIMEOUT)
        yield b"two"


# Called in the context of each request, as something that stands in front of the receiver.
Before = Callable[[], object]


class Running:
    """A site at work, with the receiver of the test in front."""

    def __init__(self, host: Any, push: Receiver | None, inner: Inner) -> None:
        self.host = host
        self.push = push
        self.inner = inner

    def post(
        self, body: bytes, headers: Mapping[str, str] | None = None, path: str = CALLBACK
    ) -> Reply:
        """Send a push."""
        reply: Reply = self.host.post(body, headers or {}, path)
        return reply

    def request(self, method: str, target: str, body: bytes = b"", headers: Any = ()) -> Reply:
        """Send any request."""
        reply: Reply = self.host.request(method, target, body, headers)
        return reply

    def connect(self) -> Connection:
        """Open a connection to send on by hand."""
        return Connection(self.host.address)


class Style(NamedTuple):
    """How the handlers of a test are written: once, as sync functions, made async if need be."""

    name: str
    awaited: bool = False
    inline: bool = False

    def of(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Give ``function`` in this style."""
        if not self.awaited:
            return function

        @functools.wraps(function)
        async def awaited(*arguments: Any) -> Any:
            await asyncio.sleep(0)
            return function(*arguments)

        return awaited

    def on(self, push: Receiver, *what: Any, **options: Any) -> Callable[[Any], Any]:
        """Register for ``what``, in this style."""

        def register(function: Callable[..., Any]) -> Callable[..., Any]:
            registrar: Any = push.on
            registrar(*what, inline=self.inline, **options)(self.of(function))
            return function

        return register


SYNC = Style("sync")
INLINE = Style("inline", inline=True)
ASYNC = Style("async", awaited=True)


@dataclass(frozen=True)
class Site:
    """A framework with a receiver in front.

    Attributes:
        host: makes what the applications of this site run on; shared by all tests.
        build: makes the application, with a receiver in front unless that is None.
    """

    name: str
    host: Callable[[], Any]
    build: Callable[[Inner, Receiver | None], Any]
    can: Can

    @property
    def styles(self) -> tuple[Style, ...]:
        """The styles that make a difference here: on a thread, inline is nothing special."""
        return (SYNC, INLINE, ASYNC) if Can.LOOP in self.can else (SYNC, ASYNC)


class Start(Protocol):
    """Starts the site of a test on its host, in place of what ran there."""

    def __call__(
        self,
        push: Receiver | None,
        inner: Inner | None = None,
        before: Before | None = None,
    ) -> Running: ...
