"""Checks of what guards are made with; no message shows what may be secret."""

from typing import Any


def secrets(guard: str, what: str, values: tuple[Any, ...]) -> tuple[str, ...]:
    """Look for what an unset variable leaves behind; no message shows what is there."""
    if not values:
        raise TypeError(f"{guard}: {what} is needed")
    for value in values:
        if not isinstance(value, str):
            raise TypeError(f"{guard}: {what} must be text, not {type(value).__name__}")
        if not value:
            raise ValueError(f"{guard}: {what} must not be empty")
    return values


def count(what: str, value: Any, *, least: int = 1) -> int:
    """Look for a whole number."""
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ValueError(f"{what} must be a whole number from {least}, not {value!r}")
    return value
