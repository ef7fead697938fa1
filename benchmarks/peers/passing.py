"""Other things that stand in front of an application: each with the application it is put before.

A pair gives the application without and with it. Where it needs a framework, the framework's own
application is what it is compared with.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

Pair = tuple[Any, Any]


class Passing(NamedTuple):
    """A thing in front of an application."""

    name: str
    protocol: str
    before: str | None
    pair: Callable[[Any], Pair]


def dispatcher(app: Any) -> Pair:
    from werkzeug.middleware.dispatcher import DispatcherMiddleware

    return app, DispatcherMiddleware(app, {"/v1.0.0/messageReceiver": app})


def socketio_wsgi(app: Any) -> Pair:
    import socketio

    return app, socketio.WSGIApp(socketio.Server(async_mode="threading"), app)


def socketio_asgi(app: Any) -> Pair:
    import socketio

    return app, socketio.ASGIApp(socketio.AsyncServer(async_mode="asgi"), app)


def base_http(app: Any) -> Pair:
    from starlette.middleware.base import BaseHTTPMiddleware

    async def dispatch(request, call_next):
        return await call_next(request)

    return app, BaseHTTPMiddleware(app, dispatch)


def before_request(_app: Any) -> Pair:
    return _flask(), _flask(hook=True)


def _flask(*, hook: bool = False) -> Any:
    from flask import Flask, request

    app = Flask(__name__)

    @app.route("/orders", methods=["GET", "POST"])
    @app.route("/v1.0.0/messageReceives", methods=["GET", "POST"])
    def orders():
        return "ok"

    if hook:

        @app.before_request
        def look():
            if request.path == "/v1.0.0/messageReceiver" and request.method == "POST":
                return "a push"
            return None

    return app


class DjangoMiddleware:
    """As Django's manual writes one."""

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        if request.path == "/v1.0.0/messageReceiver" and request.method == "POST":
            raise NotImplementedError
        return self.get_response(request)


def django(_app: Any) -> Pair:
    from benchmarks.peers.django_site import site

    return site([]), site([f"{__name__}.DjangoMiddleware"])


PASSING: Final = (
    Passing("werkzeug's DispatcherMiddleware", "wsgi", None, dispatcher),
    Passing("socketio.WSGIApp", "wsgi", None, socketio_wsgi),
    Passing("Flask's before_request", "wsgi", "Flask", before_request),
    Passing("Django middleware", "wsgi", "Django", django),
    Passing("socketio.ASGIApp", "asgi", None, socketio_asgi),
    Passing("Starlette's BaseHTTPMiddleware", "asgi", None, base_http),
)
