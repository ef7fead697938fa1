"""What can be registered and is not what was meant, refused with the line that would work."""

import functools
import inspect
from collections.abc import Callable
from contextlib import asynccontextmanager, contextmanager
from types import FunctionType, MappingProxyType
from typing import Any, Final

from pushmw._register.lazy import signature

# What frameworks put in as a default for themselves to replace, by the names of its classes.
_INJECTED: Final = frozenset({"Depends", "Security", "Dependency", "Provide"})


# The functions that ``contextlib`` makes all have the code of these.
_MAKERS: Final[tuple[Any, ...]] = (contextmanager, asynccontextmanager)
MANAGERS: Final = frozenset(make(print).__code__ for make in _MAKERS)


def bare(function: Any) -> Any:
    """Give what stands inside of partials."""
    while isinstance(function, functools.partial):
        function = function.func
    return function


def name_of(function: Callable[..., Any]) -> str:
    """Name a callable as ``module:qualname``."""
    within = bare(function)
    named: Any = within if hasattr(within, "__qualname__") else within.__class__
    return f"{named.__module__}:{named.__qualname__}"


def check_object(who: str, function: Any) -> None:
    """Refuse what would be called and do nothing.

    Args:
        who: what takes it, as the message begins.
        function: what was given.

    Raises:
        TypeError: it is not callable, a class, a generator function or a context manager.
    """
    within: Any = bare(function)
    if type(within) is classmethod:
        raise TypeError(
            f"{who}: a class method cannot be registered in the body of its class; do so below it"
        )
    if not callable(function):
        raise TypeError(f"{who}: takes a function, not {function!r}")
    if issubclass(type(within), type):
        raise TypeError(
            f"{who}: {name_of(within)} is a class, and each push would make an object of it and "
            f"drop that; make one first: push.on(...)({within.__qualname__}(...))"
        )
    if inspect.isgeneratorfunction(within) or inspect.isasyncgenfunction(within):
        raise TypeError(f"{who}: {name_of(function)} has a yield in it: to call it runs nothing")
    if getattr(within, "__code__", None) in MANAGERS:
        raise TypeError(
            f"{who}: {name_of(function)} makes a context manager, and to call it runs nothing; "
            "register it with @push.around"
        )


def check_bound(who: str, function: Any, first: inspect.Parameter | None) -> None:
    """Refuse a method that has no object yet.

    Args:
        who: what takes it.
        function: what was given.
        first: its first parameter, if there is one.

    Raises:
        TypeError: it was registered in the body of its class, or by the class.
    """
    within = bare(function)
    holder, _, name = getattr(within, "__qualname__", "").rpartition(".")
    if not isinstance(within, FunctionType) or not holder or holder.endswith("<locals>"):
        return
    if first is not None and first.name in {"self", "cls"}:
        owner = holder.rpartition(".")[2]
        raise TypeError(
            f"{who}: {name_of(function)} is a method without an object, so its {first.name} would "
            f"be the event; register that of an object, where there is one: "
            f"push.on(...)({owner}().{name})"
        )


def check_default(who: str, function: Any, parameters: list[inspect.Parameter]) -> None:
    """Refuse parameters that a framework would fill in.

    Raises:
        TypeError: naming the parameter.
    """
    for each in parameters:
        marks = (each.default, *getattr(each.annotation, "__metadata__", ()))
        for mark in marks:
            name, home = type(mark).__name__, type(mark).__module__
            if name in _INJECTED or home.startswith("fastapi."):
                raise TypeError(
                    f"{who}: nobody fills in `{each.name}` of {name_of(function)}: pushmw calls "
                    f"handlers itself, without the framework's {name}; get it in the "
                    "handler, or round it with @push.around"
                )


def check_where(where: Any) -> None:
    """Refuse what cannot be asked with an event, at once.

    Raises:
        TypeError: it is no plain function of one argument.
    """
    within: Any = bare(where)
    wrong = (
        not callable(where)
        or inspect.iscoroutinefunction(within)
        or inspect.iscoroutinefunction(type(within).__call__)
        or inspect.isgeneratorfunction(within)
        or inspect.isasyncgenfunction(within)
        or issubclass(type(within), type)
    )
    if not wrong:
        try:
            signature(where).bind(None)
        except TypeError:
            wrong = True
        except ValueError:  # a builtin without a signature
            return
    if wrong:
        raise TypeError(
            f"on: where must be a plain function of the event, as in "
            f"where=lambda event: event.device_id == 'a', not {where!r}"
        )


def dispatches(function: Any) -> bool:
    """Tell whether a function chooses by the class of its argument, as ``functools`` makes them."""
    registry = getattr(function, "registry", None)
    return isinstance(registry, MappingProxyType) or of_method(function)


def of_method(function: Any) -> bool:
    """Tell whether it is such a method, with its object."""
    maker = getattr(getattr(function, "register", None), "__self__", None)
    return isinstance(maker, functools.singledispatchmethod)
