"""Servers made of a list: what real ones do now and then, whenever a test wants it."""

import asyncio
import io
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, NamedTuple

from sites.base import CALLBACK
from wire import TIMEOUT

Message = dict[str, Any]


def part(body: bytes = b"", *, more: bool = False) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


DISCONNECT: Message = {"type": "http.disconnect"}


class Server:
    """The server's side of an ASGI request.

    Attributes:
        asked: how often `receive` was called.
        sent: the messages of the application.
    """

    def __init__(self, *messages: Message) -> None:
        self._messages: asyncio.Queue[Message] = asyncio.Queue()
        for message in messages:
            self.add(message)
        self.asked = 0
        self.sent: list[Any] = []

    async def receive(self) -> Message:
        """Give the next message; after the last one the client stays silent."""
        self.asked += 1
        return await self._messages.get()

    def add(self, message: Message) -> None:
        self._messages.put_nowait(message)

    async def send(self, message: Any) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int:
        status: int = self.sent[0]["status"]
        return status

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.sent[0]["headers"])

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent[1:])


def scope(*headers: tuple[bytes, bytes], **members: Any) -> dict[str, Any]:
    """Make the scope of a POST to the callback path; a member that is None is left out."""
    made = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": CALLBACK,
        "raw_path": CALLBACK.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": list(headers),
        "state": {},
        "extensions": {"http.response.pathsend": {}},
        **members,
    }
    return {name: value for name, value in made.items() if value is not None}


def length(body: bytes) -> tuple[bytes, bytes]:
    return b"content-length", str(len(body)).encode()


def run(work: Awaitable[Any]) -> Any:
    """Run something on a loop of its own, in limited time."""

    async def limited() -> Any:
        async with asyncio.timeout(TIMEOUT):
            return await work

    return asyncio.run(limited())


def ask(app: Any, asked: dict[str, Any], *messages: Message) -> Server:
    """Let an application answer one request."""
    server = Server(*messages)
    run(app(asked, server.receive, server.send))
    return server


class Input:
    """A ``wsgi.input`` that notes how it is read.

    Args:
        parts: what single reads give at most; an exception is raised.
    """

    def __init__(self, *parts: bytes | Exception) -> None:
        self._parts = list(parts)
        self.sizes: list[int] = []

    def read(self, size: int) -> bytes:
        self.sizes.append(size)
        if not self._parts:
            return b""
        found = self._parts.pop(0)
        if isinstance(found, Exception):
            raise found
        if len(found) > size:
            self._parts.insert(0, found[size:])
        return found[:size]


class Answered(NamedTuple):
    """The answer of a WSGI application; ``iterable`` is what it returned."""

    status: str
    headers: list[tuple[str, str]]
    iterable: Iterable[bytes]
    body: bytes

    def header(self, name: str) -> str | None:
        return dict(self.headers).get(name)


def environ(body: Any = b"", **members: Any) -> dict[str, Any]:
    """Make the environ of a POST to the callback path; a member that is None is left out."""
    sized = isinstance(body, bytes)
    made = {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": CALLBACK,
        "QUERY_STRING": "",
        "SERVER_NAME": "pushes.example",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)) if sized else None,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body) if sized else body,
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        **members,
    }
    return {name: value for name, value in made.items() if value is not None}


def call(app: Callable[..., Iterable[bytes]], asked: dict[str, Any]) -> Answered:
    """Let an application answer one request, and close what it returned."""
    started: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        started[:] = [status, headers]
        return started.append

    iterable = app(asked, start_response)
    body = b"".join(iterable)
    getattr(iterable, "close", bool)()
    return Answered(started[0], started[1], iterable, body)
