"""What a child process has to begin anew, above all locks that a thread of its parent held."""

import os
from collections.abc import Callable
from typing import Any, Protocol
from weakref import WeakSet


class Resets(Protocol):
    """What can begin anew."""

    def reset(self) -> object:
        """Begin anew."""
        ...


_resetting: "WeakSet[Resets]" = WeakSet()


def reset_at_fork(each: Resets) -> None:
    """Have something begin anew in each child that Python forks, as long as it is there."""
    _resetting.add(each)


def _reset_all() -> None:
    for each in _resetting:
        each.reset()


# Windows forks none.
_register: Callable[..., Any] = getattr(os, "register_at_fork", dict)
_register(after_in_child=_reset_all)
