"""The guard for what IoTDA signs."""

import re
from hashlib import sha256
from hmac import compare_digest
from math import inf
from typing import Any, Final

from pushmw.guards.attempt import Attempt, Refusal, header
from pushmw.guards.checks import count, secrets
from pushmw.guards.nonces import Nonces

_LONGEST: Final = 128  # characters of a header that IoTDA sends; a signature has 64


class IoTDASignature:
    """Admits what is signed by IoTDA: its headers ``timestamp``, ``nonce`` and ``signature``.

    The signature does not cover the body. With ``window`` each signature counts once and only for
    a while, as far as one process can tell; see the page on security.

    Args:
        tokens: the token of the rule at the platform; several while it is being changed.
        window: seconds that the timestamp may lie before or after now.
        nonces: how many pushes of the window are remembered, some 100 bytes each.

    Raises:
        TypeError, ValueError: a token or an option is not what it should be.
    """

    __module__ = "pushmw.guards"  # as messages name it

    def __init__(self, *tokens: str, window: float | None = None, nonces: int = 100_000) -> None:
        for token in secrets("IoTDASignature", "a token", tokens):
            if not is_token(token):
                raise ValueError("IoTDASignature: a token must be 3 to 32 letters and digits")
        self._tokens = tokens
        self._window = inf if window is None else _seconds(window)
        self._nonces = (
            Nonces(self._window, count("IoTDASignature: nonces", nonces))
            if window is not None
            else None
        )

    def __call__(self, attempt: Attempt) -> Refusal | None:
        """Check one."""
        timestamp = header(attempt, "timestamp", _LONGEST)
        nonce = header(attempt, "nonce", _LONGEST)
        signature = header(attempt, "signature", _LONGEST)
        if not (timestamp and nonce and signature):
            return Refusal("want of a usable timestamp, nonce and signature")
        right = False
        for token in self._tokens:  # all of them: the time it takes tells nothing
            right |= compare_digest(sign(token, timestamp, nonce), signature)
        if not right:
            return Refusal("a wrong signature")
        return self._repeated(timestamp, signature, attempt.now)

    def _repeated(self, timestamp: str, signature: str, now: float) -> Refusal | None:
        """Check whether a right signature may be an old one."""
        if self._nonces is None:
            return None
        # Until 2286 a number of seconds has ten digits, and one of milliseconds thirteen.
        if not re.fullmatch(r"[0-9]{10}([0-9]{3})?", timestamp):
            return Refusal("a timestamp in neither seconds nor milliseconds")
        second = int(timestamp[:10])
        if abs(now - second - int(timestamp[10:] or 0) / 1000) > self._window:
            return Refusal("a timestamp too far from now")
        # Not the nonce: what is signed does not tell where the timestamp ends and it begins.
        if self._nonces.is_new(bytes.fromhex(signature)[:16], second, now):
            return None
        return Refusal("a signature used before, or older than what is remembered")


def is_token(text: str) -> bool:
    """Tell whether the platform takes it for the token of a rule: 3 to 32 letters and digits."""
    return re.fullmatch(r"[A-Za-z0-9]{3,32}", text) is not None


def sign(token: str, timestamp: str, nonce: str) -> str:
    """Give the ``signature`` that IoTDA sends with a timestamp and a nonce."""
    return sha256("".join(sorted((token, timestamp, nonce))).encode()).hexdigest()


def _seconds(value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < inf:
        raise ValueError(f"IoTDASignature: window must be a number of seconds, not {value!r}")
    return float(value)
