"""Falcon under WSGI and under ASGI, with the receiver outermost."""

import json
from typing import Any

import falcon
import falcon.asgi

from pushmw import Receiver
from sites.base import CALLBACK, COMMANDS, METHODS, Can, Inner, Site
from sites.hosts import ASGIServer, WSGIServer


def _parsed(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return None


def resource(methods: list[str], responder: Any) -> Any:
    """Make a resource that answers all of the methods alike."""
    named = {f"on_{method.lower()}": staticmethod(responder) for method in methods}
    return type("Resource", (), named)()


def answer(inner: Inner, response: Any) -> None:
    response.status = inner.status
    for name, value in inner.headers.items():
        response.set_header(name, value)
    if not inner.streams:
        response.data = inner.body


def wsgi(inner: Inner, push: Receiver | None) -> Any:
    def hello(request: falcon.Request, response: falcon.Response) -> None:
        response.text = "hello"

    def echo(request: falcon.Request, response: falcon.Response) -> None:
        response.data = request.bounded_stream.read()
        response.set_header("x-length", str(len(response.data)))

    def stream(request: falcon.Request, response: falcon.Response) -> None:
        response.stream = inner.stream()

    def callback(request: falcon.Request, response: falcon.Response) -> None:
        body = request.bounded_stream.read()
        inner.take(request.method, request.query_string, body, _parsed(body))
        answer(inner, response)
        if inner.streams:
            response.stream = inner.stream()

    app: Any = falcon.App()
    app.add_route("/hello", resource(["GET"], hello))
    app.add_route("/echo", resource(["POST"], echo))
    app.add_route("/stream", resource(["GET"], stream))
    app.add_route(CALLBACK, resource(METHODS, callback))
    app.add_route(COMMANDS, resource(METHODS, callback))
    return push.wsgi(app) if push else app


def asgi(inner: Inner, push: Receiver | None) -> Any:
    async def hello(request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        response.text = "hello"

    async def echo(request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        response.data = await request.stream.read()
        response.set_header("x-length", str(len(response.data)))

    async def stream(request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        response.stream = inner.astream()

    async def callback(request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        body = await request.stream.read()
        inner.take(request.method, request.query_string, body, _parsed(body))
        answer(inner, response)
        if inner.streams:
            response.stream = inner.astream()

    app: Any = falcon.asgi.App()
    app.add_route("/hello", resource(["GET"], hello))
    app.add_route("/echo", resource(["POST"], echo))
    app.add_route("/stream", resource(["GET"], stream))
    app.add_route(CALLBACK, resource(METHODS, callback))
    app.add_route(COMMANDS, resource(METHODS, callback))
    return push.asgi(app) if push else app


# Without Can.RAISES: Falcon answers every exception itself.
SITES = {
    "falcon-wsgi": Site("falcon-wsgi", WSGIServer, wsgi, Can.HTTP | Can.THREAD | Can.EARLY),
    "falcon-asgi": Site(
        "falcon-asgi",
        ASGIServer,
        asgi,
        Can.HTTP | Can.LOOP | Can.POOL | Can.EARLY | Can.BODY_DEADLINE | Can.REPEATED,
    ),
}
