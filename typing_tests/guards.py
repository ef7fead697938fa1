"""Guards a type checker must accept, and what it must refuse."""

import functools
from ipaddress import IPv4Network, ip_address
from typing import assert_type

from pushmw import Receiver
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

# Ready-made ones

guards: list[Guard] = [
    IoTDASignature("token"),
    IoTDASignature("old", "new", window=300, nonces=1000),
    BasicAuth("user", "password"),
    Bearer("old", "new"),
    AllowAddresses(["192.0.2.0/24", IPv4Network("192.0.2.0/24"), ip_address("::1"), "unix"]),
    AllowAddresses("::1", trusted_proxies=2),
    AllowAddresses(IPv4Network("192.0.2.0/24")),
]
push = Receiver(guards=guards)
push.configure(guards=None)
Receiver("/push", guards=[])
Receiver(guards=(Bearer("t"),), strict=True)
Receiver(guards={Bearer("t"), BasicAuth("u", "p")})
Receiver(guards=(each for each in guards))

# Guards of one's own


def at_night(attempt: Attempt) -> Refusal | None:
    assert_type(attempt.headers.get("x-one"), str | None)
    assert_type(attempt.peer, str | None)
    assert_type(attempt.now, float)
    return Refusal("the time of day", challenge='Basic realm="x"') if attempt.path else None


def never(attempt: Attempt) -> Refusal:
    return Refusal("the rule")


def always(attempt: object) -> None: ...


class OnMondays:
    def __call__(self, attempt: Attempt) -> Refusal | None: ...

    def guard(self, attempt: Attempt) -> Refusal | None: ...


def with_more(more: int, attempt: Attempt) -> Refusal | None: ...


Receiver(guards=[at_night, never, always, OnMondays(), OnMondays().guard])
Receiver(guards=[functools.partial(with_more, 7), lambda attempt: None])
assert_type(Bearer("t")(Attempt(headers={}, path="/", peer=None, now=0.0)), Refusal | None)
assert_type(sign("token", "1700000000000", "nonce"), str)
push.handle(b"", {}, "/", "192.0.2.7")
push.handle(b"", peer="")
awaiting = push.ahandle(b"", peer=None)

# What is none


async def awaited(attempt: Attempt) -> Refusal | None: ...


def judging(attempt: Attempt) -> bool:
    return attempt.peer == ""


def for_text(attempt: str) -> Refusal | None: ...


def for_nothing() -> Refusal | None: ...


Receiver(guards=[awaited])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
Receiver(guards=[judging])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
Receiver(guards=[for_text])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
Receiver(guards=[for_nothing])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
Receiver(guards=["token"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
Receiver(guards=[Bearer])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
Receiver(guards=Bearer("t"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
Receiver(guards=True)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
Receiver(guards="token")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
push.configure(guard=at_night)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]

IoTDASignature(["token"])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
IoTDASignature("token", window="300")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
IoTDASignature("token", 300)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
BasicAuth("user")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
BasicAuth("user", None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
Bearer(b"token")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
AllowAddresses([7])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
AllowAddresses(["::1"], trusted_proxies=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
Refusal(403)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
push.handle(b"", {}, "/", 7)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

# An attempt cannot be changed


def changes(attempt: Attempt) -> Refusal | None:
    attempt.peer = None  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    attempt.headers["x"] = "y"  # type: ignore[index]  # pyright: ignore[reportIndexIssue]
    return None
