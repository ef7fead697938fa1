"""Candidates timed side by side: every figure compares times of the same rounds.

A machine that others use as well is slow one moment and fast the next. So each candidate has one
short slice a round, in shuffled order; a round gives one ratio, and the median of many is told
with its quartiles. The collector runs between the slices and is off inside them, for all alike: a
candidate that makes cycles is not charged for them.
"""

import gc
import random
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

import msgspec

# Runs so many calls and tells the seconds they took.
Run = Callable[[int], float]
# Seconds a call, by candidate, one for each round.
Times = dict[str, list[float]]

_MOST_CALLS: Final = 1_000_000


class Effort(msgspec.Struct, frozen=True):
    """How much is measured.

    Attributes:
        interpreters: how many new interpreters a suite that times calls is run in.
        rounds: rounds of a comparison in process, in each of them.
        part: seconds of one slice in process.
        server_rounds: rounds of a comparison on a real server.
        server_part: seconds for each candidate of such a round.
        pushes: pushes over which the memory has to stay flat.
        checking: measure what the budgets ask for, and no more.
    """

    interpreters: int
    rounds: int
    part: float
    server_rounds: int
    server_part: int
    pushes: int
    checking: bool = False


class Spread(msgspec.Struct, frozen=True):
    """What a figure was over all rounds.

    Attributes:
        lowest, lower, median, upper: least, first quartile, median and third quartile.
        best: the same figure made of the best time of each, whatever round it was in.
    """

    lowest: float
    lower: float
    median: float
    upper: float
    best: float

    @classmethod
    def of(cls, values: Sequence[float], best: float) -> "Spread":
        lower, median, upper = (
            statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else values * 3
        )
        return cls(min(values), lower, median, upper, best)


def measure(candidates: Mapping[str, Run], rounds: int, part: float) -> Times:
    """Time the candidates, each once a round for about ``part`` seconds."""
    calls = {name: _calls_in(run, part) for name, run in candidates.items()}
    times: Times = {name: [] for name in candidates}
    order = list(candidates)
    with _equal_garbage():
        for _ in range(rounds):
            random.shuffle(order)
            for name in order:
                gc.collect()
                candidates[name](calls[name] // 8 + 1)  # what ran before has filled the caches
                times[name].append(candidates[name](calls[name]) / calls[name])
    return times


def ratios(times: Times, name: str, baseline: str) -> Spread:
    """Tell how many times a call of ``baseline`` one of ``name`` takes."""
    pairs = zip(times[name], times[baseline], strict=True)
    return Spread.of([of / to for of, to in pairs], min(times[name]) / min(times[baseline]))


def differences(times: Times, name: str, baseline: str, scale: float = 1e9) -> Spread:
    """Tell what a call of ``name`` takes longer than one of ``baseline``, in ns unless told."""
    pairs = zip(times[name], times[baseline], strict=True)
    best = min(times[name]) - min(times[baseline])
    return Spread.of([(of - to) * scale for of, to in pairs], best * scale)


def _calls_in(run: Run, part: float) -> int:
    """Find how many calls take about ``part`` seconds; it warms the candidate up as well."""
    run(1)
    calls = 1
    while (took := run(calls)) < part / 4 and calls < _MOST_CALLS:
        calls *= 2
    return max(1, min(_MOST_CALLS, round(calls * part / took)))


@contextmanager
def _equal_garbage() -> Iterator[None]:
    was_on = gc.isenabled()
    gc.collect()
    gc.freeze()  # what was imported is not looked at between the slices
    gc.disable()
    try:
        yield
    finally:
        gc.unfreeze()
        if was_on:
            gc.enable()


def say(text: str) -> None:
    """Tell whoever waits what is being measured."""
    print(text, file=sys.stderr, flush=True)
