"""The same thing registered once more: its module ran twice or was reloaded, a factory came again.

A file that is run is ``__main__``, and another module when it is imported; a reload runs it again.
What is written once then comes twice, under the same names and from the same place, but from
another run of it. What one run registers twice, as in a loop, is meant.
"""

import functools
import inspect
import sys
from types import BuiltinMethodType, CodeType, FrameType, FunctionType, MethodType
from typing import Any, Final, NamedTuple, cast

# The attribute of a handler that holds the method it was made of.
MOUNTED: Final = "pushmw_mounted"


class Place(NamedTuple):
    """Where something is registered. A frame would tell best, and hold all the user has there.

    Attributes:
        code: of the module or function that does it: another one when a module runs again.
        file: of its module.
    """

    code: CodeType
    file: str

    def is_like(self, other: "Place") -> bool:
        """Tell whether the other is this place, wherever its lines are by now."""
        return (self.file, self.code.co_qualname) == (other.file, other.code.co_qualname)

    def is_once(self) -> bool:
        """Tell whether each run of a module comes here once, as far as that can be told."""
        return self.code.co_name == "<module>"

    def is_again(self, other: "Place") -> bool:
        """Tell whether the other is this place in another run of its module."""
        return self.code is not other.code and self.is_like(other)

    def holds(self, name: str) -> bool:
        """Tell whether what is called so is written here."""
        return name.startswith(f"{self.code.co_qualname}.<locals>.")

    def makes(self, name: str) -> bool:
        """Tell whether what is called so is written here, and in no function here."""
        return (
            self.holds(name)
            and name.count("<locals>") == self.code.co_qualname.count("<locals>") + 1
        )


class Called(NamedTuple):
    """What a callable is called, and the file it is from, or else its module."""

    home: object
    name: str


def place() -> Place:
    """Give the place in the user's code that calls us."""
    # As ``logging`` does; CPython alone is supported.
    frame = cast("FrameType", inspect.currentframe())
    while frame.f_back is not None and _is_ours(frame):
        frame = frame.f_back
    # Of a file that is run the code has a path as it was given, its globals have a whole one.
    return Place(frame.f_code, frame.f_globals.get("__file__") or frame.f_code.co_filename)


def repeats(one: Any, there: Place, other: Any, here: Place) -> bool:
    """Tell whether a callable that was registered there is registered here once more.

    Where it is not a module that ran again, but a function of the user's that was called again, it
    has to be written there: what is handed to such a function may be another one each time.
    """
    if same(one, other):
        return True
    if one is None or other is None or not (there.is_like(here) and alike(one, other)):
        return False
    if here.is_once():
        return there.is_again(here)
    return here.holds(_called(other).name) and (
        there.is_again(here) or _made_anew(one, other, here)
    )


def _made_anew(one: Any, other: Any, here: Place) -> bool:
    """Tell whether two callables that a function makes are of two calls of it."""
    one, other = _innermost(one), _innermost(other)
    if not (isinstance(one, FunctionType) and isinstance(other, FunctionType)):
        return _class_of(one) is not _class_of(other)
    if one is other or one.__code__ is not other.__code__:
        return False
    names = one.__code__.co_freevars
    cells = dict(
        zip(names, zip(one.__closure__ or (), other.__closure__ or (), strict=True), strict=True)
    )
    own = [cells[name] for name in names if name in here.code.co_cellvars]
    if not here.makes(one.__qualname__):  # other variables may be of a function in between
        return any(a is not b for a, b in own)
    if any(a is not b for a, b in cells.values()):
        return True
    # Nothing tells, and it makes no difference, unless what they were given does.
    return not own and _given(one) == _given(other)


def _given(function: FunctionType) -> list[int]:
    defaults = (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values())
    return [id(value) for value in defaults]


def alike(one: Any, other: Any) -> bool:
    """Tell whether two callables, or classes, are called the same and come from the same file."""
    return _called(one) == _called(other)


def same(one: Any, other: Any) -> bool:
    """Tell whether two callables are one and the same object, or method of it."""
    one, other = _meant(one), _meant(other)
    bound = isinstance(one, MethodType | BuiltinMethodType) and type(one) is type(other)
    return one is other or (bound and one == other)


def _called(function: Any) -> Called:
    function = _without_partials(_meant(function))
    named: Any = function if hasattr(function, "__qualname__") else function.__class__
    home = sys.modules.get(named.__module__)
    return Called(getattr(home, "__file__", named.__module__), named.__qualname__)


def _without_partials(function: Any) -> Any:
    while isinstance(function, functools.partial):
        function = function.func
    return function


def _innermost(function: Any) -> Any:
    return inspect.unwrap(_without_partials(_meant(function)))


def _class_of(thing: Any) -> type:
    """Give a class itself, the class of an object, or that of the object of a method."""
    if isinstance(thing, MethodType):
        thing = thing.__self__
    return thing if isinstance(thing, type) else type(thing)


def _meant(function: Any) -> Any:
    """See through what `pushmw.compat` makes of a method."""
    return getattr(function, MOUNTED, function)


def _is_ours(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__")).partition(".")[0] == "pushmw"
