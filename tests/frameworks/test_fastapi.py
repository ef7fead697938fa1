"""What FastAPI's users expect beyond the behavioural suite: its client, debug mode, lifespan."""

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from fastapi import FastAPI, HTTPException, WebSocket
from fastapi.testclient import TestClient
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from pushmw import DeviceAdded, Receiver
from pushmw.samples import sample
from sites.base import CALLBACK

PUSH = sample("deviceAdded")


def failing(error: Exception) -> Receiver:
    push = Receiver()

    @push.on("deviceAdded")
    async def handler(event: DeviceAdded) -> None:
        raise error

    return push


@pytest.mark.parametrize(
    "error", [HTTPException(418, "secret"), KeyError("secret")], ids=["HTTPException", "KeyError"]
)
def test_a_failed_handler_is_503_without_its_text_even_in_debug_mode(error: Exception) -> None:
    """With ``debug=True`` Starlette would answer an exception with a full traceback."""
    app = FastAPI(debug=True)
    app.add_middleware(failing(error).asgi)
    answer = TestClient(app).post(CALLBACK, content=PUSH)
    assert answer.status_code == 503
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text


def test_lifespan_and_websockets_pass_through_also_on_the_callback_path() -> None:
    """The middleware is for POSTs; everything else belongs to the application."""
    events: list[str] = []

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, str]]:
        events.append("up")
        yield {"shop": "open"}
        events.append("down")

    app = FastAPI(lifespan=lifespan)
    app.add_middleware(Receiver().asgi)

    @app.websocket(CALLBACK)
    async def talk(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text(socket.state.shop)
        await socket.close()

    with TestClient(app) as client, client.websocket_connect(CALLBACK) as socket:
        assert socket.receive_text() == "open"
    assert events == ["up", "down"]


def test_middleware_may_be_added_until_the_start_and_the_last_one_is_outermost() -> None:
    """What is added later stands in front of pushmw, also for pushes."""
    push, order = Receiver(), []
    app = FastAPI()
    app.add_middleware(push.asgi)

    @app.middleware("http")
    async def outside(request: Request, call_next: Any) -> Response:
        order.append(request.url.path)
        answer: Response = await call_next(request)
        answer.headers["x-outside"] = "yes"
        return answer

    push.on("deviceAdded")(lambda event: order.append("handler"))
    answer = TestClient(app).post(CALLBACK, content=PUSH)
    assert (answer.status_code, answer.headers["x-outside"]) == (200, "yes")
    assert order == [CALLBACK, "handler"]


@pytest.mark.parametrize("streams", [False, True], ids=["plain", "streaming"])
@pytest.mark.parametrize("base", [False, True], ids=["bare", "BaseHTTPMiddleware inside"])
def test_a_replayed_push_is_answered_by_the_application(*, streams: bool, base: bool) -> None:
    """A wrong replay makes Starlette hang, lose the body or raise, depending on what it runs."""
    app = FastAPI()

    async def pass_on(request: Request, call_next: Any) -> Any:
        return await call_next(request)

    if base:
        app.add_middleware(BaseHTTPMiddleware, dispatch=pass_on)
    app.add_middleware(Receiver().asgi)

    @app.post(CALLBACK)
    async def callback(request: Request) -> Response:
        device = (await request.json())["deviceId"]
        if not streams:
            return JSONResponse(device)

        async def parts() -> AsyncIterator[str]:
            yield '"'
            yield device
            yield '"'

        return StreamingResponse(parts())

    answer = TestClient(app).post(CALLBACK, content=PUSH)
    assert answer.status_code == 200
    assert answer.json() == "5c0ffee0-1a2b-4c3d-8e4f-000000000001"


def test_a_mounted_application_matches_behind_its_prefix() -> None:
    """Starlette keeps the prefix in ``path`` and names it in ``root_path``."""
    push, seen = Receiver(), []
    push.on("deviceAdded")(lambda event: seen.append(event.device_id))
    inner = FastAPI()
    inner.add_middleware(push.asgi)
    outer = FastAPI()
    outer.mount("/api", inner)
    client = TestClient(outer)
    assert client.post("/api" + CALLBACK, content=PUSH).text == "ok"
    assert client.post(CALLBACK, content=PUSH).status_code == 404
    assert len(seen) == 1


def test_a_mounted_receiver_matches_behind_its_prefix() -> None:
    """In front of an application that is no FastAPI, or alone."""
    push, seen = Receiver(), []
    push.on("deviceAdded")(lambda event: seen.append(event.device_id))
    app = FastAPI()
    app.mount("/hooks", push.asgi())
    client = TestClient(app)
    assert client.post("/hooks" + CALLBACK, content=PUSH).text == "ok"
    assert client.post(CALLBACK, content=PUSH).status_code == 404
    assert len(seen) == 1


def test_after_the_start_the_middleware_is_refused() -> None:
    """Starlette builds the stack then."""
    app = FastAPI()
    with (
        TestClient(app),
        pytest.raises(RuntimeError, match="Cannot add middleware after an application has started"),
    ):
        app.add_middleware(Receiver().asgi)


def test_openapi_is_as_without_pushmw() -> None:
    """The callback is no route."""
    app = FastAPI()
    app.add_middleware(Receiver().asgi)
    assert TestClient(app).get("/openapi.json").json()["paths"] == {}


SENTRY = """
import sentry_sdk
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.middleware import Middleware

from pushmw import Receiver
from pushmw.samples import sample

sentry_sdk.init()  # its integrations switch themselves on, also without an address to report to
push, got = Receiver(guards=[]), []
push.on("deviceAdded")(got.append)
added = FastAPI()
added.add_middleware(push.asgi)
for app in (added, FastAPI(middleware=[Middleware(push.asgi)])):
    client = TestClient(app)
    assert [m.cls for m in app.user_middleware] == [push.asgi]
    assert not any(issubclass(m.cls, dict) for m in app.user_middleware)
    assert client.post("/v1.0.0/messageReceiver", content=sample("deviceAdded")).status_code == 200
    assert client.get("/nothing").status_code == 404
assert len(got) == 2
"""


def test_it_is_added_beside_sentry() -> None:
    """In a process of its own, for Sentry changes Starlette for good."""
    done = subprocess.run(
        [sys.executable, "-c", SENTRY], capture_output=True, text=True, timeout=50, check=False
    )
    assert done.returncode == 0, done.stderr
