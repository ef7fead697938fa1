"""What type checkers say of a mistyped kind: a line, not all that could have been written.

The env `types` runs this, which has the checkers.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from needs import needed

PROGRAM = """\
from pushmw import DeviceAdded, Receiver, on

push = Receiver()


@push.on("fwUpgradeStateChangeNotiffy")
def decorated(event: DeviceAdded) -> None: ...


@on("deviceAdded", "deviceDeletd", name="both")
def ready_made(event: DeviceAdded) -> None: ...


def any_text(kind: str) -> None:
    push.on(kind)(decorated)
"""
LINES = (6, 10, 15)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    return path


def answer(program: Path, *checker: str) -> str:
    """Let a checker look at the program, in a folder without settings."""
    needed(checker[0])
    command = [sys.executable, "-m", *checker, program.name]
    done = subprocess.run(
        command, cwd=program.parent, capture_output=True, text=True, timeout=250, check=False
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout


@pytest.mark.timeout(300)
def test_mypy_says_so_in_one_line(program: Path) -> None:
    *found, _total = answer(program, "mypy", "--strict").splitlines()
    said = 'error: "NoBuiltInKindIsCalledSo" not callable  [operator]'
    assert found == [f"{program.name}:{line}: {said}" for line in LINES]


@pytest.mark.timeout(300)
def test_pyright_says_so_in_two_lines(program: Path) -> None:
    checker = ("pyright", "--outputjson", "--pythonpath", sys.executable)
    found = json.loads(answer(program, *checker))["generalDiagnostics"]
    said = 'Object of type "NoBuiltInKindIsCalledSo" is not callable'
    messages = [each["message"].splitlines() for each in found]
    assert [(lines[0], len(lines)) for lines in messages] == [(said, 2)] * len(LINES)
    assert [each["range"]["start"]["line"] + 1 for each in found] == list(LINES)
