"""Pyramid, with the receiver outermost."""

from typing import Any

from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.response import Response

from pushmw import Receiver
from sites.base import CALLBACK, COMMANDS, Can, Inner, Site
from sites.hosts import WSGIServer

# WebOb puts larger bodies into files and leaves it to others to close them; it has 10 KiB.
Request.request_body_tempfile_limit = 1024 * 1024


def hello(request: Request) -> Response:
    return Response("hello")


def echo(request: Request) -> Response:
    return Response(request.body, headers={"x-length": str(len(request.body))})


def application(inner: Inner, push: Receiver | None) -> Any:
    def stream(request: Request) -> Response:
        return Response(app_iter=inner.stream())

    def callback(request: Request) -> Response:
        try:
            parsed = request.json_body
        except ValueError:
            parsed = None
        inner.take(request.method, request.query_string, request.body, parsed)
        content: Any = {"app_iter": inner.stream()} if inner.streams else {"body": inner.body}
        return Response(status=inner.status, headerlist=list(inner.headers.items()), **content)

    with Configurator() as config:
        for path, view, method in (
            ("/hello", hello, "GET"),
            ("/echo", echo, "POST"),
            ("/stream", stream, "GET"),
            (CALLBACK, callback, None),
            (COMMANDS, callback, None),
        ):
            config.add_route(path, path)
            config.add_view(view, route_name=path, request_method=method)
        app = config.make_wsgi_app()
    return push.wsgi(app) if push else app


CAN = Can.HTTP | Can.THREAD | Can.EARLY | Can.RAISES
SITES = {"pyramid": Site("pyramid", WSGIServer, application, CAN)}
