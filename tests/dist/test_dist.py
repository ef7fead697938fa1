"""The wheel and the sdist as an index would have them: checked, installed and tried.

The env `dist` builds them and runs this.
"""

import os
import subprocess
import sys
import tarfile
import zipfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest

import manual
from needs import MissingError

if "PUSHMW_DIST" not in os.environ:
    raise MissingError("needs the wheel and the sdist: tox run -e dist")

DIST = Path(os.environ["PUSHMW_DIST"])
(WHEEL,), (SDIST,) = DIST.glob("*.whl"), DIST.glob("*.tar.gz")
EITHER = pytest.mark.parametrize("file", [WHEEL, SDIST], ids=["wheel", "sdist"])


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(
        [*map(str, command)], cwd=cwd, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def metadata() -> Message:
    with zipfile.ZipFile(WHEEL) as wheel:
        (name,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
        return message_from_bytes(wheel.read(name))


def test_an_index_would_take_them(tmp_path: Path) -> None:
    command = (sys.executable, "-m", "twine", "check", "--strict", WHEEL, SDIST)
    assert run(*command, cwd=tmp_path).count("PASSED") == 2


def test_an_index_shows_what_it_is_and_no_link_that_leads_nowhere() -> None:
    shown = metadata()
    description = str(shown.get_payload())
    assert description.startswith("# pushmw\n")
    assert "## Use" in description
    assert "](" not in description.replace("](http", "")
    assert (shown["License-Expression"], shown["Requires-Python"]) == ("MIT", ">=3.11")
    assert {"Typing :: Typed", "Framework :: Django"} <= set(shown.get_all("Classifier", []))
    assert "iotda" in shown["Keywords"]


def test_the_wheel_holds_the_package_and_nothing_else() -> None:
    with zipfile.ZipFile(WHEEL) as wheel:
        names = wheel.namelist()
    assert "pushmw/py.typed" in names
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"pushmw"}


def test_the_sdist_holds_what_its_tests_need() -> None:
    with tarfile.open(SDIST) as sdist:
        held = {name.partition("/")[2] for name in sdist.getnames()}
    there = {
        str(path.relative_to(manual.ROOT).as_posix())
        for folder in ("pushmw", "tests", "typing_tests", "docs", "examples", "benchmarks", "tools")
        for path in (manual.ROOT / folder).rglob("*.*")
        if path.is_file() and path.suffix in {".py", ".md", ".json", ".css", ".svg"}
    }
    assert {name for name in there if not name.startswith("docs/_build/")} <= held


@pytest.mark.timeout(300)
@EITHER
def test_it_is_installed_and_tried(file: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "venv", tmp_path / "venv", cwd=tmp_path)
    bin_ = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin")
    run(bin_ / "python", "-m", "pip", "install", f"{file}[cli]", cwd=tmp_path)
    run(bin_ / "python", "-m", "pip", "check", cwd=tmp_path)
    assert run(bin_ / "pushmw", "--version", cwd=tmp_path) == f"pushmw {metadata()['Version']}\n"
    demo = run(bin_ / "python", "-W", "error", "-m", "pushmw", "demo", cwd=tmp_path)
    assert demo.splitlines()[-1] == "34 of 34 kinds arrived"
