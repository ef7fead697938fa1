"""Giving a body back: a push that is not ours reaches the wrapped application once, complete.

Its "nothing here for you" becomes 200, for the platform would count a failure; nothing but the
status is changed, and no response is buffered.
"""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from pushmw._http.answers import NOTHING_FOR_YOU

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_OK: Final = f"{HTTPStatus.OK.value} {HTTPStatus.OK.phrase}"
_NOTHING: Final = tuple(map(str, NOTHING_FOR_YOU))

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


def replay_wsgi(
    app: "WSGIApplication",
    body: bytes,
    environ: "WSGIEnvironment",
    start_response: "StartResponse",
) -> Iterable[bytes]:
    """Let a WSGI application answer, with the same environ and a body to be read again."""

    def start(status: str, headers: Any, *exc_info: Any) -> Any:
        if status.startswith(_NOTHING):
            status = _OK
        return start_response(status, headers, *exc_info)

    environ["wsgi.input"] = BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    environ["wsgi.input_terminated"] = True
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


def replay_send(send: Send) -> Send:
    """Make a ``send`` that turns the application's "nothing here for you" into 200."""

    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] in NOTHING_FOR_YOU:
            message = {**message, "status": 200}
        await send(message)

    return answer
