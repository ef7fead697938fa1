"""What a registered function is: awaited or not, with a delivery or without, for which events."""

import inspect
import re
import types
import typing
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from pushmw._dispatch.delivery import Delivery
from pushmw._register.lazy import hints, signature
from pushmw._register.refusals import (
    MANAGERS,
    bare,
    check_bound,
    check_default,
    check_object,
    dispatches,
    name_of,
    of_method,
)

# What builtins, mocks, proxies raise that have odd signatures: where nothing is known, believe.
_ODD = (Exception,)
_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def _called(function: Any) -> Any:
    """Give the function behind an object that is called like one."""
    return type(function).__call__


def is_async(function: Callable[..., Any]) -> bool:
    """Tell whether calling ``function`` gives a coroutine, as far as can be known before."""
    function = bare(function)
    return any(map(inspect.iscoroutinefunction, (function, _called(function))))


def is_async_context(factory: Callable[..., Any]) -> bool:
    """Tell whether ``factory`` gives an asynchronous context manager.

    Raises:
        TypeError: it is not callable, or a generator function and so no factory yet.
    """
    factory = bare(factory)
    if not callable(factory):
        raise TypeError(f"around: takes a function that makes a context manager, not {factory!r}")
    if inspect.isgeneratorfunction(factory) or inspect.isasyncgenfunction(factory):
        raise TypeError(
            f"around: {name_of(factory)} is a generator function; decorate it with "
            "contextlib.contextmanager or contextlib.asynccontextmanager"
        )
    made: Any = factory if inspect.isclass(factory) else inspect.unwrap(factory)
    if isinstance(made, type):
        return hasattr(made, "__aenter__") and not hasattr(made, "__enter__")
    return inspect.isasyncgenfunction(made)


def signature_of(function: Callable[..., Any], *, follow: bool = False) -> inspect.Signature | None:
    """Give the signature of a callable, or None where there is none to be had.

    Args:
        function: the callable.
        follow: that of what a decorator made with ``functools.wraps`` stands before.
    """
    with suppress(*_ODD):
        return signature(function, follow_wrapped=follow)
    return None


def _takes_all(function: Callable[..., Any]) -> bool:
    own = signature_of(function)
    return own is not None and any(p.kind is p.VAR_POSITIONAL for p in own.parameters.values())


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter] | None:
    # What stands behind functools.wraps takes its own arguments, which may be others.
    seen = signature_of(function, follow=_takes_all(function))
    if seen is None:
        return None
    parameters = list(seen.parameters.values())
    # Of a method that chooses by class the signature still has the object.
    return parameters[1:] if of_method(function) else parameters


def _annotations(function: Callable[..., Any]) -> dict[str, Any]:
    """Resolve the annotations; those of TYPE_CHECKING imports cannot be, and are left out."""
    named: Any = bare(function)
    if not (inspect.isfunction(named) or inspect.ismethod(named)):
        named = _called(named)
    with suppress(Exception):  # an annotation is any expression
        return hints(named)
    return {}


def check_guard(guard: Any) -> None:
    """Refuse what cannot be asked as a guard, at once and with one argument.

    Raises:
        TypeError: saying what is wrong, and nothing that may be secret.
    """
    if not callable(guard):
        raise TypeError(f"a guard must be callable, not {type(guard).__name__}")
    if isinstance(guard, type):
        raise TypeError(f"{guard.__name__} is no guard yet: make one of it, {guard.__name__}(...)")
    check_object("guard", guard)
    if is_async(guard):
        raise TypeError(f"guard {name_of(guard)} is async, but has to answer at once")
    try:
        signature(guard).bind(None)
    except TypeError:
        raise TypeError(f"guard {name_of(guard)} cannot be called with an attempt") from None
    except ValueError:  # a builtin without a signature
        return


def check_handler(who: str, function: Any) -> None:
    """Refuse what is callable and cannot have been meant to handle something.

    Raises:
        TypeError: saying what it is and what would work.
    """
    check_object(who, function)
    parameters = _parameters(function) or []
    check_bound(who, function, next(iter(parameters), None))
    check_default(who, function, parameters)


def wants(function: Callable[..., Any], *given: str) -> bool:
    """Tell whether ``function`` takes a delivery after what else it is ``given``, as it is named.

    It does when a further *required* positional parameter exists, or one is annotated `Delivery`.
    What stands behind a decorator may get more from that, so there only what asks for it gets it.

    Raises:
        TypeError: it cannot be called that way: too few or too many parameters are required, or
            the one for the delivery is annotated as something else.
    """
    parameters, taken = _parameters(function), len(given)
    if parameters is None:
        return False
    positional = [p for p in parameters if p.kind in _POSITIONAL]
    rest = any(p.kind is p.VAR_POSITIONAL for p in parameters)
    required = [p for p in positional if p.default is p.empty]
    hints = _annotations(function)
    place = positional[taken : taken + 1]
    asking = [p for p in parameters if _is_delivery(hints.get(p.name, p.annotation))]
    others = [p for p in place if p in required and not _may_be_delivery(hints.get(p.name))]
    if _is_behind(function):
        return bool(asking or (len(required) > taken and not others))
    misplaced = [p for p in asking if p not in place]
    keyword_only = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY and p.default is p.empty]
    too_few, too_many = len(positional) < taken and not rest, len(required) > taken + 1
    if too_few or too_many or keyword_only or misplaced or others:
        takes = " and ".join((*given, "the delivery"))
        more = "; what else it needs it gets by functools.partial or in a closure" if others else ""
        raise TypeError(
            f"{name_of(function)}{signature_of(function)} cannot be called: "
            f"pushmw passes {takes}, by position{more}"
        )
    return len(required) > taken or bool(asking)


def _is_behind(function: Callable[..., Any]) -> bool:
    """Tell whether the parameters seen are those of what a decorator has wrapped."""
    within = bare(function)
    manages = getattr(within, "__code__", None) in MANAGERS  # these pass on what they get
    return hasattr(within, "__wrapped__") and _takes_all(function) and not manages


def _may_be_delivery(annotation: Any) -> bool:
    return annotation is None or _accepts(annotation, Delivery)


def _is_delivery(annotation: Any) -> bool:
    name = getattr(annotation, "__forward_arg__", annotation)
    if isinstance(name, str):  # could not be resolved
        return re.search(r"\bDelivery\b", name) is not None
    return annotation is Delivery or any(map(_is_delivery, typing.get_args(annotation)))


def check_event(function: Callable[..., Any], expected: Iterable[type]) -> None:
    """Refuse a handler whose event is annotated with a class that a push of its kind is not.

    Raises:
        TypeError: naming the handler, the annotation and the class that would come.
    """
    if dispatches(function) or hasattr(bare(function), "__wrapped__"):
        return  # annotations are those of what is behind, which may get something else
    parameters = _parameters(function)
    first = next((p for p in parameters or () if p.kind in _POSITIONAL), None)
    annotation = _annotations(function).get(first.name) if first is not None else None
    if annotation is None:
        return
    expected = tuple(expected)
    if all(_accepts(annotation, struct) for struct in expected):
        return
    shown = annotation.__name__ if isinstance(annotation, type) else annotation
    coming = " | ".join(struct.__name__ for struct in expected)
    raise TypeError(
        f"{name_of(function)} takes {shown}, but is registered for pushes that arrive as {coming}; "
        f"annotate it with {coming} or register it for the kind it is written for"
    )


def _accepts(annotation: Any, struct: type) -> bool:
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return any(_accepts(choice, struct) for choice in typing.get_args(annotation))
    known = typing.get_origin(annotation) or annotation
    # Any is a class since Python 3.11; of a protocol it cannot be known.
    if known is Any or not isinstance(known, type) or getattr(known, "_is_protocol", False):
        return True
    return issubclass(struct, known)
