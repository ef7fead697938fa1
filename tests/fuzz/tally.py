"""Counts what comes of inputs, and stops at the first that is undefined."""

import logging
import sys
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from fuzz.outcome import Target, defined

FOUND = 70  # the exit status of a run with an undefined outcome


class _Reader(logging.Handler):
    """Reads what is logged, for it must be readable, and be no failure that is hidden by a 403."""

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        defined(record.levelno < logging.ERROR, f"logged as an error: {text}")


@contextmanager
def reading() -> Iterator[None]:
    """Read what the library logs, in place of whoever does so."""
    logger, reader = logging.getLogger("pushmw"), _Reader()
    before = logger.level, logger.propagate
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    logger.addHandler(reader)
    try:
        yield
    finally:
        logger.removeHandler(reader)
        logger.level, logger.propagate = before


class Tally:
    """A target that is counted.

    Attributes:
        outcomes: how often what came.
    """

    def __init__(self, target: Target, runs: int) -> None:
        self.outcomes: Counter[str] = Counter()
        self._target = target
        self._left = runs
        self._began = monotonic()

    def __call__(self, data: bytes) -> None:
        """Try an input; one that has an undefined outcome is shown, and ends the process."""
        try:
            outcome = self._target(data)
        except Exception:  # noqa: BLE001 - anything is undefined
            traceback.print_exc(file=sys.stdout)
            print(f"UNDEFINED, for the input {data!r}", flush=True)  # noqa: T201 - the finding
            raise SystemExit(FOUND) from None
        self.outcomes[outcome] += 1
        self._left -= 1
        if self._left == 0:
            print(self.report(), flush=True)  # noqa: T201 - the result

    def report(self) -> str:
        """Say how many inputs there were, how long they took and what came of them."""
        seconds = monotonic() - self._began
        lines = [f"  {count:>9}  {outcome}" for outcome, count in self.outcomes.most_common(12)]
        return "\n".join([f"{self.outcomes.total()} inputs in {seconds:.0f} s", *lines])
