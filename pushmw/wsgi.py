"""The WSGI adapter: match, read, hand over, write.

``push.wsgi(app)`` gives a plain function. A request that is not a POST to a callback path reaches
``app`` with the identical environ and start_response. A WSGI application cannot interrupt a read,
so a slow body holds its thread: put a buffering proxy in front of servers that do not buffer.
"""

from asyncio import CancelledError
from collections.abc import Iterable, Iterator
from contextlib import suppress
from inspect import isawaitable
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

from pushmw import answers
from pushmw.answers import HANDLED, Answer, Refused
from pushmw.depth import SHALLOW_SIZE, too_deep
from pushmw.replay import replay_wsgi
from pushmw.requests import Rules, check_size
from pushmw.taking import log_overrun, on_thread
from pushmw.waiting import blocking

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from pushmw.receiver import Receiver


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
# Without HTTP_ before them, and empty where there is no such header.
_BARE_KEYS: Final = frozenset({"CONTENT_TYPE", "CONTENT_LENGTH"})


# What waitress and werkzeug call the other end of a unix socket.
_UNIX: Final = frozenset({"localhost", "<local>"})

_TYPE, _LENGTH = HANDLED.headers


def wrap(push: "Receiver", app: "WSGIApp | None") -> Wrapped:
    """Put the receiver in front of ``app``."""
    paths = push.paths.wsgi
    inner: WSGIApp = nothing_here if app is None else app

    deliver: WSGIApp

    def first(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Take the first push: compile the receiver, and make way for what comes of that."""
        nonlocal deliver
        deliver = _guarded(push, _deliver(push, app))
        return deliver(environ, start_response)

    deliver = first

    # Every request goes through here: each variable of a function round it would be paid for.
    def middleware(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        try:
            if environ["PATH_INFO"] in paths and environ["REQUEST_METHOD"] == "POST":
                return deliver(environ, start_response)
        except KeyError:
            if "PATH_INFO" in environ and "REQUEST_METHOD" in environ:  # it was another key
                raise
        return inner(environ, start_response)

    return middleware


def _guarded(push: "Receiver", deliver: "WSGIApp") -> "WSGIApp":
    """Ask the guards before anything is read; without any there is nothing in between."""
    gate = push.core().gate
    if gate is None:
        return deliver

    def guarded(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        denied = gate(_headers(environ), _path(environ), peer_of(environ))
        if denied is not None:
            return _refuse(environ, start_response, denied)
        return deliver(environ, start_response)

    return guarded


def peer_of(environ: "WSGIEnvironment") -> str | None:
    """Give the address at the other end of the socket: of a unix socket empty, None if unknown."""
    peer: str | None = environ.get("REMOTE_ADDR")
    return "" if peer in _UNIX else peer


def _headers(environ: "WSGIEnvironment") -> dict[str, str]:
    """Give all headers, with their names as they are on the wire."""
    keys = [key for key in environ if key.startswith("HTTP_") or key in _BARE_KEYS]
    return {key.removeprefix("HTTP_").replace("_", "-").lower(): environ[key] for key in keys}


def _deliver(  # noqa: C901, PLR0915 - holds deliver
    push: "Receiver", app: "WSGIApp | None"
) -> "WSGIApp":
    """Make the function for pushes; it is long because a frame costs every push a fiftieth."""
    core, counts = push.core(), push.counts
    rules = Rules(push.options.max_body)  # no option is set any more
    lengths, types = rules.lengths, rules.types
    decode, diagnose, takes = core.decode, core.diagnose, core.table(on_thread, describe)
    deadline = push.options.handler_deadline
    settle = blocking(deadline)
    passes_to = app if push.options.fallthrough else None

    def deliver(  # noqa: C901, PLR0912 - a push in one frame
        environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        try:
            # In this frame what `read_body` does for headers that were admitted before.
            length = lengths[environ["CONTENT_LENGTH"]]
            if (
                environ["CONTENT_TYPE"] not in types
                or "HTTP_CONTENT_ENCODING" in environ
                or "HTTP_TRANSFER_ENCODING" in environ
            ):
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
                length = len(body)
        except Exception as error:  # noqa: BLE001 - see _part
            counts.refused += 1
            answer = error.answer if isinstance(error, Refused) else answers.INCOMPLETE
            return _refuse(environ, start_response, answer)
        # In this frame what `Core.accept` does.
        if length > SHALLOW_SIZE and too_deep(body):
            counts.refused += 1
            return _write(start_response, answers.TOO_DEEP)
        try:
            if not body.isascii():
                body.decode()
            event = decode(body)
        except Exception as error:  # noqa: BLE001 - see the decoder
            event = diagnose(body, error)
        lone, take = takes[event.__class__]
        if lone is None:
            answer = take(event, body, environ)
        else:  # in this frame what `take_alone` does
            began = monotonic()
            try:
                result = lone(event)
                if result is not None and isawaitable(result):
                    settle(result, began)
            except (Exception, CancelledError) as raised:  # noqa: BLE001 - anything
                answer = core.failed(event, raised)
            else:
                if monotonic() > began + deadline:
                    log_overrun(event, began)
                counts.handled += 1
                answer = HANDLED
        if answer is HANDLED:
            start_response("200 OK", [_TYPE, _LENGTH])
            return (b"ok",)
        if answer.passes and passes_to is not None:
            return replay_wsgi(passes_to, body, environ, start_response)
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
    length = rules.admit(
        environ.get("CONTENT_TYPE"),
        environ.get("HTTP_CONTENT_ENCODING"),
        environ.get("CONTENT_LENGTH"),
    )
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
    """Read once: servers tell broken framing by OSError, ValueError and exceptions of their own."""
    try:
        part: bytes = source.read(size)
    except Exception:  # noqa: BLE001 - as above
        raise Refused(answers.INCOMPLETE) from None
    return part


def describe(environ: "WSGIEnvironment", names: Iterable[str]) -> tuple[str, dict[str, str]]:
    """Tell the path and the kept headers of a request."""
    found: dict[str, str] = {}
    for name in names:
        key = name.upper().replace("-", "_")
        value = environ.get(key if key in _BARE_KEYS else f"HTTP_{key}")
        if value or (value is not None and key not in _BARE_KEYS):
            found[name] = value
    return _path(environ), found


def _path(environ: "WSGIEnvironment") -> str:
    path: str = environ["PATH_INFO"]
    return path.encode("latin-1").decode("utf-8", "replace")


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
