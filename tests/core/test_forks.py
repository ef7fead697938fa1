"""A child of a fork finds no lock of ours held by a thread that it has not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAMS = Path(__file__).parents[1] / "programs"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_child_pushes_though_threads_of_its_parent_hold_every_lock() -> None:
    program = [sys.executable, "-P", str(PROGRAMS / "forking_locked.py")]
    done = subprocess.run(program, capture_output=True, text=True, timeout=40, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "[200, 403, 200]\n", "")
