"""Starlette, with the receiver as its outermost middleware."""

from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from pushmw import Receiver
from sites.base import CALLBACK, COMMANDS, METHODS, Can, Inner, Site
from sites.hosts import ASGIServer


def routes(inner: Inner) -> dict[str, tuple[Any, list[str]]]:
    """Give the endpoints by path, each with its methods."""

    async def hello(request: Request) -> Response:
        return PlainTextResponse("hello")

    async def echo(request: Request) -> Response:
        body = await request.body()
        return Response(body, headers={"x-length": str(len(body))})

    async def stream(request: Request) -> Response:
        return StreamingResponse(inner.astream())

    async def callback(request: Request) -> Response:
        try:
            parsed = await request.json()
        except ValueError:
            parsed = None
        inner.take(request.method, request.url.query, await request.body(), parsed)
        if inner.streams:
            return StreamingResponse(inner.astream(), inner.status, inner.headers)
        return Response(inner.body, inner.status, inner.headers)

    return {
        "/hello": (hello, ["GET"]),
        "/echo": (echo, ["POST"]),
        "/stream": (stream, ["GET"]),
        CALLBACK: (callback, METHODS),
        COMMANDS: (callback, METHODS),
    }


def application(inner: Inner, push: Receiver | None) -> Starlette:
    # debug: nothing of a failed handler may come out even so.
    app = Starlette(
        debug=True,
        routes=[Route(path, to, methods=methods) for path, (to, methods) in routes(inner).items()],
    )
    if push:
        app.add_middleware(push.asgi)
    return app


CAN = Can.HTTP | Can.LOOP | Can.POOL | Can.EARLY | Can.BODY_DEADLINE | Can.REPEATED | Can.RAISES
SITES = {"starlette": Site("starlette", ASGIServer, application, CAN)}
