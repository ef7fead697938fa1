"""The page on IoTDA says what is so: its tables of kinds, of views and of counterparts."""

import re

import pushmw
from manual import ROOT
from pushmw.notifications import LEGACY_KINDS
from pushmw.notifications.iotda import IOTDA_KINDS
from pushmw.notifications.views import View
from pushmw.samples import KINDS

PAGE = (ROOT / "docs" / "iotda.md").read_text(encoding="utf-8")


def rows(title: str) -> list[list[list[str]]]:
    """Give what is marked as code in each cell of the first table below a heading."""
    section = re.split(rf"^#+ {title}$", PAGE, flags=re.MULTILINE)[1]
    found = re.search(r"^\|.*\n\|[-|]+\n((?:\|.*\n)+)", section, re.MULTILINE)
    assert found is not None
    lines = [line.strip("|").split("|") for line in found[1].splitlines()]
    return [[re.findall(r"`([^`]+)`", cell) for cell in line] for line in lines]


def test_every_kind_is_in_the_table_with_its_class() -> None:
    shown = {kind: name for (kind,), (name,), _ in rows("The kinds")}
    assert shown == {kind: struct.__name__ for kind, struct in IOTDA_KINDS.items()}


def test_what_a_kind_is_sent_for_is_told_as_its_class_tells_it() -> None:
    for kind, struct in IOTDA_KINDS.items():
        (line,) = re.findall(rf"^\| `{kind}` \| `\w+` \| (.*) \|$", PAGE, re.MULTILINE)
        assert (struct.__doc__ or "").startswith(f"Sent when {line}.\n")


def test_every_kind_that_a_view_takes_is_in_the_table() -> None:
    shown = {name: {*old, *new} for (name,), old, new in rows("One handler for both formats")}
    # Tests make views too.
    ours = [each for each in View.__subclasses__() if each.__module__.startswith("pushmw.")]
    views = {each.__name__: set(each.made) for each in ours if each.made}
    assert shown == views
    assert views.keys() <= set(pushmw.__all__)


def test_every_kind_of_both_formats_has_its_counterpart_or_is_said_to_have_none() -> None:
    table = rows("From the legacy format to IoTDA")
    old = [kind for cell, _, _ in table for kind in cell]
    new = {kind for _, cell, _ in table for kind in cell}
    assert sorted(old) == sorted(LEGACY_KINDS)
    assert new == set(IOTDA_KINDS)
    assert {*old, *new} == set(KINDS)
