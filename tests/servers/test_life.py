"""Servers come and go as they do without a receiver."""

import signal
from dataclasses import replace
from pathlib import Path

import pytest

from pushmw.samples import sample
from servers.client import post
from servers.process import StartError, hosting
from servers.promises import Server
from servers.site import ASYNC_KINDS, SYNC_KINDS, probe
from servers.table import SERVERS

EVERY_SERVER = pytest.mark.parametrize("server", SERVERS, ids=lambda server: server.name)


def start(server: Server, folder: Path) -> None:
    with hosting(server, folder):
        pass


@EVERY_SERVER
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT], ids=lambda how: how.name)
def test_a_server_ends_by_itself_when_it_is_told_to(
    server: Server, how: signal.Signals, tag: str, tmp_path: Path
) -> None:
    with hosting(server, tmp_path) as host, host.connect() as kept_alive:
        # Handlers of both sorts, so that all the threads of pushmw have been started.
        for kind in (SYNC_KINDS[0], ASYNC_KINDS[0]):
            assert kept_alive.ask(post(sample(kind), tag)).body == b"ok"
        assert host.stop(how) in {0, -how}
        lifespan = [line for line in host.output().splitlines() if line.startswith("lifespan")]
    phases = ["lifespan startup", "lifespan shutdown"] if server.protocol == "asgi" else []
    assert lifespan == phases


@EVERY_SERVER
@pytest.mark.parametrize("kind", ["probeWaits", "probeWaitsAsync"], ids=["sync", "async"])
def test_a_handler_that_hangs_does_not_keep_a_server_from_ending(
    server: Server, kind: str, tag: str, tmp_path: Path
) -> None:
    with hosting(server, tmp_path, grace=1) as host, host.connect() as connection:
        connection.send(post(probe(kind), tag))
        host.wait_for(tag, lambda report: bool(report["events"]))
        assert host.stop() in {0, -signal.SIGTERM}
        assert connection.outcome() != 200


def test_a_server_that_is_not_installed_is_named_with_its_package(tmp_path: Path) -> None:
    server = Server("a server", "wsgi", {"no_such_module": "no-such-package"}, ())
    with pytest.raises(StartError, match=r"^a server needs .* pip install no-such-package$"):
        start(server, tmp_path)


def test_a_server_that_does_not_come_up_is_named_with_what_it_printed(tmp_path: Path) -> None:
    server = Server("a server", "wsgi", {}, ("no_such_module_at_all",))
    with pytest.raises(StartError, match=r"^a server does not .*\n.*no_such_module_at_all"):
        start(server, tmp_path)


@EVERY_SERVER
def test_what_is_listed_as_a_difference_is_one(server: Server) -> None:
    plain = replace(server, differences={})
    assert not [
        check for check in server.differences if server.expects(check) == plain.expects(check)
    ]
