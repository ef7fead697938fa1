"""What one would write or use instead, each in a file of its own.

Each is written as its documentation does it and in its leanest form: no middleware it does not
need, no log, no debug mode. ``build(handle)`` gives an application that calls ``handle`` with what
it has made of a push on a firmware upgrade.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any, Final, NamedTuple


class Peer(NamedTuple):
    """Another way to receive a push."""

    name: str
    protocol: str
    module: str

    def build(self, handle: Callable[[Any], Any]) -> Any:
        return import_module(f"benchmarks.peers.{self.module}").build(handle)

    def body(self, usual: bytes) -> bytes:
        """Give the push as this peer expects it, of the same size."""
        own = getattr(import_module(f"benchmarks.peers.{self.module}"), "body", None)
        return own(usual) if own else usual


PEERS: Final = (
    Peer("Flask, vendor SDK's shape", "wsgi", "flask_sdk"),
    Peer("Flask + msgspec", "wsgi", "flask_msgspec"),
    Peer("Django view + json", "wsgi", "django_view"),
    Peer("slack_bolt", "wsgi", "bolt"),
    Peer("FastAPI + pydantic", "asgi", "fastapi_pydantic"),
    Peer("Starlette + orjson", "asgi", "starlette_orjson"),
)
