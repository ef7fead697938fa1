"""What Sanic's users expect beyond the behavioural suite, and what its own server does."""

import asyncio
import socket
from typing import Any

import pytest
from sanic import HTTPResponse, Request, Sanic
from sanic.response import text

from pushmw import Receiver
from pushmw.samples import sample
from sites.base import CALLBACK
from sites.hosts import StartingServer
from wire import request

Shop = Sanic[Any, Any]
PUSH = sample("deviceAdded")


@pytest.fixture
def push() -> Receiver:
    push = Receiver()
    push.on("deviceAdded")(lambda event: None)
    return push


@pytest.fixture
def app() -> Shop:
    Sanic.test_mode = True  # else an application of the same name is refused
    app = Sanic("shop", configure_logging=False)

    @app.get("/")
    async def home(request: Request) -> HTTPResponse:
        return text("home")

    return app


def test_its_own_server_goes_past_the_receiver(push: Receiver, app: Shop) -> None:
    """It runs the Sanic object; so do ``app.run()`` and the command ``sanic``."""
    push.asgi(app)

    async def main() -> list[int]:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            server: Any = await app.create_server(
                sock=listening,
                return_asyncio_server=True,
                asyncio_server_kwargs={"start_serving": False},
            )
            await server.startup()
            await server.start_serving()
            address = listening.getsockname()
            post = asyncio.to_thread(request, address, "POST", CALLBACK, PUSH)
            get = asyncio.to_thread(request, address, "GET", "/")
            statuses = [(await post).status, (await get).status]
            server.close()
            await server.wait_closed()
            return statuses

    assert asyncio.run(main()) == [404, 200]
    assert push.counts.handled == 0


def test_middleware_does_not_run_for_a_push(push: Receiver, app: Shop) -> None:
    """pushmw stands in front of it: the documentation says that it protects nothing here."""
    paths: list[str] = []

    @app.on_request
    async def note(request: Request) -> None:
        paths.append(request.path)

    with StartingServer() as server:
        server.run(push.asgi(app), None)
        assert server.post(PUSH, {}, CALLBACK).body == b"ok"
        assert paths == []
        assert server.request("GET", "/", b"", ()).body == b"home"
        assert paths == ["/"]


def test_its_listeners_are_called_through_the_receiver(push: Receiver, app: Shop) -> None:
    """They are what Sanic makes of the lifespan protocol."""
    events: list[str] = []

    @app.before_server_start
    async def up(app: Shop) -> None:
        events.append("up")

    @app.after_server_stop
    async def down(app: Shop) -> None:
        events.append("down")

    with StartingServer() as server:
        server.run(push.asgi(app), None)
        assert server.post(PUSH, {}, CALLBACK).body == b"ok"
        assert events == ["up"]
    assert events == ["up", "down"]
