"""The suites still run against the library as it is. What they find here means nothing."""

import importlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from benchmarks import __main__ as program
from benchmarks import budgets, report
from benchmarks.bodies import progress
from benchmarks.budgets import BUDGETS, Budget, NotMeasuredError, judge
from benchmarks.candidates import (
    GUARDS,
    NotReachedError,
    NotRefusedError,
    checked,
    receiver,
)
from benchmarks.drivers import DRIVERS, Headers
from benchmarks.floor import bare_decoder, wsgi_floor
from benchmarks.memory import resident
from benchmarks.tables import Row, Table
from benchmarks.timing import Spread
from needs import needed
from pushmw.guards import Guard

# What the suites compare pushmw with, and what they draw with: the group `benchmarks`.
needed(
    *("django", "fastapi", "flask", "matplotlib", "orjson", "pydantic", "slack_bolt", "socketio"),
    "starlette",
)

# The suite of real servers needs a load generator and a minute.
IN_PROCESS = [suite for suite in program.SUITES if suite != "server"]


@pytest.mark.parametrize("suite", IN_PROCESS)
def test_a_suite_runs_and_has_what_its_budgets_name(suite: str, tmp_path: Path) -> None:
    tables = importlib.import_module(f"benchmarks.{suite}").run(program.QUICK)
    assert {verdict.budget for verdict in judge(tables, [suite])} == {
        budget for budget in BUDGETS if budget.suite == suite
    }
    report.save(suite, tables, tmp_path)
    page = (tmp_path / f"{suite}.md").read_text()
    for table in tables:
        assert f"### {table.title}\n" in page
        assert f"]({table.key}.svg)" in page
        assert ET.parse(tmp_path / f"{table.key}.svg").getroot().tag.endswith("svg")
    assert json.loads((tmp_path / f"{suite}.json").read_text())["suite"] == suite


def figures(median: float, lower: float = 0.0) -> list[Table]:
    spread = Spread(lower, lower, median, median, median)
    rows = [Row("pushmw", "floor", spread), Row("a peer", "pushmw", spread)]
    return [Table("table", "A table", "", "times", rows)]


@pytest.mark.parametrize(
    ("budget", "median", "kept"),
    [
        (Budget("at most", "push", "table", "pushmw", 1.5), 1.5, True),
        (Budget("at most", "push", "table", "pushmw", 1.5), 1.51, False),
        (Budget("at least", "push", "table", "a peer", 40, at_least=True), 40, True),
        (Budget("at least", "push", "table", "a peer", 40, at_least=True), 39, False),
        (Budget("quartile", "push", "table", "pushmw", 1.2, of="lower"), 1.4, True),
    ],
)
def test_a_budget_is_kept_or_missed(
    budget: Budget, median: float, kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budgets, "BUDGETS", (budget,))
    (verdict,) = judge(figures(median, lower=1.1), ["push"])
    assert verdict.kept is kept


def test_nanoseconds_are_held_against_the_speed_of_the_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    budget = Budget("ns", "push", "table", "pushmw", 55)
    monkeypatch.setattr(budgets, "BUDGETS", (budget,))
    spread = Spread(100.0, 100.0, 100.0, 100.0, 100.0)
    rows = [Row("pushmw", "bare", spread)]
    table = Table("table", "A table", "", "ns", rows, yardstick=2 * budgets.YARDSTICK)
    (verdict,) = judge([table], ["push"])
    assert verdict.measured == 50
    assert verdict.kept


def test_a_budget_is_judged_for_each_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budgets, "BUDGETS", (Budget("both", "push", "table", "pushmw", 2),))
    rows = [
        Row("pushmw", "bare", Spread(times, times, times, times, times), case=case)
        for case, times in (("WSGI", 1.9), ("ASGI", 2.1))
    ]
    verdicts = judge([Table("table", "A table", "", "times", rows)], ["push"])
    assert [(verdict.case, verdict.kept) for verdict in verdicts] == [
        ("WSGI", True),
        ("ASGI", False),
    ]


def test_a_budget_whose_figure_is_gone_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budgets, "BUDGETS", (Budget("gone", "push", "table", "nobody", 1),))
    with pytest.raises(NotMeasuredError, match="no 'nobody' in table"):
        judge(figures(1.0), ["push"])


@pytest.mark.parametrize(("limit", "status"), [(1e9, 0), (1e-9, 1)])
def test_a_missed_budget_is_the_exit_status(
    limit: float, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    budget = Budget("a push", "push", "push-wsgi", "sync handler", limit)
    monkeypatch.setattr(budgets, "BUDGETS", (budget,))
    monkeypatch.setattr(program, "CHECK", program.QUICK)
    assert program.main(["push", "--check"]) == status
    assert ("MISSED" if status else "ok") in capsys.readouterr().out


def test_a_candidate_that_calls_no_handler_is_not_timed() -> None:
    with pytest.raises(NotReachedError, match="0 calls"):
        checked("wsgi", lambda handle: wsgi_floor(bare_decoder()), progress(), awaited=False)


@pytest.mark.parametrize("protocol", DRIVERS)
@pytest.mark.parametrize("name", GUARDS)
def test_a_guard_is_timed_if_it_tells_right_from_wrong(name: str, protocol: str) -> None:
    guard, right, wrong = GUARDS[name]

    def check(guards: Sequence[Guard], right: Headers) -> None:
        def build(handle: Callable[..., Any]) -> Any:
            return getattr(receiver(handle, inline=True, guards=guards), protocol)()

        checked(protocol, build, progress(), awaited=False, more=right, wrong=wrong)

    check([guard], right)
    with pytest.raises(NotRefusedError, match=r"200 .*, 1 calls"):
        check([], right)
    with pytest.raises(NotReachedError, match=r"40[13] .*, 0 calls"):
        check([guard], wrong)


def test_memory_that_is_kept_is_seen() -> None:
    before = resident()
    kept = bytes(32 * 1024 * 1024).replace(b"\0", b"\1")
    assert resident() - before > 0.9 * len(kept)
