"""The page on attacks shows what the tests try at each guard."""

import importlib.util
import re
from typing import Any

import attacks
from manual import ROOT

PAGE = (ROOT / "docs" / "attacks.md").read_text(encoding="utf-8")


def tool() -> Any:
    spec = importlib.util.spec_from_file_location("tool", ROOT / "tools" / "attacks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_its_tables_are_up_to_date() -> None:
    assert tool().page() == PAGE, "run tools/attacks.py"


def test_it_has_every_attack_with_its_answer() -> None:
    rows = re.findall(r"^\| (.*) \| (40[13]) \|$", PAGE, re.MULTILINE)
    assert rows == [
        (what, str(defence.status))
        for defence in attacks.DEFENCES.values()
        for what in defence.attacks
    ]
    assert len(rows) > 100
