"""All that inputs are tried on."""

from asyncio import AbstractEventLoop
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from fuzz import bodies, guards, heads, seeds
from fuzz.outcome import Target

LONGEST: Final = 2048


class Trial(NamedTuple):
    """A target, and what its inputs are made of."""

    target: Callable[[AbstractEventLoop], Target]
    seeds: Sequence[bytes]
    words: Sequence[bytes]


_BODIES: Final = (seeds.BODIES, seeds.BODY_WORDS)
_REQUESTS: Final = (seeds.REQUESTS, seeds.REQUEST_WORDS)

TRIALS: Final = {
    "legacy": Trial(bodies.legacy, *_BODIES),
    "iotda": Trial(bodies.iotda, *_BODIES),
    "mixed": Trial(bodies.mixed, *_BODIES),
    "wsgi": Trial(heads.wsgi, *_REQUESTS),
    "asgi": Trial(heads.asgi, *_REQUESTS),
    "guarded-wsgi": Trial(heads.guarded_wsgi, *_REQUESTS),
    "guarded-asgi": Trial(heads.guarded_asgi, *_REQUESTS),
    "guards": Trial(guards.every, *_REQUESTS),
}
