"""What a server is here: how it is started, and where it differs from what is promised and why.

Every check of this folder runs on every server. A server that cannot do what is promised has a
difference: what is seen there instead, which the test then asserts, and the reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Literal

# What a client sees first: a status code, or one of the words below.
Outcome = int | str

AT_ONCE: Final = "at once"  # before the body is there
HANDLED: Final = "handled"
HANDLED_OR_DROPPED: Final = "handled or dropped"  # now this, now that
CLOSED: Final = "closed"  # the connection ends without an answer
WAITS: Final = "waits"  # nothing, as long as the body is not there


class Check(Enum):
    """What may differ from server to server.

    Attributes:
        sentence: what is checked.
        asgi: what is to be seen on an ASGI server.
        wsgi: what is to be seen on a WSGI server.
    """

    HANDOVER = ("when the receiver is called", AT_ONCE, AT_ONCE)
    EARLY_REFUSAL = ("when a request is refused for its head", AT_ONCE, AT_ONCE)
    EXPECT_REFUSED = ("a client that asks first whether to send too much", 413, 413)
    # A WSGI application cannot interrupt a read.
    SLOW_BODY = ("a body that does not arrive in time", 408, WAITS)
    SHORT_BODY = ("a body that ends before its Content-Length", CLOSED, 400)
    ENDLESS_CHUNKED = ("a chunked body that ends without its last chunk", CLOSED, 400)
    BAD_CHUNK = ("a chunked body with a chunk of unreadable size", 400, 400)
    CLIENT_GONE = ("a complete push whose client leaves at once", HANDLED, HANDLED)
    SAME_LENGTH_TWICE = ("the same Content-Length twice", 200, 200)
    HUGE_LENGTH = ("a Content-Length of 23 digits", 400, 400)
    LENGTH_AND_CHUNKED = ("a Content-Length with chunked encoding", 400, 400)
    DOUBLE_SLASH = ("the callback path with two slashes in front", 404, 404)
    ABSOLUTE_TARGET = ("the callback path as a whole URL in the request line", 200, 200)
    WEBSOCKET = ("a websocket on the callback path, which the wrapped application takes", 101, 404)

    def __init__(self, sentence: str, asgi: Outcome, wsgi: Outcome) -> None:
        self.sentence = sentence
        self.asgi = asgi
        self.wsgi = wsgi


@dataclass(frozen=True)
class Difference:
    """What is seen on one server instead of what is promised, and why."""

    outcome: Outcome
    reason: str


@dataclass(frozen=True)
class Server:
    """One server in one configuration.

    Attributes:
        name: how it is called in tests and docs.
        packages: what has to be installed, each package by the module it brings.
        arguments: what follows ``python -m``. ``{port}`` is where to listen, ``{grace}`` the
            seconds it may take to end requests when it is told to stop.
        differences: where it does not do what is promised.
    """

    name: str
    protocol: Literal["asgi", "wsgi"]
    packages: Mapping[str, str]
    arguments: tuple[str, ...]
    differences: Mapping[Check, Difference] = field(default_factory=dict)

    def expects(self, check: Check) -> Outcome:
        if check in self.differences:
            return self.differences[check].outcome
        return check.asgi if self.protocol == "asgi" else check.wsgi
