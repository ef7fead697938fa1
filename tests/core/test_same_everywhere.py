"""A handler that is alone is called in an adapter's own frame: nothing may tell that from outside.

Whatever a handler raises, the answer, the counts and the log are the same alone and beside
another, through every way in.
"""

import asyncio
import concurrent.futures
import logging
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, NamedTuple

import pytest

from logged import failures
from pushmw import Receiver, Retry
from worlds import WAYS, Panic, awaited, lazily, sync

STYLES = {"sync": sync, "inline": sync, "async": awaited, "lazily async": lazily}
FAILURES: list[Callable[[], BaseException]] = [
    ValueError,
    Retry,
    TimeoutError,
    OSError,
    LookupError,
    RecursionError,
    MemoryError,
    AssertionError,
    StopIteration,
    StopAsyncIteration,
    asyncio.CancelledError,
    concurrent.futures.CancelledError,
    lambda: ExceptionGroup("several", [ValueError()]),
    Panic,
    GeneratorExit,
    lambda: BaseExceptionGroup("several", [Panic()]),
    lambda: RuntimeError("x" * 10_000),
]
EXITS: list[Callable[[], BaseException]] = [SystemExit, KeyboardInterrupt]


class Seen(NamedTuple):
    status: int
    counts: dict[str, int]
    log: list[str]


def name_of(make: Any) -> str:
    return type(make()).__name__


def receiver(make: Callable[[], BaseException], style: str, *, beside: bool) -> Receiver:
    push = Receiver(guards=[])

    def bad(event: object) -> None:
        raise make()

    inline = style == "inline"
    push.on("deviceDeleted", name="bad", inline=inline)(STYLES[style](bad))
    if beside:
        push.on("deviceDeleted", name="good", inline=inline)(STYLES[style](lambda event: None))
    return push


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("make", FAILURES, ids=name_of)
def test_a_failure_is_the_same_alone_and_beside_another_on_every_way(
    make: Callable[[], BaseException], style: str, caplog: pytest.LogCaptureFixture
) -> None:
    found: dict[str, Seen] = {}
    for name, way in WAYS.items():
        for beside in (False, True):
            caplog.clear()
            push = receiver(make, style, beside=beside)
            status = way(push)
            named = [r for r in caplog.records if r.levelno == logging.ERROR]
            assert [
                (r.__dict__["pushmw_kind"], len(r.__dict__["pushmw_delivery"])) for r in named
            ] == [("deviceDeleted", 32)]
            found[f"{name}, {'beside' if beside else 'alone'}"] = Seen(
                status, asdict(push.counts), failures(caplog)
            )
    first = found["wsgi, alone"]
    assert (first.status, first.counts["failed"], first.counts["handled"]) == (503, 1, 0)
    assert len(first.log) == 1
    assert first.log[0].startswith("handler bad failed: ")
    assert {name: seen for name, seen in found.items() if seen != first} == {}


@pytest.mark.parametrize("style", ["sync", "inline", "async"])
@pytest.mark.parametrize("make", EXITS, ids=name_of)
@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside"])
@pytest.mark.parametrize("way", WAYS)
def test_what_ends_the_process_passes_through(
    make: Callable[[], BaseException], style: str, way: str, *, beside: bool
) -> None:
    push = receiver(make, style, beside=beside)
    with pytest.raises(type(make())):
        WAYS[way](push)
    assert (push.counts.failed, push.counts.handled) == (0, 0)
