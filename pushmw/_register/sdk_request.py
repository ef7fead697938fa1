"""The push that a method of a vendor's receiver is handling, wherever that runs."""

import functools
from collections.abc import Iterator, Mapping
from contextlib import suppress
from contextvars import ContextVar, Token
from typing import Any, Final

import msgspec

from pushmw._dispatch.delivery import Delivery


class Call:
    """One call of a method, and what `request` tells it."""

    def __init__(self, delivery: Delivery) -> None:
        self.delivery = delivery

    @functools.cached_property
    def json(self) -> Any:
        return self.delivery.json()

    def __enter__(self) -> None:
        self._token: Token[Call] = _running.set(self)

    def __exit__(self, *_error: object) -> None:
        # A coroutine that was given up is closed elsewhere, where there is nothing to take back.
        with suppress(ValueError):
            _running.reset(self._token)


_running: ContextVar[Call] = ContextVar("pushmw.compat.request")


def _current() -> Call:
    try:
        return _running.get()
    except LookupError:
        raise RuntimeError(
            "request: no push is being handled here; it is there in the methods of a mounted "
            "PushMessageReceiver and in the tasks they start, so give a thread of your own what "
            "it needs"
        ) from None


class _Headers(Mapping[str, str]):
    """Headers whose names are read in any case."""

    def __init__(self, lower: Mapping[str, str]) -> None:
        self._lower = lower

    def __getitem__(self, name: str) -> str:
        return self._lower[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._lower)

    def __len__(self) -> int:
        return len(self._lower)


class Request:
    """What receivers for the Python SDK read of Flask's ``request``.

    Each member is that of the push whose method reads it, in a thread, in a task, and without
    Flask. Elsewhere it raises RuntimeError.
    """

    @property
    def json(self) -> Any:
        """The decoded body; the same object throughout a method."""
        return _current().json

    def get_json(self, force: object = None, silent: object = None) -> Any:
        """Give the decoded body, whatever media type the push names.

        Raises:
            msgspec.DecodeError, UnicodeDecodeError: it is not JSON, which only ``handleBody`` can
                meet; with ``silent`` it is None then.
        """
        del force
        try:
            return self.json
        except (msgspec.DecodeError, UnicodeDecodeError):
            if silent:
                return None
            raise

    @property
    def data(self) -> bytes:
        """The body as it was sent."""
        return _current().delivery.body

    def get_data(self, *, as_text: bool = False) -> Any:
        """Give the body, as bytes or as text."""
        return text_of(self.data) if as_text else self.data

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers of `Delivery.headers`, by their names in any case."""
        return _Headers(_current().delivery.headers)

    @property
    def path(self) -> str:
        """The callback path the push came to."""
        return _current().delivery.path

    @property
    def method(self) -> str:
        """POST."""
        _current()
        return "POST"


request: Final = Request()


def text_of(body: bytes) -> str:
    """Give a body as text, whatever it is."""
    return body.decode(errors="replace")
