"""The page on migration says what is so: its table of methods, and the tests it names."""

import ast
import re
from types import UnionType
from typing import get_args

from manual import ROOT
from pushmw import compat
from pushmw.compat import HANDLERS

PAGE = (ROOT / "docs" / "migration.md").read_text(encoding="utf-8")
FAULTS = ROOT / "tests" / "behaviour" / "test_vendor_faults.py"


def test_its_table_has_every_method_with_what_it_takes() -> None:
    rows = re.findall(r"^\| (`handle.*) \|$", PAGE, re.MULTILINE)
    expected = []
    for name, kinds in HANDLERS.items():
        dto = "Notify" + name.removeprefix("handle").replace("CommandState", "CommandStatus")
        alias = getattr(compat, f"{dto}DTO")
        classes = get_args(alias) if isinstance(alias, UnionType) else [alias]
        cells = [[name], kinds, [f"{dto}DTO"], [struct.__name__ for struct in classes]]
        expected.append(" | ".join(", ".join(f"`{text}`" for text in cell) for cell in cells))
    assert rows == expected


def test_each_test_it_names_is_there_and_each_test_there_is_named_once() -> None:
    named = re.findall(r"`(test_\w+)`", PAGE)
    tree = ast.parse(FAULTS.read_text(encoding="utf-8"))
    there = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert named == [name for name in there if name.startswith("test_")]


def test_it_names_the_file_of_those_tests() -> None:
    assert str(FAULTS.relative_to(ROOT)) in PAGE
