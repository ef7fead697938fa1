"""The same thing registered once more: its module ran twice or was reloaded, a factory came again.

A file that is run is ``__main__``, and another module when it is imported; a reload runs it again.
What is written once then comes twice, under the same names and from the same place, but from
another run of it. What one run registers twice, as in a loop, is meant.
"""

import functools
import sys
from inspect import currentframe
from types import BuiltinMethodType, FrameType, MethodType
from typing import Any, Final, NamedTuple, cast

# The attribute of a handler that holds the method it was made of.
MOUNTED: Final = "pushmw_mounted"


class Place(NamedTuple):
    """Where something is registered, as the run of a module or function that does it."""

    run: FrameType

    def is_again(self, other: "Place") -> bool:
        """Tell whether the other is this place in another run, wherever its lines are by now."""
        return self.run is not other.run and _names(self.run) == _names(other.run)

    def is_once(self) -> bool:
        """Tell whether each run of a module comes here once, as far as that can be told."""
        return self.run.f_code.co_name == "<module>"

    def holds(self, called: "Called") -> bool:
        """Tell whether what is called so is written here."""
        return called.name.startswith(f"{self.run.f_code.co_qualname}.<locals>.")


class Called(NamedTuple):
    """What a callable is called, and the file it is from, or else its module."""

    home: object
    name: str


def place() -> Place:
    """Give the place in the user's code that calls us."""
    # As ``logging`` does; CPython alone is supported.
    frame = cast("FrameType", currentframe())
    while frame.f_back is not None and _is_ours(frame):
        frame = frame.f_back
    return Place(frame)


def repeats(one: Any, there: Place, other: Any, here: Place) -> bool:
    """Tell whether a callable that was registered there is registered here once more.

    Where it is not a module that ran again, but a function of the user's that was called again, it
    has to be written there: what is handed to such a function may be another one each time.
    """
    if same(one, other):
        return True
    if one is None or other is None or not there.is_again(here):
        return False
    return (here.is_once() or here.holds(_called(other))) and alike(one, other)


def alike(one: Any, other: Any) -> bool:
    """Tell whether two callables, or classes, are called the same and come from the same file."""
    return _called(one) == _called(other)


def same(one: Any, other: Any) -> bool:
    """Tell whether two callables are one and the same object, or method of it."""
    one, other = _meant(one), _meant(other)
    bound = isinstance(one, MethodType | BuiltinMethodType) and type(one) is type(other)
    return one is other or (bound and one == other)


def _called(function: Any) -> Called:
    function = _meant(function)
    while isinstance(function, functools.partial):
        function = function.func
    named: Any = function if hasattr(function, "__qualname__") else function.__class__
    home = sys.modules.get(named.__module__)
    return Called(getattr(home, "__file__", named.__module__), named.__qualname__)


def _meant(function: Any) -> Any:
    """See through what `pushmw.compat` makes of a method."""
    return getattr(function, MOUNTED, function)


def _is_ours(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__")).partition(".")[0] == "pushmw"


def _names(frame: FrameType) -> tuple[str, str]:
    # Of a file that is run the code has a path as it was given, its globals have a whole one.
    return frame.f_globals.get("__file__") or frame.f_code.co_filename, frame.f_code.co_qualname
