"""The figures follow from the times as the pages say; nothing here is timed."""

import gc
from collections.abc import Callable

import pytest

from benchmarks.interpreters import merged
from benchmarks.tables import Row, Table
from benchmarks.timing import Spread, Times, differences, measure, ratios

TIMES: Times = {"ours": [3e-6, 4e-6, 30e-6], "floor": [2e-6, 2e-6, 10e-6]}


def test_a_ratio_compares_times_of_the_same_round() -> None:
    assert ratios(TIMES, "ours", "floor") == Spread(
        lowest=1.5, lower=1.75, median=2.0, upper=2.5, best=1.5
    )


def test_a_difference_is_told_in_nanoseconds() -> None:
    spread = differences(TIMES, "ours", "floor")
    assert (spread.lowest, spread.median, spread.best) == pytest.approx((1000, 2000, 1000))


def test_one_slow_round_changes_no_median() -> None:
    disturbed = {name: [*times, 1.0] for name, times in TIMES.items()}
    assert ratios(disturbed, "ours", "floor").median == pytest.approx(1.75)
    assert ratios(disturbed, "ours", "floor").best == ratios(TIMES, "ours", "floor").best


def test_a_single_round_has_no_spread() -> None:
    assert Spread.of([2.0], 2.0) == Spread(2.0, 2.0, 2.0, 2.0, 2.0)


def test_a_figure_is_the_median_of_those_of_several_interpreters() -> None:
    tables = [
        Table("key", "A table", "", "times", [Row("ours", "floor", spread, cost)], yardstick=cost)
        for spread, cost in (
            (Spread(1.0, 2.0, 3.0, 4.0, 1.0), 100.0),
            (Spread(1.1, 2.1, 3.1, 4.1, 1.1), 120.0),
            (Spread(0.5, 5.0, 9.0, 9.9, 0.5), 110.0),
        )
    ]
    table = merged(tables)
    assert table.yardstick == 110
    assert table.rows == [Row("ours", "floor", Spread(1.0, 2.1, 3.1, 4.1, 1.0), 110.0)]


class Candidate:
    """Says that each call took so long, and notes what goes on."""

    def __init__(self, name: str, took: float, log: list[tuple[str, int, bool]]) -> None:
        self._name = name
        self._took = took
        self._log = log

    def __call__(self, calls: int) -> float:
        self._log.append((self._name, calls, gc.isenabled()))
        return calls * self._took


def slices(log: list[tuple[str, int, bool]], name: str) -> list[int]:
    """Give how many calls the longest slices of a candidate had, one a round."""
    calls = [count for found, count, _ in log if found == name]
    return [count for count in calls if count == max(calls)]


def test_each_candidate_has_a_slice_of_the_same_length_in_each_round() -> None:
    log: list[tuple[str, int, bool]] = []
    candidates = {"slow": Candidate("slow", 1e-4, log), "fast": Candidate("fast", 1e-6, log)}
    times = measure(candidates, rounds=5, part=0.01)
    assert times == {"slow": pytest.approx([1e-4] * 5), "fast": pytest.approx([1e-6] * 5)}
    assert slices(log, "slow") == [100] * 5
    assert slices(log, "fast") == [10_000] * 5


def test_no_candidate_always_comes_first() -> None:
    log: list[tuple[str, int, bool]] = []
    candidates: dict[str, Callable[[int], float]] = {
        name: Candidate(name, 1e-6, log) for name in ("first", "second")
    }
    measure(candidates, rounds=60, part=0.001)
    order = [name for name, count, _ in log if count == 1000]
    assert {tuple(order[at : at + 2]) for at in range(0, len(order), 2)} == {
        ("first", "second"),
        ("second", "first"),
    }


def test_the_collector_is_off_inside_of_slices_and_on_again_afterwards() -> None:
    log: list[tuple[str, int, bool]] = []
    measure({"ours": Candidate("ours", 1e-6, log)}, rounds=3, part=0.001)
    assert [collecting for _, count, collecting in log if count == 1000] == [False] * 3
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
