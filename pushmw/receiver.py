"""The receiver: what is registered and how, compiled once into what the adapters call."""

import logging
import threading
from collections.abc import Callable, Coroutine, Iterable
from typing import TYPE_CHECKING, Any, Final, Never, NoReturn, Unpack

from pushmw._dispatch.plan import flatten, formats_asked, plans
from pushmw._forks import reset_at_fork
from pushmw._http.answers import Answer
from pushmw._http.counts import Counts
from pushmw._http.middleware import as_class
from pushmw._http.paths import Paths
from pushmw._register.again import Place
from pushmw._register.options import DEFAULTS, Options, OptionValues, PathAndOptionValues
from pushmw._register.signatures import Registering
from pushmw.notifications.base import Event, Notification
from pushmw.notifications.decoder import as_bytes, parser, reader

if TYPE_CHECKING:
    from pushmw._dispatch.glue import Glue
    from pushmw._dispatch.routes import MakeRoute
    from pushmw._http.asgi import WrappedASGI
    from pushmw._http.direct import Direct, Headers
    from pushmw._http.front import Front
    from pushmw._http.way import Way
    from pushmw._http.wsgi import Wrapped, WSGIApp
    from pushmw.guards.gate import Gate

logger = logging.getLogger("pushmw")

_HOOK_THREADS: Final = 4  # for error hooks of late handlers


class Receiver(Registering):
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
        self._fronts: list[Front] = []  # one for each options and glue that pushes came through
        self._make_route: MakeRoute | None = None  # in place of running the handlers at once
        self._own_direct: Direct | None = None
        self._parser: tuple[dict[str, type[Notification]], Callable[[bytes], Event]] | None = None
        self._starts: list[Callable[[], object]] = [self._look]
        self._included = False
        self.reset()
        reset_at_fork(self)
        self.options: Options = DEFAULTS
        self.paths = Paths()
        self.counts = Counts()
        self.configure(**options) if path is None else self.configure(path=path, **options)

    def reset(self) -> None:
        """Make the lock, as after a fork."""
        self._lock = threading.RLock()

    def include(self, other: "Receiver") -> None:
        """Run the handlers of another receiver too, where this call stands in the order.

        It is a reference: what is registered there later counts until the first push. Its own
        `around` holds for its own handlers only.

        Raises:
            TypeError: ``other`` is no receiver, or its handlers do not fit what is defined here.
            ValueError: ``other`` has a path or options of its own, or includes this receiver.
        """
        self._check_open("include receivers")
        given: Any = other
        if not isinstance(given, Receiver):
            raise TypeError(f"include: takes a receiver, not {type(given).__name__}")
        own = other._own_options
        if own:
            names = ", ".join(sorted(own))
            raise ValueError(
                f"include: the included receiver has options of its own ({names}); "
                "set them on the receiver that includes it"
            )
        flatten(other, inside=(self,))
        before = list(self.entries)
        self._put(self.entries, other, _is_part_again)
        try:
            self.checked()
        except TypeError:  # what was defined here does not go with what is registered there
            self.entries[:] = before
            raise
        other._included = True

    def configure(self, **options: Unpack[PathAndOptionValues]) -> None:
        """Set options for the applications that are wrapped from now on, and for `handle`.

        Each that is wrapped already keeps those it was wrapped with; the handlers are the same.

        Raises:
            TypeError, ValueError: as the constructor.
            RuntimeError: another receiver includes this one.
        """
        if self._included:
            raise RuntimeError("configure: set options on the receiver that includes this one")
        self.options = self.options.updated(**options)
        self._own_options |= set(options)
        self.paths.set(self.options.path)

    # -- ways in

    def wsgi(self, app: "WSGIApp | None" = None) -> "Wrapped":
        """Wrap a WSGI application; without one, everything but pushes is answered 404."""
        from pushmw._http import wsgi

        return wsgi.wrap(self.way(), app)

    @as_class
    def asgi(self, app: Any = None) -> "WrappedASGI":
        """Wrap an ASGI application; without one, everything but pushes is answered 404.

        It is a class for Starlette's ``add_middleware`` and for tools that look at what was added.
        """
        from pushmw._http import asgi

        return asgi.wrap(self.way(), app)

    def __call__(self, *_: Never) -> NoReturn:
        """Refuse to be taken for an application or a middleware.

        Raises:
            TypeError: with what would work.
        """
        raise TypeError(
            "a receiver is no application: push.wsgi(app) or push.asgi(app) is one, as in "
            "app.wsgi_app = push.wsgi(app.wsgi_app), and app.add_middleware(push.asgi)"
        )

    def handle(
        self,
        body: bytes,
        headers: "Headers | None" = None,
        path: str = "",
        peer: str | None = None,
    ) -> Answer:
        """Take a push that came in some other way, on this thread, and give the answer to send.

        Args:
            body: the complete body.
            headers: the request's headers; names in any case.
            path: where it came to, for guards and `Delivery.path`; it is not matched.
            peer: for guards, the address at the other end of the socket, empty for a unix socket.

        Raises:
            TypeError: ``body`` is not bytes.
        """
        body = as_bytes("handle", body)
        return self._direct().handle(body, headers or {}, path, peer)

    def ahandle(
        self,
        body: bytes,
        headers: "Headers | None" = None,
        path: str = "",
        peer: str | None = None,
    ) -> Coroutine[Any, Any, Answer]:
        """Take a push that came in some other way, on an event loop; await it for the answer.

        Args:
            body: the complete body.
            headers: the request's headers; names in any case.
            path: where it came to, for guards and `Delivery.path`; it is not matched.
            peer: for guards, the address at the other end of the socket, empty for a unix socket.

        Raises:
            TypeError: ``body`` is not bytes.
        """
        body = as_bytes("ahandle", body)
        return self._direct().ahandle(body, headers or {}, path, peer)

    def parse(self, body: bytes) -> Event:
        """Read a push that was kept somewhere: no guard is asked, no handler runs, nothing counts.

        All kinds of both formats are known, and those of `define`.

        Args:
            body: the complete body.

        Returns:
            the event, or `Unclassified` with the reason.

        Raises:
            TypeError: ``body`` is not bytes.
        """
        kinds = self.kinds(paired=True)
        if self._parser is None or self._parser[0] != kinds:
            self._parser = kinds, parser(kinds)
        return self._parser[1](body)

    # -- for adapters and framework glue

    def way(self, glue: "Glue | None" = None) -> "Way":
        """Give what those need that take pushes in, with the options of now.

        Args:
            glue: what the framework needs round each handler of the pushes that come this way.
        """
        from pushmw._http.way import Way

        self.checked()
        options, paths = self.options, Paths()
        paths.set(options.path)
        return Way(self, paths, self._begin, lambda: self._opened(options, glue))

    def set_glue(self, glue: "Glue") -> None:
        """Put a framework's context round the handlers of what is handed over, to `handle`."""
        self._glue = glue

    def _begin(self) -> None:
        """Start what waits for the first request of any kind that this process gets."""
        with self._lock:
            starts, self._starts = self._starts, []
        for start in starts:
            start()

    def _look(self) -> None:
        if not flatten(self):
            logger.warning(
                "nothing is registered on this receiver, so nobody handles what is pushed: import "
                "the module with the handlers where the application is made"
            )

    def _opened(self, options: Options | None = None, glue: "Glue | None" = None) -> "Front":
        """Give the compiled receiver; from the first push on nothing can be registered."""
        options = options or self.options
        self._begin()
        with self._lock:
            for front in self._fronts:
                if (front.options, front.dispatch.context.glue) == (options, glue):
                    return front
            front = self._compile(options, glue)
            self.seal()
            self._fronts.append(front)
        return front

    def _direct(self) -> "Direct":
        options, glue = self.options, self._glue
        direct = self._own_direct
        if direct is None or direct.given != (options, glue):
            from pushmw._http.direct import Direct

            direct = self._own_direct = Direct(self._opened(options, glue), (options, glue))
        return direct

    def _compile(self, options: Options, glue: "Glue | None") -> "Front":
        from pushmw._dispatch.glue import Context
        from pushmw._dispatch.routes import Dispatch
        from pushmw._http.front import Front
        from pushmw._threads.pool import Pool

        kinds = self.kinds()
        handlers = self.checked()
        table, unrecognised = plans(handlers, kinds)
        context = Context(Pool(options.threads).run, glue, Pool(_HOOK_THREADS).run)
        return Front(
            reader(kinds, formats_asked(handlers)),
            _gate(options),
            options,
            self.counts,
            dispatch=Dispatch(
                {s: table.get(kind) for kind, s in kinds.items()}, unrecognised, context
            ),
            make=self._make_route,
        )


def _gate(options: Options) -> "Gate | None":
    if options.guards is None:
        logger.warning(
            "this receiver has no guards: whoever knows the path can push; give it some with "
            "Receiver(guards=[...]), or say guards=[] if something in front sees to it"
        )
    if not options.guards:
        return None
    from pushmw._register.refusals import name_of
    from pushmw.guards.gate import Gate

    return Gate((name_of(guard), guard) for guard in options.guards)


def _is_part_again(old: object, there: Place, new: Receiver, here: Place) -> bool:
    return old is new or (isinstance(old, Receiver) and there.is_again(here) and new.is_again(old))
