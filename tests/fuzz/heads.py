"""Any bytes as a request, through both adapters: headers, framing and whatever comes of a body.

An input is lines of headers, an empty line and a body. Lines that begin with ``@`` say what the
server does: ``@cut:7`` hands the body over in parts of 7 bytes, ``@gone`` ends with a client that
has left.
"""

from asyncio import AbstractEventLoop
from typing import Any, Final, NamedTuple

from attacks import TOKEN
from fakes import Input, Server, call, environ, part, scope
from fuzz.outcome import Target, defined
from pushmw import Delivery, Receiver
from pushmw._http.rules import joined
from pushmw.guards import Guard, IoTDASignature, sign

MAX_BODY: Final = 1500
ANSWERS: Final = {200, 400, 411, 413, 415}
_BARE: Final = {"CONTENT_TYPE", "CONTENT_LENGTH"}
_DISCONNECT: Final = {"type": "http.disconnect"}


class Asked(NamedTuple):
    """A request as an input describes it."""

    fields: list[tuple[bytes, bytes]]
    server: dict[bytes, bytes]
    body: bytes

    @property
    def parts(self) -> list[bytes]:
        size = self.server.get(b"cut", b"")
        step = int(size) if size.isdigit() and 0 < len(size) < 5 and int(size) else 4096
        return [self.body[at : at + step] for at in range(0, len(self.body), step)]

    @property
    def headers(self) -> dict[str, str]:
        return joined((n.decode("latin-1"), v.decode("latin-1")) for n, v in self.fields)

    @property
    def signed(self) -> bool:
        """Tell, in other words than the guard, whether the signature is right."""
        told = [self.headers.get(name, "") for name in ("timestamp", "nonce", "signature")]
        timestamp, nonce, signature = told
        whole = all(told) and all(text.isascii() for text in told)
        return whole and sign(TOKEN, timestamp, nonce) == signature


def read(data: bytes) -> Asked:
    head, _, body = data.partition(b"\n\n")
    lines = [line.partition(b":")[::2] for line in head.split(b"\n")]
    fields = [(name.lower(), value) for name, value in lines if name and not name.startswith(b"@")]
    return Asked(fields, {name[1:]: value for name, value in lines if name[:1] == b"@"}, body)


def _receiver(*guards: Guard) -> tuple[Receiver, list[bytes]]:
    push, got = Receiver(guards=guards, max_body=MAX_BODY), list[bytes]()

    def take(event: Any, delivery: Delivery) -> None:
        got.append(delivery.body)

    push.on("deviceDeleted", inline=True)(take)
    return push, got


def _check(asked: Asked, status: int, got: list[bytes], *, guarded: bool) -> str:
    """See that what came of a request is one of what may."""
    if guarded and status == 403:
        lengths = [len(asked.headers.get(name, "")) for name in ("timestamp", "nonce")]
        defined(not asked.signed or max(lengths) > 128, "refused, but signed")
        return "403"
    if guarded and status == 431:
        defined(not got, "refused and handled")
        return "431"
    defined(asked.signed or not guarded, "let in, but not signed")
    defined(status in ANSWERS, f"answered {status}")
    defined(len(got) <= 1, "handled twice")
    defined(status == 200 or not got, "refused and handled")
    for body in got:
        defined(asked.body.startswith(body), "another body than was sent")
    return f"{status} {'handled' if got else 'not handled'}"


def _inner_wsgi(inside: dict[str, Any], start_response: Any) -> list[bytes]:
    body = inside["wsgi.input"].read(int(inside["CONTENT_LENGTH"]))
    defined(len(body) == int(inside["CONTENT_LENGTH"]), "given back in part")
    start_response("404 Not Found", [("content-length", "7")])
    return [b"nothing"]


def _wsgi(*guards: Guard) -> Target:
    push, got = _receiver(*guards)
    app: Any = push.wsgi(_inner_wsgi)

    def target(data: bytes) -> str:
        got.clear()
        asked = read(data)
        keys = {name: name.upper().replace("-", "_") for name in asked.headers}
        sent = {
            key if key in _BARE else f"HTTP_{key}": asked.headers[name]
            for name, key in keys.items()
        }
        flags = {"wsgi.input_terminated": True} if b"ends" in asked.server else {}
        broken = [OSError()] if b"gone" in asked.server else []
        source = Input(*asked.parts, *broken)
        bare = {"CONTENT_LENGTH": None, "CONTENT_TYPE": None}
        answer = call(app, environ(source, **{**bare, **sent, **flags}))
        length = answer.header("content-length")
        defined(length == str(len(answer.body)), "another length than it says")
        return _check(asked, int(answer.status.split()[0]), got, guarded=bool(guards))

    return target


async def _inner_asgi(inside: Any, receive: Any, send: Any) -> None:
    message = await receive()
    defined(not message["more_body"], "given back in part")
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b"nothing"})


def _asgi(loop: AbstractEventLoop, *guards: Guard) -> Target:
    push, got = _receiver(*guards)
    app: Any = push.asgi(_inner_asgi)

    def target(data: bytes) -> str:
        got.clear()
        asked = read(data)
        *most, last = asked.parts or [b""]
        gone = b"gone" in asked.server
        tail = [_DISCONNECT] if gone else [part()]
        messages = [*(part(each, more=True) for each in most), part(last, more=gone)]
        server = Server(*messages, *tail)
        given = scope(
            *asked.fields, http_version=asked.server.get(b"http", b"1.1").decode("latin-1")
        )
        loop.run_until_complete(app(given, server.receive, server.send))
        if not server.sent:
            defined(gone and not got, "no answer")
            return "nothing"
        kinds = [message["type"] for message in server.sent]
        defined(kinds == ["http.response.start", "http.response.body"], f"sent {kinds}")
        if server.status == 403:
            defined(server.asked == 0, "refused after the body was asked for")
        return _check(asked, server.status, got, guarded=bool(guards))

    return target


def wsgi(_: AbstractEventLoop) -> Target:
    return _wsgi()


def asgi(loop: AbstractEventLoop) -> Target:
    return _asgi(loop)


def guarded_wsgi(_: AbstractEventLoop) -> Target:
    return _wsgi(IoTDASignature(TOKEN))


def guarded_asgi(loop: AbstractEventLoop) -> Target:
    return _asgi(loop, IoTDASignature(TOKEN))
