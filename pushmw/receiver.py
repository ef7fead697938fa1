"""The receiver: what is registered and how, compiled once into what the adapters call."""

import logging
import threading
from collections.abc import Coroutine, Iterable
from typing import TYPE_CHECKING, Any, Final, Unpack

from pushmw.answers import Answer
from pushmw.counts import Counts
from pushmw.dispatch import flatten, formats_asked, plans
from pushmw.options import DEFAULTS, Options, OptionValues, PathAndOptionValues
from pushmw.paths import Paths
from pushmw.registry import Registry

if TYPE_CHECKING:
    from pushmw.asgi import WrappedASGI
    from pushmw.context import Glue
    from pushmw.core import Core
    from pushmw.direct import Headers
    from pushmw.gate import Gate
    from pushmw.wsgi import Wrapped, WSGIApp

logger = logging.getLogger("pushmw")

_HOOK_THREADS: Final = 4  # for error hooks of late handlers


class Receiver(Registry):
    """Takes the platform's pushes and runs the handlers registered for them.

    Args:
        path: the callback path or paths, matched exactly. Default: the two of the vendor's SDKs.
        guards: who may push, see `pushmw.guards`; a push has to pass all of them. An empty list
            says that something else sees to that. Default: anybody may, and a warning says so.
        max_body: bytes a push may have; more is answered 413. Default 2 MiB.
        body_deadline: seconds within which a body must have come in (ASGI; a WSGI application
            cannot interrupt a read). Default 5.
        handler_deadline: seconds that handlers may take, counted from the beginning of the request
            (under WSGI from the end of its body); the platform gives up after 15. Default 12.
        threads: sync handlers that may run at once under ASGI; Django has a thread for each push
            instead. Default 32.
        fallthrough: let the wrapped application answer pushes that nobody here handles. Default
            True.
        strict: answer 400, not 200, to bodies that are not understood. Default False.
        keep_headers: further request headers for `Delivery.headers`.

    Raises:
        TypeError, ValueError: an option is not what it should be; the message names it.
    """

    def __init__(
        self, path: str | Iterable[str] | None = None, **options: Unpack[OptionValues]
    ) -> None:
        super().__init__()
        self._own_options: frozenset[str] = frozenset()
        self._glue: Glue | None = None
        self._core: Core | None = None
        self._included = False
        self._lock = threading.RLock()
        self.options: Options = DEFAULTS
        self.paths = Paths()
        self.counts = Counts()
        self.configure(**options) if path is None else self.configure(path=path, **options)

    def include(self, other: "Receiver") -> None:
        """Run the handlers of another receiver too, where this call stands in the order.

        It is a reference: what is registered there later counts until the first push. Its own
        `around` holds for its own handlers only.

        Raises:
            ValueError: ``other`` has a path or options of its own, or includes this receiver.
        """
        self._check_open("include receivers")
        own = other._own_options  # noqa: SLF001 - another object of this class
        if own:
            names = ", ".join(sorted(own))
            raise ValueError(
                f"include: the included receiver has options of its own ({names}); "
                "set them on the receiver that includes it"
            )
        flatten(other, inside=(self,))
        self.entries.append(other)
        try:
            self.checked()
        except TypeError:  # what was defined here does not go with what is registered there
            self.entries.pop()
            raise
        other._included = True  # noqa: SLF001 - as above

    def configure(self, **options: Unpack[PathAndOptionValues]) -> None:
        """Set options, until the first push.

        Raises:
            TypeError, ValueError: as the constructor.
        """
        self._check_open("configure")
        if self._included:
            raise RuntimeError("configure: set options on the receiver that includes this one")
        self.options = self.options.updated(**options)
        self._own_options |= set(options)
        self.paths.set(self.options.path)

    # -- ways in

    def wsgi(self, app: "WSGIApp | None" = None) -> "Wrapped":
        """Wrap a WSGI application; without one, everything but pushes is answered 404."""
        from pushmw import wsgi

        self.checked()
        return wsgi.wrap(self, app)

    def asgi(self, app: Any = None) -> "WrappedASGI":
        """Wrap an ASGI application; without one, everything but pushes is answered 404."""
        from pushmw import asgi

        self.checked()
        return asgi.wrap(self, app)

    def handle(
        self,
        body: bytes,
        headers: "Headers | None" = None,
        path: str = "",
        peer: str | None = None,
    ) -> Answer:
        """Take a push that came in some other way, and give the answer to send.

        Args:
            body: the complete body.
            headers: the request's headers; names in any case.
            path: where it came to, for guards and `Delivery.path`; it is not matched.
            peer: for guards, the address at the other end of the socket, empty for a unix socket.
        """
        from pushmw import direct

        return direct.handle(self, body, headers or {}, path, peer)

    def ahandle(
        self,
        body: bytes,
        headers: "Headers | None" = None,
        path: str = "",
        peer: str | None = None,
    ) -> Coroutine[Any, Any, Answer]:
        """Do the same from an event loop."""
        from pushmw import direct

        return direct.ahandle(self, body, headers or {}, path, peer)

    # -- for adapters and framework glue

    def set_glue(self, glue: "Glue") -> None:
        """Put a framework's context round every handler, in place of the one before."""
        with self._lock:
            if glue != self._glue:
                self._glue = glue
                if self._core is not None:
                    self._core.use(glue)

    def core(self) -> "Core":
        """Give the compiled receiver; from the first push on nothing can be registered."""
        core = self._core
        if core is None:
            with self._lock:
                core = self._core or self._compile()
                self._core = core
        return core

    def _compile(self) -> "Core":
        from pushmw.context import Context
        from pushmw.core import Core
        from pushmw.crossing import Pool

        self.seal()
        kinds = self.kinds()
        handlers = self.checked()
        table, unrecognised = plans(handlers, kinds)
        return Core(
            kinds,
            table,
            unrecognised,
            formats=formats_asked(handlers),
            context=Context(
                self.options.handler_deadline,
                Pool(self.options.threads).run,
                self._glue,
                Pool(_HOOK_THREADS).run,
            ),
            strict=self.options.strict,
            keep_headers=self.options.keep_headers,
            counts=self.counts,
            gate=self._gate(),
        )

    def _gate(self) -> "Gate | None":
        guards = self.options.guards
        if guards is None:
            logger.warning(
                "this receiver has no guards: whoever knows the path can push; give it some with "
                "Receiver(guards=[...]), or say guards=[] if something in front sees to it"
            )
        if not guards:
            return None
        from pushmw.gate import Gate

        return Gate(guards, self.counts)
