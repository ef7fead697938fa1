"""The headers of a request as guards see them: looked up when they are asked for.

Most guards want one or two of them. To make a dictionary of all took as long as four pushes.
"""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from pushmw._http.rules import joined

# Without HTTP_ before them, and empty where there is no such header.
BARE_KEYS: Final = frozenset({"CONTENT_TYPE", "CONTENT_LENGTH"})
# What a header Content_Type may become, which is none of these two.
_NO_HEADERS: Final = frozenset(f"HTTP_{key}" for key in BARE_KEYS)
_REMEMBERED: Final = 256  # names that are looked up in a table, and characters that they may have


# How many headers a request may have, and characters of their names and values where guards look.
MOST: Final = 200
_LARGEST: Final = 64 * 1024


def too_large(fields: Iterable[tuple[Any, Any]]) -> bool:
    """Tell whether headers, by name and value, are larger than guards are to look through."""
    return sum(len(name) + len(value) for name, value in fields) > _LARGEST


def too_many_of(environ: Mapping[str, Any]) -> bool:
    """Tell whether those of an environ are too many; in size servers of WSGI bound them."""
    if len(environ) <= MOST:  # with what the server puts there they are more than the headers
        return False
    return sum(key.startswith("HTTP_") or key in BARE_KEYS for key in environ) > MOST


class _Keys(dict[str, str]):
    """Where in an environ the header of a name is, remembered for the few that guards ask for."""

    def __missing__(self, name: str) -> str:
        key = name.upper().replace("-", "_")
        if "_" in name or not name.isascii():
            key = ""  # nowhere: there it would be told with hyphens, or is no name of a header
        elif key not in BARE_KEYS:
            key = f"HTTP_{key}"
        if len(self) < _REMEMBERED and len(name) < _REMEMBERED:
            self[name] = key
        return key


_KEYS: Final = _Keys()


class Heads(Mapping[str, str]):
    """Headers by name, asked for in any case and told in lower case.

    To look one up takes at most a look at each. To go through them makes a dictionary of them all,
    in which the next are looked up.
    """

    __slots__ = ("_fields", "_source")

    def __init__(self, source: Any) -> None:
        self._source = source
        self._fields: dict[str, str] | None = None

    @abstractmethod
    def _read(self) -> dict[str, str]:
        """Read all of them."""

    def _every(self) -> dict[str, str]:
        fields = self._fields
        if fields is None:
            fields = self._fields = self._read()
        return fields

    def get(self, name: str, /, default: Any = None) -> Any:
        """Give a header, all values of it if it came several times."""
        return self._every().get(name.lower(), default)

    def __getitem__(self, name: str) -> str:
        value: str | None = self.get(name)
        if value is None:
            raise KeyError(name)
        return value

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self._every())

    def __len__(self) -> int:
        return len(self._every())


class WSGIHeads(Heads):
    """Those of an environ."""

    __slots__ = ()

    def get(self, name: str, /, default: Any = None) -> Any:
        """Give a header; what came several times the server has joined."""
        key = _KEYS[name]
        if key and self._fields is None:
            return self._source.get(key, default)
        return super().get(name, default)

    def _read(self) -> dict[str, str]:
        return {
            key.removeprefix("HTTP_").replace("_", "-").lower(): value
            for key, value in self._source.items()
            if key in BARE_KEYS or (key.startswith("HTTP_") and key not in _NO_HEADERS)
        }


class ASGIHeads(Heads):
    """Those of a scope; servers should give their names in lower case, and some do not."""

    __slots__ = ()

    def get(self, name: str, /, default: Any = None) -> Any:
        """Give a header, all values of it if it came several times."""
        if self._fields is not None or not name.isascii():
            return super().get(name, default)
        wanted, size = name.lower().encode(), len(name)
        pairs = self._source
        values = [value for key, value in pairs if len(key) == size and key.lower() == wanted]
        return b", ".join(values).decode("latin-1") if values else default

    def _read(self) -> dict[str, str]:
        pairs = self._source
        return joined((n.decode("latin-1").lower(), v.decode("latin-1")) for n, v in pairs)


class HandedHeads(Heads):
    """Those that `push.handle` was given and has read: what is wrong with them its caller hears."""

    __slots__ = ()

    def _read(self) -> dict[str, str]:
        fields: dict[str, str] = self._source
        return fields
