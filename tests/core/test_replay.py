"""Giving a body back to the wrapped application, in both protocols."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from wsgiref.validate import validator

import pytest
from werkzeug import Request, Response

from fakes import DISCONNECT, Input, Server, ask, call, environ, length, part, run, scope
from pushes import OTHER
from pushmw import Receiver

Use = Callable[[Any], Awaitable[None]]


def receiver() -> Receiver:
    """Make a receiver that takes nothing the tests here send."""
    push = Receiver()
    push.on("deviceAdded")(lambda event: None)
    return push


# -- ASGI


def replayed(use: Use, server: Server, *headers: tuple[bytes, bytes]) -> None:
    """Let an application behind the receiver use its ``receive``."""

    async def app(asked: Any, receive: Any, send: Any) -> None:
        await use(receive)

    run(receiver().asgi(app)(scope(*headers), server.receive, server.send))


WHOLE = part(OTHER)


@pytest.mark.parametrize(
    "messages",
    [
        pytest.param([part(OTHER)], id="whole"),
        pytest.param([part(OTHER[:40], more=True), part(OTHER[40:])], id="two parts"),
        pytest.param([part(OTHER, more=True), part()], id="an empty tail"),
        pytest.param([part(OTHER, more=True), part(more=True), part()], id="two tails"),
        pytest.param([part(OTHER, more=True), {"type": "http.request"}], id="a bare tail"),
    ],
)
@pytest.mark.parametrize("headers", [(), (length(OTHER),)], ids=["no length", "length"])
def test_the_body_comes_once_and_then_what_the_server_says(
    messages: list[Any], headers: tuple[Any, ...]
) -> None:
    async def use(receive: Any) -> None:
        assert await receive() == WHOLE
        assert await receive() == DISCONNECT

    replayed(use, Server(*messages, DISCONNECT), *headers)


@pytest.mark.parametrize("tail", [[], [part()]], ids=["no tail", "tail"])
def test_after_the_body_the_application_waits_as_long_as_the_client_does(tail: list[Any]) -> None:
    server = Server(part(OTHER, more=bool(tail)), *tail)

    async def use(receive: Any) -> None:
        assert await receive() == WHOLE
        second = asyncio.ensure_future(receive())
        await asyncio.sleep(0.05)
        assert not second.done()
        server.add(DISCONNECT)
        assert await second == DISCONNECT

    replayed(use, server, length(OTHER))


def test_a_client_that_leaves_before_the_tail_is_told_at_once() -> None:
    async def use(receive: Any) -> None:
        assert await receive() == WHOLE
        assert await receive() == DISCONNECT

    replayed(use, Server(part(OTHER, more=True), DISCONNECT), length(OTHER))


def test_a_receive_cancelled_before_it_began_takes_nothing() -> None:
    async def use(receive: Any) -> None:
        first = asyncio.ensure_future(receive())
        first.cancel()
        await asyncio.wait([first])
        assert await receive() == WHOLE

    replayed(use, Server(part(OTHER)))


@pytest.mark.parametrize("tail", [[], [part()]], ids=["no tail", "tail"])
def test_a_receive_cancelled_while_it_waits_loses_nothing(tail: list[Any]) -> None:
    server = Server(part(OTHER, more=bool(tail)), *tail)

    async def use(receive: Any) -> None:
        assert await receive() == WHOLE
        for _ in range(2):
            second = asyncio.ensure_future(receive())
            await asyncio.sleep(0.05)
            second.cancel()
            await asyncio.wait([second])
        server.add(DISCONNECT)
        assert await receive() == DISCONNECT

    replayed(use, server, length(OTHER))


def test_a_receive_cancelled_while_it_waits_for_the_tail_does_not_take_it_for_news() -> None:
    server = Server(part(OTHER, more=True))

    async def use(receive: Any) -> None:
        assert await receive() == WHOLE
        second = asyncio.ensure_future(receive())
        await asyncio.sleep(0.05)
        second.cancel()
        await asyncio.wait([second])
        server.add(part())
        server.add(DISCONNECT)
        assert await receive() == DISCONNECT

    replayed(use, server, length(OTHER))


def test_the_scope_is_the_servers_own() -> None:
    asked = scope(length(OTHER), query_string=b"a=b")
    before = dict(asked)
    seen: list[Any] = []

    async def app(inside: Any, receive: Any, send: Any) -> None:
        seen.append(inside)

    ask(receiver().asgi(app), asked, part(OTHER))
    assert seen[0] is asked
    assert asked == before


@pytest.mark.parametrize(
    ("status", "answered"),
    [
        (404, 200),
        (405, 200),
        (302, 200),
        (400, 200),
        (422, 200),
        (200, 200),
        (201, 201),
        (500, 500),
    ],
)
def test_only_the_status_of_the_answer_is_changed_and_a_header_says_so(
    status: int, answered: int
) -> None:
    headers = [(b"x-inner", b"yes"), (b"x-inner", b"twice")]
    messages: list[dict[str, Any]] = [
        {"type": "http.response.debug", "info": {}},
        {"type": "http.response.start", "status": status, "headers": headers, "trailers": True},
        {"type": "http.response.body", "body": b"one", "more_body": True},
        {"type": "http.response.body", "body": b"two"},
        {"type": "http.response.trailers", "headers": []},
        {"type": "http.response.pathsend", "path": "/x"},
    ]

    async def app(asked: Any, receive: Any, send: Any) -> None:
        for message in messages:
            await send(message)

    server = ask(receiver().asgi(app), scope(), part(OTHER))
    more = [(b"pushmw-outcome", b"unhandled")] if answered != status else []
    start = {**messages[1], "status": answered, "headers": [*headers, *more]}
    assert server.sent == [*messages[:1], start, *messages[2:]]
    assert (messages[1]["status"], len(headers)) == (status, 2)
    assert all(sent is message for sent, message in zip(server.sent[2:], messages[2:], strict=True))


# -- WSGI

READERS: dict[str, Callable[[Any], Any]] = {
    "read": lambda source: source.read(),
    "sized reads": lambda source: b"".join(iter(lambda: source.read(7), b"")),
    "readline": lambda source: b"".join(iter(source.readline, b"")),
    "readlines": lambda source: b"".join(source.readlines()),
    "iteration": b"".join,
}


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
@pytest.mark.parametrize(
    "members",
    [
        pytest.param({"CONTENT_LENGTH": str(len(OTHER))}, id="length"),
        pytest.param(
            {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}, id="chunked"
        ),
    ],
)
def test_the_environ_is_the_servers_own_with_the_body_to_be_read_again(
    read: Callable[[Any], Any], members: dict[str, Any]
) -> None:
    asked = environ(Input(OTHER), QUERY_STRING="a=b", **members)
    before = dict(asked)
    seen: list[Any] = []

    def app(inside: Any, start_response: Any) -> Iterable[bytes]:
        seen.extend((inside, dict(inside), read(inside["wsgi.input"])))
        start_response("200 OK", [])
        return []

    call(receiver().wsgi(app), asked)
    same, inside, body = seen
    assert same is asked
    assert body == OTHER
    assert "HTTP_TRANSFER_ENCODING" not in inside
    assert inside["CONTENT_LENGTH"] == str(len(OTHER))
    framing = {"wsgi.input", "CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING"}
    assert inside.keys() - framing == before.keys() - framing
    assert {k: inside[k] for k in before.keys() - framing} == {
        k: before[k] for k in before.keys() - framing
    }


@pytest.mark.parametrize(
    ("status", "answered"),
    [
        ("404 Not Found", "200 OK"),
        ("405 Whatever", "200 OK"),
        ("301 Moved", "200 OK"),
        ("401 Unauthorized", "200 OK"),
        ("201 Created", "201 Created"),
        ("200 Fine", "200 Fine"),
        ("400 Bad Request", "200 OK"),
        ("422 Unprocessable Content", "200 OK"),
        ("4O4 a server will mind", "4O4 a server will mind"),
        ("500 Oh", "500 Oh"),
    ],
)
def test_only_the_status_line_of_the_answer_is_changed_and_a_header_says_so(
    status: str, answered: str
) -> None:
    headers = [("X-Inner", "yes"), ("X-Inner", "twice")]
    iterable = [b"one", b"two"]
    returned: list[Any] = []
    error = (RuntimeError, RuntimeError(), None)

    def app(inside: Any, start_response: Any) -> Iterable[bytes]:
        returned.append(start_response(status, headers))
        returned.append(start_response(status, headers, error))
        returned.append(start_response(status, headers, exc_info=error))
        return iterable

    started: list[Any] = []

    def write(data: bytes) -> None:
        """Stand for the server's."""

    def start_response(*arguments: Any) -> Any:
        started.append(arguments)
        return write

    assert receiver().wsgi(app)(environ(OTHER), start_response) is iterable
    more = [("pushmw-outcome", "unhandled")] if answered != status else []
    told = (answered, [*headers, *more])
    assert started == [told, (*told, error), (*told, error)]
    assert len(headers) == 2
    assert returned == [write, write, write]


def test_what_a_server_checks_may_stand_before_the_application() -> None:
    """``wsgiref.validate`` refuses to read without a size, as werkzeug does where a server ends."""
    seen: list[bytes] = []

    @Request.application
    def app(request: Request) -> Response:
        seen.append(request.get_data())
        return Response(status=404)

    asked = environ(OTHER)
    answered = call(receiver().wsgi(validator(app)), asked)
    assert (answered.status, seen) == ("200 OK", [OTHER])
    assert "wsgi.input_terminated" not in asked


@pytest.mark.parametrize("gone", ["PATH_INFO", "REQUEST_METHOD"])
def test_an_application_that_breaks_the_environ_and_fails_is_not_asked_twice(gone: str) -> None:
    asked: list[Any] = []

    def app(inside: Any, start_response: Any) -> Iterable[bytes]:
        asked.append(inside)
        del inside[gone]
        raise KeyError(gone)

    with pytest.raises(KeyError):
        call(receiver().wsgi(app), environ(OTHER))
    assert len(asked) == 1
