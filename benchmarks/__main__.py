"""Measure what pushmw costs, beside the floor and beside other ways.

Without --check or --quick the results are written to benchmarks/results, for the docs.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Final

import msgspec

from benchmarks import budgets, interpreters, report
from benchmarks.tables import Table
from benchmarks.timing import Effort, say

SUITES: Final = ("passthrough", "decode", "push", "server", "scale")
# Those that time calls; the others start new processes where it matters.
_TIMED: Final = frozenset({"passthrough", "decode", "push"})
FULL: Final = Effort(
    interpreters=5, rounds=100, part=0.002, server_rounds=7, server_part=1, pushes=1_000_000
)
CHECK: Final = msgspec.structs.replace(FULL, rounds=50, part=0.001, server_rounds=9, checking=True)
QUICK: Final = Effort(
    interpreters=1, rounds=2, part=0.0001, server_rounds=1, server_part=1, pushes=2000
)


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    suites: list[str] = options.suites or list(SUITES)
    if options.check and not options.suites:
        suites = list(dict.fromkeys(budget.suite for budget in budgets.BUDGETS))
    effort = CHECK if options.check else QUICK if options.quick else FULL
    began = time.monotonic()
    tables: list[Table] = []
    for suite in suites:
        measured = _measured(suite, effort)
        tables += measured
        if options.out or not (options.check or options.quick):
            report.save(suite, measured, options.out or report.RESULTS)
    say(f"measured in {time.monotonic() - began:.0f} s")
    print("\n\n".join(report.brief(table) for table in tables if table.rows))
    verdicts = budgets.judge(tables, suites)
    print(f"\n{budgets.written(verdicts)}")
    return int(options.check and not all(verdict.kept for verdict in verdicts))


def _measured(suite: str, effort: Effort) -> list[Table]:
    if suite in _TIMED:
        return interpreters.run(suite, effort)
    tables: list[Table] = import_module(f"benchmarks.{suite}").run(effort)
    return tables


def _suite(name: str) -> str:
    if name not in SUITES:
        raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(SUITES)}")
    return name


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    known = ", ".join(SUITES)
    parser.add_argument("suites", nargs="*", type=_suite, metavar="SUITE", help=f"{known}; all")
    parser.add_argument("--check", action="store_true", help="fail when a budget is missed")
    parser.add_argument("--quick", action="store_true", help="see that it runs; means nothing")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where to write the results")
    return parser


if __name__ == "__main__":
    sys.exit(main())
