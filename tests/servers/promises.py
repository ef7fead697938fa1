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

AT_ONCE: Final = "at once"
WAITS: Final = "waits"
CLOSED: Final = "closed"
PASSED_ON: Final = "not understood"
HANDLED: Final = "handled"
HANDLED_OR_DROPPED: Final = "handled or dropped"
REFUSED: Final = "400 or 411"
ARRIVES: Final = "arrives"
ARRIVES_OR_502: Final = "arrives, or 502"
GOES_ON: Final = "goes on"
OUT_OF_STEP: Final = "out of step"
ALL: Final = "all"
ONE: Final = "one"
POOL: Final = "processors + 4"
ENDS: Final = "ends"
WHOLE_LIFE: Final = "startup, shutdown"
STARTUP: Final = "startup"
NOTHING: Final = "nothing"

# What has to be said about some of them.
MEANINGS: Final = {
    AT_ONCE: "before the rest of the request is there",
    WAITS: "nothing comes as long as what is missing is missing",
    CLOSED: "the connection ends, without an answer if there was none yet",
    PASSED_ON: "200; something else was read than what was sent",
    HANDLED_OR_DROPPED: "now this, now that, but never the half of it",
    OUT_OF_STEP: "what is left of a request is taken for the next one",
}


class Check(Enum):
    """What may differ from server to server.

    Attributes:
        sentence: what is checked.
        asgi: what is to be seen on an ASGI server.
        wsgi: what is to be seen on a WSGI server.
    """

    HANDOVER = ("when the receiver gets a push", AT_ONCE, AT_ONCE)
    AT_THE_SAME_TIME = ("how many of twenty pushes are handled at the same time", ALL, ALL)
    CLIENT_GONE = ("a complete push whose sender leaves at once", HANDLED, HANDLED)
    KEEP_ALIVE = ("the connection after a push", GOES_ON, GOES_ON)
    EXPECT = ("a sender that asks whether to send a push", 100, 100)
    EXPECT_REFUSED = ("a sender that asks whether to send too much", 413, 413)
    REFUSED_SIZE = ("when a body is refused for its size", AT_ONCE, AT_ONCE)
    REFUSED_ENCODING = ("when a body is refused for its encoding", AT_ONCE, AT_ONCE)
    REFUSED_LATE = ("the refusal of a request that was sent as a whole", ARRIVES, ARRIVES)
    # A WSGI application cannot interrupt a read.
    SLOW_BODY = ("a body that does not arrive in time", 408, WAITS)
    SHORT_BODY = ("a body that ends before its Content-Length", CLOSED, 400)
    NO_LENGTH = ("a request that has no body and does not say so", 400, 400)
    EMPTY_LENGTH = ("an empty Content-Length", 400, 400)
    HUGE_LENGTH = ("a Content-Length of 23 digits", 400, 400)
    NEGATIVE_LENGTH = ("the connection after a negative Content-Length", CLOSED, CLOSED)
    SAME_LENGTH_TWICE = ("the same Content-Length twice", 200, 200)
    WRONG_LENGTH_FIRST = ("two Content-Lengths, the second is right", 400, 400)
    WRONG_LENGTH_LAST = ("two Content-Lengths, the first is right", 400, 400)
    CHUNKED = ("a push in chunks", 200, 200)
    CHUNK_EXTENSIONS = ("a push in chunks with extensions", 200, 200)
    TRAILERS = ("a push in chunks with trailers", 200, 200)
    AFTER_TRAILERS = ("the connection after trailers", GOES_ON, GOES_ON)
    ENDLESS_CHUNKED = ("chunks without the last one", CLOSED, 400)
    BAD_CHUNK = ("a chunk of unreadable size", 400, 400)
    AFTER_BAD_CHUNK = ("the connection after a chunk of unreadable size", CLOSED, CLOSED)
    LENGTH_AND_CHUNKED = ("a Content-Length beside chunks", 400, 400)
    LENGTH_WITHIN_CHUNKED = ("a Content-Length beside chunks that hold more", 400, 400)
    DOUBLE_SLASH = ("the callback path with two slashes in front", 404, 404)
    DOTS = ("the callback path behind a folder and two dots", 404, 404)
    NUL = ("the callback path with a NUL at its end", 404, 404)
    ABSOLUTE_TARGET = ("the callback path as a whole URL", 200, 200)
    HEAD_ALONE = ("HEAD where no application is behind", 404, 404)
    WEBSOCKET = ("a websocket on the callback path, for the application behind", 101, 404)
    LIFESPAN = ("what the application is told when SIGTERM ends it", WHOLE_LIFE, NOTHING)
    LIFESPAN_SIGINT = (
        "what the application is told when SIGINT ends it",
        WHOLE_LIFE,
        NOTHING,
    )
    IDLE_CONNECTION = ("SIGTERM while a connection is idle", ENDS, ENDS)
    HANGING_HANDLER = ("SIGTERM while a handler hangs, when the grace is over", ENDS, ENDS)

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
        packages: what has to be installed, each package by the module or program it brings.
        command: how it is started: a module for ``python -m``, or a program that its package has
            put beside Python, and arguments. ``{port}`` or ``{socket}`` is where to listen,
            ``{grace}`` the seconds it may take to end requests when it is told to stop.
        differences: where it does not do what is promised.
        proxy: the protocol in which nginx passes requests on to it, if nginx stands in front.
    """

    name: str
    protocol: Literal["asgi", "wsgi"]
    packages: Mapping[str, str]
    command: tuple[str, ...]
    differences: Mapping[Check, Difference] = field(default_factory=dict)
    proxy: Literal["http", "uwsgi"] | None = None

    def expects(self, check: Check) -> Outcome:
        if check in self.differences:
            return self.differences[check].outcome
        return check.asgi if self.protocol == "asgi" else check.wsgi

    @property
    def takes_chunks(self) -> bool:
        return self.expects(Check.CHUNKED) == 200

    @property
    def hands_over_at_once(self) -> bool:
        return self.expects(Check.HANDOVER) == AT_ONCE

    def gives(self, outcome: Outcome, *, is_chunked: bool) -> Outcome:
        """Tell what is seen where that is right, given that chunks are taken at all."""
        return self.expects(Check.CHUNKED) if is_chunked and not self.takes_chunks else outcome
