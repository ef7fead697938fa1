"""What holds in every test of the suite."""

import logging
from collections.abc import Iterator

import pytest

from pushes import SECRET


@pytest.fixture(autouse=True)
def _no_payload_in_the_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever a test sends: what it marks as secret is in no record of any logger."""
    caplog.set_level(logging.DEBUG, "pushmw")
    yield
    formatter = logging.Formatter()
    for record in caplog.get_records("call"):
        assert SECRET not in formatter.format(record)
        assert SECRET not in repr(vars(record))
