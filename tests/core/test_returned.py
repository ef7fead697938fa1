"""What callables give back, judged: 200 is for what has run."""

import asyncio
import functools
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import nullcontext
from typing import Any

import pytest

from fakes import Server, call, environ, length, part, scope
from pushmw import Receiver
from pushmw.compat import PushMessageReceiver
from worlds import BODY, WAYS, Panic, awaited, sync

ran: list[Any] = []
on_every_way = pytest.mark.parametrize("way", WAYS)


@pytest.fixture(autouse=True)
def nothing_yet() -> None:
    ran.clear()


def generator(event: Any) -> Iterator[None]:
    ran.append(event)
    yield


async def async_generator(event: Any) -> AsyncIterator[None]:
    ran.append(event)
    yield


async def coroutine(event: Any) -> None:
    ran.append(event)


class Generating:
    def __call__(self, event: Any) -> Iterator[None]:
        yield from generator(event)


def hidden(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*arguments: Any) -> Any:
        return function(*arguments)

    return call


def wrapped(function: Callable[..., Any]) -> Callable[..., Any]:
    return functools.wraps(function)(hidden(function))


async def forgetful(event: Any) -> Any:
    return coroutine(event)


async def generating(event: Any) -> Any:
    return generator(event)


NOTHING_RUNS = {
    "a generator": hidden(generator),
    "an async generator": hidden(async_generator),
    "a generator of a method": Generating(),
    "a decorated generator": wrapped(generator),
    "a decorated async generator": wrapped(async_generator),
    "a coroutine, of an async handler": forgetful,
    "a generator, of an async handler": generating,
}


@on_every_way
@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside"])
@pytest.mark.parametrize("handler", NOTHING_RUNS.values(), ids=NOTHING_RUNS)
def test_what_returns_something_to_be_run_has_failed(
    handler: Callable[..., Any], way: str, *, beside: bool
) -> None:
    push = Receiver(guards=[])
    push.on("deviceDeleted")(handler)
    if beside:
        push.on("deviceDeleted")(lambda event: ran.append("beside"))
    assert WAYS[way](push) == 503
    assert ran == ["beside"][: int(beside)]
    assert push.counts.failed == 1


@on_every_way
@pytest.mark.parametrize("around", [False, True], ids=["alone", "inside of a context manager"])
@pytest.mark.parametrize("handler", NOTHING_RUNS.values(), ids=NOTHING_RUNS)
def test_so_has_an_unhandled_handler(
    handler: Callable[..., Any], way: str, *, around: bool
) -> None:
    push = Receiver(guards=[])
    if around:
        push.around(nullcontext)
    push.unhandled(handler)
    assert WAYS[way](push) == 503


@on_every_way
@pytest.mark.parametrize("handler", NOTHING_RUNS.values(), ids=NOTHING_RUNS)
def test_a_hook_that_returns_such_a_thing_is_told(
    handler: Callable[..., Any], way: str, caplog: pytest.LogCaptureFixture
) -> None:
    push = Receiver(guards=[])

    @push.on("deviceDeleted", name="bad")
    def bad(event: object) -> None:
        raise ValueError

    hook: Any = functools.wraps(handler, updated=())(lambda error, push: handler(error))
    del hook.__wrapped__
    push.error(hook)
    assert WAYS[way](push) == 503
    assert any("error hook of bad failed: TypeError" in each for each in caplog.messages)


@on_every_way
@pytest.mark.parametrize("method", NOTHING_RUNS.values(), ids=NOTHING_RUNS)
def test_a_method_that_returns_such_a_thing_has_failed(
    method: Callable[..., Any], way: str
) -> None:
    class Old(PushMessageReceiver):
        def handleDeviceDeleted(self, body: Any) -> Any:
            return method(body)

    push = Receiver(guards=[])
    push.mount(Old())
    assert WAYS[way](push) == 503


@on_every_way
@pytest.mark.parametrize("style", [sync, awaited], ids=["sync", "async"])
@pytest.mark.parametrize("made", [coroutine, generator, async_generator])
def test_a_condition_that_returns_such_a_thing_is_its_handlers_failure(
    made: Callable[..., Any], style: Callable[..., Any], way: str
) -> None:
    push = Receiver(guards=[])
    push.on("deviceDeleted", where=hidden(made))(style(ran.append))
    assert WAYS[way](push) == 503
    assert ran == []


@on_every_way
@pytest.mark.parametrize(
    ("says", "counted"), [(1, "handled"), ("", "unhandled"), (None, "unhandled")]
)
def test_a_condition_may_say_yes_and_no_in_any_words(says: object, counted: str, way: str) -> None:
    push = Receiver(guards=[])
    push.on("deviceDeleted", where=lambda event: says)(ran.append)
    assert WAYS[way](push) == 200
    assert getattr(push.counts, counted) == 1


@pytest.mark.parametrize("way", ["asgi", "ahandle"])
def test_a_task_that_is_returned_runs_by_itself(way: str) -> None:
    push = Receiver(guards=[])

    @push.on("deviceDeleted")
    async def starts(event: object) -> Any:
        return asyncio.create_task(coroutine(event))

    assert WAYS[way](push) == 200


# -- what is raised around a handler, and is no Exception


@on_every_way
@pytest.mark.parametrize("style", [sync, awaited], ids=["sync", "async"])
@pytest.mark.parametrize("where", ["where", "around", "around's end", "hook"])
def test_a_panic_round_a_handler_is_a_failure_and_the_others_run(
    where: str, style: Callable[..., Any], way: str, caplog: pytest.LogCaptureFixture
) -> None:
    push, inner = Receiver(guards=[]), Receiver()
    told: list[Exception] = []

    class Manager:
        def __enter__(self) -> None:
            if where == "around":
                raise Panic

        def __exit__(self, *error: object) -> None:
            if where == "around's end":
                raise Panic

    def panics(*arguments: Any) -> Any:
        raise Panic

    def bad(event: object) -> None:
        if where == "hook":
            raise ValueError

    inner.around(Manager)
    if where == "hook":
        push.error(style(lambda error, delivery: panics()))
    push.error(lambda error, delivery: told.append(error))
    inner.on("deviceDeleted", where=panics if where == "where" else None)(style(bad))
    push.include(inner)
    push.on("deviceDeleted")(style(ran.append))
    assert WAYS[way](push) == 503
    assert len(ran) == len(told) == push.counts.failed == 1
    if where != "hook":
        assert isinstance(told[0].__cause__, Panic)
    assert len([r for r in caplog.records if r.levelname == "ERROR"]) == (
        2 if where == "hook" else 1
    )


def test_a_guard_that_panics_refuses() -> None:
    def guard(attempt: object) -> None:
        raise Panic

    push = Receiver(guards=[guard])
    assert call(push.wsgi(), environ(BODY)).status.startswith("403")
    assert push.counts.denied == 1


@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside"])
def test_a_coroutine_that_is_given_up_ends_as_one(*, beside: bool) -> None:
    push = Receiver(guards=[])

    async def waits(event: object) -> None:
        await asyncio.Event().wait()

    for _ in range(1 + beside):
        push.on("deviceDeleted", name=f"{_}")(waits)
    server = Server(part(BODY))
    loop = asyncio.new_event_loop()
    try:
        task = loop.create_task(push.asgi()(scope(length(BODY)), server.receive, server.send))
        loop.run_until_complete(asyncio.sleep(0.05))
        coroutine: Any = task.get_coro()
        coroutine.close()
        task.cancel()
        loop.run_until_complete(asyncio.wait({task}))
        assert task.exception() is not None  # there is no more of it to be run
    finally:
        loop.close()
    assert server.sent == []
    assert push.counts.failed == 0
