"""The ASGI servers pushmw is tested on."""

from typing import Final

from servers.promises import HANDLED_OR_DROPPED, Check, Difference, Server

_UVICORN: Final = (
    *("uvicorn", "servers.site:asgi", "--port={port}"),
    *("--ws=wsproto", "--timeout-graceful-shutdown={grace}"),
)
_GRANIAN: Final = ("granian", "--port={port}", "--workers-kill-timeout={grace}")

_ONE_LENGTH: Final = Difference(400, "takes one Content-Length only, as RFC 9110 8.6 allows")
_GRANIAN_CHUNKED: Final = Difference(200, "ignores the Content-Length, as RFC 9112 6.3 allows")
_GRANIAN_GONE: Final = Difference(
    HANDLED_OR_DROPPED, "begins no request whose client has left already, however complete"
)
_GRANIAN_SILENCE: Final = Difference(500, "answers itself when the application sends nothing")

ASGI_SERVERS: Final = (
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
)
