"""Who is at the other end of a unix socket has no address, and every server says so in its way."""

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from needs import needed
from pushmw.samples import sample
from servers.process import ENDS_WITHIN, STARTS_WITHIN, _python_path
from wire import head


class Server(NamedTuple):
    """A server that listens on a unix socket.

    Attributes:
        command: what follows ``python -m``.
        proxied: what a push is answered whose proxy names an allowed address.
    """

    command: str
    proxied: int = 200


SERVERS = {
    "uvicorn": Server("uvicorn servers.unix_site:asgi --uds={path} --lifespan=off"),
    "granian-asgi": Server("granian --uds={path} --interface=asgi servers.unix_site:asgi"),
    "granian-wsgi": Server("granian --uds={path} --interface=wsgi servers.unix_site:wsgi"),
    "gunicorn": Server("gunicorn servers.unix_site:wsgi --bind=unix:{path} --no-control-socket"),
    # It takes away headers of proxies that it has not been told to trust.
    "waitress": Server("waitress --unix-socket={path} servers.unix_site:wsgi", 403),
    "werkzeug": Server("servers.unix_site {path}"),
}


class Listening(NamedTuple):
    """A running server and the socket it listens on."""

    server: Server
    path: Path

    def status(self, target: str, **headers: str) -> int:
        """Push, and give the status of the answer."""
        body = sample("deviceDeleted")
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(STARTS_WITHIN)
            connection.connect(str(self.path))
            # At once: who is refused may see the connection close before the body is sent.
            request = head("POST", target, {"content-length": f"{len(body)}", **headers})
            connection.sendall(request + body)
            response = http.client.HTTPResponse(connection)
            with contextlib.closing(response):
                response.begin()
                return response.status


@pytest.fixture(scope="module", params=SERVERS)
def listening(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Listening]:
    path = tmp_path_factory.mktemp("unix") / "s"
    found = Listening(SERVERS[request.param], path)
    needed(found.server.command.split()[0])
    output = path.with_name("log")
    with output.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *found.server.command.format(path=path).split()],
            env=os.environ | {"PYTHONPATH": _python_path()},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        give_up = time.monotonic() + STARTS_WITHIN
        while not answers(found):
            assert process.poll() is None, output.read_text()
            assert time.monotonic() < give_up, output.read_text()
            time.sleep(0.05)
        yield found
    finally:
        process.terminate()
        process.wait(ENDS_WITHIN)


def answers(listening: Listening) -> bool:
    with contextlib.suppress(OSError):
        return listening.status("/") == 404
    return False


def test_a_peer_without_an_address_is_let_in_where_that_is_allowed(listening: Listening) -> None:
    assert listening.status("/unix") == 200


def test_a_peer_without_an_address_is_in_no_network(listening: Listening) -> None:
    assert listening.status("/addresses") == 403


def test_what_a_proxy_says_at_a_unix_socket_counts_where_that_is_asked_for(
    listening: Listening,
) -> None:
    forwarded = {"X-Forwarded-For": "192.0.2.7"}
    assert listening.status("/proxied", **forwarded) == listening.server.proxied
    assert listening.status("/proxied") == 403
