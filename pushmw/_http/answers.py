"""What the platform is answered: one table, the page `answers` of the docs says why."""

from functools import lru_cache
from http import HTTPStatus
from typing import Final

import msgspec


class Answer(msgspec.Struct, frozen=True):
    """An HTTP answer, independent of any framework.

    Attributes:
        status: the status code; the platform takes exactly 200 for success.
        headers: names in lower case.
        body: ``ok``, or an ``application/problem+json`` document (RFC 9457).
        passes: whether a wrapped application may answer in its place.
        status_line: the status as WSGI wants it, such as ``200 OK``.
        raw_headers: the headers as ASGI wants them.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    passes: bool
    status_line: str
    raw_headers: tuple[tuple[bytes, bytes], ...]


class Refused(Exception):
    """The push is refused before any handler could run."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def _answer(
    status: int, content_type: str, body: bytes, *more: tuple[str, str], passes: bool
) -> Answer:
    headers = (("content-type", content_type), ("content-length", str(len(body))), *more)
    return Answer(
        status,
        headers,
        body,
        passes,
        f"{status} {HTTPStatus(status).phrase}",
        tuple((name.encode(), value.encode()) for name, value in headers),
    )


def problem(status: int, detail: str, *headers: tuple[str, str], passes: bool = False) -> Answer:
    """Make an answer that says in public what is wrong: never a payload, an exception's text."""
    body = msgspec.json.encode({"title": HTTPStatus(status).phrase, "detail": detail})
    return _answer(status, "application/problem+json", body, *headers, passes=passes)


def _plain(body: bytes, *headers: tuple[str, str], passes: bool = False) -> Answer:
    return _answer(200, "text/plain; charset=utf-8", body, *headers, passes=passes)


# Told with 200 where nobody has handled a push, for whoever looks at the answer.
UNHANDLED: Final = ("pushmw-outcome", "unhandled")
# The vendor's SDKs answer `ok`; no body is asked for.
HANDLED: Final = _plain(b"ok")
NOT_OURS: Final = _plain(b"ok", UNHANDLED, passes=True)
FAILED: Final = problem(503, "A handler failed or did not end in time.")
OUR_FAILURE: Final = problem(503, "The push could not be read here; it may be in order.")
NO_ASYNCIO: Final = problem(503, "This receiver needs a server that runs asyncio.")
FORBIDDEN: Final = problem(403, "This push is not let in.")
NOTHING_HERE: Final = problem(404, "There is nothing here.")

BAD_LENGTH: Final = problem(400, "Content-Length is not one plain decimal number.")
EMPTY: Final = problem(400, "The body is empty.")
INCOMPLETE: Final = problem(400, "The body is not complete.")
TOO_DEEP: Final = problem(400, "The JSON is nested too deep.")
TIMEOUT: Final = problem(408, "The body did not arrive in time.")
NO_LENGTH: Final = problem(411, "This server needs a Content-Length.")
TOO_LARGE: Final = problem(413, "The body is too large.")
TOO_MANY_HEADERS: Final = problem(431, "The headers are too many or too large.")
BAD_ENCODING: Final = problem(
    415, "Only unencoded bodies are read.", ("accept-encoding", "identity")
)

# What the wrapped application says to a push that is not ours, and that would silence the host:
# none of them brings a push back, and the platform counts them as failures.
SILENCING: Final = frozenset(range(300, 500))


@lru_cache(maxsize=16)  # each guard has one or two
def unauthorized(challenge: str) -> Answer:
    """Ask for credentials, as a guard says it."""
    return problem(401, "This push is not let in.", ("www-authenticate", challenge))


def denied(challenge: str | None) -> Answer:
    """Answer what a guard has refused, with a challenge or without."""
    return FORBIDDEN if challenge is None else unauthorized(challenge)


def unclassified(status: int, reason: str) -> Answer:
    """Answer a complete body that was not understood: 200, or 400 where the receiver is strict."""
    passes = status == HTTPStatus.OK
    headers = (UNHANDLED,) if passes else ()
    return problem(status, f"Not understood: {reason}.", *headers, passes=passes)
