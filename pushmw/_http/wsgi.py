"""The WSGI adapter: match, read, hand over, write.

``push.wsgi(app)`` gives a plain function. A request that is not a POST to a callback path reaches
``app`` with the identical environ and start_response. A WSGI application cannot interrupt a read,
so a slow body holds its thread: put a buffering proxy in front of servers that do not buffer.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

from pushmw._dispatch.calling import RAISED
from pushmw._dispatch.delivery import Delivery, Telling, new_id
from pushmw._dispatch.entrance import Entrance
from pushmw._dispatch.returned import awaits, check_awaited
from pushmw._errors import OURS
from pushmw._http import answers
from pushmw._http.answers import HANDLED, Answer, Refused
from pushmw._http.applications import STANDS, check_wsgi
from pushmw._http.front import Front
from pushmw._http.heads import BARE_KEYS, MOST, WSGIHeads, too_many_of
from pushmw._http.paths import Paths
from pushmw._http.replay import replay_wsgi
from pushmw._http.rules import Rules, check_size
from pushmw._http.way import Way
from pushmw._register.options import Options
from pushmw._threads.waiting import blocking

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


WSGIApp: TypeAlias = "WSGIApplication"


class Wrapped(Protocol):
    """A WSGI application with named arguments, as Flask's ``wsgi_app`` is one."""

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a request."""
        ...


# Read after a refusal so that the client, still sending, gets to see it instead of a reset.
_DRAINED: Final = 256 * 1024
_CHUNK: Final = 64 * 1024
# What waitress and werkzeug call the other end of a unix socket.
_UNIX: Final = frozenset({"localhost", "<local>"})

# Servers tell broken framing by OSError, ValueError and exceptions of their own.
BROKEN: Final = (Exception,)

_TYPE, _LENGTH = HANDLED.headers


def wrap(way: Way, app: "WSGIApp | None") -> Wrapped:
    """Put a receiver in front of ``app``."""
    if app is not None:
        check_wsgi(app, way.owner)
    paths = way.paths.wsgi
    behind: WSGIApp = nothing_here if app is None else app
    inner: WSGIApp
    deliver: WSGIApp

    def first(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Take the first request that is no push, and make way for those to come."""
        nonlocal inner
        way.begin()
        inner = _watched(way.paths, behind) if way.paths.watched() else behind
        return inner(environ, start_response)

    def first_push(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Take the first push: compile the receiver, and make way for what comes of that."""
        nonlocal deliver
        front = way.front()
        deliver = _guarded(front, _deliver(front, app))
        return deliver(environ, start_response)

    inner, deliver = first, first_push

    # Every request goes through here: each variable of a function round it would be paid for.
    def middleware(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        try:
            ours = environ["PATH_INFO"] in paths and environ["REQUEST_METHOD"] == "POST"
        except KeyError:
            ours = False
        return (deliver if ours else inner)(environ, start_response)

    setattr(middleware, STANDS, way.owner)
    return middleware


def _watched(paths: Paths, app: "WSGIApp") -> "WSGIApp":
    """Look at what is passed on, for a callback path that is spelt otherwise."""

    def watching(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ.get("REQUEST_METHOD") == "POST" and "PATH_INFO" in environ:
            paths.tell_near(_path(environ))
        return app(environ, start_response)

    return watching


def _guarded(front: Front, deliver: "WSGIApp") -> "WSGIApp":
    """Ask the guards before anything is read; without any there is nothing in between."""
    if front.gate is None:
        return deliver
    ask = front.gate.ask

    def guarded(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if too_many_of(environ):
            return _refuse(environ, start_response, front.overwhelmed())
        refusal = ask(WSGIHeads(environ), _path(environ), peer_of(environ))
        if refusal is None:
            return deliver(environ, start_response)
        return _refuse(environ, start_response, front.denies(refusal))

    return guarded


def peer_of(environ: "WSGIEnvironment") -> str | None:
    """Give the address at the other end of the socket: of a unix socket empty, None if unknown."""
    peer: str | None = environ.get("REMOTE_ADDR")
    return "" if peer in _UNIX else peer


def entrance(options: Options) -> Entrance:
    """Give the way in of WSGI: handlers run on the server's thread."""
    make = partial(Delivery, Telling(_path, keeping(options.keep_headers), new_id))
    return Entrance(on_loop=False, push=make, deadline=options.handler_deadline)


def _deliver(front: Front, app: "WSGIApp | None") -> "WSGIApp":  # noqa: C901 - holds deliver
    """Make the function for pushes; it is long because a frame costs every push a fiftieth."""
    read, counts, options, here = front.read, front.counts, front.options, entrance(front.options)
    takes, failed = front.table(here), partial(front.failed, here)
    rules = Rules(options.max_body)
    lengths = rules.lengths
    deadline = options.handler_deadline
    settle = blocking(deadline)
    passes_to, tell = app if options.fallthrough else None, front.tell

    def deliver(  # noqa: C901, PLR0912 - a push in one frame
        environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        if len(environ) > MOST and too_many_of(environ):
            return _refuse(environ, start_response, front.overwhelmed())
        try:
            # In this frame what `read_body` does for headers that were admitted before.
            length = lengths[environ["CONTENT_LENGTH"]]
            if "HTTP_CONTENT_ENCODING" in environ or "HTTP_TRANSFER_ENCODING" in environ:
                length = 0
        except KeyError:
            length = 0
        try:
            if length:
                body = environ["wsgi.input"].read(length)
                if len(body) != length:
                    body = _read_on(environ["wsgi.input"], body, length)
            else:
                body = read_body(environ, rules)
        except OURS as error:
            return _refuse(environ, start_response, front.unread(error))
        except BROKEN as error:
            counts.refused += 1
            answer = error.answer if isinstance(error, Refused) else answers.INCOMPLETE
            return _refuse(environ, start_response, answer)
        event = read(body)
        take, alone = takes[event.__class__]
        if alone is None:
            answer = take(event, body, environ)
        else:  # in this frame what the route of a handler that is alone does
            began = monotonic()
            try:
                result = alone(event)
                if result is not None and awaits(result):
                    check_awaited(settle(result, began))
            except RAISED as raised:
                answer = failed(event, body, environ, raised)
            else:
                if monotonic() > began + deadline:
                    front.overran(event, monotonic() - began - deadline)
                counts.handled += 1
                answer = HANDLED
        if answer is HANDLED:
            start_response("200 OK", [_TYPE, _LENGTH])
            return (b"ok",)
        if answer.passes:
            if passes_to is not None:
                return replay_wsgi(passes_to, body, environ, start_response, partial(tell, event))
            tell(event)
        return _write(start_response, answer)

    return deliver


def _write(start_response: "StartResponse", answer: Answer) -> list[bytes]:
    """Write an answer; its headers are made afresh because outer middleware edits them in place."""
    start_response(answer.status_line, [*answer.headers])
    return [answer.body]


def read_body(environ: "WSGIEnvironment", rules: Rules) -> bytes:
    """Read a complete body, in bytes counted by ourselves.

    werkzeug's input stream cuts chunked bodies over the limit and passes short ones as complete.

    Raises:
        Refused: a header forbids it, or it is empty, incomplete or too large.
    """
    length = rules.admit(environ.get("HTTP_CONTENT_ENCODING"), environ.get("CONTENT_LENGTH"))
    # cheroot has the key with the value False; both headers at once are broken framing somewhere.
    ends = environ.get("wsgi.input_terminated") is True
    source = environ["wsgi.input"]
    if length and not (ends and "HTTP_TRANSFER_ENCODING" in environ):
        return _read_on(source, b"", length)
    if not ends:
        raise Refused(answers.NO_LENGTH)
    body = _read_to_end(source, rules.max_body)
    check_size(body, length, rules.max_body)
    return body


def _read_on(source: Any, body: bytes, length: int) -> bytes:
    """Read what ``body`` has not of ``length`` bytes; one read may give fewer."""
    parts = [body]
    missing = length - len(body)
    while missing > 0 and (part := _part(source, missing)):
        parts.append(part)
        missing -= len(part)
    if missing:
        raise Refused(answers.INCOMPLETE)
    return b"".join(parts)


def _read_to_end(source: Any, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while size <= limit and (part := _part(source, min(_CHUNK, limit + 1 - size))):
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def _part(source: Any, size: int) -> bytes:
    """Read once."""
    try:
        part: bytes = source.read(size)
    except OURS:
        raise
    except BROKEN:
        raise Refused(answers.INCOMPLETE) from None
    return part


def keeping(names: Iterable[str]) -> Callable[["WSGIEnvironment"], dict[str, str]]:
    """Make what gives the headers of those names of a request."""
    keys = [(name, _key(name)) for name in names]
    bare = [name for name, key in keys if key in BARE_KEYS]

    def kept(environ: "WSGIEnvironment") -> dict[str, str]:
        found = {name: environ[key] for name, key in keys if key in environ}
        for name in bare:
            if found.get(name) == "":
                del found[name]
        return found

    return kept


def _key(name: str) -> str:
    key = name.upper().replace("-", "_")
    return key if key in BARE_KEYS else f"HTTP_{key}"


def _path(environ: "WSGIEnvironment") -> str:
    path: str = environ["PATH_INFO"]
    return path if path.isascii() else path.encode("latin-1").decode("utf-8", "replace")


class _Refusal:
    """An answer to a request whose body was not read; what was sent is read afterwards."""

    def __init__(self, environ: "WSGIEnvironment", body: bytes) -> None:
        self._environ = environ
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        yield self._body

    def close(self) -> None:
        """Drain a bounded rest; PEP 3333 leaves closing the connection to the server."""
        length = self._environ.get("CONTENT_LENGTH") or "0"
        # To read would invite a body that the client holds back until it is asked for. Over
        # HTTP/2 it is in nobody's way.
        is_http1 = self._environ.get("SERVER_PROTOCOL", "HTTP/1.1").startswith("HTTP/1")
        if "HTTP_EXPECT" in self._environ or not is_http1:
            return
        with suppress(Exception):
            left = int(length)
            while 0 < left <= _DRAINED and (part := self._environ["wsgi.input"].read(left)):
                left -= len(part)


def _refuse(
    environ: "WSGIEnvironment", start_response: "StartResponse", answer: Answer
) -> Iterable[bytes]:
    start_response(answer.status_line, list(answer.headers))
    return _Refusal(environ, answer.body)


def nothing_here(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Answer 404: there is no application behind."""
    answer = answers.NOTHING_HERE
    start_response(answer.status_line, list(answer.headers))
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]
