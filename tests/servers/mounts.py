"""The ways in which a server is told of a prefix: that of a site which is not alone on its host."""

from dataclasses import dataclass, replace
from typing import Final

from servers.promises import Outcome, Server
from servers.table import SERVERS

PREFIX: Final = "/api"


@dataclass(frozen=True)
class Mount:
    """A server that is told of the prefix.

    Attributes:
        of: the server's name.
        words: what is put in its command, behind the name of the program.
        instead: the option that is left out for them.
        fields: the header that tells it, on each request.
        kept: what a push gets whose path has the prefix.
        removed: what one gets when a proxy has taken the prefix off.
        reason: why it does not matter to pushmw whether the prefix is there, or why it does.
    """

    of: str
    words: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    instead: str | None = None
    kept: Outcome = 200
    removed: Outcome = 200
    reason: str = ""

    @property
    def name(self) -> str:
        """How it is called in tests."""
        return f"{self.of} {self.told.split('=')[0]}"

    @property
    def told(self) -> str:
        """What tells the server, for people."""
        return " ".join(self.words or self.fields)

    @property
    def server(self) -> Server:
        """The server with the option in its command."""
        (plain,) = [server for server in SERVERS if server.name == self.of]
        program, *arguments = plain.command
        others = [each for each in arguments if not self.instead or self.instead not in each]
        return replace(plain, command=(program, *self.words, *others))


_ROOT_PATH: Final = (f"--root-path={PREFIX}",)
_URL_PREFIX: Final = (f"--url-path-prefix={PREFIX}",)
_SCRIPT_NAME: Final = (f"SCRIPT_NAME: {PREFIX}",)
_PREPENDS: Final = "puts the prefix in front of every path, so a proxy has to take it off before"

MOUNTS: Final = (
    Mount("uvicorn-h11", _ROOT_PATH, kept=404, reason=_PREPENDS),
    Mount("uvicorn-httptools", _ROOT_PATH, kept=404, reason=_PREPENDS),
    Mount("granian-asgi", _URL_PREFIX),
    Mount("hypercorn", _ROOT_PATH),
    Mount("daphne", _ROOT_PATH),
    Mount("daphne", fields=(f"Daphne-Root-Path: {PREFIX}",)),
    Mount("gunicorn-asgi", _ROOT_PATH),
    Mount(
        *("granian-wsgi", _URL_PREFIX),
        removed=404,
        reason="takes as many characters off as the prefix has, whatever they are",
    ),
    Mount(
        *("gunicorn-gthread", (), _SCRIPT_NAME),
        removed=500,
        reason="answers itself where the prefix is not there",
    ),
    Mount("waitress", (f"--url-prefix={PREFIX}",)),
    Mount(
        *("uwsgi", (f"--mount={PREFIX}=servers.site:wsgi", "--manage-script-name")),
        instead="--module",
    ),
    Mount(
        *("hypercorn-wsgi", _ROOT_PATH),
        removed=404,
        reason="answers itself where the prefix is not there",
    ),
)
