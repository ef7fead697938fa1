"""Django Ninja: the receiver is where Django's is, the operations of an API are behind it."""

from typing import Any

from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

import pushmw.django
from sites import django as site
from sites.base import CALLBACK, COMMANDS, METHODS, Site
from sites.hosts import ASGIServer, WSGIServer

# isort: split
# Ninja reads Django's settings when it is imported, and sites.django makes them.
from ninja import NinjaAPI

api = NinjaAPI(openapi_url=None)


@api.get("/hello")
def hello(request: HttpRequest) -> HttpResponse:
    return site.hello(request)


@api.post("/echo")
def echo(request: HttpRequest) -> HttpResponse:
    return site.echo(request)


@api.get("/stream")
def stream(request: HttpRequest) -> StreamingHttpResponse:
    return site.stream(request)


@api.api_operation(METHODS, CALLBACK)
@api.api_operation(METHODS, COMMANDS)
def callback(request: HttpRequest) -> Any:
    try:
        parsed = api.parser.parse_body(request)
    except ValueError:
        parsed = None
    return site.answer(request, parsed)


urlpatterns = [path("", api.urls)]

SITES = {
    "ninja-wsgi": Site(
        "ninja-wsgi",
        WSGIServer,
        site.outermost(get_wsgi_application, pushmw.django.wsgi, __name__),
        site.WSGI,
    ),
    "ninja-asgi": Site(
        "ninja-asgi",
        ASGIServer,
        site.as_middleware(get_asgi_application, __name__),
        site.ASGI_INSIDE,
    ),
}
