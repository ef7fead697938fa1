"""The ASGI adapter when a push does not end well: too late, cancelled, on the wrong loop."""

import asyncio
import inspect
import sys
import threading
from typing import Any

import pytest

from fakes import Server, ask, length, part, run, scope
from pushes import OTHER, PUSH
from pushmw import Delivery, Receiver
from sites.base import ASYNC, INLINE, SYNC, Style
from wire import TIMEOUT

pytestmark = pytest.mark.usefixtures("headers_new_or_known")

STYLES = pytest.mark.parametrize("style", [SYNC, INLINE, ASYNC], ids=lambda style: style.name)


def receiver(**options: Any) -> tuple[Receiver, list[Any]]:
    """Make a receiver that takes one kind only, and the list of what it took."""
    push = Receiver(**options)
    got: list[Any] = []
    push.on("deviceDataChanged", inline=True)(got.append)
    return push, got


# -- time


@pytest.mark.parametrize("messages", [[], [part(PUSH[:40], more=True)]], ids=["nothing", "a part"])
def test_a_body_that_does_not_come_in_time_is_refused_and_leaves_no_task(
    messages: list[Any],
) -> None:
    push, got = receiver(body_deadline=0.1)
    server = Server(*messages)

    async def watched() -> set[Any]:
        app: Any = push.asgi()
        await app(scope(length(PUSH)), server.receive, server.send)
        current: Any = asyncio.current_task()
        assert current.cancelling() == 0
        return asyncio.all_tasks() - {current}

    async def main() -> set[Any]:
        return await asyncio.create_task(watched()) - {asyncio.current_task()}

    assert asyncio.run(main()) == set()
    assert server.status == 408
    assert server.headers[b"connection"] == b"close"
    assert got == []


def test_the_time_is_for_the_whole_body_and_not_for_each_part() -> None:
    push, got = receiver(body_deadline=0.2)

    class Dripping(Server):
        async def receive(self) -> dict[str, Any]:
            await asyncio.sleep(0.02)
            return part(b" ", more=True)

    server = Dripping()
    run(push.asgi()(scope(), server.receive, server.send))
    assert server.status == 408
    assert got == []


def test_the_application_has_all_the_time_it_wants() -> None:
    push, _ = receiver(body_deadline=0.05, handler_deadline=0.1)

    async def app(asked: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(0.4)
        await send({"type": "http.response.start", "status": 201, "headers": []})

    assert ask(push.asgi(app), scope(), part(OTHER)).status == 201


def test_one_receiver_serves_one_loop_after_the_other() -> None:
    push = Receiver()
    got: list[Any] = []
    for style in (SYNC, INLINE, ASYNC):
        style.on(push, "*", name=style.name)(got.append)
    app = push.asgi()
    for _ in range(3):
        assert ask(app, scope(), part(PUSH)).status == 200
    assert len(got) == 9


# -- cancellation


async def cancelled_when(task: asyncio.Task[Any], ready: threading.Event) -> None:
    """Cancel a task as soon as something has happened, and see that it ends as cancelled."""
    while not ready.is_set():
        assert not task.done()
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_a_cancellation_while_reading_passes() -> None:
    push, got = receiver()
    server, asked = Server(), threading.Event()

    async def receive() -> Any:
        asked.set()
        return await server.receive()

    async def main() -> None:
        app: Any = push.asgi()
        task = asyncio.create_task(app(scope(), receive, server.send))
        await cancelled_when(task, asked)

    run(main())
    assert (server.sent, got) == ([], [])


def test_a_cancellation_of_an_async_handler_passes() -> None:
    push = Receiver()
    begun = threading.Event()
    ended: list[str] = []

    @push.on("*")
    async def handler(event: Any) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("handler")

    server = Server(part(PUSH))

    async def main() -> None:
        app: Any = push.asgi()
        task = asyncio.create_task(app(scope(), server.receive, server.send))
        await cancelled_when(task, begun)

    run(main())
    assert ended == ["handler"]
    assert server.sent == []


def test_a_cancellation_does_not_wait_for_a_sync_handler_which_goes_on() -> None:
    push = Receiver()
    begun, released, done = threading.Event(), threading.Event(), threading.Event()

    @push.on("*")
    def handler(event: Any) -> None:
        begun.set()
        assert released.wait(TIMEOUT)
        done.set()

    server = Server(part(PUSH))

    async def main() -> None:
        app: Any = push.asgi()
        task = asyncio.create_task(app(scope(), server.receive, server.send))
        await cancelled_when(task, begun)

    try:
        run(main())
        assert not done.is_set()
    finally:
        released.set()
    assert done.wait(TIMEOUT)
    assert server.sent == []


@STYLES
@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt])
def test_what_ends_the_process_is_not_swallowed(style: Style, error: type[BaseException]) -> None:
    push = Receiver()

    def handler(event: Any) -> None:
        raise error

    style.on(push, "*")(handler)
    with pytest.raises(error):
        ask(push.asgi(), scope(), part(PUSH))


def test_without_asyncio_a_push_is_refused_with_an_explanation(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """trio's and curio's loops look like this."""
    push, got = receiver()
    server = Server(part(PUSH))
    work: Any = push.asgi()(scope(), server.receive, server.send)
    coroutine = work.__await__() if not inspect.iscoroutine(work) else work
    with pytest.raises(StopIteration):
        coroutine.send(None)
    assert server.status == 503
    assert b"asyncio" in server.body
    assert "asyncio only" in caplog.text
    assert (server.asked, got) == (0, [])


@pytest.mark.parametrize("answered", [True, False], ids=["a push", "another path"])
@pytest.mark.parametrize(
    "members",
    [
        pytest.param({"headers": None}, id="no headers"),
        pytest.param({"root_path": None}, id="no root_path"),
        pytest.param({"http_version": None}, id="no http_version"),
    ],
)
def test_what_a_server_may_leave_out_is_not_needed(
    members: dict[str, Any], *, answered: bool
) -> None:
    push = Receiver()
    push.on("deviceDataChanged", inline=True)(lambda event, delivery: None)
    path = {} if answered else {"path": "/"}
    server = ask(push.asgi(), scope(**members, **path), part(PUSH))
    assert server.sent[0]["status"] == (200 if answered else 404)


def test_a_root_path_of_none_is_none() -> None:
    asked = {**scope(length(PUSH)), "root_path": None}
    assert ask(Receiver().asgi(), asked, part(PUSH)).sent[0]["status"] == 200
    assert ask(Receiver().asgi(), {**asked, "path": "/"}).sent[0]["status"] == 404


def test_headers_may_be_any_iterable() -> None:
    push, seen = Receiver(), list[dict[str, str]]()

    @push.on("deviceDataChanged")
    async def handler(event: Any, delivery: Delivery) -> None:
        seen.append(dict(delivery.headers))

    headers = iter([length(PUSH), (b"user-agent", b"u")])
    server = ask(push.asgi(), {**scope(), "headers": headers}, part(PUSH))
    assert server.sent[0]["status"] == 200
    assert seen == [{"user-agent": "u"}]


def test_the_coroutine_of_a_push_is_small_enough_for_the_allocator() -> None:
    """Python's own pools have blocks of up to 512 bytes; more costs every push a twentieth."""
    push, got = receiver()
    server = Server(part(PUSH))
    app: Any = push.asgi()
    if sys.version_info < (3, 12):  # there a frame is round it
        app = inspect.getclosurevars(app).nonlocals["middleware"]
    coroutine = app(scope(length(PUSH)), server.receive, server.send)
    assert coroutine.cr_code.co_name == "deliver"
    assert sys.getsizeof(coroutine) <= 512
    run(coroutine)
    assert len(got) == 1
