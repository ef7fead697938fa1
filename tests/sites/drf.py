"""Django REST framework: the receiver is where Django's is, DRF's views are behind it."""

from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import StreamingHttpResponse
from django.urls import path

import pushmw.django
from sites import django as site
from sites.base import CALLBACK, COMMANDS, METHODS, Site
from sites.hosts import ASGIServer, WSGIServer

# There are no users here.
settings.REST_FRAMEWORK = {"UNAUTHENTICATED_USER": None}

from rest_framework.decorators import api_view, renderer_classes  # noqa: E402 - after its settings
from rest_framework.exceptions import APIException  # noqa: E402 - as above
from rest_framework.parsers import JSONParser  # noqa: E402 - as above
from rest_framework.renderers import StaticHTMLRenderer  # noqa: E402 - as above
from rest_framework.request import Request  # noqa: E402 - as above
from rest_framework.response import Response  # noqa: E402 - as above


@api_view(["GET"])
@renderer_classes([StaticHTMLRenderer])
def hello(request: Request) -> Response:
    return Response("hello")


@api_view(["POST"])
@renderer_classes([StaticHTMLRenderer])
def echo(request: Request) -> Response:
    return Response(request.body, headers={"x-length": str(len(request.body))})


@api_view(["GET"])
def stream(request: Any) -> StreamingHttpResponse:
    return site.stream(request)


@api_view(METHODS)
def callback(request: Any) -> Any:
    try:
        parsed = request.data
        if "CONTENT_LENGTH" not in request.META and hasattr(request, "scope"):
            # Under ASGI chunked bodies have no length, and to DRF that is no body.
            parsed = JSONParser().parse(BytesIO(request.body))
    except APIException:
        parsed = None
    return site.answer(request, parsed)


urlpatterns = [
    path("hello", hello),
    path("echo", echo),
    path("stream", stream),
    path(CALLBACK.removeprefix("/"), callback),
    path(COMMANDS.removeprefix("/"), callback),
]

SITES = {
    "drf-wsgi": Site(
        "drf-wsgi", WSGIServer, site.as_middleware(get_wsgi_application, __name__), site.WSGI
    ),
    "drf-asgi": Site(
        "drf-asgi",
        ASGIServer,
        site.outermost(get_asgi_application, pushmw.django.asgi, __name__),
        site.ASGI,
    ),
}
