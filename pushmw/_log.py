"""What goes into the log of what came from outside: how much of it, and how often."""

from math import inf
from threading import Lock
from time import monotonic
from typing import Final

from pushmw._forks import reset_at_fork

QUIET: Final = 60.0  # seconds without a word after one: whoever is refused may go on and on
_SHOWN: Final = 64  # characters of what somebody else has written


def shown(text: str | None) -> str:
    """Give what a stranger wrote as a log may hold it: short, and in one line."""
    return repr(text and text[:_SHOWN])


class Limit:
    """Lets one of many through in a while."""

    def __init__(self) -> None:
        self._next = -inf
        self._held = 0
        self.reset()
        reset_at_fork(self)

    def reset(self) -> None:
        """Make the lock, as after a fork."""
        self._lock = Lock()

    def take(self) -> int:
        """Give how many came since the last one that was let through, or 0 for this to wait."""
        with self._lock:
            self._held += 1
            now = monotonic()
            if now < self._next:
                return 0
            held, self._held, self._next = self._held, 0, now + QUIET
            return held
