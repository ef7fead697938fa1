"""The commands of the manual as real processes; only the ports are others than written."""

import os
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

TIMEOUT = 30
# The module of each program, so that none has to be on PATH, and how a server is told to find a
# free port.
SERVERS = {
    "flask": ("-m", "flask"),
    "uvicorn": ("-m", "uvicorn"),
    "waitress-serve": ("-m", "waitress"),
}
TOOLS = {
    "pushmw": ("-m", "pushmw"),
    "pytest": ("-m", "pytest", "-q"),
    "python": (),
}
_LISTEN = re.compile(r"127\.0\.0\.1:[0-9]+")
_URL = re.compile(r"http://(?:127\.0\.0\.1|localhost):[0-9]+")


def program(line: str) -> str:
    """Tell which program a command line calls."""
    return Path(shlex.split(line)[0]).name


def environment() -> dict[str, str]:
    """Give the environment of processes that run in other folders than this one."""
    found = os.environ | {"PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
    if path := found.get("PYTHONPATH"):
        found["PYTHONPATH"] = os.pathsep.join(map(os.path.abspath, path.split(os.pathsep)))
    return found


def at(address: str, line: str) -> str:
    """Put an address in place of the one written."""
    return _URL.sub(address, line)


class Server:
    """A running server.

    Attributes:
        address: where it listens.
    """

    address: str

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._lines: list[str] = []
        self._ended = False
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    @property
    def output(self) -> str:
        """What it has printed so far."""
        return "".join(self._lines)

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._changed:
                self._lines.append(line)
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def wait_for(self, found: Callable[[str], bool]) -> None:
        """Wait until what it has printed is as it should be."""
        with self._changed:
            self._changed.wait_for(lambda: found(self.output) or self._ended, TIMEOUT)
            assert found(self.output), self.output

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(TIMEOUT)
        self._reader.join()
        assert self._process.stdout is not None
        self._process.stdout.close()


@contextmanager
def serve(line: str, folder: Path) -> Iterator[Server]:
    """Run a server command on a free port."""
    name, *arguments = shlex.split(_LISTEN.sub("127.0.0.1:0", line))
    if not _LISTEN.search(line):
        arguments.append("--port=0")
    process = subprocess.Popen(
        [sys.executable, *SERVERS[name], *arguments],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    server = Server(process)
    try:
        server.wait_for(lambda output: _URL.search(output) is not None)
        found = _URL.search(server.output)
        assert found is not None
        server.address = found[0]
        yield server
    finally:
        server.stop()


def run(line: str, folder: Path, address: str = "") -> str:
    """Run a command to its end, at that address instead of the one written; give its output."""
    name, *arguments = shlex.split(at(address, line))
    done = subprocess.run(
        [sys.executable, *TOOLS[Path(name).name], *arguments],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=TIMEOUT,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout
