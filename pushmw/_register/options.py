"""The options of a receiver, checked where they are written."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, TypedDict, cast

import msgspec

from pushmw._dispatch.delivery import KEPT_HEADERS, SECRET_HEADERS
from pushmw._register.callables import check_guard

if TYPE_CHECKING:
    from pushmw.guards import Guard

# The paths of the vendor's SDKs; command states come to the second, or to the first as well.
SDK_PATHS = ("/v1.0.0/messageReceiver", "/v1.0.0/messageReceiver/cmd")
_PLATFORM_WAIT = 15.0  # seconds the platform waits for an answer


class OptionValues(TypedDict, total=False):
    """The options of the constructor but the path."""

    guards: "Iterable[Guard] | None"
    max_body: int
    body_deadline: float
    handler_deadline: float
    threads: int
    fallthrough: bool
    strict: bool
    keep_headers: Iterable[str]


class PathAndOptionValues(OptionValues, total=False):
    """All options as keywords."""

    path: str | Iterable[str]


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """Checked options; `Receiver` says what each means."""

    path: tuple[str, ...]
    guards: tuple[Any, ...] | None
    max_body: int
    body_deadline: float
    handler_deadline: float
    threads: int
    fallthrough: bool
    strict: bool
    keep_headers: tuple[str, ...]

    def updated(self, **values: Any) -> "Options":
        """Give a copy with other values.

        Raises:
            TypeError, ValueError: naming the option and what it should be.
        """
        unknown = set(values) - set(self.__struct_fields__)
        if unknown:
            raise TypeError(
                f"unknown option {min(unknown)!r}; there are {', '.join(self.__struct_fields__)}"
            )
        checked = {name: _CHECKS[name](name, value) for name, value in values.items()}
        options = msgspec.structs.replace(self, **checked)
        if not options.body_deadline <= options.handler_deadline < _PLATFORM_WAIT:
            raise ValueError(
                "body_deadline must not exceed handler_deadline, and that must stay under the "
                f"{_PLATFORM_WAIT:g} s the platform waits, not "
                f"{options.body_deadline!r} and {options.handler_deadline!r}"
            )
        return options


def _paths(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, Iterable):
        raise TypeError(f"{name} must be one or several paths, not {value!r}")
    paths: tuple[Any, ...] = (value,) if isinstance(value, str) else tuple(cast("Any", value))
    for path in paths:
        if not isinstance(path, str) or not path.startswith("/"):
            raise ValueError(f"{name} must be one or several paths that begin with '/'")
        _check_path(name, path)
    if not paths:
        raise ValueError(f"{name} must name at least one path")
    return paths


_NEVER: Final = (
    (r"[?#]", "must be without a query or fragment"),
    (
        r"[<{].*[>}]|(?<=/)\*+(?=/|$)",
        "is matched as it stands, so a pattern such as {!r} never matches",
    ),
    (r"%[0-9A-Fa-f]{2}", "is matched decoded, so {!r} never matches: write the character"),
    (r"/\.{1,2}(?=/|$)", "must be without {!r}, which clients take out"),
    (r"[\x00-\x1f\x7f]|\s$", "must be without {!r}, which no path has"),
    (r"[\ud800-\udfff]", "must be text that UTF-8 can hold, which {!r} is not"),
)


def _check_path(name: str, path: str) -> None:
    """Refuse a path that no request has. What is said of it is not all of it: it may be secret."""
    for pattern, text in _NEVER:
        if found := re.search(pattern, path):
            raise ValueError(f"{name} {text.format(found.group())}")


def _guards(name: str, value: Any) -> tuple[Any, ...] | None:
    if value is None:
        return None
    if not isinstance(value, Iterable) or isinstance(value, str | bytes):
        # Not the value: it may be what somebody took for a guard, such as a token.
        kind = type(value).__name__
        raise TypeError(f"{name} must be several guards, or [] for none, not {kind}")
    guards = tuple(cast("Any", value))
    for guard in guards:
        check_guard(guard)
    return guards


def _count(name: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{name} must be a whole number, not {value!r}")
    if value < 1:
        raise ValueError(f"{name} must be at least 1, not {value!r}")
    return value


def _seconds(name: str, value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise TypeError(f"{name} must be a number of seconds, not {value!r}")
    if not value > 0:
        raise ValueError(f"{name} must be more than 0 seconds, not {value!r}")
    return float(value)


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be True or False, not {value!r}")
    return value


def _header_names(name: str, value: Any) -> tuple[str, ...]:
    several = isinstance(value, Iterable) and not isinstance(value, str)
    headers: list[Any] = [*cast("Any", value)] if several else [None]
    if not all(isinstance(header, str) for header in headers):
        raise TypeError(f"{name} must be several header names, not {value!r}")
    names: tuple[str, ...] = tuple(header.lower() for header in headers)
    for header in names:
        if header in SECRET_HEADERS:
            raise ValueError(f"{name} must not hold {header!r}: it opens doors")
    return tuple(dict.fromkeys((*KEPT_HEADERS, *names)))


_CHECKS = {
    "path": _paths,
    "guards": _guards,
    "max_body": _count,
    "body_deadline": _seconds,
    "handler_deadline": _seconds,
    "threads": _count,
    "fallthrough": _flag,
    "strict": _flag,
    "keep_headers": _header_names,
}

DEFAULTS = Options(
    path=SDK_PATHS,
    guards=None,
    max_body=2 * 1024 * 1024,  # messages have up to 1 MB, plus the envelope
    body_deadline=5.0,
    handler_deadline=12.0,
    threads=32,
    fallthrough=True,
    strict=False,
    keep_headers=KEPT_HEADERS,
)
