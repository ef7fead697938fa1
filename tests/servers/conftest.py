"""Each server is started once, runs all the tests that need it, and is stopped."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from servers.mounts import MOUNTS
from servers.process import Host, hosting
from servers.promises import Server
from servers.table import SERVERS

# What Python writes when something was left unfinished.
LEFTOVERS = ("never awaited", "never retrieved", "ResourceWarning: unclosed")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give the tests of one server to one process, where tests are spread over processes."""
    from xdist.scheduler import LoadScopeScheduling

    scheduler = LoadScopeScheduling(config, log)
    scheduler._split_scope = tested_with
    return scheduler


def tested_with(nodeid: str) -> str:
    """Find the server that a test shares with others; a test that starts its own stands alone."""
    parameters = nodeid.partition("[")[2]
    names = [each.name for each in (*SERVERS, *MOUNTS) if parameters.startswith(each.name)]
    return max(names, key=len, default=nodeid)


@pytest.fixture(scope="session", params=SERVERS, ids=lambda server: server.name)
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Host]:
    server: Server = request.param
    with hosting(server, tmp_path_factory.mktemp(server.name)) as host:
        yield host
    assert not [line for line in host.output().splitlines() if is_leftover(line, host)]


def is_leftover(line: str, host: Host) -> bool:
    """Tell whether a line warns of something; that a server leaves its own socket is its affair."""
    is_listener = line.endswith(f"laddr=('127.0.0.1', {host.port})>")
    return any(words in line for words in LEFTOVERS) and not is_listener


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
