"""What is not a push reaches the wrapped application, and its answer the client, as ever.

Each request goes to the application with and without the receiver, and both answers are compared.
"""

from typing import Any

import pytest

from pushes import PUSH, assert_ok
from pushmw import Counts, Receiver
from sites.base import CALLBACK, Can, Inner, Start
from wire import Reply


def everything() -> tuple[Receiver, list[Any]]:
    """Make a receiver that takes everything, and the list of what it took."""
    push = Receiver()
    got: list[Any] = []
    push.unhandled(got.append)
    return push, got


def same(one: Reply, other: Reply) -> bool:
    def shown(reply: Reply) -> Any:
        headers = [header for header in reply.headers if header[0] != "date"]
        return reply.status, sorted(headers), reply.body

    return bool(shown(one) == shown(other))


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("GET", "/hello", b""),
        ("HEAD", "/hello", b""),
        ("POST", "/hello", PUSH),
        ("POST", "/echo", PUSH),
        ("POST", "/echo", b""),
        ("POST", "/echo?a=b", b"\x00\xff" * 100_000),
        ("GET", "/nowhere", b""),
        ("POST", "/", PUSH),
    ],
)
def test_ordinary_routes_answer_as_ever(
    serve: Start, method: str, target: str, body: bytes
) -> None:
    bare = serve(None).request(method, target, body)
    push, got = everything()
    assert same(serve(push).request(method, target, body), bare)
    assert got == []
    assert push.counts == Counts()


def test_the_ordinary_routes_are_there(serve: Start) -> None:
    push, _ = everything()
    site = serve(push)
    assert site.request("GET", "/hello").body == b"hello"
    echo = site.request("POST", "/echo", PUSH)
    assert (echo.body, echo.header("x-length")) == (PUSH, str(len(PUSH)))


def test_a_stream_is_not_held_back(serve: Start) -> None:
    push, _ = everything()
    inner = Inner()
    with serve(push, inner).connect() as connection:
        connection.send(b"GET /stream HTTP/1.1\r\nhost: x\r\n\r\n")
        response = connection.response("GET")
        assert response.read(4) == b"one,"
        inner.go_on.set()
        assert response.read() == b"two"


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("body", [b"", PUSH], ids=["empty", "push"])
def test_other_methods_on_the_callback_path_reach_the_application(
    serve: Start, method: str, body: bytes
) -> None:
    inner = Inner()
    bare = serve(None, inner).request(method, CALLBACK, body)
    push, got = everything()
    assert same(serve(push, inner).request(method, CALLBACK, body), bare)
    assert [(seen.method, seen.body) for seen in inner.seen] == [(method, body)] * 2
    assert got == []


@pytest.mark.parametrize(
    "target",
    [
        CALLBACK + "/",
        CALLBACK.upper(),
        CALLBACK.replace("Receiver", "receiver"),
        CALLBACK + ";x",
        CALLBACK + ";x=y",
        CALLBACK + "%20",
        CALLBACK + "%00",
        CALLBACK + "%ff",
        CALLBACK + "%0a",
        CALLBACK + "%3fa=b",
        CALLBACK + "/cmd/",
        CALLBACK + "/cmd/x",
        CALLBACK + "x",
        CALLBACK.removesuffix("r"),
        CALLBACK.replace("/messageReceiver", "//messageReceiver"),
        CALLBACK.replace("/messageReceiver", "/./messageReceiver"),
        "/x/.." + CALLBACK,
        "/x" + CALLBACK,
        CALLBACK.replace("R", "%2552"),
    ],
)
def test_paths_that_only_look_like_the_callback_path_reach_the_application(
    serve: Start, target: str
) -> None:
    bare = serve(None).request("POST", target, PUSH)
    push, got = everything()
    site = serve(push)
    for _ in range(2):  # the second time it is looked up where the first was remembered
        assert same(site.request("POST", target, PUSH), bare)
    assert got == []
    assert push.counts == Counts()


@pytest.mark.parametrize(
    "target",
    [
        pytest.param(CALLBACK.replace("R", "%52"), id="a letter encoded"),
        pytest.param(CALLBACK + "?a=b", id="a query"),
        pytest.param(CALLBACK + "?", id="an empty query"),
        pytest.param(CALLBACK + "?x=/../%ff", id="any query"),
    ],
)
def test_the_callback_path_in_another_spelling_is_ours(serve: Start, target: str) -> None:
    push, got = everything()
    site = serve(push)
    for _ in range(2):
        assert_ok(site.request("POST", target, PUSH))
    assert len(got) == 2


def test_only_the_paths_of_the_receiver_are_ours(serve: Start) -> None:
    push = Receiver("/pushes")
    got: list[Any] = []
    push.unhandled(got.append)
    bare = serve(None).post(PUSH)
    site = serve(push)
    assert same(site.post(PUSH), bare)
    assert got == []
    assert_ok(site.post(PUSH, path="/pushes"))
    assert len(got) == 1


def test_an_exception_on_an_ordinary_route_is_the_servers_business(serve: Start) -> None:
    push, _ = everything()
    assert serve(push, Inner(error=RuntimeError())).request("GET", CALLBACK).status == 500


@pytest.mark.needs(Can.RAISES)
def test_an_exception_on_an_ordinary_route_reaches_the_server_unchanged(serve: Start) -> None:
    push, _ = everything()
    error = RuntimeError()
    site = serve(push, Inner(error=error))
    site.request("GET", CALLBACK)
    site.host.wait_until_idle()
    assert [each is error for each in site.host.errors] == [True]
