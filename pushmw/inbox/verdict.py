"""What is to become of a push: decided from what became of it in its handlers. No I/O, no clock."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

import msgspec

from pushmw._dispatch.outcome import Outcome, Result, Retry, State

_FIRST: Final = 1.0  # seconds until the second attempt; doubling from there ...
_LONGEST: Final = 300.0  # ... to this
PATIENCE: Final = 24 * 3600.0  # seconds that a handler may put a push off by `Retry`, in all


class Fate(StrEnum):
    """What becomes of a push, or of one handler's part in it."""

    OPEN = "open"  # it is to be run, for the first time or again
    DONE = "done"
    DEAD = "dead"  # given up
    HELD = "held"  # given up, and its key waits behind it


class OnDead(StrEnum):
    """What becomes of those behind a push that is given up."""

    PASS = "pass"  # noqa: S105 - the key goes on
    HOLD = "hold"


class Policy(msgspec.Struct, frozen=True):
    """How a handler is tried again.

    Attributes:
        attempts: runs that may fail; those that end in `Retry` do not count.
        on_dead: what becomes of those behind.
    """

    attempts: int = 8
    on_dead: OnDead = OnDead.PASS


class Progress(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far one handler is with a push; written with each verdict.

    Attributes:
        fate: open, done or dead.
        runs: how often it was called.
        failures: how often it failed, but for `Retry`.
        waited: the sum, in seconds, of the waits that it asked for by `Retry`.
        due: seconds since the epoch from when on it may run again; 0 for at once.
        wait: the seconds of which `due` came, so that a clock that was set back delays by no more.
        took: its `where` has said yes once.
    """

    fate: Fate = Fate.OPEN
    runs: int = 0
    failures: int = 0
    waited: float = 0.0
    due: float = 0.0
    wait: float = 0.0
    took: bool = False


class Verdict(msgspec.Struct, frozen=True):
    """What is to become of a push.

    Attributes:
        fate: of the push as a whole.
        progress: how far each handler is, by name.
        wait: seconds until it is to run again, while it is open.
        ended: results of handlers that are given up for good with this run, to be told.
    """

    fate: Fate
    progress: Mapping[str, Progress]
    wait: float = 0.0
    ended: tuple[Result, ...] = ()


NEW: Final = Progress()


def back_off(runs: int, jitter: float) -> float:
    """Give the seconds until the next attempt: they double, and spread by half.

    Args:
        runs: how often it has run, from 1 on.
        jitter: between 0 and 1, by chance.
    """
    whole: float = min(_FIRST * 2 ** min(runs - 1, 30), _LONGEST)
    return whole * (0.5 + jitter / 2)


def judge(
    outcome: Outcome,
    before: Mapping[str, Progress],
    policy_of: Callable[[str], Policy],
    *,
    now: float,
    jitter: float,
) -> Verdict:
    """Decide what becomes of a push after a run.

    Args:
        outcome: of this run.
        before: how far each handler was.
        policy_of: the policy of the handler of a name.
        now: seconds since the epoch.
        jitter: between 0 and 1, by chance.
    """
    progress = dict(before)
    ended: list[Result] = []
    for result in outcome.results:
        if result.state is State.DONE:
            continue
        after = _after(result, before.get(result.name, NEW), policy_of(result.name), now, jitter)
        progress[result.name] = after
        if after.fate is Fate.DEAD:
            ended.append(result)
    fates = {each.fate for each in progress.values()}
    if Fate.OPEN in fates:
        waits = [left_of(each, now) for each in progress.values() if each.fate is Fate.OPEN]
        return Verdict(Fate.OPEN, progress, min(waits), tuple(ended))
    if Fate.DEAD not in fates:
        return Verdict(Fate.DONE, progress)
    dead = [name for name, each in progress.items() if each.fate is Fate.DEAD]
    holds = any(policy_of(name).on_dead is OnDead.HOLD for name in dead)
    return Verdict(Fate.HELD if holds else Fate.DEAD, progress, ended=tuple(ended))


def _after(result: Result, before: Progress, policy: Policy, now: float, jitter: float) -> Progress:
    runs = before.runs + 1
    if result.error is None:
        took = before.took or result.state is State.HANDLED
        return msgspec.structs.replace(
            before, fate=Fate.DONE, runs=runs, took=took, due=0.0, wait=0.0
        )
    failures, waited, wait = before.failures, before.waited, back_off(runs, jitter)
    if isinstance(result.error, Retry):
        wait = wait if result.error.after is None else result.error.after
        waited += wait
        gives_up = waited > PATIENCE
    else:
        failures += 1
        gives_up = failures >= policy.attempts
    fate = Fate.DEAD if gives_up else Fate.OPEN
    due, wait = (0.0, 0.0) if gives_up else (now + wait, wait)
    return Progress(fate, runs, failures, waited, due, wait, took=True)


def left_of(progress: Progress, now: float) -> float:
    """Give the seconds until a handler may run, never more than it was to wait.

    So a clock that was set back delays it by that wait once more, and by no more.
    """
    return max(0.0, min(progress.due - now, progress.wait))


_progress: Final = msgspec.json.Decoder(dict[str, Progress])


def written(progress: Mapping[str, Progress]) -> bytes:
    """Write how far handlers are; empty for a push that has not run."""
    return msgspec.json.encode(progress) if progress else b""


def read(text: bytes) -> dict[str, Progress]:
    """Read that again."""
    return _progress.decode(text) if text else {}
