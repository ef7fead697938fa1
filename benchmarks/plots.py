"""Plots that stay the same when the figures do, so that a diff shows what has changed."""

from pathlib import Path
from typing import Any, Final

import matplotlib as mpl

mpl.use("svg")
mpl.rcParams |= {"svg.hashsalt": "pushmw", "svg.fonttype": "none", "font.size": 9}

from matplotlib import pyplot as plt  # noqa: E402 - after the choice of what it draws with

from benchmarks.tables import Row, Table  # noqa: E402 - as above

OURS, OTHERS = "#c2410c", "#64748b"
WIDTH: Final = 7.5
_AXIS: Final = {
    "times": "times the baseline",
    "ns": "ns on top of the baseline",
    "ms": "ms on top of the baseline",
}


def draw(table: Table, path: Path) -> None:
    """Draw a table; one without rows is not drawn."""
    rows = [row for row in table.rows if row.name != row.baseline]
    if not rows:
        return
    figure = _curve(table, rows) if table.layout == "curve" else _bars(table, rows)
    figure.savefig(path, bbox_inches="tight", metadata={"Date": None}, transparent=False)
    plt.close(figure)
    # matplotlib leaves blanks at the ends of lines.
    path.write_text("\n".join(line.rstrip() for line in path.read_text().splitlines()) + "\n")


def _bars(table: Table, rows: list[Row]) -> Any:
    """Draw the medians as bars with their quartiles; of many cases the medians of those."""
    figure, axes = plt.subplots(figsize=(WIDTH, 0.6 + 0.26 * len(rows)))
    places = range(len(rows))
    values = [max(row.figure.median, 0) for row in rows]
    low = [value - max(row.figure.lower, 0) for value, row in zip(values, rows, strict=True)]
    high = [max(row.figure.upper - value, 0) for value, row in zip(values, rows, strict=True)]
    axes.barh(
        places,
        values,
        xerr=(low, high),
        color=[OURS if row.ours else OTHERS for row in rows],
        ecolor="#0f172a",
        error_kw={"elinewidth": 0.8},
    )
    axes.set_yticks(places, [f"{row.name}, {row.case}" if row.case else row.name for row in rows])
    axes.invert_yaxis()
    wide = max(values) > 30 * max(sorted(values)[len(values) // 2], 0.1)
    if wide:
        axes.set_xscale("symlog", linthresh=100 if table.unit == "ns" else 1)
    if table.unit == "times":
        axes.axvline(1, color="#0f172a", linewidth=0.8, linestyle=":")
    axes.set_xlabel(_AXIS[table.unit])
    return figure


def _curve(table: Table, rows: list[Row]) -> Any:
    figure, axes = plt.subplots(figsize=(WIDTH, 3))
    for name in dict.fromkeys(row.name for row in rows):
        own = [row for row in rows if row.name == name]
        places = [int(row.case) for row in own]
        axes.plot(places, [row.figure.median for row in own], marker="o", label=name)
        lower, upper = ([getattr(r.figure, side) for r in own] for side in ("lower", "upper"))
        axes.fill_between(places, lower, upper, alpha=0.2)
    axes.set_xscale("log")
    if max(row.figure.median for row in rows) > 10:
        axes.set_yscale("log")
    else:
        axes.set_ylim(bottom=0)
    axes.set_xlabel(table.title)
    axes.set_ylabel(_AXIS[table.unit])
    axes.legend()
    return figure
