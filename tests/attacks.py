"""What is tried at each guard, and refused.

The tests try all of it on guards alone and on every site, and tools/attacks.py writes it into the
page on attacks.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from pushmw.guards import AllowAddresses, BasicAuth, Bearer, Guard, IoTDASignature, sign

Fields = list[tuple[str, str]]
Make = Callable[[float], Fields]  # what a request made at that time has as headers

TOKEN: Final = "pushmwDemoToken01"
WINDOW: Final = 300
USER, PASSWORD = "platform", "pass wörd:7"
BEARER: Final = "c2VjcmV0LXRva2Vu.1~+/="
CLIENT: Final = "192.0.2.7"
LOCAL: Final = "127.0.0.1"


class Attack(NamedTuple):
    """A request that must not get in.

    Attributes:
        make: its headers.
        peer: where it comes from, if that is not this machine.
        after: the headers of a request that was let in before.
    """

    make: Make
    peer: Any = LOCAL
    after: Make | None = None


class Defence(NamedTuple):
    """A guard, a request that it lets in, and those that it must not let in."""

    guard: Callable[[], Guard]
    good: Attack
    status: int
    attacks: dict[str, Attack]


# -- signed by IoTDA


def signed(now: float, token: str = TOKEN, **changed: str) -> dict[str, str]:
    """Give the headers of a push of IoTDA's; what is changed is signed as well."""
    fields = {"timestamp": str(int(now * 1000)), "nonce": "7f3c9a1e5b2d", **changed}
    return {**fields, "signature": sign(token, fields["timestamp"], fields["nonce"])}


def right(now: float) -> Fields:
    return [*signed(now).items()]


def instead(**changed: str) -> Attack:
    """Change headers after they were signed."""
    return Attack(lambda now: [*(signed(now) | changed).items()])


def but(name: str, change: Callable[[str], str]) -> Attack:
    """Change what a header says after it was signed."""
    return Attack(lambda now: [(n, change(v) if n == name else v) for n, v in right(now)])


def without(*names: str) -> Attack:
    return Attack(lambda now: [(n, v) for n, v in right(now) if n not in names])


def twice(name: str) -> Attack:
    return Attack(lambda now: [*right(now), (name, signed(now)[name])])


def otherwise(algorithm: Callable[[dict[str, str]], str]) -> Attack:
    """Sign with another algorithm."""

    def make(now: float) -> Fields:
        fields = signed(now)
        return [*(fields | {"signature": algorithm(fields)}).items()]

    return Attack(make)


def joined(fields: dict[str, str]) -> bytes:
    return "".join(sorted((TOKEN, fields["timestamp"], fields["nonce"]))).encode()


def dated(timestamp: Callable[[float], object], **more: str) -> Attack:
    """Sign another timestamp."""
    return Attack(lambda now: [*signed(now, timestamp=str(timestamp(now)), **more).items()])


def recut(now: float) -> Fields:
    """Say of the first three digits after the seconds that they begin the nonce."""
    fields = signed(now)
    text = fields["timestamp"]
    return [*(fields | {"timestamp": text[:10], "nonce": text[10:] + fields["nonce"]}).items()]


SIGNATURE: Final = {
    "none of the three headers": without("timestamp", "nonce", "signature"),
    "no timestamp": without("timestamp"),
    "no nonce": without("nonce"),
    "no signature": without("signature"),
    "an empty timestamp": instead(timestamp=""),
    "an empty nonce": instead(nonce=""),
    "an empty signature": instead(signature=""),
    "two timestamps": twice("timestamp"),
    "two nonces": twice("nonce"),
    "two signatures": twice("signature"),
    "a wrong signature, then the right one": Attack(
        lambda now: [("signature", "0" * 64), *right(now)]
    ),
    "the nonce changed": instead(nonce="7f3c9a1e5b2e"),
    "the timestamp changed": but("timestamp", lambda text: str(int(text) + 1)),
    "the signature cut short": but("signature", lambda text: text[:-1]),
    "more after the signature": but("signature", lambda text: f"{text}0"),
    "a blank in the signature": but("signature", lambda text: f"{text[:32]} {text[32:]}"),
    "the signature in capital letters": but("signature", str.upper),
    "a signature that is not ASCII": but("signature", lambda text: f"{text[:-1]}\xe9"),
    "a nonce that is not ASCII, signed": Attack(
        lambda now: [*signed(now, nonce="7f3c\xe9").items()]
    ),
    "a nonce of 1,000 characters, signed": Attack(
        lambda now: [*signed(now, nonce="7" * 1000).items()]
    ),
    "a signature of 5,000 characters": instead(signature="0" * 5000),
    "signed with another token": Attack(lambda now: [*signed(now, "pushmwDemoToken02").items()]),
    "signed with the token in small letters": Attack(
        lambda now: [*signed(now, TOKEN.lower()).items()]
    ),
    "signed with no token": Attack(lambda now: [*signed(now, "").items()]),
    "signed without sorting": otherwise(
        lambda f: hashlib.sha256(f"{f['nonce']}{f['timestamp']}{TOKEN}".encode()).hexdigest()
    ),
    "MD5": otherwise(lambda f: hashlib.md5(joined(f)).hexdigest()),
    "SHA-1": otherwise(lambda f: hashlib.sha1(joined(f)).hexdigest()),
    "SHA-512": otherwise(lambda f: hashlib.sha512(joined(f)).hexdigest()),
    "SHA-256 in Base64": otherwise(
        lambda f: base64.b64encode(hashlib.sha256(joined(f)).digest()).decode()
    ),
    "HMAC with the token": otherwise(
        lambda f: hmac.digest(TOKEN.encode(), joined(f), "sha256").hex()
    ),
    "the token as the signature": instead(signature=TOKEN),
    "the token as a password": Attack(lambda now: [("authorization", f"Bearer {TOKEN}")]),
}

FRESH: Final = {
    "the same request again": Attack(right, after=right),
    "the same, with timestamp and nonce cut in another place": Attack(recut, after=right),
    "a timestamp older than the window, in milliseconds": dated(
        lambda now: int((now - WINDOW - 5) * 1000)
    ),
    "a timestamp older than the window, in seconds": dated(lambda now: int(now - WINDOW - 5)),
    "a timestamp ahead of the window, in milliseconds": dated(
        lambda now: int((now + WINDOW + 60) * 1000)
    ),
    "a timestamp ahead of the window, in seconds": dated(lambda now: int(now + WINDOW + 60)),
    "a timestamp in microseconds": dated(lambda now: int(now * 1_000_000)),
    "a timestamp with a fraction": dated(lambda now: f"{now:.1f}"),
    "a timestamp with a sign": dated(lambda now: f"+{int(now)}"),
    "a timestamp with an underscore": dated(lambda now: f"1_{str(int(now))[1:]}"),
    "a timestamp with zeros in front": dated(lambda now: f"000{int(now)}"),
    "a timestamp in words": dated(lambda now: "now"),
    "a negative timestamp": dated(lambda now: -int(now)),
}


# -- passwords


def basic(text: str, encoding: str = "utf-8") -> str:
    return base64.b64encode(text.encode(encoding)).decode()


def says(*values: str) -> Attack:
    """Say so in the header `Authorization`, or in several."""
    return Attack(lambda now: [("authorization", value) for value in values])


CREDENTIALS: Final = basic(f"{USER}:{PASSWORD}")

BASIC: Final = {
    "no Authorization": Attack(lambda now: []),
    "an empty one": says(""),
    "the scheme and nothing else": says("Basic"),
    "the scheme and a blank": says("Basic "),
    "no scheme": says(CREDENTIALS),
    "another scheme": says(f"Bearer {CREDENTIALS}"),
    "a scheme that begins like it": says(f"Basics {CREDENTIALS}"),
    "the right one twice": says(f"Basic {CREDENTIALS}", f"Basic {CREDENTIALS}"),
    "a wrong one, then the right one": says("Basic QTpi", f"Basic {CREDENTIALS}"),
    "another password": says(f"Basic {basic(f'{USER}:password')}"),
    "another user": says(f"Basic {basic(f'admin:{PASSWORD}')}"),
    "no password": says(f"Basic {basic(f'{USER}:')}"),
    "no colon": says(f"Basic {basic(f'{USER}{PASSWORD}')}"),
    "the password in capital letters": says(f"Basic {basic(f'{USER}:{PASSWORD.upper()}')}"),
    "more after the password": says(f"Basic {basic(f'{USER}:{PASSWORD}7')}"),
    "a line end after the password": says(f"Basic {basic(f'{USER}:{PASSWORD}' + chr(10))}"),
    "the password in Latin-1": says(f"Basic {basic(f'{USER}:{PASSWORD}', 'latin-1')}"),
    "what is no Base64": says("Basic ****"),
    "no Base64 at all": says(f"Basic {USER}:password"),
    "Base64 with a blank in it": says(f"Basic {CREDENTIALS[:8]} {CREDENTIALS[8:]}"),
    "Base64 without its end": says(f"Basic {CREDENTIALS[:-3]}"),
    "Base64 and more behind it": says(f"Basic {CREDENTIALS}, x=y"),
    "what is not ASCII": says(f"Basic {CREDENTIALS[:-1]}\xe9"),
    "10,000 characters": says("Basic " + "QUJD" * 2500),
    "the right one as Proxy-Authorization": Attack(
        lambda now: [("proxy-authorization", f"Basic {CREDENTIALS}")]
    ),
}

TOKENS: Final = {
    "no Authorization": Attack(lambda now: []),
    "an empty one": says(""),
    "the scheme and nothing else": says("Bearer"),
    "the scheme and a blank": says("Bearer "),
    "no scheme": says(BEARER),
    "another scheme": says(f"Basic {BEARER}"),
    "the scheme without a blank": says(f"Bearer{BEARER}"),
    "the right one twice": says(f"Bearer {BEARER}", f"Bearer {BEARER}"),
    "a wrong one, then the right one": says("Bearer none", f"Bearer {BEARER}"),
    "another token": says("Bearer c2VjcmV0LXRva2Vu.2~+/="),
    "the token in capital letters": says(f"Bearer {BEARER.upper()}"),
    "the token cut short": says(f"Bearer {BEARER[:-1]}"),
    "more after the token": says(f"Bearer {BEARER}="),
    "the token in quotes": says(f'Bearer "{BEARER}"'),
    "the token as a parameter": says(f"Bearer token={BEARER}"),
    "the token in Base64": says(f"Bearer {basic(BEARER)}"),
    "what is not ASCII": says(f"Bearer {BEARER[:-1]}\xe9"),
    "10,000 characters": says("Bearer " + "A" * 10_000),
    "the right one as a cookie": Attack(lambda now: [("cookie", f"authorization={BEARER}")]),
}


# -- addresses


def forwarded(*values: str, name: str = "x-forwarded-for") -> Attack:
    return Attack(lambda now: [(name, value) for value in values])


def from_peer(peer: object) -> Attack:
    return Attack(lambda now: [], peer=peer)


ADDRESSES: Final = {
    "another address": from_peer("192.0.3.7"),
    "another address, mapped into IPv6": from_peer("::ffff:192.0.3.7"),
    "an IPv6 address that ends like an allowed one": from_peer("2001:db8::192.0.2.7"),
    "the other end of a unix socket": from_peer(""),
    "no address": from_peer(None),
    "a name": from_peer("pushes.example"),
    "the word unix": from_peer("unix"),
    "an address with a port": from_peer("192.0.2.7:443"),
    "an address with zeros in front": from_peer("192.0.02.7"),
    "an address in digits that are not ASCII": from_peer("192.0.2.\N{ARABIC-INDIC DIGIT SEVEN}"),
    "an address of 1,000 characters": from_peer("1" * 1000),
    "an allowed address in X-Forwarded-For": forwarded(CLIENT),
    "an allowed address in Forwarded": forwarded(f"for={CLIENT}", name="forwarded"),
    "an allowed address in X-Real-IP": forwarded(CLIENT, name="x-real-ip"),
    "an allowed address in Client-IP": forwarded(CLIENT, name="client-ip"),
}

PROXIED: Final = {
    "no X-Forwarded-For": Attack(lambda now: []),
    "no X-Forwarded-For, from an allowed address": from_peer(CLIENT),
    "an empty one": forwarded(""),
    "an allowed address that the client wrote itself": forwarded(f"{CLIENT}, 198.51.100.1"),
    "many of them": forwarded(", ".join([*[CLIENT] * 400, "198.51.100.1"])),
    "a list that ends with a comma": forwarded(f"{CLIENT},"),
    "an allowed address in the next header of that name": forwarded(CLIENT, "198.51.100.1"),
    "a list with blanks for commas": forwarded(f"{CLIENT} {CLIENT}"),
    "an address with a port": forwarded(f"{CLIENT}:443"),
    "an address in brackets": forwarded(f"[{CLIENT}]"),
    "a parameter": forwarded(f"for={CLIENT}"),
    "a name": forwarded("pushes.example"),
    "the word unix": forwarded("unix"),
    "the word unknown": forwarded("unknown"),
    "what is not ASCII": forwarded(f"\xe9, {CLIENT}"),
    "10,000 characters": forwarded(f"{'1' * 10_000}, {CLIENT}"),
    "an allowed address in Forwarded": forwarded(f"for={CLIENT}", name="forwarded"),
}


ALLOWED: Final = f'["{CLIENT}", "192.0.2.128/25"]'
DEFENCES: Final = {
    "IoTDASignature(token)": Defence(lambda: IoTDASignature(TOKEN), Attack(right), 403, SIGNATURE),
    f"IoTDASignature(token, window={WINDOW})": Defence(
        lambda: IoTDASignature(TOKEN, window=WINDOW), Attack(right), 403, FRESH
    ),
    "BasicAuth(user, password)": Defence(
        lambda: BasicAuth(USER, PASSWORD), says(f"Basic {CREDENTIALS}"), 401, BASIC
    ),
    "Bearer(token)": Defence(lambda: Bearer(BEARER), says(f"Bearer {BEARER}"), 401, TOKENS),
    f"AllowAddresses({ALLOWED})": Defence(
        lambda: AllowAddresses([CLIENT, "192.0.2.128/25"]), from_peer(CLIENT), 403, ADDRESSES
    ),
    f"AllowAddresses({ALLOWED}, trusted_proxies=1)": Defence(
        lambda: AllowAddresses([CLIENT, "192.0.2.128/25"], trusted_proxies=1),
        forwarded(CLIENT),
        403,
        PROXIED,
    ),
}
