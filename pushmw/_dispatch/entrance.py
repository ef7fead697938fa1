"""What the ways in differ in: HTTP's, an inbox's, a test's."""

from collections.abc import Callable
from typing import Any, TypeAlias

import msgspec

from pushmw._dispatch.delivery import Delivery
from pushmw.notifications.base import Event

# (event, body, what the entrance was given, the name of the first handler) -> the push
MakePush: TypeAlias = Callable[[Event, bytes, Any, str], Delivery]


class Entrance(msgspec.Struct, frozen=True, kw_only=True):
    """A way in.

    Attributes:
        on_loop: handlers are run from an event loop, and not on a thread.
        push: makes the push, which says where id, time, path, headers and attempt come from.
        deadline: seconds that the handlers of a push may take together; None for no limit. On a
            loop the entrance itself has to hold it.
        tells: what fails is logged, and its `error` hooks called, before the next handler runs;
            otherwise the outcome has it, and nobody is told.
        resumes: some handlers may be done already, as `Delivery.is_done` says.
    """

    on_loop: bool
    push: MakePush
    deadline: float | None
    tells: bool = True
    resumes: bool = False
