"""What pushmw may cost: each a figure of a suite, held against a limit.

All of them compare times of the same run. Where a limit is in nanoseconds it is meant for the
machine on which it was set; the same machine's `json.loads` says how much slower this one is.
"""

import sys
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from benchmarks.tables import Row, Table

# What json.loads took for the push of 250 bytes when the limits in nanoseconds were set.
YARDSTICK: Final = 2770.0
OLD: Final = sys.version_info < (3, 12)


class Budget(NamedTuple):
    """A limit.

    Attributes:
        what: in words.
        suite, table, row: where the figure is found; with several cases each has to keep it.
        limit: the most it may be, or with ``at_least`` the least.
        of: which figure is judged.
    """

    what: str
    suite: str
    table: str
    row: str
    limit: float
    of: str = "median"
    at_least: bool = False


class Verdict(NamedTuple):
    """A budget and what was measured."""

    budget: Budget
    case: str
    measured: float
    kept: bool


_SERVERS: Final = ("uvicorn", "granian", "gunicorn", "waitress")

BUDGETS: Final = (
    *(
        Budget(f"pass-through, {protocol}, ns", "passthrough", table, "pushmw", limit)
        for protocol, table, limit in (
            ("WSGI", "passthrough-wsgi", 55),
            ("ASGI", "passthrough-asgi", 150 if OLD else 80),
        )
    ),
    Budget("a push, WSGI", "push", "push-wsgi", "sync handler", 1.5),
    Budget("a push, ASGI, inline", "push", "push-asgi", "inline handler", 2.25 if OLD else 2.0),
    Budget("a push, ASGI, async", "push", "push-asgi", "async handler", 2.3 if OLD else 2.1),
    # A second hop would double it; two threads on two cores wait for each other now and then.
    Budget("a push, ASGI, in the pool: one hop", "push", "push-asgi", "sync handler", 1.5, "best"),
    Budget("five of them: one hop", "push", "push-asgi", "five sync handlers", 1.5, "best"),
    # Beside a bare push of pushmw, on each protocol.
    *(
        Budget(f"a push {row}", "push", "push-extras", row, limit)
        for row, limit in (
            ("with its delivery", 2.0),
            ("with Bearer", 2.5),
            ("with IoTDASignature", 5.0),
        )
    ),
    *(
        Budget(f"faster than {peer}", "push", f"peers-{protocol}", peer, times, at_least=True)
        for protocol, peer, times in (
            ("wsgi", "Flask, vendor SDK's shape", 40),
            ("wsgi", "Flask + msgspec", 32),
            ("wsgi", "Django view + json", 30),
            ("asgi", "FastAPI + pydantic", 20),
            ("asgi", "Starlette + orjson", 4.2),
        )
    ),
    # Beside a bare Struct, which checks neither encoding nor nesting.
    *(
        Budget(f"IoTDA: {row}", "decode", "decode-iotda-sizes", row, limit)
        for row, limit in (("finding the kind", 1.15), ("finding the kind, both formats", 1.25))
    ),
    *(
        Budget(f"{server}: {row}", "server", f"server-{server}", row, limit, of="lower")
        for server in _SERVERS
        for row, limit in (("pushmw, a push", 1.2), ("pushmw, another path", 1.02))
    ),
    Budget("memory, WSGI", "scale", "scale-memory", "pushmw, WSGI", 1.01, of="upper"),
    Budget("memory, ASGI", "scale", "scale-memory", "pushmw, ASGI", 1.01, of="upper"),
    Budget("import, ms", "scale", "scale-import", "import pushmw", 60),
    Budget("imported too early", "scale", "scale-import", "import pushmw", 0, of="too early"),
)


class NotMeasuredError(LookupError):
    """A budget names a figure that its suite does not have."""


def judge(tables: Iterable[Table], suites: Iterable[str]) -> list[Verdict]:
    """Hold the figures of these suites against their budgets."""
    by_key = {table.key: table for table in tables}
    wanted = set(suites)
    return [
        verdict
        for budget in BUDGETS
        if budget.suite in wanted
        for verdict in _judged(budget, by_key)
    ]


def _judged(budget: Budget, tables: Mapping[str, Table]) -> list[Verdict]:
    table = tables.get(budget.table)
    rows = [row for row in table.rows if row.name == budget.row] if table else []
    if table is None or not rows:
        raise NotMeasuredError(f"{budget.what}: no {budget.row!r} in {budget.table}")
    verdicts: list[Verdict] = []
    for row in rows:
        measured = _figure(row, budget.of)
        if table.yardstick is not None:
            measured *= YARDSTICK / table.yardstick
        kept = measured >= budget.limit if budget.at_least else measured <= budget.limit
        verdicts.append(Verdict(budget, row.case, measured, kept))
    return verdicts


def _figure(row: Row, of: str) -> float:
    return row.extra[of] if of in row.extra else float(getattr(row.figure, of))


def written(verdicts: Iterable[Verdict]) -> str:
    """Write the verdicts as a table for a terminal."""
    lines = [("budget", "", "limit", "measured", "")]
    for budget, case, measured, kept in verdicts:
        sign = ">=" if budget.at_least else "<="
        word = "ok" if kept else "MISSED"
        lines.append((budget.what, case, f"{sign} {budget.limit:g}", f"{measured:.2f}", word))
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
