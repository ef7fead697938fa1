"""Async handlers where a server has monkey-patched threads into greenlets."""

import json
import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).parent / "programs" / "gevent_pushes.py"


def test_async_handlers_run_concurrently_on_one_loop_that_no_greenlet_sees() -> None:
    """One after the other, or on a loop each, the six pushes of a round would wait for ever."""
    done = subprocess.run(
        [sys.executable, PROGRAM], capture_output=True, text=True, timeout=50, check=False
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["answers"] == [200] * 12
    assert told["loops"] == 1
    assert told["in a loop"] == 0
    assert told["free"] > 0
