"""What tests need beyond the group `test`; `skips` says what becomes of them without it."""

import re
import tomllib
import traceback
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

_PYPROJECT: Final = Path(__file__).parents[1] / "pyproject.toml"
# What is imported by another name than it is installed by.
_PACKAGES: Final = {"ninja": "django-ninja", "rest_framework": "djangorestframework"}


class MissingError(Exception):
    """Something is not on this machine; the message says what and how to get it."""


class MissingToolError(MissingError):
    """A program is not on this machine, and PyPI has none for it."""


def needed(*modules: str) -> None:
    """Ask for modules that somebody else imports, be it a process of its own.

    Raises:
        MissingError: one of them is not installed.
    """
    for name in modules:
        if find_spec(name) is None:
            raise MissingError(_how_to_get(name))


def absence(error: BaseException) -> tuple[str, int, str] | None:
    """Tell whether an error comes of something that is missing: the file, the line and the reason.

    A module that no extra and no group brings is a mistake in the test, not missing.
    """
    for each in _chain(error):
        if reason := _reason(each):
            frames = traceback.extract_tb(each.__traceback__)
            last = [frame for frame in frames if frame.filename != __file__][-1]
            return last.filename, last.lineno or 0, reason
    return None


def is_of_tool(error: BaseException) -> bool:
    """Tell whether what is missing is a program that no environment can have by itself."""
    return any(isinstance(each, MissingToolError) for each in _chain(error))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Give an error and what it was raised for or from: pytest wraps those of imports."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _reason(error: BaseException) -> str | None:
    if isinstance(error, MissingError):
        return str(error)
    if isinstance(error, ModuleNotFoundError) and error.name:
        return _how_to_get(error.name) if _package(error.name) in _optional() else None
    return None


def _how_to_get(module: str) -> str:
    return f"needs {module}: pip install {_package(module)}"


def _package(module: str) -> str:
    return _PACKAGES.get(module, module)


@cache
def _optional() -> frozenset[str]:
    """Give the packages of all extras and groups."""
    found = tomllib.loads(_PYPROJECT.read_text(encoding="utf-8"))
    extras, groups = found["project"]["optional-dependencies"], found["dependency-groups"]
    lines = [line for each in (*extras.values(), *groups.values()) for line in each]
    names = (re.split(r"[^\w.-]", line)[0] for line in lines if isinstance(line, str))
    return frozenset(names) - {"pushmw"}
