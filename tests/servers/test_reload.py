"""Servers that hold on to their socket while the application is loaded anew lose no push."""

import signal
import time
from pathlib import Path

import pytest

from pushmw.samples import sample
from servers.client import PATIENCE, post
from servers.process import hosting
from servers.promises import Server
from servers.table import SERVERS

BODY = sample("deviceDeleted")
RELOADED = {
    *("granian-asgi", "granian-wsgi", "uwsgi"),
    *("gunicorn-asgi", "gunicorn-gthread", "gunicorn-sync"),
}
# Pushed on after the new process has answered, while the old one may still be ending.
AFTERWARDS = 0.5


@pytest.mark.parametrize(
    "server", [each for each in SERVERS if each.name in RELOADED], ids=lambda server: server.name
)
def test_no_push_is_lost_while_a_server_is_reloaded(
    server: Server, tag: str, tmp_path: Path
) -> None:
    pushed = 0
    with hosting(server, tmp_path) as host:
        old = host.state()["pid"]
        host.process.send_signal(signal.SIGHUP)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            assert host.ask(post(BODY, tag)).body == b"ok"
            pushed += 1
            if old and host.state()["pid"] != old:
                old, until = None, time.monotonic() + AFTERWARDS
        assert old is None
        assert len(host.report(tag)["events"]) == pushed
