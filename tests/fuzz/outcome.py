"""What may come of an input."""

from collections.abc import Callable

# Gives the name of what came of an input, or raises: that is an undefined outcome.
Target = Callable[[bytes], str]


class UndefinedError(Exception):
    """What came is in no table."""


def defined(condition: object, said: str) -> None:
    """See that something is so.

    Raises:
        UndefinedError: it is not.
    """
    if not condition:
        raise UndefinedError(said)
