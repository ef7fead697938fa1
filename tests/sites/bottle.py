"""Bottle, with the receiver outermost."""

from typing import Any

import bottle as untyped

from pushmw import Receiver
from sites.base import CALLBACK, COMMANDS, METHODS, Can, Inner, Site
from sites.hosts import WSGIServer

bottle: Any = untyped

# JSON that is larger is none to Bottle; it has 100 KiB.
bottle.BaseRequest.MEMFILE_MAX = 1024 * 1024


def application(inner: Inner, push: Receiver | None) -> Any:
    app = bottle.Bottle()
    app.config["catchall"] = False  # exceptions are the server's business

    @app.get("/hello")
    def hello() -> str:
        return "hello"

    @app.post("/echo")
    def echo() -> Any:
        body = bottle.request.body.read()
        return bottle.HTTPResponse(body, headers={"x-length": str(len(body))})

    @app.get("/stream")
    def stream() -> Any:
        return inner.stream()

    @app.route([CALLBACK, COMMANDS], METHODS)
    def callback() -> Any:
        request = bottle.request
        try:
            parsed = request.json
        except bottle.HTTPResponse:
            parsed = None
        inner.take(request.method, request.query_string, request.body.read(), parsed)
        answer = inner.stream() if inner.streams else inner.body
        return bottle.HTTPResponse(answer, inner.status, inner.headers)

    return push.wsgi(app) if push else app


CAN = Can.HTTP | Can.THREAD | Can.EARLY | Can.RAISES
SITES = {"bottle": Site("bottle", WSGIServer, application, CAN)}
