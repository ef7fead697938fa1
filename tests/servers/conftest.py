"""Each server is started once, runs all the tests that need it, and is stopped."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from servers.process import Host, hosting
from servers.promises import Server
from servers.table import SERVERS

# What Python writes when something was left unfinished.
LEFTOVERS = ("never awaited", "never retrieved", "ResourceWarning")


@pytest.fixture(scope="session", params=SERVERS, ids=lambda server: server.name)
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Host]:
    server: Server = request.param
    with hosting(server, tmp_path_factory.mktemp(server.name)) as host:
        yield host
    assert not [words for words in LEFTOVERS if words in host.output()]


@pytest.fixture
def host(running: Host) -> Iterator[Host]:
    """Give the running server; after the test the worker is the same and nothing has escaped."""
    before = running.state()
    yield running
    assert running.state() == before


@pytest.fixture
def tag() -> str:
    """Give a header by which the requests of this test are known."""
    return f"X-Test: {uuid4().hex}"


@pytest.fixture
def hidden_tag() -> str:
    """Give the one of a request that must never be seen."""
    return f"X-Test: {uuid4().hex}"
