"""Async handlers where a server has monkey-patched threads into greenlets."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from needs import needed

PROGRAMS = Path(__file__).parent / "programs"


def told_on(name: str) -> dict[str, Any]:
    needed(name)
    done = subprocess.run(
        [sys.executable, PROGRAMS / f"{name}_pushes.py"],
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    # One after the other, or on a loop each, the six pushes of a round would wait for ever.
    assert told["answers"] == [200] * 12
    assert told["loops"] == 1
    return told


def test_on_gevent_async_handlers_run_concurrently_on_one_loop_that_no_greenlet_sees() -> None:
    """And waiting for them leaves the one native thread that the program has free."""
    told = told_on("gevent")
    assert told["in a loop"] == 0
    assert told["free"] > 0


def test_on_eventlet_async_handlers_run_concurrently_on_one_loop() -> None:
    told_on("eventlet")
