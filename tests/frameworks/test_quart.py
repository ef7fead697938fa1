"""What Quart's users expect beyond the behavioural suite: its client, its contexts, its start."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from quart import Quart, current_app, websocket

from pushmw import DeviceAdded, Receiver
from pushmw.samples import sample
from sites.base import ASYNC, CALLBACK, SYNC, Style

PUSH = sample("deviceAdded")
STYLES = pytest.mark.parametrize("style", [SYNC, ASYNC], ids=lambda style: style.name)


def app_with(push: Receiver) -> Quart:
    app = Quart("shop")
    app.asgi_app = push.asgi(app.asgi_app)  # type: ignore[method-assign]
    return app


def post(app: Quart) -> int:
    """Push through Quart's own client."""

    async def main() -> int:
        return (await app.test_client().post(CALLBACK, data=PUSH)).status_code

    return asyncio.run(main())


@STYLES
def test_plain_wrapping_gives_no_context(style: Style, caplog: pytest.LogCaptureFixture) -> None:
    """The core knows no framework: the documentation says how a handler gets one."""
    push = Receiver()
    style.on(push, "deviceAdded")(lambda event: current_app.name)
    with caplog.at_level(logging.ERROR, logger="pushmw"):
        assert post(app_with(push)) == 503
    assert "Not within an app context" in caplog.text


@STYLES
def test_around_gives_a_context_and_teardown_runs_after_the_handler(style: Style) -> None:
    """One line, as ``app_context`` makes an asynchronous context manager."""
    push = Receiver()
    order: list[Any] = []
    app = app_with(push)
    push.around(app.app_context)

    @app.teardown_appcontext
    async def teardown(error: BaseException | None) -> None:
        order.append(("teardown", error))

    style.on(push, "deviceAdded")(lambda event: order.append(current_app.name))
    assert post(app) == 200
    assert order == ["shop", ("teardown", None)]


@STYLES
def test_teardown_sees_the_exception_of_a_failed_handler(style: Style) -> None:
    """A session is rolled back then, not committed."""
    push = Receiver()
    errors: list[BaseException | None] = []
    app = app_with(push)
    push.around(app.app_context)

    @app.teardown_appcontext
    async def teardown(error: BaseException | None) -> None:
        errors.append(error)

    def failing(event: DeviceAdded) -> None:
        raise KeyError("no such shop")

    style.on(push, "deviceAdded")(failing)
    assert post(app) == 503
    assert [type(error) for error in errors] == [KeyError]


def test_hooks_of_a_request_do_not_run_for_a_push() -> None:
    """pushmw stands in front of them: the documentation says that they protect nothing here."""
    push, calls = Receiver(), []
    push.on("deviceAdded")(lambda event: None)
    app = app_with(push)

    @app.before_request
    async def before() -> None:
        calls.append("before")

    assert post(app) == 200
    assert calls == []
    assert asyncio.run(app.test_client().get("/")).status_code == 404
    assert calls == ["before"]


def test_the_start_and_websockets_pass_through_also_on_the_callback_path() -> None:
    """The receiver is for POSTs; everything else belongs to the application."""
    events: list[str | bytes] = []
    app = app_with(Receiver())

    def noting(name: str) -> Callable[[], Awaitable[None]]:
        async def note() -> None:
            events.append(name)

        return note

    app.before_serving(noting("up"))
    app.after_serving(noting("down"))

    @app.websocket(CALLBACK)
    async def talk() -> None:
        await websocket.send("open")

    async def main() -> None:
        async with app.test_app(), app.test_client().websocket(CALLBACK) as socket:
            events.append(await socket.receive())

    asyncio.run(main())
    assert events == ["up", "open", "down"]
