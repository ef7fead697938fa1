"""One receiver before several applications: options and context of each, the handlers shared."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from fakes import ask, call, environ, length, part, scope
from pushmw import Receiver
from pushmw._dispatch.glue import Glue
from pushmw._http import asgi, wsgi
from pushmw.guards import Attempt, Refusal
from pushmw.samples import sample
from worlds import BODY

LARGE = sample("deviceDeleted", deviceId="x" * 2000)


def through_wsgi(app: Any, body: bytes, path: str = "/v1.0.0/messageReceiver") -> int:
    return int(call(app, environ(body, PATH_INFO=path)).status[:3])


def through_asgi(app: Any, body: bytes, path: str = "/v1.0.0/messageReceiver") -> int:
    return ask(app, scope(length(body), path=path), part(body)).status


in_both_protocols = pytest.mark.parametrize(
    ("wrap", "push_at"),
    [(Receiver.wsgi, through_wsgi), (Receiver.asgi, through_asgi)],
    ids=["wsgi", "asgi"],
)


def closed(attempt: Attempt) -> Refusal | None:
    return Refusal("a rule of the house")


@in_both_protocols
@pytest.mark.parametrize("pushed_first", [False, True])
def test_each_application_keeps_the_options_it_was_wrapped_with(
    wrap: Callable[..., Any], push_at: Callable[..., int], *, pushed_first: bool
) -> None:
    push, got = Receiver(guards=[]), list[Any]()
    push.on("deviceDeleted")(got.append)
    large = wrap(push)
    if pushed_first:
        assert push_at(large, BODY) == 200
    push.configure(max_body=1000, path="/other")
    small = wrap(push)
    push.configure(guards=[closed])
    nobodys = wrap(push)
    assert push_at(large, LARGE) == 200
    assert push_at(large, BODY, "/other") == 404
    assert push_at(small, LARGE, "/other") == 413
    assert push_at(small, BODY, "/other") == 200
    assert push_at(small, BODY) == 404
    assert push_at(nobodys, BODY, "/other") == 403
    assert len(got) == 2 + pushed_first
    assert (push.counts.handled, push.counts.refused, push.counts.denied) == (len(got), 1, 1)


def test_what_is_handed_over_is_taken_with_the_options_of_now() -> None:
    push = Receiver(guards=[])
    push.on("deviceDeleted")(lambda event: None)
    assert push.handle(LARGE).status == 200
    push.configure(max_body=1000)
    assert (push.handle(LARGE).status, push.handle(BODY).status) == (413, 200)
    push.configure(max_body=10_000)
    assert push.handle(LARGE).status == 200


def named(name: str, notes: list[str]) -> Glue:
    @contextmanager
    def inside() -> Iterator[None]:
        notes.append(name)
        yield

    return Glue(inside)


def test_each_push_runs_in_the_context_of_the_application_it_came_through() -> None:
    push, notes = Receiver(guards=[]), list[str]()
    push.on("deviceDeleted")(lambda event: notes.append("handler"))
    first = wsgi.wrap(push.way(named("first", notes)), None)
    second = asgi.wrap(push.way(named("second", notes)), None)
    plain = push.wsgi()
    for take, app in (
        (through_wsgi, first),
        (through_asgi, second),
        (through_wsgi, plain),
        (through_wsgi, first),
    ):
        assert take(app, BODY) == 200
    assert notes == ["first", "handler", "second", "handler", "handler", "first", "handler"]


def test_a_context_that_is_set_while_the_first_push_compiles_is_not_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    push, notes = Receiver(guards=[]), list[str]()
    push.on("deviceDeleted")(lambda event: notes.append("handler"))
    compiles, goes_on = threading.Event(), threading.Event()
    compiled = push._compile

    def slowly(*arguments: Any) -> Any:
        compiles.set()
        goes_on.wait(20)
        return compiled(*arguments)

    monkeypatch.setattr(push, "_compile", slowly)
    first = threading.Thread(target=push.handle, args=(BODY,))
    first.start()
    assert compiles.wait(20)
    push.set_glue(named("set meanwhile", notes))
    goes_on.set()
    first.join()
    assert push.handle(BODY).status == 200
    assert notes[-2:] == ["set meanwhile", "handler"]


@in_both_protocols
def test_what_fails_while_the_first_push_compiles_can_be_mended(
    wrap: Callable[..., Any], push_at: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    push, got = Receiver(guards=[]), list[Any]()
    push.on("deviceDeleted")(got.append)
    app = wrap(push)
    with monkeypatch.context() as broken:
        broken.setattr(push, "kinds", lambda **_: {})
        with pytest.raises(KeyError):
            push_at(app, BODY)
    push.on("deviceDeleted", name="mended")(got.append)
    assert push_at(app, BODY) == 200
    assert len(got) == 2
    with pytest.raises(RuntimeError, match="the first push has come"):
        push.on("deviceDeleted")(lambda event: None)
