"""pushmw runs on asyncio only; under trio a push gets a clear answer instead of a hang."""

import gc
import logging
from typing import Any

import pytest
import trio

from pushmw import Receiver
from pushmw.samples import sample


def test_the_first_push_under_trio_is_refused_with_a_clear_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """503: the platform then keeps later messages for us; nothing of the body is read."""
    sent: list[Any] = []
    body = sample("deviceAdded")
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": "/v1.0.0/messageReceiver",
        "root_path": "",
        "headers": [(b"content-length", str(len(body)).encode())],
    }

    async def receive() -> Any:
        raise AssertionError("the body was asked for")

    async def send(message: Any) -> None:
        sent.append(message)

    async def main() -> None:
        await Receiver().asgi()(scope, receive, send)

    with caplog.at_level(logging.ERROR, logger="pushmw"):
        trio.run(main)

    assert sent[0]["status"] == 503
    assert (b"connection", b"close") in sent[0]["headers"]
    assert b"asyncio" in sent[1]["body"]
    assert "asyncio only" in caplog.text


def test_other_requests_pass_through_under_trio() -> None:
    """The wrapped application may be a trio application."""
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await trio.lowlevel.checkpoint()
        seen.append((scope, receive, send))

    async def receive() -> Any: ...

    async def send(message: Any) -> None: ...

    scope = {"type": "http", "method": "GET", "path": "/", "root_path": "", "headers": []}

    async def main() -> None:
        await Receiver().asgi(app)(scope, receive, send)

    trio.run(main)
    assert seen == [(scope, receive, send)]


@pytest.mark.filterwarnings("error")
def test_what_is_handed_over_under_trio_is_refused_and_leaves_nothing_behind() -> None:
    push = Receiver(guards=[])

    @push.on("deviceAdded")
    async def handler(event: Any) -> None: ...

    async def main() -> None:
        with pytest.raises(RuntimeError, match=r"push.ahandle runs on asyncio only"):
            await push.ahandle(sample("deviceAdded"))

    trio.run(main)
    gc.collect()
    assert push.counts.handled == push.counts.failed == 0
