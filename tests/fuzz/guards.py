"""Any bytes as the head of a request, for each guard alone: who is let in must have shown why."""

import base64
from asyncio import AbstractEventLoop
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import Any, Final

from attacks import BEARER, PASSWORD, TOKEN, USER
from fuzz.heads import read
from fuzz.outcome import Target, defined
from pushmw.guards import (
    AllowAddresses,
    Attempt,
    BasicAuth,
    Bearer,
    Guard,
    IoTDASignature,
    Refusal,
    sign,
)

NOW: Final = 1_700_000_000.0
NETWORKS: Final = ["192.0.2.0/24", "2001:db8::/32", "unix"]
Shown = Callable[[Attempt], bool]


def signed(attempt: Attempt) -> bool:
    timestamp, nonce, signature = map(attempt.headers.get, ("timestamp", "nonce", "signature"))
    return signature == sign(TOKEN, str(timestamp), str(nonce))


def fresh() -> Shown:
    """Know what came before; the guard is the same for all inputs."""
    used: set[str] = set()

    def shown(attempt: Attempt) -> bool:
        timestamp, signature = attempt.headers["timestamp"], attempt.headers["signature"]
        seconds = int(timestamp) / (1 if len(timestamp) == 10 else 1000)
        new = signature not in used
        used.add(signature)
        return signed(attempt) and abs(seconds - NOW) <= 300 and new

    return shown


def credentials(attempt: Attempt) -> list[str]:
    return str(attempt.headers.get("authorization")).split()


def with_password(attempt: Attempt) -> bool:
    scheme, given = credentials(attempt)
    right = f"{USER}:{PASSWORD}".encode()
    return scheme.lower() == "basic" and base64.b64decode(given) == right


def with_token(attempt: Attempt) -> bool:
    scheme, given = credentials(attempt)
    return (scheme.lower(), given) == ("bearer", BEARER)


def inside(text: str) -> bool:
    if not text:
        return True
    address = ip_address(text)
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in ip_network(each) for each in NETWORKS[:2])


def behind(proxies: int) -> Shown:
    def shown(attempt: Attempt) -> bool:
        hop = str(attempt.headers.get("x-forwarded-for")).split(",")[-proxies].strip(" \t")
        return bool(hop) and inside(hop)

    return shown


def every(_: AbstractEventLoop) -> Target:
    """Ask all of them."""
    asked: dict[str, tuple[Guard, Shown]] = {
        "signature": (IoTDASignature("another", TOKEN), signed),
        "fresh": (IoTDASignature(TOKEN, window=300, nonces=50), fresh()),
        "password": (BasicAuth(USER, PASSWORD), with_password),
        "token": (Bearer("another", BEARER), with_token),
        "address": (AllowAddresses(NETWORKS), lambda attempt: inside(str(attempt.peer))),
        "one proxy": (AllowAddresses(NETWORKS, trusted_proxies=1), behind(1)),
        "two proxies": (AllowAddresses(NETWORKS, trusted_proxies=2), behind(2)),
    }

    def target(data: bytes) -> str:
        request = read(data)
        headers: dict[str, Any] = {**request.headers}
        headers |= {name.decode("latin-1"): 7 for name in request.server if name in _ODD}
        peer = request.server.get(b"peer")
        attempt = Attempt(
            headers=headers,
            path="/",
            peer=None if peer is None else peer.decode("latin-1"),
            now=NOW,
        )
        let_in: list[str] = []
        for name, (guard, shown) in asked.items():
            verdict = guard(attempt)
            if verdict is None:
                defined(shown(attempt), f"let in by the guard for {name}")
                let_in.append(name)
            else:
                defined(isinstance(verdict, Refusal), f"neither let in nor refused by {name}")
        return "let in by " + (" and ".join(let_in) or "none")

    return target


# Headers of which an input may say that they are no text.
_ODD: Final = {b"timestamp", b"nonce", b"signature", b"authorization", b"x-forwarded-for"}
