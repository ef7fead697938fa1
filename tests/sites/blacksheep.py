"""BlackSheep, with the receiver outermost."""

from typing import Any

from blacksheep import Application, Content, Request, Response, Router, StreamedContent
from blacksheep.exceptions import BadRequestFormat

from pushmw import Receiver
from sites.base import CALLBACK, COMMANDS, METHODS, Can, Inner, Site
from sites.hosts import StartingServer

_TEXT = b"text/plain; charset=utf-8"


async def hello(request: Request) -> Response:
    return Response(200, content=Content(_TEXT, b"hello"))


async def echo(request: Request) -> Response:
    body = await request.read() or b""
    length = str(len(body)).encode()
    return Response(200, [(b"x-length", length)], Content(b"application/octet-stream", body))


def application(inner: Inner, push: Receiver | None) -> Any:
    app = Application(router=Router())  # else they share one

    async def stream(request: Request) -> Response:
        return Response(200, content=StreamedContent(_TEXT, inner.astream))

    async def callback(request: Request) -> Response:
        body = await request.read() or b""
        try:
            parsed = await request.json()
        except BadRequestFormat:
            parsed = None
        inner.take(request.method, (request.url.query or b"").decode(), body, parsed)
        headers = {name.encode(): value.encode() for name, value in inner.headers.items()}
        kind = headers.pop(b"content-type")
        content: Content = Content(kind, inner.body)
        if inner.streams:
            content = StreamedContent(kind, inner.astream)
        return Response(inner.status, list(headers.items()), content)

    app.router.add_get("/hello", hello)
    app.router.add_post("/echo", echo)
    app.router.add_get("/stream", stream)
    for method in METHODS:
        app.router.add(method, CALLBACK, callback)
        app.router.add(method, COMMANDS, callback)
    return push.asgi(app) if push else app


CAN = Can.HTTP | Can.LOOP | Can.POOL | Can.EARLY | Can.BODY_DEADLINE | Can.REPEATED
# Without Can.RAISES: BlackSheep answers every exception itself.
SITES = {"blacksheep": Site("blacksheep", StartingServer, application, CAN)}
