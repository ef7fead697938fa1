"""A method that is a class as far as anybody looks: Starlette's tools ask and change such a one."""

import inspect
from collections.abc import Callable
from typing import Any, TypeVar, cast

from pushmw._register.lazy import signature

Method = TypeVar("Method", bound=Callable[..., Any])


class _AsClass:
    """Gives each object a class of its own, the same each time: to call it calls a method."""

    def __init__(self, method: Callable[..., Any]) -> None:
        self._method = method

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, owner: Any, _: type) -> Any:
        method = self._method
        if owner is None:
            return method

        def make(_: type, *arguments: Any, **named: Any) -> Any:
            return method(owner, *arguments, **named)

        parameters = list(signature(method).parameters.values())[1:]
        made = type(
            self._name,
            (),
            {
                "__doc__": method.__doc__,
                "__module__": method.__module__,
                "__new__": make,
                "__qualname__": method.__qualname__,
                "__signature__": inspect.Signature(parameters),
            },
        )
        # Found there from now on, before this is asked; of two threads both get the same.
        return owner.__dict__.setdefault(self._name, made)


def as_class(method: Method) -> Method:
    """Let a method be a class for whoever asks, and a call for everybody else.

    Calling it gives what the method gives, which is no object of that class.
    """
    return cast("Method", _AsClass(method))
