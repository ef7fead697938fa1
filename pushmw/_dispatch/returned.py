"""What a callable gave back, judged: what has yet to be run has done nothing."""

from inspect import isawaitable, iscoroutine
from types import AsyncGeneratorType, GeneratorType
from typing import Any

from pushmw._threads.loop import discard


def awaits(result: object) -> bool:
    """Tell whether what a handler returned, and is not None, is to be awaited.

    Raises:
        TypeError: it is a generator, of which nothing has run.
    """
    if isawaitable(result):
        return True
    if isinstance(result, GeneratorType | AsyncGeneratorType):
        raise TypeError("a generator was returned, and nothing of it has run")
    return False


def check_awaited(result: Any) -> None:
    """Judge what an async handler returned, and is not None; a task runs by itself.

    Raises:
        TypeError: it is a coroutine or a generator, of which nothing has run.
    """
    if awaits(result) and iscoroutine(result):
        discard(result)
        raise TypeError("a coroutine was returned where it should have been awaited")


def said(answer: object) -> bool:
    """Tell whether a `where` said yes.

    Raises:
        TypeError: it did not say anything yet: what it returned would have to be run.
    """
    if answer is True or answer is False:
        return answer
    if awaits(answer):
        discard(answer)
        raise TypeError("where returned an awaitable; it has to be a plain function")
    return bool(answer)
