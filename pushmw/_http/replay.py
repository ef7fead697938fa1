"""Giving a body back: a push that is not ours reaches the wrapped application once, complete.

What would silence the host becomes 200, with a header that says so; nothing else is changed, and no
response is buffered.
"""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from pushmw._http.answers import SILENCING, UNHANDLED

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_OK: Final = f"{HTTPStatus.OK.value} {HTTPStatus.OK.phrase}"
_RAW_UNHANDLED: Final = tuple(part.encode() for part in UNHANDLED)

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
# takes the status that the application says
Tell = Callable[[int], None]


def replay_wsgi(
    app: "WSGIApplication",
    body: bytes,
    environ: "WSGIEnvironment",
    start_response: "StartResponse",
    tell: Tell,
) -> Iterable[bytes]:
    """Let a WSGI application answer, with the same environ and a body to be read again."""

    def start(status: str, headers: Any, exc_info: Any = None) -> Any:
        code = int(status[:3]) if status[:3].isdecimal() else 0
        tell(code)
        if code in SILENCING:
            status, headers = _OK, [*headers, UNHANDLED]
        return start_response(status, headers, *(() if exc_info is None else (exc_info,)))

    environ["wsgi.input"] = BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    return app(environ, start)


def replay_receive(body: bytes, receive: Receive, *, tail: bool) -> Receive:
    """Make a ``receive`` that gives the body once and is the server's own from then on.

    Args:
        body: the complete body.
        receive: the server's.
        tail: whether the server still holds the empty end of the body, which the application must
            not take for something new.
    """
    given = False

    async def again() -> Message:
        nonlocal given, tail
        if not given:
            given = True
            return {"type": "http.request", "body": body, "more_body": False}
        message = await receive()
        while tail and message["type"] == "http.request":
            tail = message.get("more_body", False)
            message = await receive()
        return message

    return again


def replay_send(send: Send, tell: Tell) -> Send:
    """Make a ``send`` that turns what would silence the host into 200."""

    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            tell(message["status"])
            if message["status"] in SILENCING:
                headers = [*message.get("headers", ()), _RAW_UNHANDLED]
                message = {**message, "status": 200, "headers": headers}
        await send(message)

    return answer
