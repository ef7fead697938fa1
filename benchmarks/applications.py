"""The applications that real servers host, by name."""

from typing import Any

from benchmarks.candidates import aignore, ignore, receiver
from benchmarks.floor import asgi_floor, bare_asgi, bare_decoder, bare_wsgi, wsgi_floor
from benchmarks.peers import PEERS

FLOOR, BARE, OURS = "floor", "bare", "pushmw"


def make(protocol: str, name: str) -> Any:
    if name == FLOOR:
        decode = bare_decoder()
        return wsgi_floor(decode) if protocol == "wsgi" else asgi_floor(decode)
    if name == BARE:
        return bare_wsgi if protocol == "wsgi" else bare_asgi
    if name == OURS:
        if protocol == "wsgi":
            return receiver(ignore).wsgi(bare_wsgi)
        return receiver(aignore).asgi(bare_asgi)
    (peer,) = (peer for peer in PEERS if peer.name == name)
    return peer.build(ignore if protocol == "wsgi" else aignore)
