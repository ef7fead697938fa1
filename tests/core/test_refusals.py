"""What was not meant is refused where it is written; what cannot be known is believed."""

import functools
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Annotated, Any
from unittest.mock import MagicMock, Mock, create_autospec

import pytest

from fakes import environ
from pushmw import Delivery, DeviceDeleted, Receiver
from worlds import BODY, Deliver, in_both_worlds


class Database: ...


class Store:
    def __init__(self, database: object = None) -> None:
        self.seen: list[Any] = []

    def __call__(self, event: DeviceDeleted) -> None:
        self.seen.append(event)

    def save(self, event: DeviceDeleted) -> None:
        self.seen.append(event)

    @classmethod
    def of_class(cls, event: DeviceDeleted) -> None: ...

    @staticmethod
    def of_nobody(event: DeviceDeleted) -> None: ...


@dataclass
class Point:
    event: DeviceDeleted


class Depends:
    """As frameworks have it."""

    def __init__(self, what: object) -> None: ...


def stored(event: DeviceDeleted, database: Database) -> None: ...


@contextmanager
def connected(database: Database) -> Iterator[None]:
    yield


def injected(event: DeviceDeleted, database: Any = Depends(Database)) -> None: ...  # noqa: B008


def annotated(event: DeviceDeleted, database: Annotated[Any, Depends(Database)] = None) -> None: ...


@contextmanager
def managed(event: Any) -> Iterator[None]:
    yield


@asynccontextmanager
async def amanaged(event: Any) -> AsyncIterator[None]:
    yield


def register_in_class(push: Receiver) -> None:
    decorate: Any = push.on("deviceDeleted")

    class Devices:
        @decorate  # type: ignore[untyped-decorator]
        def gone(self, event: DeviceDeleted) -> None: ...


def register_class_method(push: Receiver) -> None:
    decorate: Any = push.on("deviceDeleted")

    class Devices:
        @decorate  # type: ignore[untyped-decorator]
        @classmethod
        def gone(cls, event: DeviceDeleted) -> None: ...


def on(handler: Any, **options: Any) -> Callable[[Any], object]:
    return lambda push: push.on("deviceDeleted", **options)(handler)


def where(condition: Any) -> Callable[[Any], object]:
    return on(lambda event: None, where=condition)


async def says(event: object) -> bool:
    return True


def says_nothing(event: object) -> Iterator[bool]:
    yield True


class AsyncSaying:
    async def __call__(self, event: object) -> bool:
        return True


REFUSED = {
    "a class": (on(Store), r"on: .*:Store is a class, .*; make one first: push.on\(...\)\(Store"),
    "a partial of a class": (on(functools.partial(Store, None)), ":Store is a class"),
    "a dataclass": (on(Point), ":Point is a class"),
    "a method in its class body": (register_in_class, r"without an object.*Devices\(\).gone"),
    "a class method in its body": (register_class_method, "a class method cannot be registered in"),
    "a method by its class": (on(Store.save), r"without an object.*push.on\(...\)\(Store\(\).save"),
    "a second parameter": (on(stored), "pushmw passes the event and the delivery, by position; wh"),
    "a default to be filled in": (on(injected), "nobody fills in `database` of .*:injected"),
    "an annotation to be filled in": (on(annotated), "nobody fills in `database`"),
    "a context manager": (on(managed), ":managed makes a context manager.*@push.around"),
    "an async context manager": (on(amanaged), ":amanaged makes a context manager"),
    "a hook of a class": (lambda push: push.error(Store), "error: .*:Store is a class"),
    "an unhandled class": (lambda push: push.unhandled(Store), ":Store is a class"),
    "a condition of nothing": (where(lambda: True), "where must be a plain function of the event"),
    "a condition of two": (where(lambda event, delivery: True), "where must be a plain function"),
    "an async condition": (where(says), "where must be a plain function"),
    "an async object": (where(AsyncSaying()), "where must be a plain function"),
    "a condition that yields": (where(says_nothing), "where must be a plain function"),
    "a class of conditions": (where(Store), "where must be a plain function"),
    "no condition": (where("deviceDeleted"), "where must be a plain function"),
    "a part that is none": (lambda push: push.include(Store()), "include: takes a receiver, not S"),
    "around with an argument": (
        lambda push: push.around(connected),
        "pushmw passes the delivery",
    ),
}


@pytest.mark.parametrize(("register", "text"), REFUSED.values(), ids=REFUSED)
def test_it_is_refused_where_it_is_written(register: Callable[[Any], object], text: str) -> None:
    push = Receiver()
    with pytest.raises(TypeError, match=text):
        register(push)
    assert push.registered == {}


# -- accepted, and called rightly

seen: list[Any] = []


@pytest.fixture(autouse=True)
def nothing_yet() -> None:
    seen.clear()


class Dispatching:
    @functools.singledispatchmethod
    def take(self, event: Any) -> None:
        seen.append("another")

    @take.register
    def _(self, event: DeviceDeleted) -> None:
        seen.append(event)


@functools.singledispatch
def dispatched(event: Any) -> None:
    seen.append("another")


@dispatched.register
def _(event: DeviceDeleted) -> None:
    seen.append(event)


def as_text(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(event: Any) -> Any:
        return function(event.kind)

    return wrapper


def as_text_too(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*arguments: Any, **more: Any) -> Any:
        return function(arguments[0].kind, *arguments[1:], **more)

    return wrapper


def with_database(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*arguments: Any) -> Any:
        return function(*arguments, Database())

    return wrapper


def text(event: str) -> None:
    assert isinstance(event, str)
    seen.append(event)


def text_and_delivery(event: str, delivery: Delivery) -> None:
    seen.append((event, delivery.kind))


def with_base(event: DeviceDeleted, push: object) -> None:
    seen.append((event, push))


def saved(event: DeviceDeleted, database: Database) -> None:
    assert isinstance(database, Database)
    seen.append(event)


class Odd:
    """One whose signature cannot be had."""

    __signature__ = "none"

    def __call__(self, event: Any) -> None:
        seen.append(event)


class OddMock(Mock):
    def __call__(self, *arguments: Any, **more: Any) -> Any:
        seen.append(arguments[0])
        return super().__call__(*arguments, **more)


def plain(event: DeviceDeleted) -> None: ...


def autospecced(spec: Any) -> Any:
    made = create_autospec(spec, return_value=None)
    made.side_effect = lambda *arguments: seen.append(arguments[0])
    return made


async def awaited(event: DeviceDeleted) -> None: ...


ACCEPTED = {
    "an object": Store,
    "a method": lambda: Store().save,
    "a class method": lambda: Store.of_class,
    "a static method": lambda: Store.of_nobody,
    "a partial with an object": lambda: functools.partial(Store.save, Store()),
    "a method that chooses by class": lambda: Dispatching().take,
    "a function that chooses by class": lambda: dispatched,
    "decorated to take something else": lambda: as_text(text),
    "decorated to pass something else on": lambda: as_text_too(text),
    "with a delivery behind that": lambda: as_text_too(text_and_delivery),
    "decorated to get one more": lambda: with_database(saved),
    "one that takes the delivery as any object": lambda: with_base,
    "an odd signature": Odd,
    "a mock": OddMock,
    "an autospecced function": lambda: autospecced(plain),
    "an autospecced method": lambda: autospecced(Store.of_class),
    "an autospecced object": lambda: create_autospec(Store(), instance=True),
    "an autospecced async function": lambda: autospecced(awaited),
    "a builtin method": lambda: seen.append,
}


@in_both_worlds
@pytest.mark.parametrize("make", ACCEPTED.values(), ids=ACCEPTED)
def test_it_is_accepted_and_called_with_what_it_takes(
    make: Callable[[], Any], deliver: Deliver, request: pytest.FixtureRequest
) -> None:
    push = Receiver(guards=[])
    handler = make()
    push.on("deviceDeleted")(handler)
    assert deliver(push).status == 200, push.counts
    noted = seen or getattr(getattr(handler, "func", handler), "seen", None)
    if isinstance(noted, list) and noted:
        assert len(noted) == 1
        assert noted != ["another"]


def test_what_they_are_called_with() -> None:
    push = Receiver(guards=[])
    chooses = Dispatching()
    for handler in (chooses.take, dispatched, as_text(text), as_text_too(text_and_delivery)):
        push.on("deviceDeleted")(handler)
    assert push.handle(BODY).status == 200
    first, second, kind, pair = seen
    assert isinstance(first, DeviceDeleted)
    assert isinstance(second, DeviceDeleted)
    assert (kind, pair) == ("deviceDeleted", ("deviceDeleted", "deviceDeleted"))


# -- applications


def wsgi_app(environ: Any, start_response: Any) -> Any:
    return []


async def asgi_app(scope: Any, receive: Any, send: Any) -> None: ...


class Flasky:
    wsgi_app = staticmethod(wsgi_app)

    def __call__(self, environ: Any, start_response: Any) -> Any:
        return []


class ASGIObject:
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...


@pytest.mark.parametrize(
    ("wrap", "text"),
    [
        (lambda push: push.asgi(Flasky()), r"Flasky takes .*app.wsgi_app = push.wsgi\(app.wsgi_a"),
        (lambda push: push.asgi(wsgi_app), r"wsgi_app takes \(environ.*: push.wsgi\(app\)"),
        (lambda push: push.wsgi(ASGIObject()), r"ASGIObject takes \(scope, .*: push.asgi\(app\)"),
        (lambda push: push.wsgi(asgi_app), r"asgi_app takes .*add_middleware\(push.asgi\)"),
        (lambda push: push.wsgi("app"), "push.wsgi: takes an application, not str"),
        (lambda push: push.asgi(7), "push.asgi: takes an application, not int"),
        (lambda push: push(wsgi_app), r"no application: .*add_middleware\(push.asgi\)"),
        (lambda push: push.asgi(push.wsgi()), "takes .environ, start_response"),
    ],
)
def test_an_application_of_the_other_protocol_is_refused(
    wrap: Callable[[Any], object], text: str
) -> None:
    with pytest.raises(TypeError, match=text):
        wrap(Receiver())


@pytest.mark.parametrize(
    "wrap",
    [
        lambda push: push.wsgi(push.wsgi(wsgi_app)),
        lambda push: push.asgi(push.asgi(asgi_app)),
        lambda push: push.asgi(push.asgi()),
    ],
)
def test_one_receiver_stands_once_before_an_application(wrap: Callable[[Any], object]) -> None:
    with pytest.raises(ValueError, match="has this receiver before it already"):
        wrap(Receiver())


@pytest.mark.parametrize("app", [MagicMock(), lambda *arguments: [], ASGIObject, print, min])
def test_where_it_cannot_be_known_the_user_is_believed(app: Any) -> None:
    push = Receiver()
    assert callable(push.wsgi(app))
    assert callable(push.asgi(app))


def test_a_condition_without_a_signature_is_believed() -> None:
    push = Receiver(guards=[])
    builtin: Any = min
    push.on("deviceDeleted", where=builtin, name="asks")(seen.append)
    assert push.registered == {"deviceDeleted": ["asks"]}


def test_two_receivers_may_stand_before_one_application() -> None:
    one, two = Receiver("/one"), Receiver("/two")
    app: Any = two.wsgi(one.wsgi(wsgi_app))
    assert app(environ(b"", REQUEST_METHOD="GET"), None) == []
