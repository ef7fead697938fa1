"""A server as a process of its own, and the site it hosts."""

import contextlib
import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from servers.client import PATIENCE, Answer, Connection, head
from servers.promises import Server

TESTS: Final = Path(__file__).parent.parent
STARTS_WITHIN: Final = 30.0
ENDS_WITHIN: Final = 10.0
# Longer than any test waits: by then a server that only now gives up has been found out.
NO_HURRY: Final = 60


class StartError(Exception):
    """A server is not there or does not come up."""


@dataclass(frozen=True)
class Host:
    """A running server with the site of `servers.site` behind it."""

    server: Server
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def connect(self) -> Connection:
        return Connection(self.port)

    def ask(self, *parts: bytes) -> Answer:
        """Send one request on a connection of its own."""
        with self.connect() as connection:
            return connection.ask(*parts)

    def state(self) -> dict[str, Any]:
        """Ask for what has to stay the same: the process, and that nothing escapes."""
        return self._told("/state")

    def report(self, tag: str) -> dict[str, Any]:
        """Ask what became of the requests with this ``X-Test`` header."""
        return self._told(f"/report/{tag.removeprefix('X-Test: ')}")

    def _told(self, path: str) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.ask(head("GET", path)).body)
        return told

    def wait_for(self, tag: str, done: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Ask again until the report is as it should be."""
        give_up = time.monotonic() + PATIENCE
        while not done(report := self.report(tag)):
            assert time.monotonic() < give_up, f"still {report}"
            time.sleep(0.01)
        return report

    def settled(self, tag: str) -> dict[str, Any]:
        """Give the report when no request with this tag is running any more."""
        return self.wait_for(tag, lambda report: len(report["begun"]) == len(report["ended"]))

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Ask the server to end, and give its exit status."""
        self.process.send_signal(how)
        return self.process.wait(ENDS_WITHIN)


@contextlib.contextmanager
def hosting(server: Server, folder: Path, grace: int = NO_HURRY) -> Iterator[Host]:
    """Run a server, and whatever happens leave none of its processes behind.

    Raises:
        StartError: it is not installed, or does not come up; the message says what it printed.
    """
    for module, package in server.packages.items():
        if importlib.util.find_spec(module) is None:
            raise StartError(f"{server.name} needs a package: pip install {package}")
    port = _free_port()
    log = folder / f"{server.name}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                *(word.format(port=port, grace=grace) for word in server.arguments),
            ],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": _python_path(), "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    host = Host(server, port, process, log)
    try:
        _wait_until_up(host)
        yield host
    finally:
        with contextlib.suppress(subprocess.TimeoutExpired):
            host.stop()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _python_path() -> str:
    """Let the server find the tests, and pushmw where this process found it."""
    inherited = os.environ.get("PYTHONPATH", "")
    paths = [str(Path(path).resolve()) for path in inherited.split(os.pathsep) if path]
    return os.pathsep.join([str(TESTS), *paths])


def _wait_until_up(host: Host) -> None:
    give_up = time.monotonic() + STARTS_WITHIN
    while True:
        with contextlib.suppress(OSError):
            host.state()
            return
        if host.process.poll() is not None or time.monotonic() > give_up:
            raise StartError(f"{host.server.name} does not come up; it printed:\n{host.output()}")
        time.sleep(0.05)
