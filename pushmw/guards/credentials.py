"""Guards for credentials that a proxy in front has been told to send."""

import hashlib
import re
from base64 import b64encode
from binascii import a2b_base64
from collections.abc import Callable, Iterable
from hmac import compare_digest
from typing import Any, Final

from pushmw.guards.attempt import LONGEST, Attempt, Refusal, header
from pushmw.guards.checks import secrets

_REALM: Final = 'realm="pushes"'


class _Authorization:
    """Admits what has the right ``Authorization``.

    Args:
        scheme: as it is usually written.
        right: what may stand behind it.
        more: further parameters of the challenge.
    """

    def __init__(self, scheme: str, right: Iterable[str], more: str = "") -> None:
        self._scheme = scheme
        self._digests = [_digest(f"{scheme} {credentials}") for credentials in right]
        challenge = f"{scheme} {_REALM}{more}"
        self._missing = Refusal("want of credentials", challenge)
        self._wrong = Refusal("wrong credentials", challenge)

    def __call__(self, attempt: Attempt) -> Refusal | None:
        """Check one."""
        value = header(attempt, "authorization", LONGEST)
        if self._is_right(value):  # written as usual, which nearly all of them are
            return None
        named, _, rest = value.partition(" ")
        if named.lower() != self._scheme.lower():
            return self._missing
        try:
            credentials = self._rewritten(rest.lstrip(" "))
        except ValueError:
            return self._wrong
        return None if self._is_right(f"{self._scheme} {credentials}") else self._wrong

    def _is_right(self, value: str) -> bool:
        given, right = _digest(value), False
        for digest in self._digests:  # all of them: the time it takes tells nothing
            right |= compare_digest(given, digest)
        return right

    def _rewritten(self, credentials: str) -> str:
        """Write credentials as usual.

        Raises:
            ValueError: they cannot be read.
        """
        return credentials


class BasicAuth(_Authorization):
    """Admits one user by password (RFC 7617), for a proxy in front that has been told them.

    Raises:
        TypeError, ValueError: the user or the password cannot be sent or is empty.
    """

    __module__ = "pushmw.guards"  # as messages name it

    def __init__(self, user: str, password: str) -> None:
        for text in secrets("BasicAuth", "user and password", (user, password)):
            if re.search(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]", text):
                raise ValueError("BasicAuth: user and password must have no control characters")
        if ":" in user:
            raise ValueError("BasicAuth: a user must have no colon")
        right = b64encode(f"{user}:{password}".encode()).decode()
        super().__init__("Basic", [right], ', charset="UTF-8"')

    def _rewritten(self, credentials: str) -> str:
        return b64encode(a2b_base64(credentials, strict_mode=True)).decode()


class Bearer(_Authorization):
    """Admits a token (RFC 6750), for a proxy in front that has been told one.

    Args:
        tokens: several while it is being changed.

    Raises:
        TypeError, ValueError: a token cannot be sent or is empty.
    """

    __module__ = "pushmw.guards"  # as messages name it

    def __init__(self, *tokens: str) -> None:
        for token in secrets("Bearer", "a token", tokens):
            if not re.fullmatch(r"[A-Za-z0-9._~+/-]+=*", token):
                raise ValueError("Bearer: a token must be of letters, digits and -._~+/")
        super().__init__("Bearer", tokens)


def _hash() -> Callable[[bytes], Any]:
    """Give BLAKE2, or SHA-256 where a Python for FIPS has no other.

    SHA-256 is OpenSSL's, which takes up to twice as long.
    """
    try:
        hashlib.blake2s()
    except (AttributeError, ValueError):
        return hashlib.sha256
    return hashlib.blake2s


_hashed: Final = _hash()


def _digest(secret: str) -> bytes:
    """Make it as long as any other: the time to compare would tell the length."""
    digest: bytes = _hashed(secret.encode()).digest()
    return digest
