"""Measure a suite in several new interpreters.

Where an interpreter's memory lies and how its strings hash changes what the same code takes, by
more than is looked for here, and for as long as the interpreter lives. So each has some of the
rounds, and every figure is the median of theirs.
"""

import statistics
import subprocess
import sys
from collections.abc import Sequence
from importlib import import_module

import msgspec

from benchmarks.tables import Row, Table
from benchmarks.timing import Effort, Spread, say


def run(suite: str, effort: Effort) -> list[Table]:
    """Run a suite once in each interpreter."""
    told: list[list[Table]] = []
    command = [sys.executable, "-m", __name__, suite, msgspec.json.encode(effort).decode()]
    for number in range(effort.interpreters):
        say(f"{suite}: interpreter {number + 1} of {effort.interpreters}")
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
        told.append(msgspec.json.decode(done.stdout, type=list[Table]))
    return [merged(tables) for tables in zip(*told, strict=True)]


def merged(tables: Sequence[Table]) -> Table:
    """Make one table of those that several interpreters gave."""
    rows = [_row(rows) for rows in zip(*(table.rows for table in tables), strict=True)]
    yardsticks = [table.yardstick for table in tables if table.yardstick is not None]
    yardstick = statistics.median(yardsticks) if yardsticks else None
    return msgspec.structs.replace(tables[0], rows=rows, yardstick=yardstick)


def _row(rows: Sequence[Row]) -> Row:
    figures = [msgspec.structs.astuple(row.figure) for row in rows]
    costs = [row.cost for row in rows if row.cost is not None]
    return msgspec.structs.replace(
        rows[0],
        figure=Spread(*map(statistics.median, zip(*figures, strict=True))),
        cost=statistics.median(costs) if costs else None,
    )


def main(suite: str, effort: str) -> None:
    """Run a suite in this interpreter, and write its tables to standard output."""
    tables = import_module(f"benchmarks.{suite}").run(msgspec.json.decode(effort, type=Effort))
    sys.stdout.buffer.write(msgspec.json.encode(tables))


if __name__ == "__main__":
    main(*sys.argv[1:])
