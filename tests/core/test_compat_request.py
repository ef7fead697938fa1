"""How methods in the vendor's style may be written, and what `request` shows them where."""

import asyncio
import functools
import logging
import threading
from collections.abc import Callable
from contextvars import copy_context
from typing import Any

import pytest

from pushmw import Delivery, Receiver
from pushmw.compat import PushMessageReceiver, request
from pushmw.samples import sample
from worlds import BODY, Deliver, in_both_worlds


def mounted(receiver: PushMessageReceiver) -> Receiver:
    push = Receiver()
    push.mount(receiver)
    return push


# -- how methods may be written


def decorated(method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def wrapper(*arguments: Any, **more: Any) -> Any:
        return method(*arguments, **more)

    return wrapper


class Noting(PushMessageReceiver):
    """Notes the request and what a method got."""

    seen: list[Any]

    @classmethod
    def note(cls, *body: Any) -> None:
        cls.seen.append((request.json["deviceId"], *(event.device_id for event in body)))

    @classmethod
    async def later(cls, *body: Any) -> None:
        await asyncio.sleep(0)
        cls.note(*body)


async def alone(self: Noting) -> None:
    await self.later()


async def with_body(self: Noting, body: Any) -> None:
    await self.later(body)


def with_more(self: Any, body: Any, /, *, more: int = 1, **others: int) -> None:
    self.note(body)


METHODS: dict[str, tuple[Any, bool]] = {
    "(self)": (lambda self: self.note(), False),
    "(self, body)": (lambda self, body: self.note(body), True),
    "async (self)": (alone, False),
    "async (self, body)": (with_body, True),
    "returns a coroutine": (lambda self: self.later(), False),
    "returns a coroutine, with body": (lambda self, body: self.later(body), True),
    "decorated": (decorated(lambda self: self.note()), False),
    "decorated async": (decorated(with_body), True),
    "with a default": (lambda self, body=None: self.note(body), True),
    "with options": (with_more, True),
    "class method": (classmethod(with_more), True),
}


@in_both_worlds
@pytest.mark.parametrize(("method", "takes_body"), METHODS.values(), ids=METHODS)
def test_a_method_is_called_as_it_is_written(
    deliver: Deliver, method: Any, takes_body: bool
) -> None:
    members = {"seen": [], "handleDeviceDeleted": method}
    noting = type("Made", (Noting,), members)()
    push = mounted(noting)
    assert deliver(push, sample("deviceDeleted", deviceId="meter-1")).status == 200
    assert noting.seen == [("meter-1",) * (2 if takes_body else 1)]
    with pytest.raises(RuntimeError):
        _ = request.json


@in_both_worlds
@pytest.mark.parametrize("method", [alone, lambda self: self.later()], ids=["async", "coroutine"])
def test_a_failure_of_a_method_is_a_failure_under_its_name(deliver: Deliver, method: Any) -> None:
    async def failing(*body: Any) -> None:
        await asyncio.sleep(0)
        raise LookupError(request.json["notifyType"])

    members = {"later": staticmethod(failing), "handleDeviceDeleted": method}
    push = mounted(type("Made", (Noting,), members)())
    failures: list[str] = []
    push.error(lambda error, delivery: failures.append(f"{error!r} in {delivery.handler}"))
    assert deliver(push, BODY).status == 503
    assert failures == [f"LookupError('deviceDeleted') in {__name__}:Made.handleDeviceDeleted"]


# -- request


class Asking(PushMessageReceiver):
    """Asks the request something."""

    def __init__(self, ask: Callable[[], Any]) -> None:
        self.ask = ask
        self.told: Any = None

    def handleDeviceDeleted(self) -> None:
        self.told = self.ask()


def told(ask: Callable[[], Any], **request_of: Any) -> Any:
    asking = Asking(ask)
    assert mounted(asking).handle(BODY, **request_of).status == 200
    return asking.told


def test_the_request_tells_what_the_push_was() -> None:
    assert told(lambda: request.json)["notifyType"] == "deviceDeleted"
    assert told(request.get_json)["notifyType"] == "deviceDeleted"
    assert told(lambda: request.get_json(force=True))["notifyType"] == "deviceDeleted"
    assert told(lambda: (request.data, request.get_data())) == (BODY, BODY)
    assert told(lambda: request.get_data(as_text=True)) == BODY.decode()
    assert told(lambda: (request.method, request.path), path="/p") == ("POST", "/p")


def test_the_body_is_decoded_once_for_a_method_and_anew_for_the_next() -> None:
    class Both(Asking):
        def handleBody(self) -> None:
            request.json["spoilt"] = True

    both = Both(lambda: (request.json, request.json))
    mounted(both).handle(BODY)
    one, same = both.told
    assert one is same
    assert "spoilt" not in one


def test_headers_are_read_in_any_case() -> None:
    headers = {"User-Agent": "platform/1.0", "Cookie": "secret"}
    found = told(lambda: request.headers, headers=headers)
    assert found["USER-AGENT"] == found.get("user-agent") == "platform/1.0"
    assert "User-agent" in found
    assert found.get("cookie") is None
    assert (dict(found), len(found)) == ({"user-agent": "platform/1.0"}, 1)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: request.json,
        lambda: request.get_json(silent=True),
        lambda: request.data,
        lambda: request.get_data(as_text=True),
        lambda: request.headers,
        lambda: request.path,
        lambda: request.method,
    ],
    ids=["json", "get_json", "data", "get_data", "headers", "path", "method"],
)
def test_outside_of_a_method_there_is_no_request(ask: Callable[[], Any]) -> None:
    with pytest.raises(RuntimeError, match="no push is being handled here"):
        ask()


def test_an_error_hook_and_an_ordinary_handler_have_no_request() -> None:
    push = Receiver()
    raised: list[str] = []

    def note(event: Any, delivery: Delivery) -> None:
        try:
            _ = request.json
        except RuntimeError as error:
            raised.append(type(event).__name__ + str(error)[:8])

    push.mount(Asking(lambda: request.json["nothing"]))
    push.on("*")(note)
    push.error(note)
    assert push.handle(BODY).status == 503
    assert raised == ["KeyErrorrequest:", "DeviceDeletedrequest:"]


def test_a_thread_of_the_handlers_own_needs_the_context() -> None:
    """As with Flask's."""
    found: list[Any] = []

    def read() -> None:
        try:
            found.append(request.json["notifyType"])
        except RuntimeError as error:
            found.append(type(error))

    def ask() -> None:
        for target in (read, functools.partial(copy_context().run, read)):
            thread = threading.Thread(target=target)
            thread.start()
            thread.join()

    told(ask)
    assert found == [RuntimeError, "deviceDeleted"]


def test_a_task_that_goes_on_after_the_push_keeps_its_request() -> None:
    class Starting(PushMessageReceiver):
        async def handleDeviceDeleted(self) -> None:
            tasks.append(asyncio.create_task(later()))

    async def later() -> str:
        await answered.wait()
        return str(request.json["deviceId"])

    async def main() -> list[Any]:
        for number in range(3):
            body = sample("deviceDeleted", deviceId=f"meter-{number}")
            assert (await push.ahandle(body)).status == 200
        answered.set()
        return await asyncio.gather(*tasks)

    answered = asyncio.Event()
    tasks: list[asyncio.Task[str]] = []
    push = mounted(Starting())
    assert asyncio.run(main()) == ["meter-0", "meter-1", "meter-2"]


def test_a_coroutine_that_is_given_up_may_be_closed_in_another_context(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """As the garbage collector does with what a loop has left."""

    class Waiting(PushMessageReceiver):
        async def handleDeviceDeleted(self) -> None:
            try:
                await asyncio.sleep(3600)
            finally:
                closed.append(self)

    async def main() -> Any:
        coroutine = mounted(Waiting()).ahandle(BODY)
        copy_context().run(coroutine.send, None)
        return coroutine

    closed: list[Waiting] = []
    asyncio.run(main()).close()
    assert len(closed) == 1
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
