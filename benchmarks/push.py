"""What a push costs that is handled, beside the least one could do and beside other ways."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from time import perf_counter
from typing import Any, Final

from benchmarks.bodies import LONG_KIND, progress, readings
from benchmarks.candidates import GUARDS, aignore, checked, delivering, ignore, receiver
from benchmarks.drivers import DRIVERS, PATH, headers, repeating
from benchmarks.floor import answer, asgi_floor, bare_decoder, read_body, wsgi_floor
from benchmarks.peers import PEERS
from benchmarks.tables import Line, Row, Table, compared
from benchmarks.timing import Effort, Run, measure, say

FLOOR: Final = "floor"
HOP: Final = "floor + one executor hop"
OTHER: Final = "floor, that body"
DRIVER: Final = "the driver alone"
SYNC, ASYNC, INLINE, FOREIGN = (
    "sync handler",
    "async handler",
    "inline handler",
    "not ours, floor behind",
)
BARE: Final = {"wsgi": SYNC, "asgi": INLINE}
DELIVERY: Final = "with its delivery"
SIZES: Final = {"1 kB": 1000, "64 kB": 64_000}
NOTE: Final = (
    "In process, a push of 250 bytes. The floor reads the body, decodes it with a bare msgspec "
    "decoder of the one Struct that comes, and answers: no check, no handler."
)


def run(effort: Effort) -> list[Table]:
    tables = [_wsgi(effort), _asgi(effort), _extras(effort), _sizes(effort)]
    return [*tables, *(_peers(protocol, effort) for protocol in DRIVERS)]


def _five(name: str) -> str:
    return f"five {name}s"


def _wsgi(effort: Effort) -> Table:
    say("push: WSGI")
    body, foreign = progress(), readings(400)
    drive = DRIVERS["wsgi"]
    behind = wsgi_floor(bare_decoder(LONG_KIND))
    ours = {
        SYNC: checked("wsgi", lambda handle: receiver(handle).wsgi(), body, awaited=False),
        _five(SYNC): drive(receiver(*[ignore] * 5).wsgi(), body),
        ASYNC: checked(
            "wsgi",
            lambda handle: receiver(handle).wsgi(),
            body,
            awaited=True,
            clock=perf_counter,
        ),
        "push.handle": _handle(body),
    }
    candidates = {
        FLOOR: drive(wsgi_floor(bare_decoder()), body),
        DRIVER: drive(lambda environ, start_response: [], body),  # noqa: ARG005 - does nothing
        **ours,
        OTHER: drive(behind, foreign),
        FOREIGN: drive(receiver(ignore).wsgi(behind), foreign),
    }
    lines = [
        Line(DRIVER, FLOOR),
        *(Line(name, FLOOR, ours=True) for name in ours),
        Line(FOREIGN, OTHER, ours=True),
    ]
    times = measure(candidates, effort.rounds, effort.part)
    return Table("push-wsgi", "A push, WSGI", NOTE, "times", compared(times, lines))


def _asgi(effort: Effort) -> Table:
    say("push: ASGI")
    body, foreign = progress(), readings(400)
    drive = DRIVERS["asgi"]
    behind = asgi_floor(bare_decoder(LONG_KIND))
    alone = {
        INLINE: checked(
            "asgi", lambda handle: receiver(handle, inline=True).asgi(), body, awaited=False
        ),
        _five(INLINE): drive(receiver(*[ignore] * 5, inline=True).asgi(), body),
        ASYNC: checked("asgi", lambda handle: receiver(handle).asgi(), body, awaited=True),
        _five(ASYNC): drive(receiver(*[aignore] * 5).asgi(), body),
    }
    pooled = {
        SYNC: checked(
            "asgi",
            lambda handle: receiver(handle).asgi(),
            body,
            awaited=False,
            clock=perf_counter,
        ),
        _five(SYNC): drive(receiver(*[ignore] * 5).asgi(), body, clock=perf_counter),
    }
    with ThreadPoolExecutor(1) as pool:
        candidates = {
            FLOOR: drive(asgi_floor(bare_decoder()), body),
            HOP: drive(_hopping(bare_decoder(), pool), body, clock=perf_counter),
            DRIVER: drive(_silent, body),
            **alone,
            **pooled,
            OTHER: drive(behind, foreign),
            FOREIGN: drive(receiver(aignore).asgi(behind), foreign),
        }
        times = measure(candidates, effort.rounds, effort.part)
    lines = [
        Line(DRIVER, FLOOR),
        *(Line(name, FLOOR, ours=True) for name in alone),
        *(Line(name, HOP, ours=True) for name in pooled),
        Line(FOREIGN, OTHER, ours=True),
    ]
    note = f"{NOTE} A sync handler runs on a thread of a pool, so it is held against a bare hop."
    return Table("push-asgi", "A push, ASGI", note, "times", compared(times, lines))


async def _silent(_scope: Any, _receive: Any, _send: Any) -> None:
    pass


def _hopping(decode: Any, pool: ThreadPoolExecutor) -> Any:
    async def app(scope, receive, send):
        event = decode(await read_body(receive))
        await asyncio.get_running_loop().run_in_executor(pool, ignore, event)
        await answer(send)

    return app


def _handle(body: bytes) -> Run:
    return repeating(partial(receiver(ignore).handle, body, dict(headers(body)), PATH))


def _extras(effort: Effort) -> Table:
    rows: list[Row] = []
    for protocol, bare in BARE.items():
        say(f"push: extras, {protocol.upper()}")
        candidates = _asked(protocol, bare)
        lines = [Line(name, bare, ours=True) for name in candidates if name != bare]
        times = measure(candidates, effort.rounds, effort.part)
        rows += compared(times, lines, case=protocol.upper())
    note = (
        "How many times a bare push of pushmw each takes: in process, a push of 250 bytes, one "
        "sync handler, under ASGI inline. Who asks for none of these does not pay for them. The "
        "guards look at a right token or signature; the delivery is taken by the handler, which "
        "reads its id."
    )
    return Table("push-extras", "What is asked for is paid for", note, "times", rows, layout="grid")


def _asked(protocol: str, bare: str) -> dict[str, Run]:
    """Make a push of nothing more than a handler, and ones of something more."""
    body = progress()

    def build(handle: Callable[[Any], Any], **options: Any) -> Any:
        return getattr(receiver(handle, inline=True, **options), protocol)()

    def deliver(handle: Callable[[Any], Any]) -> Any:
        return getattr(delivering(handle), protocol)()

    candidates = {
        bare: checked(protocol, build, body, awaited=False),
        DELIVERY: checked(protocol, deliver, body, awaited=False),
    }
    for name, (guard, right, wrong) in GUARDS.items():
        guarded = partial(build, guards=[guard])
        candidates[f"with {name}"] = checked(
            protocol, guarded, body, awaited=False, more=right, wrong=wrong
        )
    return candidates


def _sizes(effort: Effort) -> Table:
    rows: list[Row] = []
    decode = bare_decoder(LONG_KIND)
    for case, size in SIZES.items():
        say(f"push: {case}")
        body = readings(size)
        candidates = {
            "floor, WSGI": DRIVERS["wsgi"](wsgi_floor(decode), body),
            "floor, ASGI": DRIVERS["asgi"](asgi_floor(decode), body),
            "pushmw, WSGI": DRIVERS["wsgi"](receiver(ignore, kind=LONG_KIND).wsgi(), body),
            "pushmw, ASGI": DRIVERS["asgi"](receiver(aignore, kind=LONG_KIND).asgi(), body),
        }
        lines = [Line(f"pushmw, {name}", f"floor, {name}", ours=True) for name in ("WSGI", "ASGI")]
        rows += compared(measure(candidates, effort.rounds, effort.part), lines, case=case)
    note = "The same with many readings of a device. The checks of a body grow with it."
    return Table("push-sizes", "Larger pushes", note, "times", rows)


def _peers(protocol: str, effort: Effort) -> Table:
    ours, awaited = "pushmw", protocol == "asgi"

    def build(handle: Callable[[Any], Any]) -> Any:
        return getattr(receiver(handle), protocol)()

    candidates = {ours: checked(protocol, build, progress(), awaited=awaited)}
    for peer in PEERS:
        if peer.protocol == protocol:
            body = peer.body(progress())
            candidates[peer.name] = checked(protocol, peer.build, body, awaited=awaited)
    say(f"push: {', '.join(candidates)}")
    times = measure(candidates, effort.rounds, effort.part)
    lines = [Line(name, ours) for name in candidates if name != ours]
    note = (
        "In process, a push of 250 bytes, one handler. How many times the time of pushmw each "
        "takes; below 1 it is faster."
    )
    title = f"A push received in other ways, {protocol.upper()}"
    return Table(f"peers-{protocol}", title, note, "times", compared(times, lines))
