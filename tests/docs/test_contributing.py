"""What CONTRIBUTING.md names is there, and what is there is named."""

import re
from configparser import ConfigParser
from typing import Final

import pytest

from manual import README, ROOT

TEXT: Final = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
ROWS: Final = re.findall(r"^\| `([^`]+)` \| .* \| (.*) \|$", TEXT, re.MULTILINE)


def sections() -> list[str]:
    parser = ConfigParser(interpolation=None)
    parser.read(ROOT / "tox.ini")
    return parser.sections()


def test_it_is_short() -> None:
    assert len(TEXT.splitlines()) <= 100


def test_every_room_of_the_library_is_in_its_table() -> None:
    folders = {f"{path.parent.name}/" for path in ROOT.glob("pushmw/*/__init__.py")}
    modules = {path.name for path in ROOT.glob("pushmw/*.py")}
    rooms = [room for room, _ in ROWS]
    assert sorted(rooms) == sorted(folders | modules - {"__init__.py"})


@pytest.mark.parametrize(("room", "cell"), ROWS)
def test_the_tests_of_every_room_are_where_it_says(room: str, cell: str) -> None:
    folder = ""
    for pattern in re.findall(r"`([^`]+)`", cell):
        inside = pattern if "/" in pattern else f"{folder}/{pattern}"
        assert list(ROOT.glob(inside)), inside
        folder = inside.rpartition("/")[0]


def test_every_file_it_names_is_there() -> None:
    named = re.findall(r"`((?:tests|docs|tools|\.ci)/[\w./]+)`", TEXT)
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_env_it_runs_is_there() -> None:
    run = {name for name in re.findall(r"tox run -e ([\w-]+)", TEXT) if not name.startswith("py")}
    assert "quick" in run
    assert {f"testenv:{name}" for name in run} <= set(sections())


def test_the_whole_suite_runs_as_the_readme_says() -> None:
    assert ".venv/bin/tox run-parallel -p 3\n" in TEXT
    assert "](CONTRIBUTING.md)" in README.read_text(encoding="utf-8")
