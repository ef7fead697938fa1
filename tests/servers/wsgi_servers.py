"""The WSGI servers pushmw is tested on."""

from typing import Final

from servers.promises import (
    CLOSED,
    GOES_ON,
    HANDLED_OR_DROPPED,
    ONE,
    OUT_OF_STEP,
    PASSED_ON,
    POOL,
    REFUSED,
    WAITS,
    Check,
    Difference,
    Server,
)

# More than the requests that are open at once in any test.
THREADS: Final = "24"

_GRANIAN: Final = ("granian", "--port={port}", "--workers-kill-timeout={grace}")
_GUNICORN: Final = (
    *("gunicorn", "servers.site:wsgi", "--bind=127.0.0.1:{port}", "--no-control-socket"),
    "--graceful-timeout={grace}",
)

_ONE_LENGTH: Final = Difference(400, "takes one Content-Length only, as RFC 9110 8.6 allows")
_FIRST_LENGTH: Final = {
    Check.WRONG_LENGTH_FIRST: Difference(PASSED_ON, "takes the first of two Content-Lengths"),
    Check.WRONG_LENGTH_LAST: Difference(200, "takes the first of two Content-Lengths"),
}
_LAST_LENGTH: Final = {
    Check.WRONG_LENGTH_FIRST: Difference(200, "takes the last of two Content-Lengths"),
    Check.WRONG_LENGTH_LAST: Difference(PASSED_ON, "takes the last of two Content-Lengths"),
}
_CHUNKED: Final = "ignores the Content-Length, as RFC 9112 6.3 allows"
_CHUNKS_COUNT: Final = {
    Check.LENGTH_AND_CHUNKED: Difference(200, _CHUNKED),
    Check.LENGTH_WITHIN_CHUNKED: Difference(PASSED_ON, _CHUNKED),
}
_LENGTH: Final = "ignores the encoding and takes the Content-Length"
_LENGTH_COUNTS: Final = {
    Check.LENGTH_AND_CHUNKED: Difference(PASSED_ON, _LENGTH),
    Check.LENGTH_WITHIN_CHUNKED: Difference(PASSED_ON, _LENGTH),
}
_ASKS_FOR_ALL: Final = Difference(100, "asks for every body before the application can")
_URL_IS_PATH: Final = Difference(404, "hands over the URL as the path")
_ONE_SLASH: Final = Difference(200, "takes leading slashes for one")
_GRANIAN_EOF: Final = Difference(200, "does not tell an application that the connection was lost")
_GRANIAN_GONE: Final = Difference(
    HANDLED_OR_DROPPED, "begins no request whose client has left already, however complete"
)
_BUFFERS: Final = "buffers the whole body before it calls the application"
_ENDS_EACH: Final = Difference(CLOSED, "ends the connection after each request")

# Where a server does not say that a body has an end, nothing is read without a length.
_NO_END: Final = Difference(411, "does not tell an application where a chunked body ends")
_NO_CHUNKS: Final = {
    Check.CHUNKED: _NO_END,
    Check.ENDLESS_CHUNKED: _NO_END,
    Check.BAD_CHUNK: _NO_END,
    Check.NO_LENGTH: _NO_END,
}

WSGI_SERVERS: Final = (
    Server(
        "granian-wsgi",
        "wsgi",
        {"granian": "granian"},
        (*_GRANIAN, "--interface=wsgi", "--blocking-threads", THREADS, "servers.site:wsgi"),
        {
            **_CHUNKS_COUNT,
            Check.ENDLESS_CHUNKED: _GRANIAN_EOF,
            Check.BAD_CHUNK: _GRANIAN_EOF,
            Check.CLIENT_GONE: _GRANIAN_GONE,
        },
    ),
    Server(
        "gunicorn-gthread",
        "wsgi",
        {"gunicorn": "gunicorn"},
        (*_GUNICORN, "--worker-class=gthread", "--threads", THREADS, "--keep-alive=30"),
        {
            Check.EXPECT_REFUSED: _ASKS_FOR_ALL,
            Check.SAME_LENGTH_TWICE: _ONE_LENGTH,
        },
    ),
    Server(
        "gunicorn-gevent",
        "wsgi",
        {"gunicorn": "gunicorn", "gevent": "gevent"},
        (*_GUNICORN, "--worker-class=gevent", "--keep-alive=30"),
        {
            Check.EXPECT_REFUSED: _ASKS_FOR_ALL,
            Check.SAME_LENGTH_TWICE: _ONE_LENGTH,
            Check.IDLE_CONNECTION: Difference(
                WAITS, "waits for idle connections as long as for requests"
            ),
        },
    ),
    Server(
        "gunicorn-sync",
        "wsgi",
        {"gunicorn": "gunicorn"},
        (*_GUNICORN, "--worker-class=sync"),
        {
            Check.AT_THE_SAME_TIME: Difference(ONE, "serves one request at a time in each worker"),
            Check.KEEP_ALIVE: _ENDS_EACH,
            Check.EXPECT_REFUSED: _ASKS_FOR_ALL,
            Check.SAME_LENGTH_TWICE: _ONE_LENGTH,
        },
    ),
    Server(
        "waitress",
        "wsgi",
        {"waitress": "waitress"},
        ("waitress", "--listen=127.0.0.1:{port}", "--threads", THREADS, "servers.site:wsgi"),
        {
            Check.HANDOVER: Difference(WAITS, _BUFFERS),
            Check.REFUSED_SIZE: Difference(WAITS, _BUFFERS),
            Check.REFUSED_ENCODING: Difference(WAITS, _BUFFERS),
            Check.EXPECT_REFUSED: Difference(100, _BUFFERS),
            Check.SHORT_BODY: Difference(CLOSED, _BUFFERS),
            Check.ENDLESS_CHUNKED: Difference(CLOSED, _BUFFERS),
            Check.SAME_LENGTH_TWICE: _ONE_LENGTH,
            Check.HUGE_LENGTH: Difference(413, "has a limit of its own, 1 GiB"),
            **_CHUNKS_COUNT,
            Check.DOUBLE_SLASH: _ONE_SLASH,
        },
    ),
    Server(
        "cheroot",
        "wsgi",
        {"cheroot": "cheroot"},
        (
            *("cheroot", "servers.site:wsgi", "--bind=127.0.0.1:{port}", "--threads", THREADS),
            "--shutdown-timeout={grace}",
        ),
        {
            Check.AFTER_TRAILERS: Difference(OUT_OF_STEP, "takes trailers for the next request"),
            Check.REFUSED_ENCODING: Difference(
                WAITS, "reads a body to its end before it answers, unless the answer is 413"
            ),
            Check.EXPECT_REFUSED: _ASKS_FOR_ALL,
            Check.AFTER_BAD_CHUNK: Difference(GOES_ON, "skips what it could not read"),
            Check.NO_LENGTH: Difference(411, "tells where a body ends only if it comes in chunks"),
            **_LAST_LENGTH,
            Check.HUGE_LENGTH: Difference(CLOSED, "fails on it and answers nothing"),
            Check.NEGATIVE_LENGTH: Difference(
                OUT_OF_STEP, "takes it for no body, and the body for the next request"
            ),
            Check.DOUBLE_SLASH: Difference(400, "refuses it"),
            Check.ABSOLUTE_TARGET: Difference(400, "refuses it"),
        },
    ),
    Server(
        "gevent",
        "wsgi",
        {"gevent": "gevent"},
        ("servers.programs.gevent_server", "{port}"),
        {
            Check.AFTER_BAD_CHUNK: Difference(
                OUT_OF_STEP, "takes what comes after it for the next request"
            ),
            **_FIRST_LENGTH,
            **_CHUNKS_COUNT,
            Check.ABSOLUTE_TARGET: _URL_IS_PATH,
        },
    ),
    Server(
        "eventlet",
        "wsgi",
        {"eventlet": "eventlet"},
        ("servers.programs.eventlet_server", "{port}"),
        {
            **_NO_CHUNKS,
            **_FIRST_LENGTH,
            Check.DOUBLE_SLASH: _ONE_SLASH,
            Check.ABSOLUTE_TARGET: _URL_IS_PATH,
        },
    ),
    Server(
        "uwsgi",
        "wsgi",
        {"uwsgi": "pyuwsgi"},
        (
            *("uwsgi", "--http-socket=127.0.0.1:{port}", "--module=servers.site:wsgi"),
            *("--master", "--threads", THREADS, "--die-on-term", "--need-app"),
            "--worker-reload-mercy={grace}",
        ),
        {
            **_NO_CHUNKS,
            Check.EMPTY_LENGTH: Difference(411, "takes it for none"),
            Check.KEEP_ALIVE: _ENDS_EACH,
            Check.EXPECT: Difference(WAITS, "ignores the question"),
            Check.SAME_LENGTH_TWICE: _ONE_LENGTH,
            **_LENGTH_COUNTS,
            Check.DOTS: Difference(200, "resolves the path before it hands it over"),
            Check.ABSOLUTE_TARGET: _URL_IS_PATH,
        },
    ),
    Server(
        "hypercorn-wsgi",
        "wsgi",
        {"hypercorn": "hypercorn"},
        (
            *("hypercorn", "--bind=127.0.0.1:{port}", "--graceful-timeout={grace}"),
            "servers.site:wsgi",
        ),
        {
            Check.CHUNKED: _NO_END,
            Check.NO_LENGTH: _NO_END,
            Check.AT_THE_SAME_TIME: Difference(POOL, "has the threads of an event loop's own pool"),
            Check.HANDOVER: Difference(WAITS, _BUFFERS),
            Check.REFUSED_SIZE: Difference(WAITS, _BUFFERS),
            Check.REFUSED_ENCODING: Difference(WAITS, _BUFFERS),
            Check.EXPECT_REFUSED: Difference(100, _BUFFERS),
            Check.ENDLESS_CHUNKED: Difference(
                REFUSED, "answers itself, or hands over what there is, as if that were all"
            ),
            Check.LENGTH_WITHIN_CHUNKED: Difference(
                200, "does not tell an application that a body is longer than the Content-Length"
            ),
            Check.ABSOLUTE_TARGET: _URL_IS_PATH,
            Check.HEAD_ALONE: Difference(500, "fails on an answer without any body"),
            Check.WEBSOCKET: Difference(403, "refuses it itself"),
            Check.HANGING_HANDLER: Difference(
                WAITS,
                "begins to count when the last connection is closed, on Python 3.12 and newer",
            ),
        },
    ),
    Server(
        "werkzeug",
        "wsgi",
        {"werkzeug": "werkzeug"},
        ("servers.programs.werkzeug_server", "{port}"),
        {
            Check.KEEP_ALIVE: _ENDS_EACH,
            Check.CHUNK_EXTENSIONS: Difference(400, "cannot read them"),
            Check.TRAILERS: Difference(400, "cannot read them"),
            Check.EXPECT_REFUSED: _ASKS_FOR_ALL,
            Check.NO_LENGTH: Difference(411, "tells where a body ends only if it comes in chunks"),
            Check.EMPTY_LENGTH: Difference(411, "takes it for none"),
            **_LAST_LENGTH,
            Check.DOUBLE_SLASH: _ONE_SLASH,
        },
    ),
    Server(
        "wsgiref",
        "wsgi",
        {},
        ("servers.programs.wsgiref_server", "{port}"),
        {
            **_NO_CHUNKS,
            Check.KEEP_ALIVE: _ENDS_EACH,
            Check.EXPECT: Difference(WAITS, "ignores the question"),
            Check.EMPTY_LENGTH: Difference(411, "takes it for none"),
            **_FIRST_LENGTH,
            **_LENGTH_COUNTS,
            Check.DOUBLE_SLASH: _ONE_SLASH,
            Check.ABSOLUTE_TARGET: _URL_IS_PATH,
        },
    ),
)
