"""The ASGI servers pushmw is tested on."""

from typing import Final

from servers.promises import (
    HANDLED_OR_DROPPED,
    NOTHING,
    PASSED_ON,
    STARTUP,
    WAITS,
    Check,
    Difference,
    Server,
)

_UVICORN: Final = (
    *("uvicorn", "servers.site:asgi", "--port={port}"),
    *("--ws=wsproto", "--timeout-graceful-shutdown={grace}"),
)
_GRANIAN: Final = ("granian", "--port={port}", "--workers-kill-timeout={grace}")

_ONE_LENGTH: Final = Difference(400, "takes one Content-Length only, as RFC 9110 8.6 allows")
_URL_IS_PATH: Final = Difference(404, "hands over the URL as the path")
_ASKS_FOR_ALL: Final = Difference(100, "asks for every body before the application can")
_CHUNKS_COUNT: Final = {
    Check.LENGTH_AND_CHUNKED: Difference(200, "ignores the Content-Length, as RFC 9112 6.3 allows"),
    Check.LENGTH_WITHIN_CHUNKED: Difference(
        PASSED_ON, "ignores the Content-Length, as RFC 9112 6.3 allows"
    ),
}
_GRANIAN_GONE: Final = Difference(
    HANDLED_OR_DROPPED, "begins no request whose client has left already, however complete"
)
_GRANIAN_SILENCE: Final = Difference(500, "answers itself when the application sends nothing")
_HYPERCORN_SILENCE: Final = Difference(400, "answers itself when a body breaks off")
_DAPHNE_BUFFERS: Final = Difference(WAITS, "buffers the whole body before it calls the application")
_DAPHNE_LIFE: Final = Difference(NOTHING, "has no lifespan")

ASGI_SERVERS: Final = (
    Server(
        "uvicorn-h11",
        "asgi",
        {"uvicorn": "uvicorn", "h11": "h11", "wsproto": "wsproto"},
        (*_UVICORN, "--http=h11"),
        {Check.ABSOLUTE_TARGET: _URL_IS_PATH},
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
            **_CHUNKS_COUNT,
            Check.SHORT_BODY: _GRANIAN_SILENCE,
            Check.ENDLESS_CHUNKED: _GRANIAN_SILENCE,
            Check.BAD_CHUNK: _GRANIAN_SILENCE,
            Check.CLIENT_GONE: _GRANIAN_GONE,
        },
    ),
    Server(
        "hypercorn",
        "asgi",
        {"hypercorn": "hypercorn"},
        (
            *("hypercorn", "--bind=127.0.0.1:{port}", "--graceful-timeout={grace}"),
            "servers.site:asgi",
        ),
        {
            Check.ABSOLUTE_TARGET: _URL_IS_PATH,
            Check.EXPECT_REFUSED: _ASKS_FOR_ALL,
            Check.SHORT_BODY: _HYPERCORN_SILENCE,
            Check.ENDLESS_CHUNKED: _HYPERCORN_SILENCE,
            Check.HANGING_HANDLER: Difference(
                WAITS,
                "begins to count when the last connection is closed, on Python 3.12 and newer",
            ),
        },
    ),
    Server(
        "daphne",
        "asgi",
        {"daphne": "daphne"},
        ("daphne", "--port={port}", "--application-close-timeout={grace}", "servers.site:asgi"),
        {
            Check.HANDOVER: _DAPHNE_BUFFERS,
            Check.REFUSED_SIZE: _DAPHNE_BUFFERS,
            Check.REFUSED_ENCODING: _DAPHNE_BUFFERS,
            Check.SLOW_BODY: _DAPHNE_BUFFERS,
            Check.HUGE_LENGTH: _DAPHNE_BUFFERS,
            Check.EXPECT_REFUSED: _ASKS_FOR_ALL,
            Check.SAME_LENGTH_TWICE: _ONE_LENGTH,
            Check.ABSOLUTE_TARGET: _URL_IS_PATH,
            Check.LIFESPAN: _DAPHNE_LIFE,
            Check.LIFESPAN_SIGINT: _DAPHNE_LIFE,
        },
    ),
    Server(
        "gunicorn-asgi",
        "asgi",
        {"gunicorn": "gunicorn"},
        (
            *("gunicorn", "servers.site:asgi", "--bind=127.0.0.1:{port}", "--no-control-socket"),
            *("--worker-class=asgi", "--keep-alive=30", "--graceful-timeout={grace}"),
        ),
        {
            Check.SAME_LENGTH_TWICE: _ONE_LENGTH,
            Check.ABSOLUTE_TARGET: _URL_IS_PATH,
            Check.LIFESPAN_SIGINT: Difference(STARTUP, "leaves everything as it is on SIGINT"),
            Check.IDLE_CONNECTION: Difference(
                WAITS, "waits for idle connections as long as for requests"
            ),
        },
    ),
)
