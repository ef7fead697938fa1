"""Requests on real servers: how many, how fast, and how much of a processor each takes."""

import statistics
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.applications import BARE, FLOOR, OURS
from benchmarks.bodies import progress
from benchmarks.drivers import PATH
from benchmarks.hosts import SERVERS, Host, Server, cores, hosting, pinned
from benchmarks.peers import PEERS
from benchmarks.tables import Row, Table
from benchmarks.timing import Effort, Times, ratios, say
from benchmarks.wrk import CONNECTIONS, TURN, Load, Wrk, result, take_turns, temporary

MATCHED: Final = "pushmw, a push"
FOREIGN: Final = "pushmw, another path"
BARE_ROW: Final = "bare application, another path"
FLOOR_ROW: Final = "floor, a push"
NOTE: Final = (
    f"wrk with {CONNECTIONS} connections on one core, the server with one worker on another. The "
    "figure is processor time a request. For it, the candidates of a round are loaded by turns of "
    f"{TURN * 1000:.0f} ms; requests/s and latencies are of a second without turns. Handlers are "
    "sync under WSGI and async under ASGI."
)


class Candidate(NamedTuple):
    """An application under a kind of request."""

    name: str
    app: str
    baseline: str | None
    method: str
    path: str
    body: bytes


class FailedError(Exception):
    """Requests failed under load, so that nothing was measured."""


def run(effort: Effort) -> list[Table]:
    with temporary() as folder:
        wrk = Wrk(Path(folder))
        return [_table(server, wrk, Path(folder), effort) for server in SERVERS]


def _candidates(server: Server, *, peers: bool) -> list[Candidate]:
    push, get = ("POST", PATH, progress()), ("GET", "/orders", b"")
    chosen = [
        Candidate(FLOOR_ROW, FLOOR, None, *push),
        Candidate(MATCHED, OURS, FLOOR_ROW, *push),
        Candidate(BARE_ROW, BARE, None, *get),
        Candidate(FOREIGN, OURS, BARE_ROW, *get),
    ]
    if peers:
        chosen += [
            Candidate(peer.name, peer.name, FLOOR_ROW, "POST", PATH, peer.body(progress()))
            for peer in PEERS
            if peer.protocol == server.protocol
        ]
    return chosen


def _table(server: Server, wrk: Wrk, folder: Path, effort: Effort) -> Table:
    candidates = _candidates(server, peers=not effort.checking)
    costs: Times = {candidate.name: [] for candidate in candidates}
    plain: dict[str, list[Load]] = {candidate.name: [] for candidate in candidates}
    for number in range(effort.server_rounds):
        say(f"server: {server.name}, round {number + 1} of {effort.server_rounds}")
        # New processes each time: one may be luckier than another with its memory.
        with _hosted(server, candidates, folder) as hosts:
            for name, cost in _taking_turns(candidates, hosts, wrk, effort.server_part).items():
                costs[name].append(cost)
            # A load that is stopped now and then knows nothing of latencies.
            for candidate in [] if effort.checking else candidates:
                load = result(_start(candidate, hosts[candidate.name], wrk, 1))
                plain[candidate.name].append(_sound(candidate, load))
    rows = [_row(candidate, costs, plain[candidate.name]) for candidate in candidates]
    key = f"server-{server.name.split()[0]}"
    return Table(key, f"{server.name} ({server.protocol.upper()})", NOTE, "times", rows)


@contextmanager
def _hosted(server: Server, candidates: list[Candidate], folder: Path) -> Iterator[dict[str, Host]]:
    """Run a server for each candidate, and let what loads them have the other core."""
    own, other = cores()
    with ExitStack() as stack:
        starting = {
            candidate.name: stack.enter_context(hosting(server, candidate.app, folder, own))
            for candidate in candidates
        }
        stack.enter_context(pinned(other))
        for candidate in candidates:
            host = starting[candidate.name]
            host.wait()
            status = host.ask(candidate.method, candidate.path, candidate.body)
            if status != 200:
                raise FailedError(f"{server.name}, {candidate.name}: {status}")
        yield starting


def _taking_turns(
    candidates: list[Candidate], hosts: dict[str, Host], wrk: Wrk, seconds: int
) -> dict[str, float]:
    """Tell the seconds of a processor that a request took, all candidates loaded by turns."""
    before = {name: host.processor_time() for name, host in hosts.items()}
    loads = [_start(each, hosts[each.name], wrk, seconds * len(candidates)) for each in candidates]
    take_turns(loads)
    return {
        each.name: (hosts[each.name].processor_time() - before[each.name])
        / _sound(each, result(load)).requests
        for each, load in zip(candidates, loads, strict=True)
    }


def _start(candidate: Candidate, host: Host, wrk: Wrk, seconds: int) -> subprocess.Popen[str]:
    url = f"http://127.0.0.1:{host.port}{candidate.path}"
    return wrk.start(url, seconds, candidate.method, candidate.body)


def _sound(candidate: Candidate, load: Load) -> Load:
    if load.failed or not load.requests:
        raise FailedError(f"{candidate.name}: {load}")
    return load


def _row(candidate: Candidate, costs: Times, plain: list[Load]) -> Row:
    baseline = candidate.baseline or candidate.name
    extra = {
        "requests/s": [load.requests / load.microseconds * 1e6 for load in plain],
        "p50 ms": [load.p50 / 1000 for load in plain],
        "p99 ms": [load.p99 / 1000 for load in plain],
    }
    return Row(
        candidate.name,
        baseline,
        ratios(costs, candidate.name, baseline),
        statistics.median(costs[candidate.name]) * 1e9,
        ours=candidate.app == OURS,
        extra={name: statistics.median(values) for name, values in extra.items() if values},
    )
