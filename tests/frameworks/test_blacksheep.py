"""What BlackSheep's users expect beyond the behavioural suite: client, mounts, start."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from blacksheep import Application, Content, Request, Response, Router
from blacksheep.testing import TestClient

from pushmw import Receiver
from pushmw.samples import sample
from sites.base import CALLBACK
from sites.hosts import StartingServer

PUSH = sample("deviceAdded")


@pytest.fixture
def push() -> Receiver:
    push = Receiver()
    push.on("deviceAdded")(lambda event: None)
    return push


@pytest.fixture
def app() -> Application:
    app = Application(router=Router())
    app.router.add_get("/", lambda: "home")
    return app


def test_its_client_goes_past_the_receiver(push: Receiver, app: Application) -> None:
    """It calls the application's own methods, which the wrapped one has not."""
    push.asgi(app)

    started: Any = app

    async def main() -> int:
        await started.start()
        answer = await TestClient(app).post(CALLBACK, content=Content(b"application/json", PUSH))
        await started.stop()
        return answer.status

    assert asyncio.run(main()) == 404
    assert push.counts.handled == 0
    wrapped: Any = push.asgi(app)
    with pytest.raises(AttributeError, match="started"):
        TestClient(wrapped)


def test_middleware_does_not_run_for_a_push(push: Receiver, app: Application) -> None:
    """pushmw stands in front of it: the documentation says that it protects nothing here."""
    paths: list[str] = []

    async def note(request: Request, handler: Callable[[Request], Awaitable[Response]]) -> Response:
        paths.append(request.path)
        return await handler(request)

    app.middlewares.append(note)
    with StartingServer() as server:
        server.run(push.asgi(app), None)
        assert server.post(PUSH, {}, CALLBACK).body == b"ok"
        assert paths == []
        assert server.request("GET", "/", b"", ()).body == b"home"
        assert paths == ["/"]


def test_the_start_passes_through(push: Receiver, app: Application) -> None:
    """BlackSheep makes its routes work then, so a server has to send the lifespan."""
    events: list[str] = []

    async def up(app: Application) -> None:
        events.append("up")

    async def down(app: Application) -> None:
        events.append("down")

    app.on_start += up
    app.on_stop += down
    with StartingServer() as server:
        server.run(push.asgi(app), None)
        assert server.post(PUSH, {}, CALLBACK).body == b"ok"
        assert events == ["up"]
    assert events == ["up", "down"]


def test_a_mounted_receiver_matches_behind_its_prefix(push: Receiver, app: Application) -> None:
    """BlackSheep takes the prefix off the path."""
    app.mount("/hooks", push.asgi())
    with StartingServer() as server:
        server.run(app, None)
        assert server.post(PUSH, {}, "/hooks" + CALLBACK).body == b"ok"
        assert server.post(PUSH, {}, CALLBACK).status == 404
    assert push.counts.handled == 1
