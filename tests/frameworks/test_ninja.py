"""Django Ninja: which client goes through the receiver, and what operations get."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client, override_settings
from django.urls import path

from pushmw import Receiver
from pushmw.samples import sample
from sites import django as site_module
from sites.base import CALLBACK

# isort: split
# It reads Django's settings when it is imported, and sites.django makes them.
from ninja import Body, NinjaAPI
from ninja.security import HttpBearer
from ninja.testing import TestClient

PUSH = sample("deviceAdded")


class Token(HttpBearer):
    def authenticate(self, request: HttpRequest, token: str) -> bool:
        return token == "made up"


api = NinjaAPI(auth=Token(), urls_namespace="pushes", openapi_url=None)


@api.api_operation(["GET"], CALLBACK)
def page(request: HttpRequest) -> str:
    return "for users only"


@api.api_operation(["POST"], CALLBACK, auth=None)
def device(request: HttpRequest, data: Body[dict[str, Any]]) -> Any:
    return data["deviceId"]


urlpatterns = [path("", api.urls)]


@pytest.fixture
def push() -> Iterator[Receiver]:
    """Give the receiver of a project that has the middleware."""
    push = Receiver()
    site_module.receiver = push
    with override_settings(
        ROOT_URLCONF=__name__,
        MIDDLEWARE=["pushmw.django.PushMiddleware"],
        PUSHMW_RECEIVER="sites.django.receiver",
    ):
        yield push


def test_no_token_is_asked_for(push: Receiver) -> None:
    """A push is answered before it gets to an operation."""
    push.on("deviceAdded")(lambda event: None)
    client: Any = Client()
    assert client.post(CALLBACK, PUSH, content_type="text/plain").content == b"ok"
    assert client.get(CALLBACK).status_code == 401


def test_an_operation_gets_what_falls_through(push: Receiver) -> None:
    """Its arguments are made from the body that the receiver has read before."""
    client: Any = Client()
    answer = client.post(CALLBACK, PUSH, content_type="application/json")
    assert answer.json() == "5c0ffee0-1a2b-4c3d-8e4f-000000000001"
    assert push.counts.unhandled == 1


def test_ninjas_own_client_goes_past_the_receiver(push: Receiver) -> None:
    """It calls the operations, and no middleware of Django."""
    push.on("deviceAdded")(lambda event: None)
    client: Any = TestClient(api)
    answer = client.post(CALLBACK, data=PUSH, content_type="application/json")
    assert answer.json() == "5c0ffee0-1a2b-4c3d-8e4f-000000000001"
    assert push.counts.handled == 0
