"""A POST to a callback path in another spelling is passed on, and a line at DEBUG says so."""

import logging

import pytest

from pushes import PUSH
from pushmw import Receiver
from sites.base import CALLBACK, Start

LINE = (
    "a POST came to a path that is no callback path, but is one in another spelling, of slashes or "
    "of upper and lower case: it was passed on"
)


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [r.getMessage() for r in caplog.records if (r.name, r.levelname) == ("pushmw", "DEBUG")]


def receiver() -> Receiver:
    push = Receiver()
    push.on("*")(lambda event: None)
    return push


@pytest.mark.parametrize("path", [f"{CALLBACK}/", CALLBACK.lower(), CALLBACK.replace("/m", "//m")])
def test_a_wrong_spelling_is_told(
    serve: Start, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    caplog.set_level(logging.DEBUG, "pushmw")
    site = serve(receiver())
    site.request("POST", "/hello", PUSH)
    site.request("GET", path)
    assert told(caplog) == []
    assert site.request("POST", path, PUSH).header("pushmw-outcome") is None
    assert told(caplog) == [LINE]


def test_nothing_is_told_where_nobody_reads_it(
    serve: Start, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "pushmw")
    serve(receiver()).request("POST", CALLBACK.lower(), PUSH)
    assert told(caplog) == []
