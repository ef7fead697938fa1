"""The reference leaves out nothing but what it says it does."""

import re

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
