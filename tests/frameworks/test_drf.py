"""Django REST framework: its client, and that nothing of its views stands before a push."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.asgi import get_asgi_application
from django.test import override_settings
from django.urls import path

from pushmw import Receiver
from pushmw.samples import sample
from sites import django as site_module
from sites.base import CALLBACK
from sites.hosts import ASGIServer
from wire import chunks

# isort: split
# It reads Django's settings when it is imported, and sites.django makes them.
from rest_framework.decorators import api_view, permission_classes
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIClient

PUSH = sample("deviceAdded")


@api_view(["GET", "POST"])
@permission_classes([IsAuthenticated])
def protected(request: Request) -> Response:
    return Response("for users only")


@api_view(["POST"])
def view(request: Request) -> Response:
    return Response("ok" if request.data else "no data")


urlpatterns = [
    path(CALLBACK.removeprefix("/"), protected),
    path("protected", protected),
    path("view", view),
]


@pytest.fixture
def client() -> Iterator[Any]:
    """DRF's own client, on a project with the middleware."""
    push = Receiver()
    push.on("deviceAdded")(lambda event: None)
    site_module.receiver = push
    with override_settings(
        ROOT_URLCONF=__name__,
        MIDDLEWARE=["pushmw.django.PushMiddleware"],
        PUSHMW_RECEIVER="sites.django.receiver",
        REST_FRAMEWORK={"UNAUTHENTICATED_USER": None},  # there are no users here
    ):
        yield APIClient(raise_request_exception=False)


@pytest.mark.parametrize("media_type", ["application/json", "text/plain", "multipart/form-data"])
def test_no_permission_parser_or_media_type_is_asked_for(client: Any, media_type: str) -> None:
    """A push is answered before it gets to a view."""
    answer = client.generic("POST", CALLBACK, PUSH, content_type=media_type)
    assert (answer.status_code, answer.content) == (200, b"ok")
    assert client.get(CALLBACK).status_code == 403


def test_a_view_of_ones_own_asks_for_all_of_that(client: Any) -> None:
    """The platform has no user, and need not call its JSON by that name."""
    assert client.generic("POST", "/view", PUSH, content_type="application/json").json() == "ok"
    assert client.generic("POST", "/view", PUSH, content_type="text/plain").status_code == 415
    assert client.generic("POST", "/protected", PUSH).status_code == 403


def test_a_chunked_push_has_no_data_for_a_view_under_asgi(client: Any) -> None:
    """Without a Content-Length there is no body for DRF, and Django under ASGI does not tell."""
    chunked = {"transfer-encoding": "chunked", "content-type": "application/json"}
    with ASGIServer() as server:
        server.run(get_asgi_application(), None)
        assert server.post(chunks(PUSH), chunked, "/view").json() == "no data"
        assert server.post(PUSH, {"content-type": "application/json"}, "/view").json() == "ok"
