"""Who may push: guards look at the head of a request and let it in or refuse it.

A guard is any function of an `Attempt` that returns None to let it in, or a `Refusal`. Those here
do no input or output; the time is given to them.
"""

import binascii
import re
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from hmac import compare_digest
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from math import inf
from typing import Any, Final, cast

import msgspec

from pushmw.nonces import Nonces

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_LONGEST: Final = 8192  # characters of a header; servers take hardly more
_LONGEST_SIGNED: Final = 128  # of those that IoTDA sends; a signature has 64
_LONGEST_ADDRESS: Final = 64  # IPv6 with a zone has less
_REALM: Final = 'realm="pushes"'


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """A request for a callback path, before anything of its body is read.

    Attributes:
        headers: by name in lower case; one that came several times is joined by commas.
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


def _header(attempt: Attempt, name: str, longest: int) -> str:
    """Give a header, or nothing if it is missing, too long, or not of ASCII characters."""
    value: Any = attempt.headers.get(name)
    sound = isinstance(value, str) and len(value) <= longest and value.isascii()
    return value if sound else ""


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

    def __init__(self, *tokens: str, window: float | None = None, nonces: int = 100_000) -> None:
        for token in _secrets("IoTDASignature", "a token", tokens):
            if not is_token(token):
                raise ValueError("IoTDASignature: a token must be 3 to 32 letters and digits")
        self._tokens = tokens
        self._window = inf if window is None else _seconds(window)
        self._nonces = Nonces(self._window, _count(nonces)) if window is not None else None

    def __call__(self, attempt: Attempt) -> Refusal | None:
        """Check one."""
        timestamp = _header(attempt, "timestamp", _LONGEST_SIGNED)
        nonce = _header(attempt, "nonce", _LONGEST_SIGNED)
        signature = _header(attempt, "signature", _LONGEST_SIGNED)
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


class BasicAuth:
    """Admits one user by password (RFC 7617), for a proxy in front that has been told them.

    Raises:
        TypeError, ValueError: the user or the password cannot be sent or is empty.
    """

    def __init__(self, user: str, password: str) -> None:
        for text in _secrets("BasicAuth", "user and password", (user, password)):
            if re.search(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]", text):
                raise ValueError("BasicAuth: user and password must have no control characters")
        if ":" in user:
            raise ValueError("BasicAuth: a user must have no colon")
        self._digest = _digest(f"{user}:{password}".encode())
        self._refusals = _refusals(f'Basic {_REALM}, charset="UTF-8"')

    def __call__(self, attempt: Attempt) -> Refusal | None:
        """Check one."""
        missing, wrong = self._refusals
        credentials = _credentials(attempt, "basic")
        if credentials is None:
            return missing
        try:
            given = binascii.a2b_base64(credentials, strict_mode=True)
        except ValueError:
            return wrong
        return None if compare_digest(_digest(given), self._digest) else wrong


class Bearer:
    """Admits a token (RFC 6750), for a proxy in front that has been told one.

    Args:
        tokens: several while it is being changed.

    Raises:
        TypeError, ValueError: a token cannot be sent or is empty.
    """

    def __init__(self, *tokens: str) -> None:
        for token in _secrets("Bearer", "a token", tokens):
            if not re.fullmatch(r"[A-Za-z0-9._~+/-]+=*", token):
                raise ValueError("Bearer: a token must be of letters, digits and -._~+/")
        self._digests = [_digest(token.encode()) for token in tokens]
        self._refusals = _refusals(f"Bearer {_REALM}")

    def __call__(self, attempt: Attempt) -> Refusal | None:
        """Check one."""
        missing, wrong = self._refusals
        credentials = _credentials(attempt, "bearer")
        if credentials is None:
            return missing
        given, right = _digest(credentials.encode()), False
        for digest in self._digests:  # all of them, as above
            right |= compare_digest(given, digest)
        return None if right else wrong


class AllowAddresses:
    """Admits requests by the address they come from.

    Args:
        networks: addresses and networks of IPv4 and IPv6, as text or as objects of `ipaddress`. An
            IPv4 address mapped into IPv6 is that IPv4 address. ``"unix"`` stands for the other end
            of a unix socket.
        trusted_proxies: how many proxies, one behind the other, each add to ``X-Forwarded-For``
            where their request came from. With 0 the other end of the socket counts and that header
            is not looked at; with 1 its last address; with 2 the last but one.

    Raises:
        TypeError, ValueError: a network is none, or there is no network.
    """

    def __init__(
        self,
        networks: str | Network | Address | Iterable[str | Network | Address],
        trusted_proxies: int = 0,
    ) -> None:
        # A network is iterable too, and gives millions of addresses.
        single = isinstance(networks, str | Network | Address)
        given: list[Any] = [networks] if single else list(cast("Any", networks))
        if not given:
            raise ValueError("AllowAddresses: without a network nobody could push")
        self._unix = "unix" in given
        self._networks = [_network(each) for each in given if each != "unix"]
        self._proxies = _count(trusted_proxies, 0, "AllowAddresses: trusted_proxies")

    def __call__(self, attempt: Attempt) -> Refusal | None:
        """Check one."""
        if self._proxies:
            hops = _header(attempt, "x-forwarded-for", _LONGEST).rsplit(",", self._proxies)
            if len(hops) < self._proxies:
                return Refusal("fewer addresses in X-Forwarded-For than there are proxies")
            address = _address(hops[-self._proxies].strip(" \t"))
        elif attempt.peer == "":
            return None if self._unix else _FOREIGN
        else:
            address = _address(attempt.peer)
        if address is None:
            return Refusal("want of an address")
        allowed = any(address in network for network in self._networks)
        return None if allowed else _FOREIGN


_FOREIGN: Final = Refusal("an address that is not allowed")


def _network(value: Any) -> Network:
    if not isinstance(value, str | Network | Address):
        raise TypeError(f"AllowAddresses: a network must be text, not {type(value).__name__}")
    try:
        network = ip_network(str(value))
    except ValueError as error:
        raise ValueError(f"AllowAddresses: {error}") from None
    mapped = _mapped(network.network_address)
    inside = network.prefixlen - 96
    return IPv4Network((mapped, inside)) if mapped is not None and inside >= 0 else network


def _address(text: Any) -> Address | None:
    if not isinstance(text, str) or len(text) > _LONGEST_ADDRESS:
        return None
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return _mapped(address) or address


def _mapped(address: Address) -> IPv4Address | None:
    """Give the IPv4 address that is mapped into one of IPv6."""
    return address.ipv4_mapped if isinstance(address, IPv6Address) else None


def _credentials(attempt: Attempt, scheme: str) -> str | None:
    """Give what the ``Authorization`` of that scheme holds."""
    named, _, rest = _header(attempt, "authorization", _LONGEST).partition(" ")
    return rest.lstrip(" ") if named.lower() == scheme else None


def _refusals(challenge: str) -> tuple[Refusal, Refusal]:
    return Refusal("want of credentials", challenge), Refusal("wrong credentials", challenge)


def _digest(secret: bytes) -> bytes:
    """Make it as long as any other: the time to compare would tell the length."""
    return sha256(secret).digest()


def _secrets(guard: str, what: str, values: tuple[Any, ...]) -> tuple[str, ...]:
    """Look for what an unset variable leaves behind; no message shows what is there."""
    if not values:
        raise TypeError(f"{guard}: {what} is needed")
    for value in values:
        if not isinstance(value, str):
            raise TypeError(f"{guard}: {what} must be text, not {type(value).__name__}")
        if not value:
            raise ValueError(f"{guard}: {what} must not be empty")
    return values


def _seconds(value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < inf:
        raise ValueError(f"IoTDASignature: window must be a number of seconds, not {value!r}")
    return float(value)


def _count(value: Any, least: int = 1, what: str = "IoTDASignature: nonces") -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ValueError(f"{what} must be a whole number from {least}, not {value!r}")
    return value
