"""What happened on the server's side, in files of the folder that the server runs in.

A server that is busy with one request cannot be asked about it over HTTP, and one of several
processes knows nothing of the others.
"""

import json
import os
from pathlib import Path
from typing import Any, Final

REPORTS: Final = "reports"
GATES: Final = "gates"


# What became of the requests with one ``X-Test``: the methods of those that have begun, the server
# having handed them over, and of those that have ended; and the events that handlers got.
Report = dict[str, list[Any]]


def prepare(folder: Path) -> None:
    """Make room for notes."""
    for name in (REPORTS, GATES):
        (folder / name).mkdir()


def note(test: str | None, what: str, value: object) -> None:
    """Write down one thing, in one call: many threads and processes may write at once."""
    if test is None:
        return
    line = json.dumps([what, value]).encode() + b"\n"
    file = os.open(Path(REPORTS, test), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(file, line)
    finally:
        os.close(file)


def read(folder: Path, test: str) -> Report:
    """Give what was written down so far."""
    report: Report = {"begun": [], "ended": [], "events": []}
    path = folder / REPORTS / test
    text = path.read_text() if path.exists() else ""
    # A line without an end is still being written.
    for line in text.splitlines(keepends=True):
        if line.endswith("\n"):
            what, value = json.loads(line)
            report[what].append(value)
    return report


def open_gate(folder: Path, test: str) -> None:
    """Let the handlers of this test go on."""
    (folder / GATES / test).touch()


def is_open(test: str) -> bool:
    """Tell a handler whether it may go on."""
    return Path(GATES, test).exists()
