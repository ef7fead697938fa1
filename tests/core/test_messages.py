"""What is said of mistakes, word for word."""

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from pushmw import Delivery, Receiver
from pushmw.samples import sample

DEFINE = "A kind of your own needs push.define(name, StructClass) first."


def said(error: type[Exception], do: Callable[[], object]) -> str:
    with pytest.raises(error) as caught:
        do()
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        (
            "FwUpgradeStateChanged",
            "'fwUpgradeStateChangeNotify' or 'swUpgradeStateChangeNotify' or 'commandStateChanged'",
        ),
        ("DeviceCreate", "'device:create' or 'deviceDeleted' or 'device:update'"),
        ("DEVICEADDED", "'deviceAdded'"),
    ],
)
def test_the_name_of_a_class_finds_its_own_kind_first(name: str, meant: str) -> None:
    mistyped: Any = name
    assert said(ValueError, lambda: Receiver().on(mistyped)) == (
        f"on: no kind is called {name!r}; did you mean {meant}? {DEFINE}"
    )


@pytest.mark.parametrize("name", ["UpgradeProgress", "DeviceReport"])
def test_the_name_of_a_view_is_told_from_the_view(name: str) -> None:
    mistyped: Any = name
    assert said(ValueError, lambda: Receiver().on(mistyped)) == (
        f"on: {name!r} is the name of a class, not of a kind; write push.on({name})"
    )


@pytest.mark.parametrize("body", [{"notifyType": "deviceAdded"}, "text", None])
@pytest.mark.parametrize("way", ["handle", "ahandle", "parse"])
def test_a_body_that_was_read_already(way: str, body: object) -> None:
    push = Receiver(guards=[])
    assert said(TypeError, lambda: getattr(push, way)(body)) == (
        f"{way}: the body must be bytes, not {type(body).__name__}; take those that came, before "
        "they are decoded or read as JSON"
    )
    push.on("deviceAdded")(lambda event: None)  # it was no push: the receiver stays open


def one(error: Exception) -> None: ...
def three(error: Exception, delivery: Delivery, more: object) -> None: ...


def test_an_error_hook_that_takes_something_else() -> None:
    hook: Any = one
    assert said(TypeError, lambda: Receiver().error(hook)) == (
        f"error: {__name__}:one must take the error and the delivery, as in "
        "def failed(error, delivery)"
    )
    hook = three
    assert said(TypeError, lambda: Receiver().error(hook)) == (
        f"{__name__}:three(error: Exception, delivery: pushmw.Delivery, more: object) -> None "
        "cannot be called: pushmw passes the error and the delivery, by position"
    )


# -- handlers that do not end


def failing(handler: Callable[..., Any]) -> Exception:
    """Give what a handler of `Receiver.handle` fails with after 0.2 s."""
    push = Receiver(guards=[], body_deadline=0.2, handler_deadline=0.2)
    push.on("deviceAdded", name="slow")(handler)
    told: list[Exception] = []

    @push.error
    def failed(error: Exception, delivery: Delivery) -> None:
        told.append(error)

    assert push.handle(sample("deviceAdded")).status == 503
    (error,) = told
    return error


@pytest.mark.parametrize("is_async", [True, False])
def test_what_blocks_the_loop_is_named_with_its_line(*, is_async: bool) -> None:
    go_on = threading.Event()

    async def blocking(event: object) -> None:
        go_on.wait(20)

    def lazy(event: object) -> Any:
        return blocking(event)

    try:
        error = failing(blocking if is_async else lazy)
    finally:
        go_on.set()
    line = blocking.__code__.co_firstlineno + 1
    told = (
        "the event loop of all async handlers is blocked in "
        f"{blocking.__qualname__}, {__file__}:{line}"
    )
    whole = f"slow was not done 0.2 s after the push came in: {told}" if is_async else told
    assert (type(error), str(error)) == (TimeoutError, whole)


def test_what_goes_on_after_it_was_cancelled_is_named() -> None:
    async def stubborn(event: object) -> None:
        began = time.monotonic()
        while time.monotonic() - began < 3:
            try:
                await asyncio.sleep(3)
            except asyncio.CancelledError:
                continue

    error = failing(stubborn)
    assert (type(error), str(error)) == (
        TimeoutError,
        "slow was not done 0.2 s after the push came in: it was cancelled and went on",
    )


def test_a_timeout_of_its_own_stays_what_it_is() -> None:
    async def database() -> None:
        raise TimeoutError("the database")

    def lazy(event: object) -> Any:
        return database()

    assert str(failing(lazy)) == "the database"


# -- members by their names in JSON


@pytest.mark.parametrize(
    ("do", "notes"),
    [
        (lambda event: event.deviceId, ["deviceId of a push is device_id in Python"]),
        (lambda event: event.occurredAt, ["occurredAt of a push is occurred_at in Python"]),
        (lambda event: event.deviceInfo.name, ["deviceInfo of a push is device_info in Python"]),
        (lambda event: event.nothing, []),
        (lambda event: event.noSuchThing, []),
        (lambda event: "".deviceId, []),  # type: ignore[attr-defined]
    ],
)
def test_a_member_called_as_in_json(do: Callable[[Any], object], notes: list[str]) -> None:
    assert getattr(failing(do), "__notes__", []) == notes


# -- what was not understood, to a handler that saves everything


def test_what_was_not_understood_has_no_device_and_no_time() -> None:
    push = Receiver(guards=[])
    rows: list[tuple[str | None, str | None, object]] = []

    @push.unhandled
    def save(event: Any) -> None:
        rows.append((event.kind, event.device_id, event.occurred_at))

    push.handle(b"push success.")
    push.handle(b'{"notifyType":"deviceAdded"}')
    assert rows == [(None, None, None), ("deviceAdded", None, None)]
