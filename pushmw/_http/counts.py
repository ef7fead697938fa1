"""How many pushes had which outcome."""

from dataclasses import dataclass


@dataclass(slots=True)
class Counts:
    """Pushes since the receiver was made, in this process.

    Each POST that reached a callback path is counted once, as handled, failed, unhandled, refused
    or denied; `unclassified` says how many of them were not understood.

    Attributes:
        handled: every handler that took the push returned.
        failed: at least one handler raised or was late.
        unhandled: nobody took it.
        refused: answered 400, 408, 411, 413, 415 or 431 before any handler.
        denied: answered 401 or 403 by a guard.
        unclassified: not JSON, no known kind, or not what its kind should be.
    """

    handled: int = 0
    failed: int = 0
    unhandled: int = 0
    refused: int = 0
    denied: int = 0
    unclassified: int = 0
