"""Makes inputs of seeds by chance, without knowing what they reach."""

from asyncio import new_event_loop
from collections.abc import Callable, Sequence
from contextlib import closing
from random import Random
from typing import Final

from fuzz.tally import Tally, reading
from fuzz.targets import LONGEST, Trial


def _flip(random: Random, data: bytearray, _: Sequence[bytes]) -> None:
    if data:
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)


def _replace(random: Random, data: bytearray, _: Sequence[bytes]) -> None:
    if data:
        data[random.randrange(len(data))] = random.randrange(256)


def _remove(random: Random, data: bytearray, _: Sequence[bytes]) -> None:
    at = random.randrange(len(data) + 1)
    del data[at : at + random.randrange(1, 30)]


def _insert(random: Random, data: bytearray, words: Sequence[bytes]) -> None:
    at = random.randrange(len(data) + 1)
    data[at:at] = random.choice(words) * random.choice((1, 1, 1, 2, 80))


def _overwrite(random: Random, data: bytearray, words: Sequence[bytes]) -> None:
    word = random.choice(words)
    at = random.randrange(len(data) + 1)
    data[at : at + random.choice((0, 1, len(word)))] = word


def _repeat(random: Random, data: bytearray, _: Sequence[bytes]) -> None:
    begin = random.randrange(len(data) + 1)
    at = random.randrange(len(data) + 1)
    data[at:at] = data[begin : begin + random.randrange(1, 60)]


_STEPS: Final[tuple[Callable[[Random, bytearray, Sequence[bytes]], None], ...]] = (
    *(_flip, _replace, _remove, _insert, _overwrite, _repeat),
)


def made(random: Random, trial: Trial) -> bytes:
    """Make one input."""
    data = bytearray(random.choice(trial.seeds))
    for _ in range(random.choice((0, 1, 1, 2, 3, 5, 12))):
        random.choice(_STEPS)(random, data, trial.words)
    return bytes(data[:LONGEST])


def run(trial: Trial, runs: int, seed: int) -> Tally:
    """Try so many inputs; the same seed makes the same ones."""
    random = Random(seed)
    with closing(new_event_loop()) as loop, reading():
        tally = Tally(trial.target(loop), runs)
        for _ in range(runs):
            tally(made(random, trial))
    return tally
