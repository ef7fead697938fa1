"""The least that calls an application as a server does; the same for every candidate.

An environ or a scope is copied for each call, the body comes in as it does from servers, the
answer is taken whole. What that costs is in every figure and is shown as a candidate of its own.
The clock is the thread's, which stands still while others have the processor; where threads wait
for each other the candidates are given the one on the wall.
"""

import asyncio
import atexit
import sys
from collections.abc import Awaitable, Callable, Iterable, Sequence
from io import BytesIO
from itertools import repeat
from time import thread_time
from typing import Any, Final

from benchmarks.timing import Run

WSGIApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
ASGIApp = Callable[[dict[str, Any], Any, Any], Awaitable[None]]
Headers = Sequence[tuple[str, str]]

PATH: Final = "/v1.0.0/messageReceiver"
LOOP: Final = asyncio.new_event_loop()
atexit.register(LOOP.close)


def headers(body: bytes, more: Headers = ()) -> list[tuple[str, str]]:
    """Tell the headers of a push behind a proxy, and ``more`` of them."""
    return [
        ("host", "push.example.com"),
        ("user-agent", "Jakarta Commons-HttpClient/3.1"),
        ("accept", "*/*"),
        ("x-forwarded-for", "203.0.113.7"),
        ("x-forwarded-proto", "https"),
        ("x-request-id", "0123456789abcdef0123456789abcdef"),
        *(
            [("content-type", "application/json"), ("content-length", str(len(body)))]
            if body
            else []
        ),
        *more,
    ]


def environ(
    body: bytes, path: str = PATH, method: str = "POST", more: Headers = ()
) -> dict[str, Any]:
    """Make an environ like gunicorn's."""
    fields = {
        f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers(body, more)
    }
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if f"HTTP_{name}" in fields:
            fields[name] = fields.pop(f"HTTP_{name}")
    return {
        "wsgi.errors": sys.stderr,
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": BytesIO,
        "wsgi.input_terminated": True,
        "wsgi.url_scheme": "http",
        "SERVER_SOFTWARE": "gunicorn/27.0.1",
        "gunicorn.socket": None,
        "REQUEST_METHOD": method,
        "QUERY_STRING": "",
        "RAW_URI": path,
        "SERVER_PROTOCOL": "HTTP/1.1",
        **fields,
        "REMOTE_ADDR": "127.0.0.1",
        "REMOTE_PORT": "50202",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "PATH_INFO": path,
        "SCRIPT_NAME": "",
    }


def scope(
    body: bytes, path: str = PATH, method: str = "POST", more: Headers = ()
) -> dict[str, Any]:
    """Make a scope like uvicorn's."""
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "server": ("127.0.0.1", 8000),
        "client": ("127.0.0.1", 50202),
        "scheme": "http",
        "method": method,
        "root_path": "",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers(body, more)],
        "state": {},
    }


class Answered:
    """What an application has answered last."""

    def __init__(self) -> None:
        self.status = 0
        self.body = b""


def wsgi(
    app: WSGIApp,
    body: bytes,
    path: str = PATH,
    method: str = "POST",
    *,
    more: Headers = (),
    answered: Answered | None = None,
    clock: Callable[[], float] = thread_time,
    fresh: bool = True,
) -> Run:
    """Drive a WSGI application; if not with ``fresh`` requests then with one over and over."""
    given = environ(body, path, method, more)
    status = ""

    def start_response(line: str, _headers: Any, _error: Any = None) -> None:
        nonlocal status
        status = line

    def run(calls: int) -> float:
        environ = given | {"wsgi.input": BytesIO(body)}
        began = clock()
        for _ in repeat(None, calls):
            if fresh:
                environ = given.copy()
                environ["wsgi.input"] = BytesIO(body)
            result = app(environ, start_response)
            content = b"".join(result)
            if hasattr(result, "close"):
                result.close()
        took = clock() - began
        if answered is not None:
            answered.status, answered.body = int(status[:3]), content
        return took

    return run


def asgi(  # noqa: C901 - holds what it drives with
    app: ASGIApp,
    body: bytes,
    path: str = PATH,
    method: str = "POST",
    *,
    more: Headers = (),
    answered: Answered | None = None,
    clock: Callable[[], float] = thread_time,
    fresh: bool = True,
) -> Run:
    """Drive an ASGI application on one event loop; ``fresh`` as above."""
    given = scope(body, path, method, more)
    read = False
    start: dict[str, Any] = {}
    end: dict[str, Any] = {}

    async def receive() -> dict[str, Any]:
        nonlocal read
        if read:
            return {"type": "http.disconnect"}
        read = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        nonlocal start, end
        if message["type"] == "http.response.start":
            start = message
        elif message.get("body") or not message.get("more_body"):
            end = message

    async def calling(calls: int) -> float:
        nonlocal read
        scope = given.copy()
        began = clock()
        for _ in repeat(None, calls):
            read = False
            if fresh:
                scope = given.copy()
            await app(scope, receive, send)
        return clock() - began

    def run(calls: int) -> float:
        took = LOOP.run_until_complete(calling(calls))
        if answered is not None:
            answered.status, answered.body = start["status"], end.get("body", b"")
        return took

    return run


DRIVERS: Final[dict[str, Callable[..., Run]]] = {"wsgi": wsgi, "asgi": asgi}


def repeating(call: Callable[[], Any]) -> Run:
    """Time a plain call."""

    def run(calls: int) -> float:
        began = thread_time()
        for _ in repeat(None, calls):
            call()
        return thread_time() - began

    return run
