"""What Falcon's users expect beyond the behavioural suite: client, media, middleware."""

from typing import Any

import falcon
import falcon.asgi
import pytest
from falcon.testing import TestClient

from pushmw import Receiver
from pushmw.samples import sample
from sites.base import CALLBACK
from sites.hosts import WSGIServer
from wire import chunks

PUSH = sample("deviceAdded")
DEVICE = "5c0ffee0-1a2b-4c3d-8e4f-000000000001"


class Device:
    """Answers the device of a push that fell through."""

    def on_post(self, request: falcon.Request, response: falcon.Response) -> None:
        response.text = request.get_media()["deviceId"]


class AsyncDevice:
    async def on_post(self, request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        response.text = (await request.get_media())["deviceId"]


class Noting:
    """A middleware, for both kinds of applications."""

    def __init__(self) -> None:
        self.paths: list[str] = []

    def process_request(self, request: Any, response: Any) -> None:
        self.paths.append(request.path)

    async def process_request_async(self, request: Any, response: Any) -> None:
        self.paths.append(request.path)


def wsgi(push: Receiver, **options: Any) -> Any:
    app: Any = falcon.App(**options)
    app.add_route(CALLBACK, Device())
    return push.wsgi(app)


def asgi(push: Receiver, **options: Any) -> Any:
    app: Any = falcon.asgi.App(**options)
    app.add_route(CALLBACK, AsyncDevice())
    return push.asgi(app)


BOTH = pytest.mark.parametrize("make", [wsgi, asgi], ids=lambda make: make.__name__)


@BOTH
def test_its_client_goes_through_the_receiver(make: Any) -> None:
    """It takes the wrapped application."""
    push = Receiver()
    got: list[Any] = []
    push.on("deviceAdded")(got.append)
    client = TestClient(make(push))
    assert client.simulate_post(CALLBACK, body=PUSH).text == "ok"
    assert client.simulate_get("/nowhere").status_code == 404
    assert len(got) == 1


@BOTH
def test_a_push_that_falls_through_is_parsed_by_the_resource(make: Any) -> None:
    """Its media handler gets the body that the receiver has read before."""
    answer = TestClient(make(Receiver())).simulate_post(
        CALLBACK, body=PUSH, headers={"content-type": "application/json"}
    )
    assert answer.text == DEVICE


@BOTH
def test_middleware_does_not_run_for_a_push(make: Any) -> None:
    """pushmw stands in front of it: the documentation says that it protects nothing here."""
    push, noting = Receiver(), Noting()
    push.on("deviceAdded")(lambda event: None)
    client = TestClient(make(push, middleware=[noting]))
    assert client.simulate_post(CALLBACK, body=PUSH).text == "ok"
    assert noting.paths == []
    client.simulate_get("/nowhere")
    assert noting.paths == ["/nowhere"]


def test_a_responder_gets_nothing_of_a_chunked_push() -> None:
    """Falcon's WSGI streams end where Content-Length says, so a hand-over there loses pushes."""
    push = Receiver()
    got: list[Any] = []
    push.on("deviceAdded")(got.append)

    class HandingOver:
        def on_post(self, request: falcon.Request, response: falcon.Response) -> None:
            answer = push.handle(request.bounded_stream.read(), request.headers, request.path)
            response.status, response.data = answer.status, answer.body

    app: Any = falcon.App()
    app.add_route(CALLBACK, HandingOver())
    chunked = {"transfer-encoding": "chunked"}
    with WSGIServer() as server:
        server.run(app, None)
        assert server.post(PUSH, {}, CALLBACK).status == 200
        assert server.post(chunks(PUSH), chunked, CALLBACK).status == 400
        assert len(got) == 1
        server.run(push.wsgi(falcon.App()), None)
        assert server.post(chunks(PUSH), chunked, CALLBACK).status == 200
        assert len(got) == 2
