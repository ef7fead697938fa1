"""What Litestar's users expect beyond the behavioural suite, and why it is not its middleware."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from litestar import Litestar, Request, WebSocket, get, post, websocket
from litestar.params import JSONBody
from litestar.testing import TestClient

from pushmw import Receiver
from pushmw.samples import sample
from sites.base import CALLBACK

PUSH = sample("deviceAdded")


def receiver() -> tuple[Receiver, list[Any]]:
    push = Receiver()
    got: list[Any] = []
    push.on("deviceAdded")(got.append)
    return push, got


def app_with(push: Receiver, *handlers: Any, **options: Any) -> Litestar:
    app = Litestar(handlers, logging_config=None, **options)
    app.asgi_handler = push.asgi(app.asgi_handler)
    return app


@get(CALLBACK)
async def page() -> str:
    return "a page"


@post(CALLBACK)
async def taken() -> str:
    return "taken"


def test_its_client_goes_through_the_receiver_and_the_application_keeps_its_type() -> None:
    """So that ``litestar run`` and plugins go on to work."""
    push, got = receiver()
    app = app_with(push, page)
    assert type(app) is Litestar
    with TestClient(app) as client:
        assert client.post(CALLBACK, content=PUSH).text == "ok"
        assert client.get(CALLBACK).text == "a page"
    with TestClient(push.asgi(Litestar([page], logging_config=None))) as client:
        assert client.post(CALLBACK, content=PUSH).text == "ok"
    assert len(got) == 2


@pytest.mark.parametrize(
    ("handlers", "status", "taken_by_us"),
    [
        pytest.param([], 404, False, id="no route"),
        pytest.param([page], 405, False, id="a route for GET"),
        pytest.param([taken], 200, True, id="a route for POST"),
    ],
)
def test_as_a_middleware_it_runs_for_routes_only(
    handlers: list[Any], status: int, taken_by_us: bool
) -> None:
    """Litestar builds them into each route: where none matches, none runs."""
    push, got = receiver()
    app = Litestar(handlers, middleware=[push.asgi], logging_config=None)
    with TestClient(app) as client:
        assert client.post(CALLBACK, content=PUSH).status_code == status
    assert bool(got) is taken_by_us


def test_the_path_of_the_application_is_no_part_of_the_callback_path() -> None:
    """It is put before routes, and the receiver is none."""
    push, got = receiver()
    with TestClient(app_with(push, page, path="/api")) as client:
        assert client.post(CALLBACK, content=PUSH).text == "ok"
        assert client.post("/api" + CALLBACK, content=PUSH).status_code == 405
        assert client.get("/api" + CALLBACK).text == "a page"
    assert len(got) == 1


def test_routes_may_be_registered_later() -> None:
    """The receiver stays where it is."""
    push, got = receiver()
    app = app_with(push)
    app.register(page)
    with TestClient(app) as client:
        assert client.get(CALLBACK).text == "a page"
        assert client.post(CALLBACK, content=PUSH).text == "ok"
    assert len(got) == 1


def test_guards_and_hooks_do_not_run_for_a_push() -> None:
    """pushmw stands in front of them: the documentation says that they protect nothing here."""
    push, got = receiver()
    calls: list[str] = []

    def guard(connection: Any, handler: Any) -> None:
        calls.append("guard")

    async def before(request: Request[Any, Any, Any]) -> None:
        calls.append("before")

    app = app_with(push, page, taken, guards=[guard], before_request=before)
    with TestClient(app) as client:
        assert client.post(CALLBACK, content=PUSH).text == "ok"
        assert calls == []
        assert client.get(CALLBACK).text == "a page"
    assert calls == ["guard", "before"]
    assert len(got) == 1


def test_a_push_that_falls_through_is_parsed_by_the_route() -> None:
    """The handler's ``data`` is decoded from the body that the receiver has read before."""

    @post(CALLBACK)
    async def device(data: JSONBody[dict[str, Any]]) -> Any:
        return data["deviceId"]

    with TestClient(app_with(Receiver(), device)) as client:
        answer = client.post(CALLBACK, content=PUSH, headers={"content-type": "application/json"})
    assert answer.text == "5c0ffee0-1a2b-4c3d-8e4f-000000000001"


def test_lifespan_and_websockets_pass_through_also_on_the_callback_path() -> None:
    """The receiver is for POSTs; everything else belongs to the application."""
    events: list[str] = []

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        events.append("up")
        yield
        events.append("down")

    @websocket(CALLBACK)
    async def talk(socket: WebSocket[Any, Any, Any]) -> None:
        await socket.accept()
        await socket.send_text("open")
        await socket.close()

    with (
        TestClient(app_with(Receiver(), talk, lifespan=[lifespan])) as client,
        client.websocket_connect(CALLBACK) as socket,
    ):
        events.append(socket.receive_text())
    assert events == ["up", "open", "down"]
