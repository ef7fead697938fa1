"""The callback paths as each protocol spells them. Matching is exact, on the decoded path."""

import logging
import re
from collections.abc import Iterable
from typing import Final

# Mount points remembered, and their characters: some servers let a client name them.
_ROOTS: Final = 64
_LONGEST: Final = 256

logger = logging.getLogger("pushmw")


class Paths:
    """The callback paths of one receiver, changed in place so that adapters may hold the tables.

    The tables are dictionaries because every request is looked up: in a set that takes longer. A
    look-up begins with the hash, so its time tells nothing of how a secret path begins.

    Attributes:
        wsgi: what ``PATH_INFO`` says: the bytes of UTF-8, each as one character.
        under: for each ``root_path`` the values of an ASGI ``path`` that match.
    """

    __slots__ = ("_paths", "under", "wsgi")

    def __init__(self) -> None:
        self._paths: dict[str, None] = {}
        self.wsgi: dict[str, str] = {}
        self.under: dict[str, dict[str, None]] = {}

    def set(self, paths: Iterable[str]) -> None:
        """Replace the paths."""
        self._paths = dict.fromkeys(paths)
        self.wsgi.clear()
        self.wsgi.update((path.encode().decode("latin-1"), path) for path in self._paths)
        self.under.clear()

    def __contains__(self, path: str) -> bool:
        return path in self._paths

    def watched(self) -> bool:
        """Tell whether somebody wants to read of paths that are nearly right."""
        return logger.isEnabledFor(logging.DEBUG)

    def tell_near(self, path: str) -> None:
        """Log that a POST came to a path that only looks like one of these."""
        if any(_alike(path) == _alike(each) != "" for each in self._paths if each != path):
            # Not the path: it may be secret.
            logger.debug(
                "a POST came to a path that is no callback path, but is one in another spelling, "
                "of slashes or of upper and lower case: it was passed on"
            )

    def mounted(self, root: str) -> dict[str, None]:
        """Give the ASGI paths that match under a ``root_path``, and remember them if that is short.

        Some servers put the prefix in front of the path and some do not: one that is there is
        taken off, otherwise the path counts as it is.
        """
        prefix = root + "/"
        found = [root + path for path in self._paths]
        found += [path for path in self._paths if not (root and path.startswith(prefix))]
        matching = dict.fromkeys(found)
        if len(self.under) >= _ROOTS:
            self.under.clear()
        if len(root) <= _LONGEST:
            self.under[root] = matching
        return matching


def _alike(path: str) -> str:
    return re.sub("/+", "/", path).strip("/").casefold()
