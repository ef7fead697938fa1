"""Servers that pushmw is tested on behind nginx, in the ways the manual shows."""

from typing import Final

from servers.promises import ARRIVES_OR_502, CLOSED, WAITS, Check, Difference, Server
from servers.wsgi_servers import THREADS

_BUFFERS: Final = "nginx buffers the whole body before it calls the server"
_RESOLVES: Final = Difference(200, "nginx resolves the path before it hands it over")
_NGINX: Final = {
    Check.HANDOVER: Difference(WAITS, _BUFFERS),
    Check.REFUSED_SIZE: Difference(WAITS, _BUFFERS),
    Check.REFUSED_ENCODING: Difference(WAITS, _BUFFERS),
    Check.REFUSED_LATE: Difference(
        ARRIVES_OR_502, "nginx may miss the answer of a server that does not read the whole body"
    ),
    Check.EXPECT_REFUSED: Difference(100, _BUFFERS),
    Check.SAME_LENGTH_TWICE: Difference(
        400, "nginx takes one Content-Length only, as RFC 9110 8.6 allows"
    ),
    Check.NUL: Difference(400, "nginx refuses it"),
}
_NGINX_WSGI: Final = {
    **_NGINX,
    Check.SHORT_BODY: Difference(CLOSED, _BUFFERS),
    Check.ENDLESS_CHUNKED: Difference(CLOSED, _BUFFERS),
}

NGINX_SERVERS: Final = (
    Server(
        "nginx-uvicorn",
        "asgi",
        {"uvicorn": "uvicorn", "httptools": "httptools"},
        ("uvicorn", "servers.site:asgi", "--uds={socket}", "--timeout-graceful-shutdown={grace}"),
        {
            **_NGINX,
            Check.SLOW_BODY: Difference(WAITS, "nginx has a deadline of its own"),
            Check.WEBSOCKET: Difference(404, "nginx passes on no upgrade unless told to"),
        },
        proxy="http",
    ),
    Server(
        "nginx-gunicorn",
        "wsgi",
        {"gunicorn": "gunicorn"},
        (
            *("gunicorn", "servers.site:wsgi", "--bind=unix:{socket}", "--no-control-socket"),
            *("--worker-class=gthread", "--threads", THREADS, "--graceful-timeout={grace}"),
        ),
        _NGINX_WSGI,
        proxy="http",
    ),
    Server(
        "nginx-uwsgi",
        "wsgi",
        {"uwsgi": "pyuwsgi"},
        (
            *("uwsgi", "--socket={socket}", "--module=servers.site:wsgi"),
            *("--master", "--threads", THREADS, "--die-on-term", "--need-app"),
            "--worker-reload-mercy={grace}",
        ),
        {
            **_NGINX_WSGI,
            Check.NO_LENGTH: Difference(411, "does not tell an application where a body ends"),
            Check.DOUBLE_SLASH: _RESOLVES,
            Check.DOTS: _RESOLVES,
        },
        proxy="uwsgi",
    ),
)
