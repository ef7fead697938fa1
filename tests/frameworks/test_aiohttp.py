"""What is aiohttp's own in front of a route that hands pushes over: framing, limits, encodings."""

import asyncio
import gzip
from io import BytesIO
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from pushmw import Receiver
from pushmw.samples import sample
from sites.aiohttp import Server
from sites.base import CALLBACK
from wire import Connection, chunks, head, request

PUSH = sample("deviceAdded")
CHUNKED = {"transfer-encoding": "chunked"}


@pytest.fixture
def push() -> Receiver:
    push = Receiver()
    push.on("deviceAdded")(lambda event: None)
    return push


@pytest.fixture
def server(push: Receiver) -> Any:
    with Server() as server:
        server.run(push, None)
        yield server


def with_client(push: Receiver, talk: Any, **options: Any) -> Any:
    """Run ``talk`` with aiohttp's own client on an application with a route for pushes."""

    async def route(request: web.Request) -> web.Response:
        answer = await push.ahandle(await request.read(), request.headers, request.path)
        return web.Response(status=answer.status, body=answer.body, headers=dict(answer.headers))

    async def main() -> Any:
        app = web.Application(**options)
        app.router.add_post(CALLBACK, route)
        async with TestClient(TestServer(app)) as client:
            return await talk(client)

    return asyncio.run(main())


def test_a_chunked_push_is_taken(server: Server, push: Receiver) -> None:
    """aiohttp reads it to its end."""
    assert server.post(chunks(PUSH[:40], PUSH[40:]), CHUNKED, CALLBACK).body == b"ok"
    assert server.post(chunks(), CHUNKED, CALLBACK).status == 400
    assert push.counts.handled == 1


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(
            head("POST", CALLBACK, {"content-length": str(len(PUSH) + 9)}) + PUSH, id="length"
        ),
        pytest.param(head("POST", CALLBACK, CHUNKED) + chunks(PUSH)[:-5], id="chunked"),
    ],
)
def test_a_push_that_is_cut_off_is_not_dispatched(
    server: Server, push: Receiver, sent: bytes
) -> None:
    """aiohttp raises in ``request.read()``, so nothing is handed over."""
    with Connection(server.address) as connection:
        connection.send(sent)
        connection.half_close()
        assert connection.reply_or_end() is None
    assert server.post(PUSH, {}, CALLBACK).body == b"ok"
    assert push.counts.handled == 1


def test_other_methods_and_paths_are_the_routers(server: Server, push: Receiver) -> None:
    """A route takes what it was added for."""
    assert request(server.address, "GET", CALLBACK).status == 405
    assert request(server.address, "POST", CALLBACK + "/", PUSH).status == 404
    assert push.counts.handled == 0


def test_aiohttps_own_limit_is_below_that_of_the_receiver(push: Receiver) -> None:
    """``client_max_size`` is 1 MiB if nothing else is said; the receiver would take 2."""
    large = sample("deviceAdded", deviceId="x" * 1_500_000)

    async def status(client: Any) -> Any:
        return (await client.post(CALLBACK, data=BytesIO(large))).status

    assert with_client(push, status) == 413
    assert push.counts.handled == 0
    assert with_client(push, status, client_max_size=2 * 1024 * 1024) == 200


def test_a_body_that_aiohttp_inflated_is_refused_for_what_its_headers_say(push: Receiver) -> None:
    """The header stays, so nothing is taken that another server would refuse."""

    async def status(client: Any) -> Any:
        encoded = {"content-encoding": "gzip"}
        answer = await client.post(CALLBACK, data=gzip.compress(PUSH), headers=encoded)
        return answer.status

    assert with_client(push, status) == 415
    assert push.counts.handled == 0


def test_a_middleware_of_aiohttp_stands_in_front_of_the_route(push: Receiver) -> None:
    """It is a route like any other: what protects them protects it."""

    @web.middleware
    async def closed(request: web.Request, handler: Any) -> web.StreamResponse:
        raise web.HTTPForbidden

    async def status(client: Any) -> Any:
        return (await client.post(CALLBACK, data=PUSH)).status

    assert with_client(push, status, middlewares=[closed]) == 403
    assert push.counts.handled == 0
