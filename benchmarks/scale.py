"""Whether anything gets worse with much of it: pushes, handlers, kinds, bytes; and the import."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from typing import Any, Final

import msgspec

from benchmarks.bodies import LONG_KIND, progress, readings, text
from benchmarks.candidates import ignore, receiver
from benchmarks.drivers import DRIVERS
from benchmarks.floor import bare_decoder, wsgi_floor
from benchmarks.tables import Line, Row, Table, compared
from benchmarks.timing import Effort, Run, Spread, measure, say
from pushmw import Receiver

HANDLERS: Final = (1, 10, 100, 500)
KINDS: Final = (1, 10, 50, 200)
SIZES: Final = (*(250 * 4**power for power in range(7)), 2 * 1024 * 1024)
MIB: Final = 1024 * 1024
# What an adapter needs, and nobody before.
LATE: Final = ("asgiref.sync", "asyncio", "werkzeug")
_IMPORT: Final = """
import sys, time
began = time.process_time(); import msgspec
between = time.process_time(); import pushmw
print(time.process_time() - between, *(name for name in {late!r} if name in sys.modules))
"""


def run(effort: Effort) -> list[Table]:
    tables = [_memory(effort), _import(effort)]
    if not effort.checking:
        tables += [_handlers(effort), _kinds(effort), _bodies(effort)]
    return tables


def _drive(push: Receiver, body: bytes) -> Run:
    return DRIVERS["wsgi"](push.wsgi(), body)


def _handlers(effort: Effort) -> Table:
    say("scale: handlers")
    body, rows = progress(), []
    makers: dict[str, Callable[[int], Receiver]] = {
        "for this kind": lambda count: receiver(*[ignore] * count),
        "for other kinds": _elsewhere,
    }
    for name, make in makers.items():
        candidates = {f"{name}, {count}": _drive(make(count), body) for count in HANDLERS}
        first, *_ = candidates
        times = measure(candidates, effort.rounds, effort.part)
        for count in HANDLERS:
            line = Line(f"{name}, {count}", first, ours=True)
            (row,) = compared(times, [line], case=str(count))
            rows.append(msgspec.structs.replace(row, name=name, baseline="one handler"))
    note = "WSGI, sync handlers. Those for this kind all run; one runs of those for other kinds."
    return Table("scale-handlers", "Registered handlers", note, "times", rows, layout="curve")


def _elsewhere(count: int) -> Receiver:
    push = receiver(ignore)
    other = Receiver()
    for _ in range(count - 1):
        other.on(LONG_KIND, "deviceAdded", "deviceDeleted")(ignore)
    push.include(other)
    return push


def _kinds(effort: Effort) -> Table:
    say("scale: kinds")
    candidates = {str(count): _drive(*_of_many(count)) for count in KINDS}
    times = measure(candidates, effort.rounds, effort.part)
    rows = []
    for name in candidates:
        (row,) = compared(times, [Line(name, str(KINDS[0]), ours=True)], case=name)
        rows.append(msgspec.structs.replace(row, name="pushmw", baseline="one kind"))
    note = "Kinds of the user's own beside the built-in ones; the last one defined is pushed."
    return Table("scale-kinds", "Kinds defined", note, "times", rows, layout="curve")


def _of_many(count: int) -> tuple[Receiver, bytes]:
    push = Receiver(guards=[])
    for number in range(count):
        name = f"meterReading{number:03}"
        fields: list[Any] = [("deviceId", str), ("value", float, 0.0)]
        push.on(push.define(name, msgspec.defstruct(f"Reading{number}", fields)))(ignore)
    body = {"notifyType": name, "deviceId": "meter-1", "value": 21.5}
    return push, msgspec.json.encode(body)


def _bodies(effort: Effort) -> Table:
    rows: list[Row] = []
    cases = {"readings": (readings, LONG_KIND), "one long text": (text, "deviceDataChanged")}
    for name, (make, kind) in cases.items():
        for size in SIZES:
            say(f"scale: {name} of {size} bytes")
            body = make(max(size, len(make(0))))
            candidates = {
                "floor": DRIVERS["wsgi"](wsgi_floor(bare_decoder(kind)), body),
                name: _drive(receiver(ignore, kind=kind), body),
            }
            times = measure(candidates, max(1, effort.rounds // 8), effort.part)
            rows += compared(times, [Line(name, "floor", ours=True)], case=str(len(body)))
    note = "WSGI; against the floor with the same body: a cliff would be seen as a step."
    return Table("scale-bodies", "Bytes of a body", note, "times", rows, layout="curve")


def _memory(effort: Effort) -> Table:
    rows = []
    for protocol in DRIVERS:
        say(f"scale: memory over {effort.pushes} pushes, {protocol.upper()}")
        command = [sys.executable, "-m", "benchmarks.memory", protocol, str(effort.pushes)]
        done = subprocess.run(command, capture_output=True, check=True, text=True)
        seen = json.loads(done.stdout)
        # By then all tables of what has been seen are as full as they get.
        settled, rest = seen[len(seen) // 4], seen[len(seen) // 4 :]
        grown = Spread.of([size / settled for size in rest], rest[-1] / settled)
        extra = {"MiB then": settled / MIB, "MiB at the end": rest[-1] / MIB}
        name = f"pushmw, {protocol.upper()}"
        rows.append(Row(name, "a quarter", grown, ours=True, extra=extra))
    note = (
        f"Resident memory over {effort.pushes} pushes, against that after a quarter of them. One "
        "in 200 is followed by four like no other: new ids and lengths, unknown kinds, misfits, "
        "rubbish."
    )
    return Table("scale-memory", "Memory", note, "times", rows)


def _import(effort: Effort) -> Table:
    say("scale: import")
    taken: list[float] = []
    with tempfile.TemporaryDirectory() as cache:
        environment = os.environ | {"PYTHONPYCACHEPREFIX": cache}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        command = [sys.executable, "-c", _IMPORT.format(late=LATE)]
        for _ in range(max(3, effort.rounds // 20)):
            done = subprocess.run(
                command, capture_output=True, check=True, text=True, env=environment
            )
            seconds, *early = done.stdout.split()
            taken.append(float(seconds) * 1000)
    del taken[0]  # it compiled
    figure = Spread.of(taken, min(taken))
    extra = {"too early": float(len(early))}
    rows = [Row("import pushmw", "import msgspec", figure, ours=True, extra=extra)]
    note = (
        "Milliseconds of processor time beyond `import msgspec`, in a new interpreter. Too early "
        f"counts what only an adapter should import: {', '.join(LATE)}."
    )
    return Table("scale-import", "Import", note, "ms", rows)
