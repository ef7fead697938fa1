"""Signatures and annotations as they are, also where names in them are for type checkers only.

From Python 3.14 on annotations are resolved when they are asked for, and by default one that cannot
be is a `NameError`; whoever reads those of a user's function asks here.
"""

import inspect
import typing
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final


def _as_they_are(argument: str) -> dict[str, Any]:
    """Name the argument that leaves standing what cannot be resolved, for Pythons that have it."""
    lazy = find_spec("annotationlib") is not None
    return {argument: import_module("annotationlib").Format.FORWARDREF} if lazy else {}


_SIGNATURE: Final = _as_they_are("annotation_format")
_HINTS: Final = _as_they_are("format")


def signature(function: Callable[..., Any], *, follow_wrapped: bool = True) -> inspect.Signature:
    """Give a signature.

    Raises:
        TypeError, ValueError: as `inspect.signature`.
    """
    return inspect.signature(function, follow_wrapped=follow_wrapped, **_SIGNATURE)


def hints(function: Any) -> dict[str, Any]:
    """Give resolved annotations.

    Raises:
        Exception: an annotation, which is any expression, raises that; before Python 3.14 also
            where a name is there for type checkers only.
    """
    return typing.get_type_hints(function, **_HINTS)
