"""What guards are asked and what they answer."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

# Characters of a header; servers take hardly more.
LONGEST: Final = 8192


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """A request for a callback path, before anything of its body is read.

    Attributes:
        headers: by name in lower case; one that came several times is joined by commas. They are
            looked up in the request when they are asked for, so that a guard pays for those it
            wants: ask while it runs, and keep a copy, ``dict(attempt.headers)``, for later.
        path: the callback path.
        peer: the address at the other end of the socket, empty for a unix socket; None if nobody
            has said.
        now: seconds since the epoch.
    """

    headers: Mapping[str, str]
    path: str
    peer: str | None
    now: float

    def __repr__(self) -> str:
        """Leave out what may be secret: headers and path."""
        return f"Attempt(peer={self.peer!r}, now={self.now!r})"

    def __rich_repr__(self) -> list[tuple[str, object]]:
        """Do so for rich as well, which would call that of Struct."""
        return [("peer", self.peer), ("now", self.now)]


class Refusal(msgspec.Struct, frozen=True):
    """A guard's no.

    Attributes:
        why: for the log only. It must hold nothing that came with the request.
        challenge: the ``WWW-Authenticate`` of a 401; without one the answer is 403.

    Raises:
        ValueError: the challenge cannot be sent.
    """

    why: str
    challenge: str | None = None

    def __post_init__(self) -> None:
        challenge = self.challenge
        if challenge is not None and not (challenge.isascii() and challenge.isprintable()):
            raise ValueError("a challenge must be of printable ASCII characters")


Guard = Callable[[Attempt], Refusal | None]


def header(attempt: Attempt, name: str, longest: int) -> str:
    """Give a header, or nothing if it is missing, too long, or not of ASCII characters."""
    value: Any = attempt.headers.get(name)
    sound = isinstance(value, str) and len(value) <= longest and value.isascii()
    return value if sound else ""
