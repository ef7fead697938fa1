"""`push.asgi` is a class as far as anybody looks, and a call for everybody else."""

import inspect
from typing import Any

import pytest

from fakes import ask, length, part, scope
from pushmw import Receiver
from worlds import BODY


def receiver() -> Receiver:
    push = Receiver(guards=[])
    push.on("deviceDeleted")(lambda event: None)
    return push


def test_it_is_one_class_for_each_receiver() -> None:
    push, other = receiver(), receiver()
    cls: Any = push.asgi
    assert isinstance(cls, type)
    assert push.asgi is cls
    assert other.asgi is not cls
    assert not issubclass(cls, dict)
    assert (cls.__name__, cls.__qualname__, cls.__module__) == (
        *("asgi", "Receiver.asgi", "pushmw.receiver"),
    )


@pytest.mark.parametrize("named", [False, True])
def test_a_call_wraps_an_application_in_a_plain_function(*, named: bool) -> None:
    async def app(asked: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 204})

    push = receiver()
    wrapped = push.asgi(app=app) if named else push.asgi(app)
    assert inspect.isfunction(wrapped)
    assert ask(wrapped, scope(length(BODY)), part(BODY)).status == 200
    assert ask(wrapped, scope(path="/")).status == 204


def test_tools_may_change_it() -> None:
    push = receiver()
    cls: Any = push.asgi
    called = cls.__call__

    def spanned(self: Any, *arguments: Any) -> Any:
        return called(self, *arguments)

    cls.__call__ = spanned
    assert ask(push.asgi(), scope(length(BODY)), part(BODY)).status == 200


def test_it_looks_like_the_method_it_is() -> None:
    for each in (receiver().asgi, Receiver.asgi):
        assert "Wrap an ASGI application" in str(inspect.getdoc(each))
    assert list(inspect.signature(receiver().asgi).parameters) == ["app"]
    assert "asgi" in dir(Receiver)
