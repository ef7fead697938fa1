"""Flask, with the receiver round its WSGI application and with an application context as well."""

from typing import Any

from flask import Flask, Response, request

import pushmw.flask
from pushmw import Receiver
from sites.base import CALLBACK, COMMANDS, METHODS, Can, Inner, Site
from sites.hosts import WSGIServer


def application(inner: Inner) -> Flask:
    app = Flask("site")

    @app.get("/hello")
    def hello() -> str:
        return "hello"

    @app.post("/echo")
    def echo() -> Response:
        body = request.get_data()
        return Response(body, headers={"x-length": str(len(body))})

    @app.get("/stream")
    def stream() -> Response:
        return Response(inner.stream())

    @app.route(CALLBACK, methods=METHODS, provide_automatic_options=False)
    @app.route(COMMANDS, methods=METHODS, provide_automatic_options=False)
    def callback() -> Response:
        parsed = request.get_json(force=True, silent=True)
        inner.take(request.method, request.query_string.decode(), request.get_data(), parsed)
        body: Any = inner.stream() if inner.streams else inner.body
        return Response(body, inner.status, inner.headers)

    return app


def outside(inner: Inner, push: Receiver | None) -> Flask:
    app = application(inner)
    if push:
        app.wsgi_app = push.wsgi(app.wsgi_app)  # type: ignore[method-assign]
    return app


def with_context(inner: Inner, push: Receiver | None) -> Flask:
    app = application(inner)
    if push:
        pushmw.flask.init_app(app, push)
    return app


_CAN = Can.HTTP | Can.THREAD | Can.EARLY
SITES = {
    "flask": Site("flask", WSGIServer, outside, _CAN),
    "flask-context": Site("flask-context", WSGIServer, with_context, _CAN),
}
