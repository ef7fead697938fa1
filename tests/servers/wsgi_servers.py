"""The WSGI servers pushmw is tested on."""

from typing import Final

from servers.promises import CLOSED, HANDLED_OR_DROPPED, WAITS, Check, Difference, Server

# More than the requests that are open at once in any test.
THREADS: Final = "24"

_GRANIAN: Final = ("granian", "--port={port}", "--workers-kill-timeout={grace}")

_ONE_LENGTH: Final = Difference(400, "takes one Content-Length only, as RFC 9110 8.6 allows")
_GRANIAN_CHUNKED: Final = Difference(200, "ignores the Content-Length, as RFC 9112 6.3 allows")
_GRANIAN_EOF: Final = Difference(200, "an application cannot tell a lost connection from the end")
_GRANIAN_GONE: Final = Difference(
    HANDLED_OR_DROPPED, "begins no request whose client has left already, however complete"
)
_WAITRESS_BUFFERS: Final = "buffers the whole body before it calls the application"

WSGI_SERVERS: Final = (
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
