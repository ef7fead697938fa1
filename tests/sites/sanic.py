"""Sanic under a server for ASGI, with the receiver outermost."""

from typing import Any

from sanic import HTTPResponse, Request, Sanic
from sanic.exceptions import BadRequest
from sanic.response import raw, text

from pushmw import Receiver
from sites.base import CALLBACK, COMMANDS, METHODS, Can, Inner, Site
from sites.hosts import StartingServer

# Each test makes the application anew, and Sanic refuses a second one of the same name.
Sanic.test_mode = True


async def hello(request: Request) -> HTTPResponse:
    return text("hello")


async def echo(request: Request) -> HTTPResponse:
    return raw(request.body, headers={"x-length": str(len(request.body))})


async def _streamed(request: Request, inner: Inner, **options: Any) -> None:
    response = await request.respond(**options)
    assert response is not None
    async for part in inner.astream():
        await response.send(part)


def application(inner: Inner, push: Receiver | None) -> Any:
    app: Any = Sanic("site", configure_logging=False)
    app.config.FALLBACK_ERROR_FORMAT = "text"
    app.config.TOUCHUP = False  # else each start compiles code for Sanic's own server

    async def stream(request: Request) -> None:
        await _streamed(request, inner)

    async def callback(request: Request) -> HTTPResponse | None:
        try:
            parsed = request.json
        except BadRequest:
            parsed = None
        inner.take(request.method, request.query_string, request.body, parsed)
        if inner.streams:
            await _streamed(request, inner, status=inner.status, headers=inner.headers)
            return None
        return raw(inner.body, inner.status, inner.headers)

    app.add_route(hello, "/hello")
    app.add_route(echo, "/echo", methods=["POST"])
    app.add_route(stream, "/stream")
    app.add_route(callback, CALLBACK, methods=METHODS, name="callback")
    app.add_route(callback, COMMANDS, methods=METHODS, name="commands")
    return push.asgi(app) if push else app


CAN = Can.HTTP | Can.LOOP | Can.POOL | Can.EARLY | Can.BODY_DEADLINE | Can.REPEATED
# Without Can.RAISES: Sanic answers every exception itself.
SITES = {"sanic": Site("sanic", StartingServer, application, CAN)}
