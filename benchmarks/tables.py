"""What a suite hands back."""

import statistics
from collections.abc import Sequence

import msgspec

from benchmarks.timing import Spread, Times, differences, ratios


class Row(msgspec.Struct, frozen=True):
    """One candidate against another of the same rounds.

    Attributes:
        name: the candidate.
        baseline: what it is compared with.
        figure: how it compares, in the unit of the table.
        cost: nanoseconds a call takes, the median; to know where one is, never to compare runs.
        ours: it is pushmw, and not something else to compare it with.
        case: what it was measured with, where a table has several.
        extra: further columns.
    """

    name: str
    baseline: str
    figure: Spread
    cost: float | None = None
    ours: bool = False
    case: str = ""
    extra: dict[str, float] = {}


class Table(msgspec.Struct, frozen=True):
    """Rows that are read together.

    Attributes:
        key: name in file names and budgets.
        title: what is compared.
        note: what one has to know to read it.
        unit: ``times`` the baseline, or ``ns`` or ``ms`` on top of it.
        rows: the candidates.
        layout: ``rows``; ``grid`` for candidates by cases; or ``curve``, whose cases are numbers.
        yardstick: nanoseconds that json.loads took for a push in the same rounds.
    """

    key: str
    title: str
    note: str
    unit: str
    rows: list[Row]
    layout: str = "rows"
    yardstick: float | None = None


class Line(msgspec.Struct, frozen=True):
    """A row to be: a candidate and its baseline by name."""

    name: str
    baseline: str
    ours: bool = False


def compared(times: Times, lines: Sequence[Line], unit: str = "times", case: str = "") -> list[Row]:
    """Turn times into rows."""
    compare = ratios if unit == "times" else differences
    return [
        Row(
            line.name,
            line.baseline,
            compare(times, line.name, line.baseline),
            statistics.median(times[line.name]) * 1e9,
            line.ours,
            case,
        )
        for line in lines
    ]
