"""What cannot be undercut: read, decode with a bare decoder, answer; no check, no handler."""

from typing import Any

import msgspec

from benchmarks.bodies import KIND
from benchmarks.drivers import ASGIApp, WSGIApp
from pushmw.notifications import LEGACY_KINDS
from pushmw.notifications.iotda import IOTDA_KINDS

HEADERS = [("content-type", "text/plain; charset=utf-8"), ("content-length", "2")]
RAW_HEADERS = [(name.encode(), value.encode()) for name, value in HEADERS]


def bare_decoder(kind: str = KIND) -> Any:
    """Make a decoder of the one Struct that is known to come."""
    return msgspec.json.Decoder({**LEGACY_KINDS, **IOTDA_KINDS}[kind]).decode


def wsgi_floor(decode: Any) -> WSGIApp:
    def app(environ, start_response):
        decode(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        start_response("200 OK", list(HEADERS))
        return [b"ok"]

    return app


async def read_body(receive: Any) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def answer(send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": list(RAW_HEADERS)})
    await send({"type": "http.response.body", "body": b"ok"})


def asgi_floor(decode: Any) -> ASGIApp:
    async def app(scope, receive, send):
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        decode(body)
        await send({"type": "http.response.start", "status": 200, "headers": list(RAW_HEADERS)})
        await send({"type": "http.response.body", "body": b"ok"})

    return app


def bare_wsgi(environ, start_response):
    """Answer any request."""
    start_response("200 OK", list(HEADERS))
    return [b"ok"]


async def bare_asgi(scope, receive, send):
    """Do the same."""
    await answer(send)
