"""The servers pushmw is tested on: how each is started, and where it differs and why.

Every check of this folder runs on every server. A server that cannot do what is promised has a
difference: what is seen there instead, which the test then asserts, and the reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Literal

# What a client sees first: a status code, or one of the words below.
Outcome = int | str

AT_ONCE: Final = "at once"  # before the body is there
HANDLED: Final = "handled"
HANDLED_OR_DROPPED: Final = "handled or dropped"  # now this, now that
CLOSED: Final = "closed"  # the connection ends without an answer
WAITS: Final = "waits"  # nothing, as long as the body is not there


class Check(Enum):
    """What may differ from server to server.

    Attributes:
        sentence: what is checked.
        asgi: what is to be seen on an ASGI server.
        wsgi: what is to be seen on a WSGI server.
    """

    HANDOVER = ("when the receiver is called", AT_ONCE, AT_ONCE)
    EARLY_REFUSAL = ("when a request is refused for its head", AT_ONCE, AT_ONCE)
    EXPECT_REFUSED = ("a client that asks first whether to send too much", 413, 413)
    # A WSGI application cannot interrupt a read.
    SLOW_BODY = ("a body that does not arrive in time", 408, WAITS)
    SHORT_BODY = ("a body that ends before its Content-Length", CLOSED, 400)
    ENDLESS_CHUNKED = ("a chunked body that ends without its last chunk", CLOSED, 400)
    BAD_CHUNK = ("a chunked body with a chunk of unreadable size", 400, 400)
    CLIENT_GONE = ("a complete push whose client leaves at once", HANDLED, HANDLED)
    SAME_LENGTH_TWICE = ("the same Content-Length twice", 200, 200)
    HUGE_LENGTH = ("a Content-Length of 23 digits", 400, 400)
    LENGTH_AND_CHUNKED = ("a Content-Length with chunked encoding", 400, 400)
    DOUBLE_SLASH = ("the callback path with two slashes in front", 404, 404)
    ABSOLUTE_TARGET = ("the callback path as a whole URL in the request line", 200, 200)
    WEBSOCKET = ("a websocket on the callback path, which the wrapped application takes", 101, 404)

    def __init__(self, sentence: str, asgi: Outcome, wsgi: Outcome) -> None:
        self.sentence = sentence
        self.asgi = asgi
        self.wsgi = wsgi


@dataclass(frozen=True)
class Difference:
    """What is seen on one server instead of what is promised, and why."""

    outcome: Outcome
    reason: str


@dataclass(frozen=True)
class Server:
    """One server in one configuration.

    Attributes:
        name: how it is called in tests and docs.
        packages: what has to be installed, each package by the module it brings.
        arguments: what follows ``python -m``. ``{port}`` is where to listen, ``{grace}`` the
            seconds it may take to end requests when it is told to stop.
        differences: where it does not do what is promised.
    """

    name: str
    protocol: Literal["asgi", "wsgi"]
    packages: Mapping[str, str]
    arguments: tuple[str, ...]
    differences: Mapping[Check, Difference] = field(default_factory=dict)

    def expects(self, check: Check) -> Outcome:
        if check in self.differences:
            return self.differences[check].outcome
        return check.asgi if self.protocol == "asgi" else check.wsgi


# More than the requests that are open at once in any test.
THREADS: Final = "24"

_UVICORN: Final = (
    *("uvicorn", "servers.site:asgi", "--port={port}"),
    *("--ws=wsproto", "--timeout-graceful-shutdown={grace}"),
)
_GRANIAN: Final = ("granian", "--port={port}", "--workers-kill-timeout={grace}")

_ONE_LENGTH: Final = Difference(400, "takes one Content-Length only, as RFC 9110 8.6 allows")
_GRANIAN_CHUNKED: Final = Difference(200, "ignores the Content-Length, as RFC 9112 6.3 allows")
_GRANIAN_EOF: Final = Difference(200, "an application cannot tell a lost connection from the end")
_GRANIAN_GONE: Final = Difference(
    HANDLED_OR_DROPPED, "begins no request whose client has left already, however complete"
)
_GRANIAN_SILENCE: Final = Difference(500, "answers itself when the application sends nothing")
_WAITRESS_BUFFERS: Final = "buffers the whole body before it calls the application"

SERVERS: Final = (
    Server(
        "uvicorn-h11",
        "asgi",
        {"uvicorn": "uvicorn", "h11": "h11", "wsproto": "wsproto"},
        (*_UVICORN, "--http=h11"),
        {
            Check.ABSOLUTE_TARGET: Difference(404, "h11 hands over the URL as the path"),
        },
    ),
    Server(
        "uvicorn-httptools",
        "asgi",
        {"uvicorn": "uvicorn", "httptools": "httptools", "wsproto": "wsproto"},
        (*_UVICORN, "--http=httptools"),
        {Check.SAME_LENGTH_TWICE: _ONE_LENGTH},
    ),
    Server(
        "granian-asgi",
        "asgi",
        {"granian": "granian"},
        (*_GRANIAN, "--interface=asgi", "servers.site:asgi"),
        {
            Check.LENGTH_AND_CHUNKED: _GRANIAN_CHUNKED,
            Check.SHORT_BODY: _GRANIAN_SILENCE,
            Check.ENDLESS_CHUNKED: _GRANIAN_SILENCE,
            Check.BAD_CHUNK: _GRANIAN_SILENCE,
            Check.CLIENT_GONE: _GRANIAN_GONE,
        },
    ),
    Server(
        "granian-wsgi",
        "wsgi",
        {"granian": "granian"},
        (*_GRANIAN, "--interface=wsgi", "--blocking-threads", THREADS, "servers.site:wsgi"),
        {
            Check.LENGTH_AND_CHUNKED: _GRANIAN_CHUNKED,
            Check.ENDLESS_CHUNKED: _GRANIAN_EOF,
            Check.BAD_CHUNK: _GRANIAN_EOF,
            Check.CLIENT_GONE: _GRANIAN_GONE,
        },
    ),
    Server(
        "gunicorn-gthread",
        "wsgi",
        {"gunicorn": "gunicorn"},
        (
            *("gunicorn", "servers.site:wsgi", "--bind=127.0.0.1:{port}", "--no-control-socket"),
            *("--worker-class=gthread", "--threads", THREADS),
            *("--keep-alive=30", "--graceful-timeout={grace}"),
        ),
        {
            Check.EXPECT_REFUSED: Difference(100, "asks for every body before the application can"),
            Check.SAME_LENGTH_TWICE: _ONE_LENGTH,
        },
    ),
    Server(
        "waitress",
        "wsgi",
        {"waitress": "waitress"},
        ("waitress", "--listen=127.0.0.1:{port}", "--threads", THREADS, "servers.site:wsgi"),
        {
            Check.HANDOVER: Difference(WAITS, _WAITRESS_BUFFERS),
            Check.EARLY_REFUSAL: Difference(WAITS, _WAITRESS_BUFFERS),
            Check.EXPECT_REFUSED: Difference(100, _WAITRESS_BUFFERS),
            Check.SHORT_BODY: Difference(CLOSED, _WAITRESS_BUFFERS),
            Check.ENDLESS_CHUNKED: Difference(CLOSED, _WAITRESS_BUFFERS),
            Check.SAME_LENGTH_TWICE: _ONE_LENGTH,
            Check.HUGE_LENGTH: Difference(413, "has a limit of its own, 1 GiB"),
            Check.LENGTH_AND_CHUNKED: Difference(200, "ignores the Content-Length"),
            Check.DOUBLE_SLASH: Difference(200, "takes leading slashes for one"),
        },
    ),
)
