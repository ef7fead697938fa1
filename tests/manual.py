"""The pages of the manual: their snippets that are files, and their commands with their output."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").rglob("*.md"))]
# A snippet that begins with the name of a file is that file.
FILE = re.compile(r"# ((?:\w+/)*\w+\.py)\n")

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Command(NamedTuple):
    """A command line of a page and what it is said to print; nothing if nothing is said."""

    line: str
    output: str = ""


def _blocks(page: Path) -> list[tuple[str, str]]:
    return _BLOCK.findall(page.read_text(encoding="utf-8"))


def blocks(page: Path, language: str) -> list[str]:
    """Give the code blocks in a language, in order."""
    return [text for found, text in _blocks(page) if found == language]


def files(page: Path) -> dict[str, list[str]]:
    """Give the snippets that are files, by name; a page may show several states of one."""
    found: dict[str, list[str]] = {}
    for text in blocks(page, "python"):
        if named := FILE.match(text):
            found.setdefault(named[1], []).append(text)
    return found


def commands(page: Path) -> Iterator[Command]:
    """Give the commands: lines of `sh` blocks, and in `console` blocks what follows a $."""
    for language, text in _blocks(page):
        if language == "sh":
            for line in text.splitlines():
                yield from map(Command, line.split(" && "))
        elif language == "console":
            for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
                line, _, output = part.partition("\n")
                yield Command(line, output.strip())


def write(folder: Path, name: str, text: str) -> None:
    """Put a snippet where its name says; settings come after those that are there."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a" if path.name == "settings.py" else "w", encoding="utf-8") as file:
        file.write(text)
