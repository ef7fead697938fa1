"""Async handlers where a server has monkey-patched threads into greenlets."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from needs import needed

PROGRAMS = Path(__file__).parent / "programs"


def output_of(program: Path) -> Any:
    done = subprocess.run(
        [sys.executable, program], capture_output=True, text=True, timeout=50, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def told_on(name: str) -> dict[str, Any]:
    needed(name)
    told: dict[str, Any] = output_of(PROGRAMS / f"{name}_pushes.py")
    # One after the other, or on a loop each, the six pushes of a round would wait for ever.
    assert told["answers"] == [200] * 12
    assert told["loops"] == 1
    return told


def test_on_gevent_async_handlers_run_concurrently_on_one_loop_that_no_greenlet_sees() -> None:
    """And waiting for them leaves the one native thread that the program has free."""
    told = told_on("gevent")
    assert told["in a loop"] == 0
    assert told["free"] > 0


def test_on_gevent_a_handler_that_blocks_the_loop_is_named_with_its_line() -> None:
    needed("gevent")
    program = PROGRAMS / "gevent_blocked.py"
    line = program.read_text().splitlines().index("    sleep(3)") + 1
    (told,) = output_of(program)
    assert told == (
        "slow was not done 0.2 s after the push came in: the event loop of all async handlers is "
        f"blocked in blocking, {program}:{line}"
    )


def test_on_gevent_the_hub_goes_on_while_pushes_are_stored() -> None:
    needed("gevent")
    told = output_of(PROGRAMS / "gevent_accepting.py")
    assert told["answers"] == ["stored"] * 6
    assert told["late"] == [
        "it was not stored in time",
        "it was not stored in time, and may be yet",
    ]
    assert (told["stored"], told["early"]) == (8, True)
    assert told["ticks"] > 20  # of about a hundred


def test_on_eventlet_async_handlers_run_concurrently_on_one_loop() -> None:
    told_on("eventlet")
