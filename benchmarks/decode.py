"""What it costs to make an event of bytes."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, NamedTuple

import orjson
from pydantic import TypeAdapter

from benchmarks.bodies import REPORT, progress, readings, report
from benchmarks.drivers import repeating
from benchmarks.floor import bare_decoder
from benchmarks.peers.kinds import IOTDA_UNION, UNION
from benchmarks.tables import Line, Row, Table, compared
from benchmarks.timing import Effort, measure, say
from pushmw.notifications import LEGACY_KINDS
from pushmw.notifications.decoder import Formats, parts, reader
from pushmw.notifications.iotda import IOTDA_KINDS
from pushmw.samples import sample

OURS, BOTH, KIND, KIND_OF_BOTH, STRUCT, JSON, ORJSON, PYDANTIC = (
    "pushmw",
    "pushmw, both formats",
    "finding the kind",
    "finding the kind, both formats",
    "single Struct",
    "json.loads",
    "orjson.loads",
    "pydantic union",
)
NOTE: Final = (
    "A single Struct is msgspec's decoder of the one kind that comes, which nobody can know "
    "before. pushmw finds the kind, and checks encoding and nesting; finding the kind is pushmw "
    "without those checks, which the single Struct lacks as well. json and orjson make plain "
    "dictionaries; pydantic makes models of the same members."
)


class Family(NamedTuple):
    """A wire format.

    Attributes:
        title: what it is called.
        formats: what a receiver for this format tries first.
        pydantic: pydantic's decoder of it.
        untagged: the kinds that carry nothing to tell them by.
        samples: a body of each kind.
        sizes: bodies of chosen sizes, with their kinds.
    """

    title: str
    formats: Formats
    pydantic: Callable[[bytes], Any]
    untagged: frozenset[str]
    samples: Mapping[str, bytes]
    sizes: Mapping[str, tuple[str, bytes]]


KINDS: Final = {**LEGACY_KINDS, **IOTDA_KINDS}
EITHER: Final = Formats.LEGACY | Formats.IOTDA
FAMILIES: Final = {
    "legacy": Family(
        title="legacy format",
        formats=Formats.LEGACY,
        pydantic=TypeAdapter(UNION).validate_json,
        untagged=frozenset({"commandStateChanged"}),
        samples={kind: sample(kind) for kind in LEGACY_KINDS},
        sizes={
            "250 B": ("fwUpgradeStateChangeNotify", progress(250)),
            "1 kB": ("deviceDatasChanged", readings(1000)),
            "64 kB": ("deviceDatasChanged", readings(64_000)),
        },
    ),
    "iotda": Family(
        title="IoTDA",
        formats=Formats.IOTDA,
        pydantic=TypeAdapter(IOTDA_UNION).validate_json,
        untagged=frozenset(),
        samples={kind: sample(kind) for kind in IOTDA_KINDS},
        sizes={
            "700 B": (REPORT, report(700)),
            "1 kB": (REPORT, report(1000)),
            "64 kB": (REPORT, report(64_000)),
        },
    ),
}


def run(effort: Effort) -> list[Table]:
    return [table for key, family in FAMILIES.items() for table in _tables(key, family, effort)]


def _tables(key: str, family: Family, effort: Effort) -> list[Table]:
    kinds = {kind: (kind, body) for kind, body in family.samples.items()}
    return [
        Table(
            f"decode-{key}-sizes",
            f"Decoding by size, {family.title}",
            NOTE,
            "times",
            _rows(family, family.sizes, effort),
            layout="grid",
        ),
        Table(
            f"decode-{key}-kinds",
            f"Decoding by kind, {family.title}",
            "The sample body of each kind.",
            "times",
            _rows(family, {} if effort.checking else kinds, effort),
            layout="grid",
        ),
    ]


def _rows(family: Family, bodies: Mapping[str, tuple[str, bytes]], effort: Effort) -> list[Row]:
    rows: list[Row] = []
    ours = {
        OURS: reader(KINDS, family.formats),
        BOTH: reader(KINDS, EITHER),
        KIND: parts(KINDS, family.formats)[0],
        KIND_OF_BOTH: parts(KINDS, EITHER)[0],
    }
    for case, (kind, body) in bodies.items():
        say(f"decode: {case}")
        decoders = {
            STRUCT: bare_decoder(kind),
            **ours,
            JSON: json.loads,
            ORJSON: orjson.loads,
            PYDANTIC: family.pydantic,
        }
        if kind in family.untagged:
            for name in (PYDANTIC, KIND, KIND_OF_BOTH):  # it is found another way
                del decoders[name]
        candidates = {name: repeating(partial(call, body)) for name, call in decoders.items()}
        lines = [Line(name, STRUCT, ours=name in ours) for name in decoders if name != STRUCT]
        times = measure(candidates, max(1, effort.rounds // 4), effort.part)
        rows += compared(times, lines, case=case)
    return rows
