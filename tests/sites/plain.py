"""Applications without a framework."""

import json
from collections.abc import Iterable
from typing import Any

from pushmw import Receiver
from sites.base import CALLBACK, COMMANDS, Can, Inner, Site
from sites.hosts import ASGIServer, WSGIServer

_TEXT = "text/plain; charset=utf-8"


def _parsed(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _answer(inner: Inner, method: str, path: str, query: str, body: bytes) -> Any:
    """Give status, headers and body; None as the body is the stream."""
    if path in {CALLBACK, COMMANDS}:
        inner.take(method, query, body, _parsed(body))
        return inner.status, inner.headers, None if inner.streams else inner.body
    if (method, path) == ("GET", "/hello"):
        return 200, {"content-type": _TEXT}, b"hello"
    if (method, path) == ("POST", "/echo"):
        return 200, {"content-type": _TEXT, "x-length": str(len(body))}, body
    if (method, path) == ("GET", "/stream"):
        return 200, {"content-type": _TEXT}, None
    return 404, {"content-type": _TEXT}, f"nothing at {path}".encode()


def wsgi(inner: Inner, push: Receiver | None) -> Any:
    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH")
        ends = environ.get("wsgi.input_terminated")
        sent = environ["wsgi.input"].read(int(length)) if length else b""
        if not length and ends:
            sent = environ["wsgi.input"].read()
        path = environ["PATH_INFO"].encode("latin-1").decode(errors="replace")
        status, headers, body = _answer(
            inner, environ["REQUEST_METHOD"], path, environ["QUERY_STRING"], sent
        )
        if body is not None:
            headers = {**headers, "content-length": str(len(body))}
        start_response(f"{status} Made Up", list(headers.items()))
        return inner.stream() if body is None else [body]

    return push.wsgi(app) if push else app


def asgi(inner: Inner, push: Receiver | None) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        sent, more = b"", True
        while more:
            message = await receive()
            sent += message["body"]
            more = message["more_body"]
        status, headers, body = _answer(
            inner, scope["method"], scope["path"], scope["query_string"].decode(), sent
        )
        if body is not None:
            headers = {**headers, "content-length": str(len(body))}
        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": pairs})
        if body is None:
            async for part in inner.astream():
                await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": body or b""})

    return push.asgi(app) if push else app


SITES = {
    "wsgi": Site("wsgi", WSGIServer, wsgi, Can.HTTP | Can.THREAD | Can.EARLY | Can.RAISES),
    "asgi": Site(
        "asgi",
        ASGIServer,
        asgi,
        Can.HTTP | Can.LOOP | Can.POOL | Can.EARLY | Can.BODY_DEADLINE | Can.REPEATED | Can.RAISES,
    ),
}
