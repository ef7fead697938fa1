"""Litestar, with the receiver round its ASGI handler."""

from typing import Any

from litestar import Litestar, Request, Response, get, post, route
from litestar.enums import HttpMethod
from litestar.exceptions import SerializationException
from litestar.response import Stream

from pushmw import Receiver
from sites.base import CALLBACK, COMMANDS, METHODS, Can, Inner, Site
from sites.hosts import ASGIServer

AnyRequest = Request[Any, Any, Any]

# The routes know it by name: to make them anew for each test takes longer than the test.
current = Inner()


@get("/hello")
async def hello() -> str:
    return "hello"


@post("/echo", status_code=200)
async def echo(request: AnyRequest) -> Response[bytes]:
    body = await request.body()
    return Response(body, headers={"x-length": str(len(body))})


@get("/stream")
async def stream() -> Stream:
    return Stream(current.astream())


@route([CALLBACK, COMMANDS], http_method=[HttpMethod(name) for name in METHODS])
async def callback(request: AnyRequest) -> Response[Any]:
    inner, body = current, await request.body()
    try:
        parsed = await request.json()
    except SerializationException:
        parsed = None
    inner.take(request.method, request.url.query, body, parsed)
    if inner.streams:
        return Stream(inner.astream(), status_code=inner.status, headers=inner.headers)
    return Response(inner.body, status_code=inner.status, headers=inner.headers)


app = Litestar([hello, echo, stream, callback], logging_config=None, openapi_config=None)
bare = app.asgi_handler


def application(inner: Inner, push: Receiver | None) -> Litestar:
    global current  # noqa: PLW0603 - as above
    current = inner
    app.asgi_handler = push.asgi(bare) if push else bare
    return app


CAN = Can.HTTP | Can.LOOP | Can.POOL | Can.EARLY | Can.BODY_DEADLINE | Can.REPEATED
# Without Can.RAISES: Litestar answers every exception itself.
SITES = {"litestar": Site("litestar", ASGIServer, application, CAN)}
