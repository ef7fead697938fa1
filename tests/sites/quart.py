"""Quart, with the receiver round its ASGI application."""

from typing import Any

from quart import Quart, Response, request
from werkzeug.exceptions import BadRequest

from pushmw import Receiver
from sites.base import CALLBACK, COMMANDS, METHODS, Can, Inner, Site
from sites.hosts import ASGIServer


def application(inner: Inner, push: Receiver | None) -> Quart:
    app = Quart("site")

    @app.get("/hello")
    async def hello() -> str:
        return "hello"

    @app.post("/echo")
    async def echo() -> Response:
        body = await request.get_data()
        return Response(body, headers={"x-length": str(len(body))})

    @app.get("/stream")
    async def stream() -> Response:
        return Response(inner.astream())

    @app.route(CALLBACK, methods=METHODS, provide_automatic_options=False)
    @app.route(COMMANDS, methods=METHODS, provide_automatic_options=False)
    async def callback() -> Response:
        try:
            parsed = await request.get_json(force=True)
        except (BadRequest, UnicodeDecodeError):
            parsed = None
        body: Any = await request.get_data()
        inner.take(request.method, request.query_string.decode(), body, parsed)
        answer: Any = inner.astream() if inner.streams else inner.body
        return Response(answer, inner.status, inner.headers)

    if push:
        app.asgi_app = push.asgi(app.asgi_app)  # type: ignore[method-assign]
    return app


CAN = Can.HTTP | Can.LOOP | Can.POOL | Can.EARLY | Can.BODY_DEADLINE | Can.REPEATED
# Without Can.RAISES: Quart answers every exception itself.
SITES = {"quart": Site("quart", ASGIServer, application, CAN)}
