"""What it costs to make an event of bytes."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, NamedTuple

import orjson
from pydantic import TypeAdapter

from benchmarks.bodies import progress, readings
from benchmarks.drivers import repeating
from benchmarks.floor import bare_decoder
from benchmarks.peers.kinds import UNION
from benchmarks.tables import Line, Row, Table, compared
from benchmarks.timing import Effort, measure, say
from pushmw.notifications import LEGACY_KINDS
from pushmw.notifications.decoder import decoder
from pushmw.samples import samples

OURS, STRUCT, JSON, ORJSON, PYDANTIC = (
    "pushmw",
    "single Struct",
    "json.loads",
    "orjson.loads",
    "pydantic union",
)
NOTE: Final = (
    "A single Struct is msgspec's decoder of the one kind that comes, which nobody can know "
    "before. pushmw finds the kind, and checks encoding and nesting. json and orjson make plain "
    "dictionaries; pydantic makes models of the same members."
)


class Family(NamedTuple):
    """A wire format.

    Attributes:
        title: what it is called.
        decode: pushmw's decoder of it.
        bare: makes the decoder of one kind.
        pydantic: pydantic's decoder of it, and the kinds that it knows.
        samples: a body of each kind.
        sizes: bodies of chosen sizes, with their kinds.
    """

    title: str
    decode: Callable[[bytes], Any]
    bare: Callable[[str], Callable[[bytes], Any]]
    pydantic: Callable[[bytes], Any]
    untagged: frozenset[str]
    samples: Mapping[str, bytes]
    sizes: Mapping[str, tuple[str, bytes]]


FAMILIES: Final = {
    "legacy": Family(
        title="legacy format",
        decode=decoder(LEGACY_KINDS),
        bare=bare_decoder,
        pydantic=TypeAdapter(UNION).validate_json,
        untagged=frozenset({"commandStateChanged"}),
        samples=samples(),
        sizes={
            "250 B": ("fwUpgradeStateChangeNotify", progress(250)),
            "1 kB": ("deviceDatasChanged", readings(1000)),
            "64 kB": ("deviceDatasChanged", readings(64_000)),
        },
    )
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
    for case, (kind, body) in bodies.items():
        say(f"decode: {case}")
        decoders = {
            STRUCT: family.bare(kind),
            OURS: family.decode,
            JSON: json.loads,
            ORJSON: orjson.loads,
            PYDANTIC: family.pydantic,
        }
        if kind in family.untagged:
            del decoders[PYDANTIC]  # it has no discriminator
        candidates = {name: repeating(partial(call, body)) for name, call in decoders.items()}
        lines = [Line(name, STRUCT, ours=name == OURS) for name in decoders if name != STRUCT]
        times = measure(candidates, max(1, effort.rounds // 4), effort.part)
        rows += compared(times, lines, case=case)
    return rows
