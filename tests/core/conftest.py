"""What tests of the adapters share."""

from contextlib import suppress

import pytest

from pushes import OTHER, PUSH
from pushmw._http import asgi, wsgi
from pushmw._http.answers import Refused
from pushmw._http.rules import Rules

LENGTHS = [len(body) + more for body in (PUSH, OTHER) for more in (-1, 0, 1)]
TYPES = ("application/json", "a/b", "x/y")


def experienced(max_body: int) -> Rules:
    """Make rules that have seen before what the tests will send."""
    rules = Rules(max_body)
    for text in map(str, (*LENGTHS, 5, 6, 1000)):
        for length in (text, text.encode()):
            with suppress(Refused):
                rules.admit(None, None, length)
    for kind in TYPES:
        rules.admit(kind, None, None)
        rules.admit(kind.encode(), None, None)
    return rules


@pytest.fixture(params=[Rules, experienced], ids=["new headers", "known headers"])
def headers_new_or_known(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the adapters see all headers for the first time, or have admitted the usual ones."""
    for adapter in (asgi, wsgi):
        monkeypatch.setattr(adapter, "Rules", request.param)
