"""Servers come and go as they do without a receiver."""

import signal
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from needs import MissingError
from pushmw.samples import sample
from servers.client import A_WHILE, head, post
from servers.process import ENDS_WITHIN, StartError, hosting
from servers.promises import GOES_ON, NOTHING, ONE, WAITS, Check, Server
from servers.site import ASYNC_KINDS, LIFESPAN, SYNC_KINDS, probe
from servers.table import SERVERS

HURRY = 1  # second
EVERY_SERVER = pytest.mark.parametrize("server", SERVERS, ids=lambda server: server.name)


def start(server: Server, folder: Path) -> None:
    with hosting(server, folder):
        pass


@EVERY_SERVER
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT], ids=lambda how: how.name)
def test_a_server_ends_by_itself_when_it_is_told_to(
    server: Server, how: signal.Signals, tag: str, tmp_path: Path
) -> None:
    with hosting(server, tmp_path) as host, ExitStack() as stack:
        # Handlers of both sorts, so that all the threads of pushmw have been started.
        for kind in (SYNC_KINDS[0], ASYNC_KINDS[0]):
            assert host.ask(post(sample(kind), tag)).body == b"ok"
        if server.expects(Check.KEEP_ALIVE) == GOES_ON:
            idle = stack.enter_context(host.connect())
            assert idle.ask(head("GET", "/hello")).body == b"hello"
        if how is signal.SIGINT:
            # gunicorn's gthread shuts its pool down in the signal handler: one that comes while
            # the main thread starts a thread of the pool waits for ever for the lock it holds.
            assert host.outlasts(A_WHILE)
        host.process.send_signal(how)
        if how is signal.SIGTERM and server.expects(Check.IDLE_CONNECTION) == WAITS:
            assert host.outlasts(A_WHILE)
            stack.close()
        assert host.process.wait(ENDS_WITHIN) in {0, -how}
        assert not host.left_behind()
        told = host.report(LIFESPAN)["events"]
    check = Check.LIFESPAN if how is signal.SIGTERM else Check.LIFESPAN_SIGINT
    assert (", ".join(told) or NOTHING) == server.expects(check), host.output()


@EVERY_SERVER
def test_handlers_that_hang_do_not_keep_a_server_from_ending(
    server: Server, tag: str, tmp_path: Path
) -> None:
    with hosting(server, tmp_path, grace=HURRY) as host, ExitStack() as stack:
        connections = [stack.enter_context(host.connect()) for _ in range(2)]
        for connection, kind in zip(connections, ("probeWaits", "probeWaitsAsync"), strict=True):
            connection.send(post(probe(kind), tag))
        at_once = server.expects(Check.AT_THE_SAME_TIME)
        host.wait_for(tag, lambda report: len(report["events"]) == (1 if at_once == ONE else 2))
        host.process.send_signal(signal.SIGTERM)
        if server.expects(Check.HANGING_HANDLER) == WAITS:
            assert host.outlasts(HURRY + A_WHILE)
            host.process.kill()
        else:
            host.process.wait(ENDS_WITHIN)
            assert [connection.outcome() for connection in connections] != [200, 200]


def test_a_server_that_is_not_installed_is_named_with_its_package(tmp_path: Path) -> None:
    server = Server("a server", "wsgi", {"no_such_module": "no-such-package"}, ())
    with pytest.raises(MissingError, match=r"^a server needs .* pip install no-such-package$"):
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
