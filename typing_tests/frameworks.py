# pyright: reportMissingTypeStubs=false
"""The lines that put pushmw into an application, as a type checker sees them."""

from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any

from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from fastapi import FastAPI
from flask import Flask
from litestar import Litestar
from litestar.testing import TestClient as LitestarClient
from quart import Quart
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.testclient import TestClient as StarletteClient
from starlette.types import ASGIApp, Receive, Scope, Send
from werkzeug.test import Client

import pushmw.django
import pushmw.flask
from pushmw import Receiver

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

push = Receiver()

# Flask: to set a method is what mypy asks to be told, whatever is put there.

flask_app = Flask(__name__)
flask_app.wsgi_app = push.wsgi(flask_app.wsgi_app)  # type: ignore[method-assign]
pushmw.flask.init_app(flask_app, push)

# FastAPI and Starlette

fastapi_app = FastAPI()
fastapi_app.add_middleware(push.asgi)
starlette_app = Starlette(middleware=[Middleware(push.asgi)])
starlette_app.add_middleware(push.asgi)
wrapped_fastapi = push.asgi(fastapi_app)
StarletteClient(push.asgi(starlette_app))
StarletteClient(push.asgi())


@fastapi_app.post("/push")
async def route(request: Request) -> Response:
    answer = await push.ahandle(await request.body(), request.headers, request.url.path)
    return Response(answer.body, answer.status, dict(answer.headers))


# Quart: as Flask

quart_app = Quart(__name__)
quart_app.asgi_app = push.asgi(quart_app.asgi_app)  # type: ignore[method-assign]
wrapped_quart = push.asgi(quart_app)

# Litestar

litestar_app = Litestar()
litestar_app.asgi_handler = push.asgi(litestar_app.asgi_handler)
wrapped_litestar = push.asgi(litestar_app)
LitestarClient(litestar_app)

# Django, which ships no types

django_wsgi = pushmw.django.wsgi(push, get_wsgi_application())
django_asgi = pushmw.django.asgi(push, get_asgi_application())

# Plain WSGI


def plain_wsgi(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    start_response("200 OK", [])
    return [b""]


def loosely_typed_wsgi(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    start_response("200 OK", [])
    return [b""]


wsgi: "WSGIApplication" = push.wsgi(plain_wsgi)
wsgi = push.wsgi(loosely_typed_wsgi)
wsgi = push.wsgi(wsgi)
wsgi = push.wsgi()
Client(push.wsgi(plain_wsgi))

# Plain ASGI


async def starlettes_types(scope: Scope, receive: Receive, send: Send) -> None: ...


async def loosely_typed_asgi(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None: ...


asgi: ASGIApp = push.asgi(starlettes_types)
asgi = push.asgi(loosely_typed_asgi)
asgi = push.asgi(asgi)
asgi = push.asgi()

# The one in the place of the other

flask_app.wsgi_app = push.asgi()  # type: ignore[assignment, method-assign]  # pyright: ignore[reportAttributeAccessIssue]
quart_app.asgi_app = push.wsgi()  # type: ignore[assignment, method-assign]  # pyright: ignore[reportAttributeAccessIssue]
litestar_app.asgi_handler = push.wsgi()  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]
fastapi_app.add_middleware(push.wsgi)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
push.wsgi(quart_app)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
push.wsgi(litestar_app)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
push.wsgi(fastapi_app)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
