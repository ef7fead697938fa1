"""Which signed requests came lately, so that none of them counts twice."""

from heapq import heappop, heappush
from threading import Lock

from pushmw._forks import reset_at_fork


class Nonces:
    """What one process remembers of the last while.

    Whatever is forgotten leaves its second behind: nothing from that second or before is new again,
    whether the memory was full or the clock was set back.

    Args:
        window: seconds on either side of now in which a request may be dated.
        most: how many are remembered.
    """

    def __init__(self, window: float, most: int) -> None:
        self._window = window
        self._most = most
        self._seen: dict[int, set[bytes]] = {}
        self._seconds: list[int] = []  # the same as a heap
        self._size = 0
        self._forgotten = 0
        self.reset()
        reset_at_fork(self)

    def reset(self) -> None:
        """Make the lock that the threads of a server share; a child of a fork needs its own."""
        self._lock = Lock()

    def is_new(self, digest: bytes, second: int, now: float) -> bool:
        """Remember a request, and tell whether it has not come before, as far as is known.

        Args:
            digest: what tells it from any other.
            second: when it is dated, and not too far from now.
            now: seconds since the epoch.
        """
        with self._lock:
            while self._seconds and self._seconds[0] + 1 + self._window < now:
                self._forget()
            if second <= self._forgotten:
                return False
            found = self._seen.get(second)
            if found is None:
                found = self._seen[second] = set()
                heappush(self._seconds, second)
            if digest in found:
                return False
            found.add(digest)
            self._size += 1
            if self._size > self._most:
                self._forget()
            return second > self._forgotten

    def _forget(self) -> None:
        """Forget the first second there is."""
        self._forgotten = heappop(self._seconds)
        self._size -= len(self._seen.pop(self._forgotten))
