"""What was measured, written down: JSON for machines, Markdown and SVG for the docs."""

import datetime as dt
import importlib.metadata
import platform
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from benchmarks.tables import Row, Table

RESULTS: Final = Path(__file__).parent / "results"
PACKAGES: Final = (
    *("pushmw", "msgspec", "werkzeug", "asgiref", "flask", "django", "fastapi", "pydantic"),
    *("starlette", "orjson", "slack-bolt", "python-socketio"),
    *("uvicorn", "uvloop", "httptools", "granian", "gunicorn", "waitress"),
)


class Circumstances(msgspec.Struct, frozen=True):
    """On what and of what something was measured."""

    date: str
    commit: str
    machine: str
    system: str
    python: str
    packages: dict[str, str]


class Report(msgspec.Struct, frozen=True):
    """A suite's figures."""

    suite: str
    circumstances: Circumstances
    tables: list[Table]


def circumstances() -> Circumstances:
    options = sysconfig.get_config_var("CONFIG_ARGS") or ""
    build = "" if "--enable-optimizations" in options else ", built without --enable-optimizations"
    return Circumstances(
        date=dt.datetime.now(dt.UTC).date().isoformat(),
        commit=_commit(),
        machine=_machine(),
        system=f"{platform.system()} {platform.release()}",
        python=f"{platform.python_implementation()} {platform.python_version()}{build}",
        packages={name: _version(name) for name in PACKAGES},
    )


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "of this folder" if package == "pushmw" else "missing"


def _commit() -> str:
    """Name the commit, and say when files differ from it that are no results."""
    try:
        commit = _git("rev-parse", "--short=10", "HEAD")
        changed = _git(
            "status", "--porcelain", "--untracked-files=no", ":/", ":!/benchmarks/results"
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{commit}-dirty" if changed else commit


def _git(*arguments: str) -> str:
    command = ["git", *arguments]
    done = subprocess.run(command, cwd=RESULTS.parent, capture_output=True, check=True, text=True)
    return done.stdout.strip()


def _machine() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{len(names)} x {names[0]}" if names else platform.machine()


def save(suite: str, tables: list[Table], folder: Path = RESULTS) -> None:
    """Write a suite's JSON, plots and page."""
    from benchmarks.plots import draw

    folder.mkdir(parents=True, exist_ok=True)
    report = Report(suite, circumstances(), tables)
    data = msgspec.json.format(msgspec.json.encode(report), indent=1)
    (folder / f"{suite}.json").write_bytes(data + b"\n")
    for table in tables:
        draw(table, folder / f"{table.key}.svg")
    (folder / f"{suite}.md").write_text(page(report))


def page(report: Report) -> str:
    """Write the Markdown of a suite."""
    parts = [_said(report)]
    for table in report.tables:
        if table.rows:
            body = _rows(table) if table.layout == "rows" else _grid(table)
            parts += [f"### {table.title}", table.note, f"![{table.title}]({table.key}.svg)", body]
            parts += [text for text in [_better(table)] if text]
    return "\n\n".join(parts) + "\n"


def _said(report: Report) -> str:
    about = report.circumstances
    used = ", ".join(f"{name} {version}" for name, version in about.packages.items())
    return (
        f"Made with `python -m benchmarks {report.suite}` on {about.date}, commit {about.commit}: "
        f"{about.machine}, {about.system}, {about.python}; {used}."
    )


def _rows(table: Table) -> str:
    extra = list(dict.fromkeys(name for row in table.rows for name in row.extra))
    costs = any(row.cost for row in table.rows)
    head = ["", "against", f"median {_unit(table)}", "quartiles", "lowest", "of the best times"]
    head += ["a call takes"] if costs else []
    lines = [
        [
            f"**{row.name}**" if row.ours else row.name,
            row.baseline,
            number(row.figure.median),
            f"{number(row.figure.lower)} to {number(row.figure.upper)}",
            number(row.figure.lowest),
            number(row.figure.best),
            *([_time(row.cost)] if costs else []),
            *(number(row.extra[name]) if name in row.extra else "" for name in extra),
        ]
        for row in table.rows
        if row.name != row.baseline or row.extra
    ]
    return _markdown([*head, *extra], lines)


def _grid(table: Table) -> str:
    """Write a line for each case and a column for each candidate."""
    names = list(dict.fromkeys(row.name for row in table.rows))
    cases = list(dict.fromkeys(row.case for row in table.rows))
    cells = {(row.case, row.name): row for row in table.rows}
    ours = {row.name for row in table.rows if row.ours}
    head = [f"**{name}**" if name in ours else name for name in names]
    if table.layout == "curve":
        lines = [[case, *(_cell(cells.get((case, name))) for name in names)] for case in cases]
        return _markdown(["", *head], lines)
    if len(names) > len(cases):  # long names read better downwards
        lines = [
            [bold, *(_cell(cells.get((case, name))) for case in cases)]
            for bold, name in zip(head, names, strict=True)
        ]
        return _markdown([_unit(table), *cases], lines)
    lines = [[case, *(_cell(cells.get((case, name))) for name in names)] for case in cases]
    return _markdown([_unit(table), *head], lines)


def _cell(row: Row | None) -> str:
    if row is None:
        return ""
    spread = row.figure
    return f"{number(spread.median)} ({number(spread.lower)} to {number(spread.upper)})"


def _better(table: Table) -> str:
    """Say where something else does better than pushmw."""
    said: list[str] = []
    for row in table.rows:
        like = (
            each for each in table.rows if (each.case, each.baseline) == (row.case, row.baseline)
        )
        ours = [each.figure.median for each in like if each.ours]
        if row.ours or not (ours or row.baseline == "pushmw"):
            continue
        if row.figure.median < min(ours, default=1.0) and row.name != "the driver alone":
            said.append(f"{row.name} ({row.case})" if row.case else row.name)
    return f"Better than pushmw: {', '.join(said)}." if said else ""


def brief(table: Table) -> str:
    """Write a table for a terminal."""
    width = max(len(f"{row.name} {row.case}") for row in table.rows)
    lines = [f"{table.title} ({_unit(table)})"]
    for row in table.rows:
        figure = row.figure
        lines.append(
            f"  {f'{row.name} {row.case}':{width}}  {number(figure.median):>7}"
            f"  {number(figure.lower):>7} to {number(figure.upper):>7}"
            f"  best {number(figure.best):>7}  {_time(row.cost):>8}  against {row.baseline}"
        )
    return "\n".join(lines)


def _unit(table: Table) -> str:
    return {"times": "times", "ns": "ns more", "ms": "ms more"}[table.unit]


def number(value: float) -> str:
    """Write three digits, as many as there are reasons to believe in."""
    if abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.3g}" if abs(value) >= 10 or value == 0 else f"{value:.2f}"


def _time(nanoseconds: float | None) -> str:
    if nanoseconds is None:
        return ""
    return f"{number(nanoseconds / 1000)} us" if nanoseconds >= 1000 else f"{nanoseconds:.0f} ns"


def _markdown(head: Iterable[str], lines: Iterable[Iterable[str]]) -> str:
    head = list(head)
    rows = [head, ["---", *["---:"] * (len(head) - 1)], *lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def main(folder: Path = RESULTS) -> int:
    """Write pages and plots again from the JSON: ``python -m benchmarks.report``."""
    from benchmarks.plots import draw

    for path in sorted(folder.glob("*.json")):
        report = msgspec.json.decode(path.read_bytes(), type=Report)
        for table in report.tables:
            draw(table, folder / f"{table.key}.svg")
        (folder / f"{report.suite}.md").write_text(page(report))
    return 0


if __name__ == "__main__":
    sys.exit(main())
