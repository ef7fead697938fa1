"""What looks like a registration and could never work is refused where it is written."""

import functools
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import nullcontext
from typing import Any

import msgspec
import pytest

from fakes import ask, call, environ, part, scope
from pushmw import Delivery, DeviceAdded, Notification, Receiver, Unclassified
from pushmw._dispatch.glue import Glue
from pushmw.samples import sample

BODY = sample("deviceAdded")


class Meter(msgspec.Struct):
    value: int = 0


class Kinded(msgspec.Struct):
    kind: str = ""


class Mine(msgspec.Struct, rename="camel"):
    device_id: str


def test_a_decorator_that_adds_an_argument_is_called_with_its_own_arguments() -> None:
    seen: list[tuple[Any, str]] = []

    def with_db(function: Callable[..., None]) -> Callable[[Any], None]:
        @functools.wraps(function)
        def wrapper(event: Any) -> None:
            function(event, "db")

        return wrapper

    push = Receiver()

    @push.on("deviceAdded")
    @with_db
    def handler(event: Any, db: str) -> None:
        seen.append((event.kind, db))

    assert push.handle(BODY).status == 200
    assert seen == [("deviceAdded", "db")]


def test_a_decorator_that_passes_everything_on_is_called_with_what_is_behind_it() -> None:
    seen: list[str] = []

    def logged(function: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(function)
        def wrapper(*arguments: Any) -> None:
            function(*arguments)

        return wrapper

    push = Receiver()

    @push.on("deviceAdded")
    @logged
    def handler(event: DeviceAdded, delivery: Delivery) -> None:
        seen.append(delivery.handler.rpartition(".")[2])

    assert push.handle(BODY).status == 200
    assert seen == ["handler"]


def generator(event: Any) -> Iterator[None]:
    yield


async def async_generator(event: Any) -> AsyncIterator[None]:
    yield


def hook(error: Exception, delivery: Delivery) -> Iterator[None]:
    yield


async def says(event: Any) -> bool:
    return False


def far(event: Any, more: int = 3, delivery: Delivery | None = None) -> None: ...


def by_name(event: Any, *, delivery: Delivery | None = None) -> None: ...


async def awaited(event: Any) -> None: ...


def only_unclassified(event: Unclassified) -> None: ...


@pytest.mark.parametrize(
    ("register", "text"),
    [
        (lambda push: push.on("deviceAdded")(generator), "has a yield in it"),
        (lambda push: push.on("deviceAdded")(async_generator), "has a yield in it"),
        (lambda push: push.error(hook), "has a yield in it"),
        (lambda push: push.on("deviceAdded", where=says), "where must be a plain function"),
        (lambda push: push.on("deviceAdded")(far), "cannot be called"),
        (lambda push: push.on("deviceAdded")(by_name), "cannot be called"),
        (lambda push: push.on("deviceAdded", inline=True)(awaited), "inline is for sync"),
        (lambda push: push.unhandled(only_unclassified), r"as Notification \| Unclassified"),
    ],
    ids=[
        *("generator", "async generator", "generator as a hook", "async condition"),
        *("delivery too far behind", "delivery by name", "async inline", "half of unhandled"),
    ],
)
def test_it_is_refused(register: Callable[[Any], Any], text: str) -> None:
    with pytest.raises(TypeError, match=text):
        register(Receiver())


def test_a_struct_may_not_hide_the_name_of_the_kind() -> None:
    with pytest.raises(ValueError, match=r"Kinded\.kind would hide"):
        Receiver().define("thing", Kinded)


def test_a_kind_of_an_included_receiver_can_be_named_by_its_class() -> None:
    outer, inner = Receiver(), Receiver()
    inner.define("meter", Meter)
    outer.include(inner)
    outer.on(Meter, name="mine")(lambda event: None)
    assert outer.registered == {"meter": ["mine"]}


def test_what_a_later_definition_makes_wrong_is_told_when_an_adapter_is_made() -> None:
    outer, inner = Receiver(), Receiver()
    outer.on(DeviceAdded)(lambda event: None)
    outer.include(inner)
    inner.define("deviceAdded", Mine)
    for make in (outer.wsgi, outer.asgi):
        with pytest.raises(TypeError, match="'deviceAdded' was defined as Mine, which is none"):
            make()


@pytest.mark.parametrize("protocol", ["wsgi", "asgi"])
def test_what_a_definition_makes_wrong_after_that_is_told_by_the_first_push(protocol: str) -> None:
    """Alone: the look at a request takes no error of what is behind it for one of its own."""
    outer, inner = Receiver(), Receiver()
    outer.on(DeviceAdded)(lambda event: None)
    outer.include(inner)
    app = getattr(outer, protocol)()
    inner.define("deviceAdded", Mine)
    body = sample("deviceAdded")
    with pytest.raises(TypeError, match="'deviceAdded' was defined as Mine") as caught:
        call(app, environ(body)) if protocol == "wsgi" else ask(app, scope(), part(body))
    assert caught.value.__context__ is None


def test_a_handler_annotated_for_the_class_that_was_replaced_is_refused_too() -> None:
    outer, inner = Receiver(), Receiver()

    @inner.on("deviceAdded")
    def handler(event: DeviceAdded) -> None: ...

    outer.define("deviceAdded", Mine)
    with pytest.raises(TypeError, match=r"takes DeviceAdded, but .* arrive as Mine"):
        outer.include(inner)
    assert outer.registered == {}


def test_an_included_receiver_takes_no_options_any_more() -> None:
    outer, inner = Receiver(), Receiver()
    outer.include(inner)
    with pytest.raises(RuntimeError, match="on the receiver that includes this one"):
        inner.configure(strict=True)


@pytest.mark.parametrize("way", ["wsgi", "asgi"])
def test_the_first_post_seals_the_options_even_if_it_is_refused(way: str) -> None:
    push = Receiver()
    if way == "wsgi":
        assert call(push.wsgi(), environ(CONTENT_LENGTH="0")).status.startswith("400")
    else:
        assert ask(push.asgi(), scope((b"content-length", b"0"))).sent[0]["status"] == 400
    with pytest.raises(RuntimeError, match="cannot register handlers any more"):
        push.on("deviceDeleted")(lambda event: None)


def test_the_same_options_and_glue_again_share_what_is_compiled() -> None:
    push = Receiver()
    push.on("deviceAdded")(lambda event: None)
    glue = Glue(nullcontext)
    front = push.way(glue).front()
    push.configure(strict=False)
    assert push.way(glue).front() is front
    assert push.way(Glue(nullcontext)).front() is front
    assert push.way(Glue(nullcontext, nullcontext)).front() is not front
    push.configure(strict=True)
    assert push.way(glue).front() is not front


def test_star_takes_every_notification() -> None:
    push, seen = Receiver(), list[Notification]()
    push.on("*")(seen.append)
    push.handle(BODY)
    assert [event.kind for event in seen] == ["deviceAdded"]


def test_headers_of_a_delivery_are_the_same_in_all_modes() -> None:
    push, seen = Receiver(keep_headers=["Content-Length"]), list[dict[str, str]]()

    @push.on("deviceAdded", inline=True)
    def handler(event: DeviceAdded, delivery: Delivery) -> None:
        seen.append(dict(delivery.headers))

    size = str(len(BODY))
    call(push.wsgi(), environ(BODY, CONTENT_TYPE="", HTTP_X_REQUEST_ID=""))
    headers = (b"content-length", size.encode()), (b"x-request-id", b"")
    ask(push.asgi(), scope(*headers), {"type": "http.request", "body": BODY})
    push.handle(BODY, {"Content-Length": size, "X-Request-ID": ""})
    assert seen == [{"content-length": size, "x-request-id": ""}] * 3
