"""The nesting guard: refuses JSON that would exhaust the C stack, before msgspec sees it."""

from itertools import accumulate
from typing import Final

# msgspec recurses on the C stack. Measured: 9-60 kB of brackets kill a worker whose threads have
# small stacks, while 188 levels are safe on a 128 KiB stack (musl's default), the smallest in use.
MAX_DEPTH: Final = 64
# A body this short cannot nest deep enough to matter, so it needs no look.
SHALLOW_SIZE: Final = 256

_ENOUGH: Final = MAX_DEPTH + 1
_FLOOD: Final = b"(" * _ENOUGH
_ROUNDS: Final = 3
_LONG: Final = 64  # bytes of a string from which on it is cheaper to take out than to go through
_BRACKETS: Final = bytes.maketrans(b"[{]}", b"(())")
_OTHERS: Final = bytes(set(range(256)) - set(b'[{]}"'))
_STEPS: Final = bytes.maketrans(b"()", b"\x01\xff")
# Several steps in one direction are one larger step: the highest place is at the end of a run.
_RUNS: Final = tuple(
    (step.to_bytes(1, signed=True) * size, (step * size).to_bytes(1, signed=True))
    for size in (32, 8, 2)
    for step in (1, -1)
)


def too_deep(body: bytes) -> bool:
    """Tell whether ``body`` nests clearly deeper than ``MAX_DEPTH`` outside of strings.

    Up to 64 levels always pass and more than 67 never do: each round of cancelling takes one level
    off a peak. What follows the first syntax error may be misjudged, msgspec never reads that far.
    """
    # replace looks for the next one with memchr and stops after the last it may take; count goes
    # byte by byte to the end, at three to five times the cost.
    rest = len(body.replace(b"[", b"", _ENOUGH)) + len(body.replace(b"{", b"", _ENOUGH))
    if 2 * len(body) - rest <= MAX_DEPTH:
        return False
    if b"\\" in body:
        body = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    if len(parts := body.split(b'"', len(body) // _LONG)) <= len(body) // _LONG:
        body = b"".join(parts[::2])
    marks = body.translate(_BRACKETS, _OTHERS).replace(b'""', b"")
    if b'"' in marks:
        marks = b"".join(marks.split(b'"')[::2])
    if _FLOOD in marks:  # the cheapest to send
        return True
    for _ in range(_ROUNDS):
        marks = marks.replace(b"()", b"")
    steps = marks.translate(_STEPS)
    for run, step in _RUNS:
        steps = steps.replace(run, step)
    return max(accumulate(memoryview(steps).cast("b")), default=0) > MAX_DEPTH
