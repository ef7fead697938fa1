"""What Connexion's users expect beyond the behavioural suite: both bases, its client, positions."""

from typing import Any

import pytest
from connexion import AsyncApp, FlaskApp
from connexion.middleware import MiddlewarePosition
from connexion.resolver import Resolver

from pushmw import Receiver
from pushmw.samples import sample
from sites.base import CALLBACK

PUSH = sample("deviceAdded")
OUTERMOST = MiddlewarePosition.BEFORE_EXCEPTION
RESPONSES = {"200": {"description": "Done"}}
PATHS: dict[str, Any] = {
    "/": {"get": {"operationId": "home", "responses": RESPONSES}},
}
# What a platform's push is not.
SCHEMA = {"type": "object", "required": ["nothing of the platform's"]}
BODY = {"required": True, "content": {"application/json": {"schema": SCHEMA}}}
DESCRIBED: dict[str, Any] = {
    **PATHS,
    CALLBACK: {"post": {"operationId": "pushed", "requestBody": BODY, "responses": RESPONSES}},
}
BOTH = pytest.mark.parametrize("base", [AsyncApp, FlaskApp], ids=lambda base: base.__name__)


@pytest.fixture
def push() -> Receiver:
    push = Receiver()
    push.on("deviceAdded")(lambda event: None)
    return push


def home(**arguments: Any) -> str:
    return "home"


def app_on(base: Any, paths: dict[str, Any] = PATHS, **options: Any) -> Any:
    app = base("shop")
    information = {"title": "Shop", "version": "1"}
    specification = {"openapi": "3.0.3", "info": information, "paths": paths}
    app.add_api(specification, resolver=Resolver(lambda name: home), **options)
    return app


@BOTH
def test_its_client_goes_through_the_receiver(base: Any, push: Receiver) -> None:
    """The specification needs no word of the callback path."""
    app = app_on(base)
    app.add_middleware(push.asgi, position=OUTERMOST)
    with app.test_client() as client:
        assert client.post(CALLBACK, content=PUSH).text == "ok"
        assert client.get("/").json() == "home"
        assert client.get(CALLBACK).status_code == 404


@BOTH
def test_the_base_path_of_an_api_is_no_part_of_the_callback_path(base: Any, push: Receiver) -> None:
    """It is where Connexion's operations are, and the receiver is none."""
    app = app_on(base, base_path="/api")
    app.add_middleware(push.asgi, position=OUTERMOST)
    with app.test_client() as client:
        assert client.post(CALLBACK, content=PUSH).text == "ok"
        assert client.post("/api" + CALLBACK, content=PUSH).status_code == 404
        assert client.get("/api/").json() == "home"


@BOTH
def test_where_middleware_is_put_by_default_pushes_are_validated(base: Any, push: Receiver) -> None:
    """It is inside of Connexion's own: of exceptions, routes, security and validation."""
    app = app_on(base, DESCRIBED)
    app.add_middleware(push.asgi)
    with app.test_client() as client:
        assert client.post(CALLBACK, json={"notifyType": "deviceAdded"}).status_code == 400
    assert push.counts.handled == 0
    app = app_on(base, DESCRIBED)
    app.add_middleware(push.asgi, position=OUTERMOST)
    with app.test_client() as client:
        assert client.post(CALLBACK, content=PUSH).text == "ok"


def test_round_the_flask_application_inside_it_is_never_asked(push: Receiver) -> None:
    """Connexion has taken what was there before."""
    app = app_on(FlaskApp)
    app.app.wsgi_app = push.wsgi(app.app.wsgi_app)
    with app.test_client() as client:
        assert client.post(CALLBACK, content=PUSH).status_code == 404
        assert client.get("/").json() == "home"
    assert push.counts.handled == 0


def test_as_wsgi_middleware_it_gets_no_chunked_pushes(push: Receiver) -> None:
    """Connexion's bridge from ASGI does not tell it where a body ends that has no length."""
    app = app_on(FlaskApp)
    app.add_wsgi_middleware(push.wsgi)
    with app.test_client() as client:
        assert client.post(CALLBACK, content=PUSH).text == "ok"
        assert client.post(CALLBACK, content=iter([PUSH])).status_code == 411
    app = app_on(FlaskApp)
    app.add_middleware(push.asgi, position=OUTERMOST)
    with app.test_client() as client:
        assert client.post(CALLBACK, content=iter([PUSH])).text == "ok"
