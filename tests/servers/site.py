"""The site that every server here hosts: a small web application behind a receiver.

What happened on the server's side is noted in files. A request is known by its header ``X-Test``.
"""

import asyncio
import json
import os
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec

from pushmw import Delivery, Notification, Receiver
from pushmw.guards import Bearer
from pushmw.iotda import IOTDA_KINDS
from pushmw.notifications.legacy import LEGACY_KINDS
from servers.notes import is_open, note

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

MAX_BODY = 64 * 1024
BODY_DEADLINE = 1.0
SECRET = "the database password is hunter2"
# Of IoTDA one is enough, of a resource that has several kinds.
KINDS = {**LEGACY_KINDS, "device:create": IOTDA_KINDS["device:create"]}
SYNC_KINDS = [*LEGACY_KINDS][::2]
ASYNC_KINDS = [kind for kind in KINDS if kind not in SYNC_KINDS]

push = Receiver(max_body=MAX_BODY, body_deadline=BODY_DEADLINE, keep_headers=["x-test"])
escaped: list[str] = []
# What a report is called that belongs to no request.
LIFESPAN = "lifespan"


# -- handlers


class Probe(msgspec.Struct, rename="camel"):
    """A push of the tests' own."""

    device_id: str


Fails, FailsAsync, Waits, WaitsAsync = (
    push.define(name, Probe)
    for name in ("probeFails", "probeFailsAsync", "probeWaits", "probeWaitsAsync")
)


def probe(kind: str) -> bytes:
    return json.dumps({"notifyType": kind, "deviceId": "d"}).encode()


def got(event: Notification, delivery: Delivery, handler: str) -> str:
    told = {"kind": event.kind, "event": repr(event), "handler": handler, "path": delivery.path}
    test = delivery.headers.get("x-test", "")
    note(test or None, "events", told)
    return test


def take(event: Notification, delivery: Delivery) -> None:
    got(event, delivery, "sync")


async def atake(event: Notification, delivery: Delivery) -> None:
    await asyncio.sleep(0)
    got(event, delivery, "async")


for kind in SYNC_KINDS:
    push.on(KINDS[kind])(take)
for kind in ASYNC_KINDS:
    push.on(KINDS[kind])(atake)


@push.on(Fails)
def fail(event: Notification, delivery: Delivery) -> None:
    got(event, delivery, "sync")
    raise RuntimeError(SECRET)


@push.on(FailsAsync)
async def afail(event: Notification, delivery: Delivery) -> None:
    got(event, delivery, "async")
    raise RuntimeError(SECRET)


@push.on(Waits)
def wait(event: Notification, delivery: Delivery) -> None:
    test = got(event, delivery, "sync")
    while not is_open(test):
        time.sleep(0.01)


@push.on(WaitsAsync)
async def await_gate(event: Notification, delivery: Delivery) -> None:
    test = got(event, delivery, "async")
    while not is_open(test):  # noqa: ASYNC110 - it is opened by another process
        await asyncio.sleep(0.01)


# -- a receiver for those who have to say who they are

GUARDED, TOKEN = "/guarded", "c2VjcmV0"
guarded = Receiver(GUARDED, guards=[Bearer(TOKEN)], max_body=MAX_BODY, body_deadline=BODY_DEADLINE)
guarded.on("*")(lambda event: None)


# -- the application inside


def route(method: str, path: str, body: bytes) -> tuple[int, bytes]:
    """Answer what is no push: 404 with what was asked where there is nothing."""
    match method, path.split("/")[1:]:
        case "GET", ["hello"]:
            return 200, b"hello"
        case "POST", ["echo"]:
            return 200, body
        case "GET", ["state"]:
            return 200, json.dumps({"pid": os.getpid(), "escaped": escaped}).encode()
    found = {"nothing at": path, "method": method, "bytes": len(body)}
    return 404, b"" if method == "HEAD" else json.dumps(found).encode()


def inner_wsgi(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    length = environ.get("CONTENT_LENGTH")
    source = environ["wsgi.input"]
    body = b""
    if length or environ.get("wsgi.input_terminated"):
        body = source.read(int(length)) if length else source.read()
    status, text = route(environ["REQUEST_METHOD"], environ["PATH_INFO"], body)
    line = "200 OK" if status == 200 else "404 Not Found"
    start_response(line, [("Content-Length", str(len(text))), ("Content-Type", "text/plain")])
    return [text]


Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


async def inner_asgi(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await _answer_http(scope, receive, send)
    elif scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": 1000})
    else:
        for phase in ("startup", "shutdown"):
            await receive()
            note(LIFESPAN, "events", phase)
            await send({"type": f"lifespan.{phase}.complete"})


async def _answer_http(scope: Scope, receive: Receive, send: Send) -> None:
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        body += message.get("body", b"")
        more = message.get("more_body", False)
    status, text = route(scope["method"], scope["path"], body)
    headers = [(b"content-length", b"%d" % len(text)), (b"content-type", b"text/plain")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})


# -- the receiver round it, and who watches both


@contextmanager
def watched(test: str | None, method: str) -> Iterator[None]:
    note(test, "begun", method)
    try:
        yield
    except Exception as error:
        escaped.append(repr(error))
        raise
    finally:
        note(test, "ended", method)


behind_wsgi = guarded.wsgi(push.wsgi(inner_wsgi))
behind_asgi = guarded.asgi(push.asgi(inner_asgi))
# The same with no application behind, for what is below this path.
ALONE = "/alone/"
alone_wsgi, alone_asgi = push.wsgi(), push.asgi()


def wsgi(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    with watched(environ.get("HTTP_X_TEST"), environ["REQUEST_METHOD"]):
        app = alone_wsgi if environ["PATH_INFO"].startswith(ALONE) else behind_wsgi
        return app(environ, start_response)


async def asgi(scope: Scope, receive: Receive, send: Send) -> None:
    test = dict(scope.get("headers", ())).get(b"x-test")
    with watched(test and test.decode(), scope.get("method", scope["type"])):
        app = alone_asgi if scope.get("path", "").startswith(ALONE) else behind_asgi
        await app(scope, receive, send)
