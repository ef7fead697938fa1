"""A server as a process of its own, and the site it hosts."""

import contextlib
import importlib.util
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from needs import MissingError, MissingToolError
from servers import nginx
from servers.client import PATIENCE, Answer, Connection, head
from servers.notes import Report, open_gate, prepare, read
from servers.promises import Server

LOG: Final = "server.log"
SOCKET: Final = "server.sock"  # in the server's folder, for the length of its path is limited
TESTS: Final = Path(__file__).parent.parent
STARTS_WITHIN: Final = 30.0
ENDS_WITHIN: Final = 10.0
# Longer than any test waits: by then a server that only now gives up has been found out.
NO_HURRY: Final = 60


class StartError(Exception):
    """A server does not come up."""


@dataclass(frozen=True)
class Host:
    """A running server with the site of `servers.site` behind it.

    Attributes:
        port: where it is reached; where its proxy is reached if it has one.
        processes: its own and that of its proxy.
        prefix: where its site begins.
    """

    server: Server
    port: int
    processes: tuple[subprocess.Popen[bytes], ...]
    folder: Path
    prefix: str = ""

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The server itself, if there is a proxy in front."""
        return self.processes[0]

    def connect(self) -> Connection:
        return Connection(self.port)

    def ask(self, *parts: bytes) -> Answer:
        """Send one request on a connection of its own."""
        with self.connect() as connection:
            return connection.ask(*parts)

    def state(self) -> dict[str, Any]:
        """Ask for what has to stay the same: the process, and that nothing escapes."""
        state: dict[str, Any] = json.loads(self.ask(head("GET", f"{self.prefix}/state")).body)
        return state

    def report(self, tag: str) -> Report:
        """Tell what became of the requests with this ``X-Test`` header so far."""
        return read(self.folder, tag.removeprefix("X-Test: "))

    def wait_for(self, tag: str, done: Callable[[Report], bool]) -> Report:
        """Look again until the report is as it should be."""
        give_up = time.monotonic() + PATIENCE
        while not done(report := self.report(tag)):
            assert time.monotonic() < give_up, f"still {report}"
            time.sleep(0.01)
        return report

    def settled(self, tag: str) -> Report:
        """Give the report when the server has gone on to something else and nothing is running."""
        assert self.ask(head("GET", "/hello")).body == b"hello"
        return self.wait_for(tag, lambda report: len(report["begun"]) == len(report["ended"]))

    def open_gate(self, tag: str) -> None:
        """Let the handlers that wait go on."""
        open_gate(self.folder, tag.removeprefix("X-Test: "))

    def output(self) -> str:
        return (self.folder / LOG).read_text(errors="replace")

    def outlasts(self, seconds: float) -> bool:
        """Tell whether the server still runs after that time."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return True
        return False

    def left_behind(self) -> bool:
        """Tell whether some process that the server has started goes on without it."""
        give_up = time.monotonic() + ENDS_WITHIN
        while time.monotonic() < give_up:
            try:
                os.killpg(self.process.pid, 0)
            except ProcessLookupError:
                return False
            time.sleep(0.05)
        return True


@contextlib.contextmanager
def hosting(
    server: Server, folder: Path, *, grace: int = NO_HURRY, prefix: str = ""
) -> Iterator[Host]:
    """Run a server, and whatever happens leave none of its processes behind.

    Raises:
        MissingError: it is not installed.
        StartError: it does not come up; the message says what it printed.
    """
    _check_installed(server)
    prepare(folder)
    port = _free_port()
    commands = [_command(server, {"port": port, "socket": SOCKET, "grace": grace})]
    if server.proxy is not None:
        commands.append(nginx.command(server.proxy, folder, port, SOCKET))
    with contextlib.ExitStack() as stack:
        processes = [stack.enter_context(_running(command, folder)) for command in commands]
        host = Host(server, port, tuple(processes), folder, prefix)
        _wait_until_up(host)
        yield host


@contextlib.contextmanager
def _running(command: list[str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / LOG).open("ab") as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=os.environ | {"PYTHONPATH": _python_path(), "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(ENDS_WITHIN)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _check_installed(server: Server) -> None:
    for name, package in server.packages.items():
        if importlib.util.find_spec(name) is None and not _program(name).exists():
            raise MissingError(f"{server.name} needs a package: pip install {package}")
    if server.proxy is not None and nginx.program() is None:
        raise MissingToolError(f"{server.name} needs nginx: {nginx.HOW_TO_GET}")


def _program(name: str) -> Path:
    return Path(sys.executable).with_name(name)


def _command(server: Server, values: dict[str, object]) -> list[str]:
    name, *arguments = server.command
    is_program = importlib.util.find_spec(name) is None and _program(name).exists()
    start = [str(_program(name))] if is_program else [sys.executable, "-m", name]
    if name == "uwsgi":  # a wheel's starts Python anew at a reload, and would take another one
        arguments.append(f"--binary-path={sys.executable}")
    return [*start, *(word.format(**values) for word in arguments)]


def _free_port() -> int:
    """Find a port of those that no client gets while the server is starting."""
    while True:
        port = random.randrange(10_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def _python_path() -> str:
    """Let the server find the tests, and pushmw where this process found it."""
    inherited = os.environ.get("PYTHONPATH", "")
    paths = [str(Path(path).resolve()) for path in inherited.split(os.pathsep) if path]
    return os.pathsep.join([str(TESTS), *paths])


def _wait_until_up(host: Host) -> None:
    give_up = time.monotonic() + STARTS_WITHIN
    while True:
        # A proxy answers before its server does, but not in JSON.
        with contextlib.suppress(OSError, ValueError):
            worker = host.state().get("pid")
            # Not a server of somebody else, who got the port first.
            if worker is None or os.getpgid(worker) == host.process.pid:
                return
        if any(each.poll() is not None for each in host.processes) or time.monotonic() > give_up:
            raise StartError(f"{host.server.name} does not come up; it printed:\n{host.output()}")
        time.sleep(0.05)
