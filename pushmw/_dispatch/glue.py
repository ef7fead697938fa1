"""What running handlers needs of the receiver and of the framework round it."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, NamedTuple, Protocol

from pushmw._dispatch.plan import Around


class Hop(Protocol):
    """How a sync function leaves the event loop: the pool's `run`, or a framework's own way."""

    def __call__(self, function: Callable[..., Any], /, *arguments: Any) -> Awaitable[Any]:
        """Call it with the arguments elsewhere."""
        ...


class Glue(NamedTuple):
    """What a framework needs round each handler: one replaceable slot of the receiver.

    Attributes:
        around: makes the context manager round a handler.
        aaround: makes the asynchronous one round async handlers; without it they get ``around``.
        hop: how sync handlers leave the event loop; without it they go to the receiver's pool.
        settle: how a thread that ``hop`` led to waits for an awaitable on the loop; needed where
            that may want the very thread.
        hops: whether sync handlers have to go that way now, and not to the pool.
    """

    around: Callable[[], Any]
    aaround: Callable[[], Any] | None = None
    hop: Hop | None = None
    settle: Callable[[Awaitable[Any]], Any] | None = None
    hops: Callable[[], bool] = lambda: True

    def for_sync(self) -> Around:
        """Give what goes round a sync handler, on its own thread."""
        return Around(self.around, takes_delivery=False, awaited=False)

    def for_async(self) -> Around:
        """Give what goes round an async handler."""
        if self.aaround is None:
            return self.for_sync()
        return Around(self.aaround, takes_delivery=False, awaited=True)


class Context(NamedTuple):
    """What running needs to know of the receiver.

    Attributes:
        pool: the way to a thread of the receiver's own.
        reserve: the same for the hooks of late handlers, which may hold all others.
        deadline: seconds the handlers of a push may take together; None for no limit.
        tells: failures are told as they come.
        resumes: handlers that are done already are left out.
    """

    pool: Hop
    glue: Glue | None
    reserve: Hop
    deadline: float | None = None
    tells: bool = True
    resumes: bool = False

    def spare(self) -> "Context":
        """Do without the threads that late handlers may hold."""
        glue = Glue(self.glue.around) if self.glue else None
        return self._replace(pool=self.reserve, glue=glue)

    def sync_arounds(self, arounds: Iterable[Around]) -> tuple[Around, ...]:
        """Put the framework's context manager outside of the others."""
        return (*((self.glue.for_sync(),) if self.glue else ()), *arounds)

    def async_arounds(self, arounds: Iterable[Around]) -> tuple[Around, ...]:
        """Put the framework's own, asynchronous if it has one, outside of the others."""
        return (*((self.glue.for_async(),) if self.glue else ()), *arounds)
