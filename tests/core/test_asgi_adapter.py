"""The ASGI adapter against servers made of lists."""

import inspect
from typing import Any

import pytest

from fakes import DISCONNECT, Server, ask, length, part, run, scope
from pushes import OTHER, PUSH
from pushmw import Counts, Receiver
from sites.base import ASYNC, CALLBACK, INLINE, SYNC, Style

pytestmark = pytest.mark.usefixtures("headers_new_or_known")

STYLES = pytest.mark.parametrize("style", [SYNC, INLINE, ASYNC], ids=lambda style: style.name)


def receiver(**options: Any) -> tuple[Receiver, list[Any]]:
    """Make a receiver that takes one kind only, and the list of what it took."""
    push = Receiver(**options)
    got: list[Any] = []
    push.on("deviceDataChanged", inline=True)(got.append)
    return push, got


def assert_status(server: Server, status: int) -> None:
    """See that the answer's form is right, whatever it says."""
    start, body = server.sent
    assert (start["type"], start["status"]) == ("http.response.start", status)
    assert body["type"] == "http.response.body"
    assert body["more_body"] is False  # may be left out, but the client of Quart 0.23 looks at it
    names = [name for name, _ in start["headers"]]
    assert len(names) == len(set(names))
    assert all(name == name.lower() for name in names)
    assert all(type(text) is bytes for header in start["headers"] for text in header)
    assert server.headers[b"content-length"] == str(len(server.body)).encode()
    assert server.headers[b"content-type"] == (
        b"text/plain; charset=utf-8" if status == 200 else b"application/problem+json"
    )


# -- what is not ours


@pytest.mark.parametrize(
    "members",
    [
        pytest.param({"method": "GET"}, id="another method"),
        pytest.param({"method": "post"}, id="a method in lower case"),
        pytest.param({"path": "/"}, id="another path"),
        pytest.param({"path": ""}, id="an empty path"),
        pytest.param({"path": "/" + CALLBACK}, id="two slashes"),
        pytest.param({"path": CALLBACK + "\0"}, id="a NUL"),
        pytest.param({"type": "websocket", "method": None}, id="a websocket"),
        pytest.param({"type": "lifespan", "method": None, "path": None}, id="lifespan"),
        pytest.param({"type": "made-up"}, id="a type of the future"),
        pytest.param({"path": None}, id="no path"),
    ],
)
@pytest.mark.parametrize("root_path", ["", "/api", None])
def test_another_scope_passes_as_the_identical_objects(
    members: dict[str, Any], root_path: str | None
) -> None:
    push, got = receiver()
    seen: list[Any] = []

    async def app(*arguments: Any) -> None:
        seen.extend(arguments)

    asked = scope(length(PUSH), **members, root_path=root_path)
    before = dict(asked)
    server = Server(part(PUSH))
    receive, send = server.receive, server.send
    run(push.asgi(app)(asked, receive, send))
    assert seen[0] is asked
    assert seen[1] is receive
    assert seen[2] is send
    assert asked == before
    assert (server.asked, server.sent, got) == (0, [], [])


@pytest.mark.parametrize(
    ("root_path", "path", "ours"),
    [
        pytest.param("", CALLBACK, True, id="no prefix"),
        pytest.param(None, CALLBACK, True, id="the key is absent"),
        pytest.param("/api", "/api" + CALLBACK, True, id="prefix in the path, as uvicorn"),
        pytest.param("/api", CALLBACK, True, id="prefix stripped, as hypercorn behind a proxy"),
        pytest.param("/api", "/apis" + CALLBACK, False, id="a longer prefix"),
        pytest.param("/api", "/api/api" + CALLBACK, False, id="the prefix twice"),
        pytest.param("", "/api" + CALLBACK, False, id="a prefix the server does not know"),
        pytest.param("/v1.0.0", CALLBACK, False, id="the prefix is part of the callback path"),
        pytest.param("/v1.0.0", "/v1.0.0" + CALLBACK, True, id="and stands before it as well"),
    ],
)
def test_under_a_prefix_the_rest_of_the_path_counts(
    root_path: str | None, path: str, ours: bool
) -> None:
    push = Receiver()
    paths: list[str] = []
    push.on("*")(lambda event, delivery: paths.append(delivery.path))
    for _ in range(2):
        server = ask(push.asgi(), scope(root_path=root_path, path=path), part(PUSH))
        assert_status(server, 200 if ours else 404)
    assert paths == [CALLBACK] * 2 * ours


def test_any_number_of_prefixes_is_served_and_few_are_remembered() -> None:
    push, got = receiver()
    app = push.asgi()
    for number in range(200):
        ask(app, scope(root_path=f"/{number}"), part(PUSH))
    assert len(got) == 200
    assert len(push.paths.under) <= 64


@pytest.mark.parametrize("path", ["/hello", CALLBACK])
@pytest.mark.parametrize("error", [RuntimeError(), KeyError("path")], ids=repr)
def test_an_exception_of_the_application_passes_unchanged(path: str, error: Exception) -> None:
    push, _ = receiver()
    asked: list[Any] = []

    async def app(inside: Any, *_: Any) -> None:
        asked.append(inside)
        raise error

    with pytest.raises(type(error)) as caught:
        ask(push.asgi(app), scope(path=path), part(OTHER))
    assert caught.value is error
    assert len(asked) == 1


def test_servers_see_a_coroutine_function() -> None:
    """Otherwise they take it for an application of ASGI 2, or of WSGI."""
    push, _ = receiver()
    assert inspect.iscoroutinefunction(push.asgi())


def test_without_an_application_all_but_pushes_is_404() -> None:
    push, got = receiver()
    app = push.asgi()
    assert_status(ask(app, scope(), part(PUSH)), 200)
    assert_status(ask(app, scope(), part(OTHER)), 200)
    assert_status(ask(app, scope(path="/"), part(PUSH)), 404)
    assert_status(ask(app, scope(method="GET"), part()), 404)
    assert len(got) == 1


def test_without_an_application_lifespan_is_answered_and_websockets_are_closed() -> None:
    push, _ = receiver()
    phases = ("startup", "shutdown")
    lifespan = ask(
        push.asgi(), {"type": "lifespan"}, *({"type": f"lifespan.{phase}"} for phase in phases)
    )
    assert lifespan.sent == [{"type": f"lifespan.{phase}.complete"} for phase in phases]
    websocket = ask(push.asgi(), {"type": "websocket", "path": "/"}, {"type": "websocket.connect"})
    assert websocket.sent == [{"type": "websocket.close", "code": 1000}]
    assert ask(push.asgi(), {"type": "made-up"}).sent == []


# -- reading


@pytest.mark.parametrize(
    "messages",
    [
        pytest.param([part(PUSH)], id="whole"),
        pytest.param([part(PUSH[:40], more=True), part(PUSH[40:])], id="two parts"),
        pytest.param([part(PUSH, more=True), part()], id="an empty tail"),
        pytest.param([part(more=True), part(PUSH)], id="an empty start"),
        pytest.param([{"type": "http.request", "body": PUSH}], id="no more_body"),
        pytest.param(
            [part(PUSH, more=True), {"type": "http.request"}], id="neither body nor more_body"
        ),
    ],
)
@pytest.mark.parametrize("headers", [(), (length(PUSH),)], ids=["no length", "length"])
@STYLES
def test_a_body_is_read_however_it_comes(
    messages: list[Any], headers: tuple[Any, ...], style: Style
) -> None:
    push = Receiver()
    got: list[Any] = []
    style.on(push, "*")(got.append)
    assert_status(ask(push.asgi(), scope(*headers), *messages), 200)
    assert len(got) == 1


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param((length(PUSH), (b"content-type", b"application/json")), id="tuple"),
        pytest.param([list(length(PUSH))], id="lists"),
        pytest.param(iter([length(PUSH)]), id="an iterator"),
        pytest.param(
            iter([iter((b"content-type", b"text/x-new; charset=utf-8")), iter(length(PUSH))]),
            id="an iterator of iterators",
        ),
        pytest.param([], id="none"),
    ],
)
def test_headers_may_be_any_iterable_of_pairs(headers: Any) -> None:
    push = Receiver()
    kept: list[Any] = []
    push.on("*")(lambda event, delivery: kept.append(delivery.headers))
    assert_status(ask(push.asgi(), scope(headers=headers), part(PUSH)), 200)
    assert len(kept) == 1


@pytest.mark.parametrize("pair", [tuple, iter], ids=["pairs", "pairs that can be too"])
def test_headers_that_can_be_read_only_once_reach_the_application_all_the_same(pair: Any) -> None:
    """Falcon's test client sends such."""
    push, _ = receiver()
    seen: list[Any] = []

    async def app(asked: Any, receive: Any, send: Any) -> None:
        seen.extend(tuple(each) for each in asked["headers"])

    ask(push.asgi(app), scope(headers=iter([pair(length(OTHER))])), part(OTHER))
    assert seen == [length(OTHER)]


@pytest.mark.parametrize("more", [{}, {"root_path": None}], ids=["missing", "null"])
def test_optional_keys_may_be_missing(more: dict[str, Any]) -> None:
    push = Receiver()
    paths: list[str] = []
    push.on("*")(lambda event, delivery: paths.append(delivery.path))
    asked = {"type": "http", "method": "POST", "path": CALLBACK, **more}
    assert_status(ask(push.asgi(), asked, part(PUSH)), 200)
    assert paths == [CALLBACK]


def test_reading_ends_when_the_announced_bytes_are_there() -> None:
    """granian and hypercorn announce more, and fetching that empty tail costs time."""
    push, got = receiver()
    server = ask(push.asgi(), scope(length(PUSH)), part(PUSH, more=True))
    assert_status(server, 200)
    assert server.asked == 1
    assert len(got) == 1


@pytest.mark.parametrize("difference", [-1, 0, 1])
@pytest.mark.parametrize("at", [len(PUSH) - 1, len(PUSH)], ids=["in parts", "with a tail"])
def test_a_length_beside_a_transfer_encoding_has_to_be_true(difference: int, at: int) -> None:
    """With both, the end of the chunks counts: the length may be made up."""
    push, got = receiver()
    headers = [
        (b"content-length", str(at + difference).encode()),
        (b"transfer-encoding", b"chunked"),
    ]
    server = ask(push.asgi(), scope(*headers), part(PUSH[:at], more=True), part(PUSH[at:]))
    true = at + difference == len(PUSH)
    assert_status(server, 200 if true else 400)
    assert len(got) == true


def test_reading_ends_at_the_limit() -> None:
    push, got = receiver(max_body=1000)
    server = ask(push.asgi(), scope(), *[part(b"x" * 400, more=True)] * 10)
    assert_status(server, 413)
    assert server.asked == 3
    assert got == []


@pytest.mark.parametrize(
    "headers", [(), ((b"content-length", b"1000"),)], ids=["no length", "length"]
)
@pytest.mark.parametrize(
    "messages",
    [
        pytest.param([DISCONNECT], id="at once"),
        pytest.param([part(PUSH, more=True), DISCONNECT], id="after valid JSON"),
        pytest.param(
            [part(PUSH, more=True), {**DISCONNECT, "body": b"", "more_body": False}],
            id="with members of other messages",
        ),
    ],
)
def test_after_a_disconnect_nothing_is_dispatched_and_nothing_sent(
    headers: tuple[Any, ...], messages: list[Any]
) -> None:
    push, got = receiver()
    server = ask(push.asgi(), scope(*headers), *messages)
    assert (server.sent, got) == ([], [])
    assert push.counts == Counts()


@pytest.mark.parametrize("difference", [-1, 1])
def test_a_body_that_is_not_as_long_as_announced_is_refused(difference: int) -> None:
    push, got = receiver()
    header = b"content-length", str(len(PUSH) + difference).encode()
    assert_status(ask(push.asgi(), scope(header), part(PUSH)), 400)
    assert got == []


@pytest.mark.parametrize("messages", [[part()], [part(more=True), part()]], ids=["one", "two"])
def test_an_empty_body_is_refused(messages: list[Any]) -> None:
    push, got = receiver()
    assert_status(ask(push.asgi(), scope(), *messages), 400)
    assert got == []


# -- refusing

FORBIDDEN = [
    pytest.param([(b"content-length", b"nonsense")], 400, id="length"),
    pytest.param([(b"content-length", b"+5")], 400, id="sign"),
    pytest.param([(b"content-length", b"1_0")], 400, id="underscore"),
    pytest.param([(b"content-length", b"\xb2")], 400, id="a digit that is not ASCII"),
    pytest.param([(b"content-length", b"0")], 400, id="empty"),
    pytest.param([(b"content-length", b"1001")], 413, id="too large"),
    pytest.param([(b"content-length", b"5"), (b"content-length", b"6")], 400, id="two lengths"),
    pytest.param(
        [(b"content-encoding", b"gzip"), (b"content-encoding", b"identity")],
        415,
        id="two encodings",
    ),
    pytest.param([(b"content-encoding", b"gzip")], 415, id="encoding"),
    pytest.param(
        [(b"content-encoding", b"gzip"), (b"content-encoding", b"identity")],
        415,
        id="two encodings",
    ),
]


@pytest.mark.parametrize(("headers", "status"), FORBIDDEN)
def test_what_the_headers_forbid_is_refused_before_the_body_is_asked_for(
    headers: list[Any], status: int
) -> None:
    push, got = receiver(max_body=1000)
    server = ask(push.asgi(), scope(*headers), part(PUSH))
    assert_status(server, status)
    assert server.asked == 0
    assert server.headers[b"connection"] == b"close"
    assert got == []
    assert push.counts == Counts(refused=1)


def test_headers_that_come_twice_and_agree_are_taken() -> None:
    push, got = receiver()
    twice = [
        length(PUSH),
        (b"content-type", b"a/b"),
        (b"content-encoding", b"identity"),
        (b"accept", b"*/*"),
    ] * 2
    assert_status(ask(push.asgi(), scope(*twice), part(PUSH)), 200)
    assert len(got) == 1


@pytest.mark.parametrize(
    ("version", "closes"), [("1.0", True), ("1.1", True), (None, True), ("2", False), ("3", False)]
)
def test_behind_an_unread_body_http_1_cannot_go_on(version: str | None, closes: bool) -> None:
    push, _ = receiver(max_body=9)
    server = ask(push.asgi(), scope(length(PUSH), http_version=version), part(PUSH))
    assert_status(server, 413)
    assert (b"connection" in server.headers) == closes


@pytest.mark.parametrize(
    ("messages", "closes"),
    [
        pytest.param([part(PUSH)], False, id="read"),
        pytest.param([part(PUSH, more=True), part(PUSH, more=True)], True, id="not read"),
    ],
)
def test_behind_a_body_that_was_read_the_connection_goes_on(
    messages: list[Any], closes: bool
) -> None:
    push, _ = receiver(max_body=len(PUSH) - 1)
    server = ask(push.asgi(), scope(), *messages)
    assert_status(server, 413)
    assert (b"connection" in server.headers) == closes


def test_a_handled_push_does_not_end_the_connection() -> None:
    push, _ = receiver()
    for body in (PUSH, OTHER, b"rubbish", b"[" * 1000):
        server = ask(push.asgi(), scope(length(body)), part(body))
        assert b"connection" not in server.headers


def test_headers_that_are_edited_outside_are_whole_the_next_time() -> None:
    push, _ = receiver()
    for body in (PUSH, OTHER, b""):
        for _ in range(2):
            server = ask(push.asgi(), scope(), part(body))
            assert_status(server, 200 if body else 400)
            server.sent[0]["headers"].clear()
