"""The README stays short, and what others rely on in it stays where it is."""

import re
import subprocess
from typing import Final

from manual import README, ROOT

TWO_SCREENS: Final = 110
TEST_LINE: Final = (
    "python3 -m venv .venv && .venv/bin/pip install tox-uv && .venv/bin/tox run-parallel -p 3"
)


def section(title: str) -> str:
    text = README.read_text(encoding="utf-8")
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def code(title: str) -> list[str]:
    """Give the lines of code of a section."""
    blocks: list[str] = re.findall(r"^```sh\n(.*?)^```$", section(title), re.MULTILINE | re.DOTALL)
    assert len(blocks) == 1
    return blocks[0].splitlines()


def test_it_is_under_two_screens() -> None:
    assert len(README.read_text(encoding="utf-8").splitlines()) <= TWO_SCREENS


def test_one_command_runs_it() -> None:
    (line,) = code("Run")
    assert line.endswith("pushmw demo")


def test_one_command_tests_it_and_needs_nothing_but_python() -> None:
    assert code("Test") == [TEST_LINE]
    assert "left out and named at the end" in " ".join(section("Test").split())
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "apt-get" not in script


def test_ci_runs_the_line_of_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    command = re.search(r"^line=\$\((sed .* README\.md)\)$", script, re.MULTILINE)
    assert command is not None
    done = subprocess.run(
        command[1], shell=True, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{TEST_LINE}\n"


def test_every_link_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)]+)\)", README.read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
