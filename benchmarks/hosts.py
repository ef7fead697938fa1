"""Real servers as processes, each kept to one core, and the processor time they use."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

_STARTS_WITHIN: Final = 30.0
# Clock ids of other processes, see clock_getcpuclockid(3): all bits of the id but the last three
# are the inverted process id, 2 asks for time on a processor.
_ON_PROCESSOR: Final = 2


class Server(NamedTuple):
    """A server as its manual starts it, with one worker and without an access log."""

    name: str
    protocol: str
    command: tuple[str, ...]


SERVERS: Final = (
    Server(
        "uvicorn",
        "asgi",
        (
            *("uvicorn", "benchmarks.served:app", "--port={port}", "--http=httptools"),
            *("--loop=uvloop", "--lifespan=off", "--no-access-log", "--log-level=warning"),
        ),
    ),
    Server(
        "granian",
        "asgi",
        (
            *("granian", "benchmarks.served:app", "--port={port}", "--interface=asginl"),
            *("--loop=uvloop", "--workers=1", "--no-ws", "--log-level=warning"),
        ),
    ),
    Server(
        "gunicorn gthread",
        "wsgi",
        (
            *("gunicorn", "benchmarks.served:app", "--bind=127.0.0.1:{port}"),
            *("--worker-class=gthread", "--workers=1", "--threads=32", "--keep-alive=75"),
            *("--log-level=warning", "--no-control-socket"),
        ),
    ),
    Server(
        "waitress",
        "wsgi",
        ("waitress", "--listen=127.0.0.1:{port}", "--threads=8", "benchmarks.served:app"),
    ),
)


class StartError(Exception):
    """A server does not come up."""


class Host(NamedTuple):
    """A running server."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def wait(self) -> None:
        """Wait until it takes connections."""
        end = time.monotonic() + _STARTS_WITHIN
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                if self.process.poll() is not None or time.monotonic() > end:
                    said = self.log.read_text(errors="replace")[-2000:]
                    raise StartError(f"{self.process.args}: {said}") from None
                time.sleep(0.05)
            else:
                return

    def processor_time(self) -> float:
        """Tell the seconds that the processes of the server have been on a processor."""
        return sum(
            time.clock_gettime(~pid << 3 | _ON_PROCESSOR) for pid in _family(self.process.pid)
        )

    def ask(self, method: str, path: str, body: bytes) -> int:
        """Send one request and tell the status."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        with contextlib.closing(connection):
            headers = {"Content-Type": "application/json"} if body else {}
            connection.request(method, path, body or None, headers)
            return connection.getresponse().status


@contextlib.contextmanager
def hosting(server: Server, app: str, folder: Path, core: int) -> Iterator[Host]:
    """Start a server with an application of `benchmarks.applications` on one core."""
    port = _free_port()
    command = [part.format(port=port) for part in server.command]
    log = folder / f"{server.name} {port}.log"
    root = str(Path(__file__).parent.parent)
    environment = os.environ | {
        "BENCHMARKS_APP": f"{server.protocol} {app}",
        "PYTHONPATH": os.pathsep.join([root, os.environ.get("PYTHONPATH", "")]),
    }
    with log.open("wb") as output, pinned(core):
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Host(port, process, log)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            for pid in _family(process.pid):
                os.kill(pid, signal.SIGKILL)
            process.wait()


@contextlib.contextmanager
def pinned(core: int) -> Iterator[None]:
    """Keep what is started in here to one core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def cores() -> tuple[int, int]:
    """Choose a core for the server and one for the load; the same one if there is no other."""
    available = sorted(os.sched_getaffinity(0))
    return available[-1], available[0]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _family(pid: int) -> list[int]:
    """List a process and what it has started."""
    family = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            family += _family(int(child))
    return family
