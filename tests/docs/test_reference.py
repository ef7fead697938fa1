"""The reference leaves out nothing but what it says it does."""

import importlib
import re

import pytest

import pushmw
from manual import ROOT
from pushmw import Receiver

TEXT = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")


def block(directive: str) -> str:
    """Give what belongs to a directive, up to the next one."""
    found = re.search(rf"^\.\. {directive}\n(.*?)(?=^\S)", TEXT, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def left_out(options: str) -> set[str]:
    found = re.search(r":exclude-members:(.*(?:\n {6}.*)*)", options)
    assert found is not None
    return set(re.findall(r"\w+", found[1]))


def test_what_a_receiver_holds_is_told_or_left_out() -> None:
    options = block(r"autoclass:: pushmw\.Receiver")
    told = set(re.findall(r"^   \.\. (?:py:attribute|automethod):: (\w+)$", options, re.MULTILINE))
    held = {name for name in vars(Receiver()) if not name.startswith("_")}
    assert held <= told | left_out(options)
    assert {"counts", "options", "paths", "on"} <= told
    assert [n for n in told | left_out(options) if not hasattr(Receiver(), n)] == []


def test_names_that_are_left_out_of_the_long_list_are_told_elsewhere() -> None:
    told = re.findall(r"^\.\. (?:auto\w+|py:data):: pushmw\.(\w+)", TEXT, re.MULTILINE)
    assert left_out(block(r"automodule:: pushmw")) <= set(told) & set(pushmw.__all__)


MODULES = ("pushmw", "pushmw.iotda", "pushmw.guards", "pushmw.compat", "pushmw.notifications")


@pytest.mark.parametrize("module", MODULES)
def test_every_public_name_is_told(module: str) -> None:
    """By itself, or by the module as a whole; the SDKs' names are a table of their own."""
    names = set(importlib.import_module(module).__all__)
    alone = re.compile(
        r"(?:auto\w+|py:data):: (?:pushmw\.)?(?:\w+\.)*(\w+)|^ {13}pushmw\.\w+\.(\w+)$",
        re.MULTILINE,
    )
    told = {name for found in alone.findall(TEXT) for name in found if name}
    for whole, options in re.findall(r"automodule:: ([\w.]+)\n((?: .*\n)+)", TEXT):
        listed = re.search(r":members: (.+)", options)
        exported = importlib.import_module(whole).__all__ if ":imported-members:" in options else ()
        told |= (
            set(re.findall(r"\w+", listed[1])) if listed else set(exported) - left_out_of(options)
        )
    migration = (ROOT / "docs" / "migration.md").read_text(encoding="utf-8")
    told |= set(re.findall(r"`(Notify\w+DTO)`", migration))
    assert names - told == set()


def test_each_page_stands_on_one_of_four_shelves() -> None:
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    shelves = re.findall(r":caption: (.+)\n\n((?:[\w/-]+\n)+)", index)
    assert [name for name, _ in shelves] == ["Start", "How to", "Reference", "Inside"]
    stand = [page for _, pages in shelves for page in pages.split()]
    pages = {page.stem for page in (ROOT / "docs").glob("*.md")} - {"index"}
    assert sorted(stand) == sorted(pages | {"frameworks/index"})


def left_out_of(options: str) -> set[str]:
    return left_out(options) if ":exclude-members:" in options else set()


def test_what_frameworks_get_is_told_as_whole_modules() -> None:
    for module in ("pushmw.flask", "pushmw.django"):
        assert re.search(rf"automodule:: {module}\n +:members:\n", TEXT)
