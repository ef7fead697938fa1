"""The checkout's `.ci/run` must not be green because no Python was found."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

RUN = Path(__file__).parents[2] / ".ci" / "run"
BASH = shutil.which("bash")

pytestmark = pytest.mark.skipif(
    BASH is None or not RUN.exists(), reason="needs bash and the checkout"
)


def interpreter(path: Path, exit_code: int) -> None:
    """Put something in the place of an interpreter that answers every call with the exit code."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!{BASH}\nexit {exit_code}\n")
    path.chmod(0o755)


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """Make a machine that has bash, an empty home and nothing else."""
    assert BASH is not None
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "bash").symlink_to(BASH)
    (tmp_path / "home").mkdir()
    return tmp_path


def run(machine: Path) -> str:
    environ = {
        "PATH": str(machine / "bin"),
        "HOME": str(machine / "home"),
        "TMPDIR": str(machine / "home"),
    }
    before = sorted(os.walk(machine))
    done = subprocess.run(
        [str(RUN)], env=environ, capture_output=True, text=True, timeout=20, check=False
    )
    assert done.returncode == 1
    assert sorted(os.walk(machine)) == before, "something was installed"
    return done.stderr


def test_names_every_python_that_is_missing(machine: Path) -> None:
    assert run(machine).endswith("for Python 3.11 3.12 3.13\n")


def test_takes_versions_of_pyenv_and_names_the_rest(machine: Path) -> None:
    interpreter(machine / "home/.pyenv/versions/3.12.1/bin/python3.12", 0)
    interpreter(machine / "bin/python3.13", 0)
    assert run(machine).endswith("for Python 3.11\n")


def test_takes_no_shim_for_an_interpreter(machine: Path) -> None:
    """A shim of pyenv exists for versions that are not switched on, and fails with 127."""
    interpreter(machine / "bin/python3.11", 0)
    interpreter(machine / "bin/python3.12", 127)
    interpreter(machine / "bin/python3.13", 0)
    assert run(machine).endswith("for Python 3.12\n")
