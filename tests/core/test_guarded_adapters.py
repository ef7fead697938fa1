"""Guards in front of the adapters: asked before anything is read, and only for pushes."""

from collections.abc import Callable, Iterator
from typing import Any
from wsgiref.validate import validator

import pytest

from fakes import DISCONNECT, Input, Server, ask, call, environ, length, part, run, scope
from pushes import PUSH
from pushmw import Counts, Receiver
from pushmw._http import asgi, wsgi
from pushmw.guards import Attempt, Guard, Refusal
from sites.base import CALLBACK

CHALLENGE = 'Bearer realm="x"'


def forbidding(attempt: Attempt) -> Refusal | None:
    return Refusal("a rule of the house")


def challenging(attempt: Attempt) -> Refusal | None:
    return Refusal("want of credentials", CHALLENGE)


either = pytest.mark.parametrize(
    ("guard", "status"), [(forbidding, 403), (challenging, 401)], ids=["403", "401"]
)


def receiver(*guards: Guard, **options: Any) -> tuple[Receiver, list[Any]]:
    push, got = Receiver(guards=guards, **options), list[Any]()
    push.on("*", inline=True)(got.append)
    push.unhandled(got.append)
    return push, got


def unreachable(*_: Any) -> Any:
    raise AssertionError


# -- no guards, nothing in between


@pytest.mark.parametrize("guards", [None, []], ids=["undecided", "none"])
@pytest.mark.parametrize("adapter", [wsgi, asgi])
def test_without_guards_there_is_nothing_in_between(adapter: Any, guards: Any) -> None:
    def deliver() -> None:
        """Stand for what takes a push."""

    assert adapter._guarded(Receiver(guards=guards)._opened(), deliver) is deliver
    assert adapter._guarded(Receiver(guards=[forbidding])._opened(), deliver) is not deliver


# -- WSGI

PUSHES: list[dict[str, Any]] = [
    {},
    {"CONTENT_LENGTH": None},
    {"CONTENT_LENGTH": ""},
    {"CONTENT_LENGTH": "nonsense"},
    {"CONTENT_LENGTH": "9" * 18},
    {"HTTP_CONTENT_ENCODING": "gzip"},
    {"CONTENT_LENGTH": None, "HTTP_TRANSFER_ENCODING": "chunked"},
]


@either
@pytest.mark.parametrize("members", PUSHES, ids=repr)
def test_wsgi_refuses_before_a_byte_of_the_body_is_read(
    guard: Guard, status: int, members: dict[str, Any]
) -> None:
    push, got = receiver(guard)
    source, lines = Input(PUSH), list[Any]()

    def start_response(line: str, headers: list[tuple[str, str]], *_: Any) -> Any:
        lines.append((line, dict(headers)))

    asked = environ(source, **{"CONTENT_LENGTH": str(len(PUSH)), **members})
    body = b"".join(push.wsgi(unreachable)(asked, start_response))
    assert source.sizes == []
    ((line, headers),) = lines
    assert line.startswith(f"{status} ")
    assert headers["content-length"] == str(len(body))
    assert headers.get("www-authenticate") == (CHALLENGE if status == 401 else None)
    assert "connection" not in headers
    assert got == []
    assert push.counts == Counts(denied=1)


def test_wsgi_reads_afterwards_what_was_sent_so_that_the_client_sees_the_answer() -> None:
    push, _ = receiver(forbidding)
    source = Input(b"x" * 1000, b"x" * 2000, b"the next request")
    assert call(push.wsgi(), environ(source, CONTENT_LENGTH="3000")).status == "403 Forbidden"
    assert source.sizes == [3000, 2000]


@either
def test_wsgi_keeps_to_the_protocol(guard: Guard, status: int) -> None:
    push, _ = receiver(guard)
    app: Any = validator(push.wsgi())
    assert call(app, environ(PUSH)).status.startswith(f"{status} ")


@pytest.mark.parametrize(
    "members",
    [
        {"REQUEST_METHOD": "GET"},
        {"REQUEST_METHOD": "OPTIONS"},
        {"PATH_INFO": "/"},
        {"PATH_INFO": f"{CALLBACK}/"},
    ],
    ids=repr,
)
def test_wsgi_asks_no_guard_about_other_requests(members: dict[str, Any]) -> None:
    push, _ = receiver(unreachable)
    seen: list[Any] = []
    asked, iterable, start_response = environ(PUSH, **members), [b"inner"], object()
    before = dict(asked)

    def app(inside: Any, start: Any) -> Any:
        seen.extend((inside, start))
        return iterable

    middleware: Any = push.wsgi(app)
    assert middleware(asked, start_response) is iterable
    assert seen[0] is asked
    assert seen[1] is start_response
    assert asked == before
    assert push.counts == Counts()


@pytest.mark.parametrize(
    ("members", "headers", "path", "peer"),
    [
        pytest.param(
            {"HTTP_X_FORWARDED_FOR": "a,b", "HTTP_SIGNATURE": "c", "REMOTE_ADDR": "192.0.2.7"},
            {"x-forwarded-for": "a,b", "signature": "c"},
            CALLBACK,
            "192.0.2.7",
            id="headers and address",
        ),
        pytest.param({"REMOTE_ADDR": ""}, {}, CALLBACK, "", id="unix socket"),
        pytest.param({"REMOTE_ADDR": "localhost"}, {}, CALLBACK, "", id="unix, under waitress"),
        pytest.param({"REMOTE_ADDR": "<local>"}, {}, CALLBACK, "", id="unix, under werkzeug"),
        pytest.param({"HTTPS": "on", "HTTP": "1"}, {}, CALLBACK, None, id="what is no header"),
        pytest.param({"SCRIPT_NAME": "/api"}, {}, CALLBACK, None, id="a prefix"),
        pytest.param(
            {"PATH_INFO": "/schl\xc3\xbcssel", "HTTP_X": "\xfc"},
            {"x": "\xfc"},
            "/schlüssel",
            None,
            id="what is not ASCII",
        ),
    ],
)
def test_wsgi_tells_of_the_request(
    members: dict[str, Any], headers: dict[str, str], path: str, peer: str | None
) -> None:
    attempts: list[Attempt] = []
    push, got = receiver(attempts.append, path=[CALLBACK, "/schlüssel"])
    assert call(push.wsgi(), environ(PUSH, **members)).status == "200 OK"
    (attempt,) = attempts
    framing = {"content-type": "application/json", "content-length": str(len(PUSH))}
    assert attempt.headers == framing | headers
    assert (attempt.path, attempt.peer) == (path, peer)
    assert len(got) == 1


# -- ASGI


@either
@pytest.mark.parametrize(
    "headers",
    [
        (),
        (length(PUSH),),
        ((b"content-length", b"nonsense"),),
        ((b"content-length", b"9" * 18),),
        ((b"content-encoding", b"gzip"), length(PUSH)),
        ((b"transfer-encoding", b"chunked"),),
    ],
    ids=repr,
)
def test_asgi_refuses_before_anything_is_received(
    guard: Guard, status: int, headers: tuple[tuple[bytes, bytes], ...]
) -> None:
    push, got = receiver(guard)
    server = ask(push.asgi(unreachable), scope(*headers))
    assert server.asked == 0
    assert server.status == status
    assert server.headers[b"content-length"] == str(len(server.body)).encode()
    assert server.headers.get(b"www-authenticate") == (
        CHALLENGE.encode() if status == 401 else None
    )
    assert got == []
    assert push.counts == Counts(denied=1)


@pytest.mark.parametrize(
    ("version", "closes"), [("1.0", True), ("1.1", True), (None, True), ("2", False), ("3", False)]
)
def test_asgi_goes_on_behind_an_unread_body_where_the_protocol_can(
    version: str | None, *, closes: bool
) -> None:
    push, _ = receiver(forbidding)
    server = ask(push.asgi(), scope(length(PUSH), http_version=version))
    assert (server.headers.get(b"connection") == b"close") == closes


@pytest.mark.parametrize(
    "members",
    [
        {"method": "GET"},
        {"path": "/"},
        {"path": f"{CALLBACK}/"},
        {"type": "websocket"},
        {"type": "lifespan", "path": None, "root_path": None},
    ],
    ids=repr,
)
def test_asgi_asks_no_guard_about_other_requests(members: dict[str, Any]) -> None:
    push, _ = receiver(unreachable)
    seen: list[Any] = []

    async def app(*given: Any) -> None:
        seen.extend(given)

    asked, server = scope(**members), Server()
    before = dict(asked)
    receive, send = server.receive, server.send
    middleware: Any = push.asgi(app)
    run(middleware(asked, receive, send))
    assert [each is given for each, given in zip(seen, (asked, receive, send), strict=True)]
    assert seen[0] is asked
    assert seen[1] is receive
    assert seen[2] is send
    assert asked == before
    assert push.counts == Counts()


def generated(*headers: tuple[bytes, bytes]) -> Iterator[tuple[bytes, bytes]]:
    yield from headers


@pytest.mark.parametrize("kind", [list, tuple, generated], ids=lambda kind: kind.__name__)
def test_headers_that_can_be_read_once_only_are_there_for_guards_and_rules(
    kind: Callable[..., Any],
) -> None:
    attempts: list[Attempt] = []
    push, got = receiver(attempts.append)
    pairs = [(b"X-Odd", b"\xff"), length(PUSH), (b"x-odd", b"2")]
    headers = kind(*pairs) if kind is generated else kind(pairs)
    assert ask(push.asgi(), scope(headers=headers), part(PUSH)).status == 200
    assert attempts[0].headers == {"x-odd": "\xff, 2", "content-length": str(len(PUSH))}
    assert len(got) == 1


def test_asgi_hands_on_the_identical_scope_to_whom_the_push_falls_through() -> None:
    push, seen = Receiver(guards=[lambda attempt: None]), list[Any]()

    async def app(inside: Any, receive: Any, send: Any) -> None:
        seen.append(inside)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    asked = scope(length(PUSH))
    headers = asked["headers"]
    assert ask(push.asgi(app), asked, part(PUSH)).status == 200
    assert seen[0] is asked
    assert asked["headers"] is headers


@pytest.mark.parametrize(
    ("members", "path", "peer"),
    [
        pytest.param({"client": ("192.0.2.7", 4711)}, CALLBACK, "192.0.2.7", id="address"),
        pytest.param({"client": ["2001:db8::7", 4711]}, CALLBACK, "2001:db8::7", id="a list"),
        pytest.param({"client": ("", "0")}, CALLBACK, "", id="unix socket"),
        pytest.param({"client": ("localhost", 0)}, CALLBACK, "localhost", id="a name"),
        pytest.param(
            {"client": None, "server": ["/run/app.sock", None]}, CALLBACK, "", id="uvicorn, unix"
        ),
        pytest.param(
            {"client": None, "server": ["127.0.0.1", 80]}, CALLBACK, None, id="a socket, no client"
        ),
        pytest.param({"client": None, "server": None}, CALLBACK, None, id="neither"),
        pytest.param({"headers": None}, CALLBACK, None, id="no headers"),
        pytest.param(
            {"root_path": "/api", "path": f"/api{CALLBACK}"}, CALLBACK, None, id="a prefix"
        ),
    ],
)
def test_asgi_tells_of_the_request(members: dict[str, Any], path: str, peer: str | None) -> None:
    attempts: list[Attempt] = []
    push, got = receiver(attempts.append)
    assert ask(push.asgi(), scope(**members), part(PUSH)).status == 200
    (attempt,) = attempts
    assert attempt.headers == {}
    assert (attempt.path, attempt.peer) == (path, peer)
    assert len(got) == 1


def test_a_client_that_leaves_after_it_was_let_in_is_answered_nothing() -> None:
    push, got = receiver(lambda attempt: None)
    server = ask(push.asgi(), scope(length(PUSH)), DISCONNECT)
    assert server.sent == []
    assert got == []
