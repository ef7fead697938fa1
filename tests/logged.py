"""What the log holds, and a clock for what it is told once in a while."""

import logging
import re

import pytest

_PUSH = re.compile(r" \(push \S+ of kind .*\)$")


def failures(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Give the lines about failures, without the push that each of them names at its end."""
    errors = [r for r in caplog.records if (r.name, r.levelno) == ("pushmw", logging.ERROR)]
    return [_PUSH.sub("", record.getMessage()) for record in errors]


class Clock:
    """A clock that stands still."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now
