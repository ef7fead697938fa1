"""What tests of the adapters share."""

from contextlib import suppress

import pytest

from logged import Clock
from pushes import OTHER, PUSH
from pushmw import _log
from pushmw._http import asgi, wsgi
from pushmw._http.answers import Refused
from pushmw._http.rules import Rules

LENGTHS = [len(body) + more for body in (PUSH, OTHER) for more in (-1, 0, 1)]


def experienced(max_body: int) -> Rules:
    """Make rules that have seen before what the tests will send."""
    rules = Rules(max_body)
    for text in map(str, (*LENGTHS, 5, 6, 1000)):
        for length in (text, text.encode()):
            with suppress(Refused):
                rules.admit(None, length)
    return rules


@pytest.fixture(params=[Rules, experienced], ids=["new headers", "known headers"])
def headers_new_or_known(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the adapters see all headers for the first time, or have admitted the usual ones."""
    for adapter in (asgi, wsgi):
        monkeypatch.setattr(adapter, "Rules", request.param)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Stop the clock by which the log tells things once in a while."""
    made = Clock()
    monkeypatch.setattr(_log, "monotonic", made)
    return made
