"""The load generator: wrk from PATH, or Debian's package unpacked without being installed."""

import json
import os
import random
import shutil
import signal
import subprocess
import sysconfig
import tempfile
import time
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

CONNECTIONS: Final = 32
# Seconds: the speed of a shared machine changes more slowly than this.
TURN: Final = 0.05
_PACKAGES: Final = ("wrk", "libluajit-5.1-2")
_SCRIPT: Final = """
wrk.method = "%(method)s"
wrk.body = %(body)s
wrk.headers["Content-Type"] = "application/json"
wrk.headers["User-Agent"] = "Jakarta Commons-HttpClient/3.1"
wrk.headers["Accept"] = "*/*"
function done(summary, latency)
  local failed = summary.errors
  io.write(string.format(
    '\\n{"requests": %%d, "microseconds": %%d, "p50": %%f, "p99": %%f, "failed": %%d}\\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    failed.connect + failed.read + failed.write + failed.status + failed.timeout))
end
"""


class MissingError(Exception):
    """There is no wrk, and none can be fetched."""


class BrokenError(Exception):
    """wrk did not say what its load came to."""


class Load(NamedTuple):
    """What a slice of load came to; latencies in microseconds."""

    requests: int
    microseconds: int
    p50: float
    p99: float
    failed: int


class Wrk:
    """A wrk that can be run, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environment = dict(os.environ)
        self._program = shutil.which("wrk") or self._fetched()

    def _fetched(self) -> str:
        where = self._folder / "debian"
        where.mkdir()
        try:
            for package in _PACKAGES:
                _quietly("apt-get", "download", package, folder=where)
            for archive in where.glob("*.deb"):
                _quietly("dpkg", "-x", str(archive), str(where), folder=where)
        except (OSError, subprocess.CalledProcessError) as error:
            raise MissingError(
                "wrk is not on PATH and cannot be fetched with apt-get; install it "
                "(apt install wrk, brew install wrk, or https://github.com/wg/wrk)"
            ) from error
        libraries = where / "usr" / "lib" / sysconfig.get_config_var("MULTIARCH")
        self._environment["LD_LIBRARY_PATH"] = str(libraries)
        return str(where / "usr" / "bin" / "wrk")

    def start(self, url: str, seconds: int, method: str, body: bytes) -> subprocess.Popen[str]:
        """Begin to load a server for some seconds; `result` reads what it came to."""
        script = self._folder / f"{method} {len(body)} {zlib.crc32(body)}.lua"
        if not script.exists():  # one that was started before may be about to read it
            # A body is ASCII, and Lua reads JSON's way of writing that as JSON does.
            text = json.dumps(body.decode()) if body else "nil"
            script.write_text(_SCRIPT % {"method": method, "body": text})
        return subprocess.Popen(
            [
                *(self._program, "--threads=1", f"--connections={CONNECTIONS}", "--latency"),
                *(f"--duration={seconds}s", f"--script={script}", url),
            ],
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


def result(process: subprocess.Popen[str]) -> Load:
    """Wait for the end of a load and read what it came to."""
    output, errors = process.communicate()
    try:
        return Load(**json.loads(output.splitlines()[-1]))
    except (ValueError, IndexError):
        raise BrokenError(f"{process.args}: {process.returncode}, {output}{errors}") from None


def take_turns(processes: Sequence[subprocess.Popen[str]]) -> None:
    """Let one of several loads run at a time, in shuffled order, until all are over."""
    for process in processes:
        process.send_signal(signal.SIGSTOP)
    while running := [process for process in processes if process.poll() is None]:
        random.shuffle(running)
        for process in running:
            process.send_signal(signal.SIGCONT)
            time.sleep(TURN)
            process.send_signal(signal.SIGSTOP)


def _quietly(*command: str, folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def temporary() -> tempfile.TemporaryDirectory[str]:
    # apt-get fetches as a user of its own, who has to get in.
    folder = tempfile.TemporaryDirectory()
    Path(folder.name).chmod(0o755)
    return folder
