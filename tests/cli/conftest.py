"""The command, in this process and as a process of its own, and an application to push at.

What that needs is imported inside of the fixtures: without it the tests are skipped, while a
``conftest.py`` that cannot be imported ends the run.
"""

import subprocess
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from click.testing import Result

    from commandline import Application, Execute, Run, Terminal


@pytest.fixture(scope="session")
def served() -> "Iterator[Application]":
    from commandline import Application
    from pushmw.cli.serving import serve

    made = Application()
    with serve(made.wrapped()) as address:
        made.address = address
        yield made


@pytest.fixture
def application(served: "Application") -> "Application":
    """Give a wrapped application on a real server, to which nothing came yet."""
    served.deliveries.clear()
    served.pages.clear()
    return served


@pytest.fixture
def terminal() -> "Terminal":
    from commandline import Terminal

    return Terminal()


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name in ("FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    # In dev mode asyncio says on stderr what it finds slow.
    monkeypatch.delenv("PYTHONDEVMODE", raising=False)


@pytest.fixture
def run() -> "Run":
    """Run the command in this process."""
    from click.testing import CliRunner

    from pushmw.cli.group import pushmw

    def invoke(*arguments: str) -> "Result":
        return CliRunner().invoke(pushmw, arguments, prog_name="pushmw")

    return invoke


@pytest.fixture
def execute() -> "Execute":
    """Run the command as a process of its own."""

    def process(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-P", "-W", "error", "-m", "pushmw", *arguments]
        captured: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.run(command, text=True, check=False, **(captured | options))

    return process
