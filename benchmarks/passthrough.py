"""What a request pays that is not a push."""

import json
import statistics
from functools import partial
from typing import Any, Final

from benchmarks.bodies import progress
from benchmarks.drivers import DRIVERS, PATH, ASGIApp, WSGIApp, repeating
from benchmarks.peers.passing import PASSING
from benchmarks.tables import Line, Row, Table, compared
from benchmarks.timing import Effort, measure, say
from pushmw import Receiver

BARE = "bare application"
EMPTY = "empty wrapper"
OURS = "pushmw"
YARDSTICK = "json.loads of a push"
REQUESTS = {
    "GET": (b"", "/orders", "GET"),
    "POST": (b'{"item": "meter"}', "/orders", "POST"),
    "POST, path as long": (b'{"item": "meter"}', f"{PATH[:-1]}s", "POST"),
}
NOTE = (
    "Nanoseconds that each adds to the application without it, in process, with one request over "
    "and over: what a wrapper reads first, a real application reads anyway. "
    "The empty wrapper does nothing but call the application: nothing can add less."
)


_START = {"type": "http.response.start", "status": 200, "headers": []}
_BODY = {"type": "http.response.body", "body": b"ok"}


def bare_wsgi(environ, start_response):
    """Answer any request with as little work as can be: more would be no more than noise."""
    start_response("200 OK", [])
    return [b"ok"]


async def bare_asgi(scope, receive, send):
    """Do the same."""
    await send(_START)
    await send(_BODY)


def empty_wsgi(app: WSGIApp) -> WSGIApp:
    def wrapper(environ, start_response):
        return app(environ, start_response)

    return wrapper


def empty_asgi(app: ASGIApp) -> ASGIApp:
    async def wrapper(scope, receive, send):
        await app(scope, receive, send)

    return wrapper


class PlainWSGI:
    """Middleware as it is usually written."""

    def __init__(self, app: WSGIApp, path: str) -> None:
        self.app = app
        self.path = path

    def __call__(self, environ, start_response):
        if environ.get("PATH_INFO") == self.path and environ.get("REQUEST_METHOD") == "POST":
            raise NotImplementedError
        return self.app(environ, start_response)


class PlainASGI:
    """The same."""

    def __init__(self, app: ASGIApp, path: str) -> None:
        self.app = app
        self.path = path

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http" and scope["path"] == self.path and scope["method"] == "POST":
            raise NotImplementedError
        await self.app(scope, receive, send)


def _push() -> Receiver:
    push = Receiver()
    push.on("*")(lambda event: None)  # noqa: ARG005 - never called
    return push


OWN: Final[dict[str, dict[str, Any]]] = {
    "wsgi": {
        BARE: bare_wsgi,
        EMPTY: empty_wsgi(bare_wsgi),
        OURS: _push().wsgi(bare_wsgi),
        "plain class": PlainWSGI(bare_wsgi, PATH),
    },
    "asgi": {
        BARE: bare_asgi,
        EMPTY: empty_asgi(bare_asgi),
        OURS: _push().asgi(bare_asgi),
        "plain class": PlainASGI(bare_asgi, PATH),
    },
}


def run(effort: Effort) -> list[Table]:
    return [_table(protocol, effort) for protocol in OWN]


def _table(protocol: str, effort: Effort) -> Table:
    apps = dict(OWN[protocol])
    lines = [Line(name, BARE, ours=name == OURS) for name in apps if name != BARE]
    for passing in () if effort.checking else PASSING:
        if passing.protocol == protocol:
            base = f"{passing.before} application" if passing.before else BARE
            apps[base], apps[passing.name] = passing.pair(apps[BARE])
            lines.append(Line(passing.name, base))
    rows: list[Row] = []
    yardsticks: list[float] = []
    for case, request in REQUESTS.items():
        say(f"passthrough: {protocol}, {case}")
        drive = partial(DRIVERS[protocol], fresh=False)
        candidates = {name: drive(app, *request) for name, app in apps.items()}
        candidates[YARDSTICK] = repeating(partial(json.loads, progress()))
        times = measure(candidates, effort.rounds, effort.part)
        rows += compared(times, lines, "ns", case)
        yardsticks += times[YARDSTICK]
    title = f"A request that is no push, {protocol.upper()}"
    return Table(
        f"passthrough-{protocol}",
        title,
        NOTE,
        "ns",
        rows,
        layout="grid",
        yardstick=statistics.median(yardsticks) * 1e9,
    )
