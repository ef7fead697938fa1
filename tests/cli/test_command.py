"""The command as a whole: what it costs, what it needs, what it says of itself."""

import os
import subprocess
import sys
from importlib import import_module
from importlib.metadata import version
from typing import Any, NoReturn

import pytest

from commandline import Execute, Run
from pushmw import cli
from pushmw.cli.group import COMMANDS

LIBRARIES = ("rich", "httpx", "uvicorn")
LOADED = f"""
import sys
from pushmw.cli import main
try:
    main()
finally:
    print("loaded:", *(name for name in {LIBRARIES} if name in sys.modules), file=sys.stderr)
"""


def python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_help_lists_every_command(execute: Execute) -> None:
    done = execute("--help")
    assert (done.returncode, done.stderr) == (0, "")
    for name, summary in COMMANDS.items():
        assert f"  {name} " in done.stdout
        assert summary in done.stdout


def test_the_version_is_that_of_the_package(execute: Execute) -> None:
    done = execute("--version")
    assert (done.returncode, done.stdout) == (0, f"pushmw {version('pushmw')}\n")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_summary_of_a_command_is_how_its_own_help_begins(name: str, run: Run) -> None:
    help_text = import_module(f"pushmw.cli.{name}").command.help
    assert help_text.partition("\n")[0] == COMMANDS[name]
    assert COMMANDS[name] in run(name, "-h").stdout


def test_a_shell_can_complete_the_commands(execute: Execute) -> None:
    asked = {"_PUSHMW_COMPLETE": "bash_complete", "COMP_WORDS": "pushmw ", "COMP_CWORD": "1"}
    done = execute(env=os.environ | asked)
    assert [line.partition(",")[2] for line in done.stdout.splitlines()] == list(COMMANDS)


def test_an_unknown_command_is_a_usage_error(run: Run) -> None:
    result = run("simulte")
    assert result.exit_code == 2
    assert "No such command 'simulte'" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "libraries"),
    [
        pytest.param(["--help"], "", id="help"),
        pytest.param(["--version"], "", id="version"),
        pytest.param(["kinds"], "rich", id="kinds"),
        pytest.param(["send", "deviceAdded", "--to", "nowhere"], "rich httpx", id="send"),
    ],
)
def test_a_command_imports_only_what_it_needs(arguments: list[str], libraries: str) -> None:
    done = python(LOADED, *arguments)
    assert done.stderr.splitlines()[-1] == f"loaded: {libraries}".strip()


def test_importing_the_package_does_not_import_the_command_line() -> None:
    done = python(
        "import sys, pushmw; print([m for m in sys.modules if m.startswith('pushmw.cli')])"
    )
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("missing", "arguments"),
    [
        pytest.param("click", ["--help"], id="click"),
        pytest.param("rich", ["kinds"], id="rich"),
        pytest.param("httpx", ["send", "deviceAdded", "--to", "http://127.0.0.1/"], id="httpx"),
        pytest.param("uvicorn", ["demo"], id="uvicorn"),
    ],
)
def test_without_the_extra_one_line_says_how_to_install_it(
    missing: str, arguments: list[str]
) -> None:
    code = f"import sys; sys.modules[{missing!r}] = None; from pushmw.cli import main; main()"
    done = python(code, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "The command line needs more: pip install 'pushmw[cli]'\n"


def test_the_hint_is_given_in_this_process_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "pushmw.cli.group")
    monkeypatch.setitem(sys.modules, "click", None)
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("name", ["something_else", None], ids=["named", "nameless"])
def test_a_module_that_is_missing_for_another_reason_is_not_explained_away(
    name: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**options: Any) -> NoReturn:
        raise ModuleNotFoundError(name=name)

    monkeypatch.setattr("pushmw.cli.group.pushmw", fail)
    with pytest.raises(ModuleNotFoundError):
        cli.main()
