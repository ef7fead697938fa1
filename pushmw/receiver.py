"""The receiver: registration and options, compiled once into what the adapters call."""

import threading
from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar, Unpack, cast

import msgspec

from pushmw.answers import Answer
from pushmw.callables import check_event, check_runs, is_async, is_async_context, name_of, wants
from pushmw.counts import Counts
from pushmw.delivery import Delivery
from pushmw.dispatch import ANY, UNHANDLED, Around, Handler, Hook, check_classes, flatten, plans
from pushmw.kinds import event_class, unknown
from pushmw.notifications.base import Notification, Unclassified
from pushmw.notifications.decoder import decoder
from pushmw.notifications.legacy import LEGACY_KINDS
from pushmw.options import DEFAULTS, Options, OptionValues, PathAndOptionValues
from pushmw.paths import Paths

if TYPE_CHECKING:
    from pushmw._signatures import On
    from pushmw.asgi import WrappedASGI
    from pushmw.context import Glue
    from pushmw.core import Core
    from pushmw.direct import Headers
    from pushmw.wsgi import Wrapped, WSGIApp

F = TypeVar("F", bound=Callable[..., Any])
ErrorHook = TypeVar("ErrorHook", bound=Callable[[Exception, Delivery], Any])
RestHandler = TypeVar(
    "RestHandler",
    bound=Callable[[Notification | Unclassified], Any]
    | Callable[[Notification | Unclassified, Delivery], Any],
)
_MOST_CLASSES: Final = 4
_HOOK_THREADS: Final = 4  # for error hooks of late handlers


class Receiver:
    """Takes the platform's pushes and runs the handlers registered for them.

    Args:
        path: the callback path or paths, matched exactly. Default: the two of the vendor's SDKs.
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
        self._own_options: frozenset[str] = frozenset()
        self._defined: dict[str, type[Notification]] = {}
        self._kind_names: dict[type, tuple[str, ...]] = {
            struct: (kind,) for kind, struct in LEGACY_KINDS.items()
        }
        self._glue: Glue | None = None
        self._core: Core | None = None
        self._sealed = self._included = False
        self._lock = threading.RLock()
        self.options: Options = DEFAULTS
        self.paths = Paths()
        self.counts = Counts()
        self.entries: list[Handler | Receiver] = []
        self.arounds: list[Around] = []
        self.hooks: list[Hook] = []
        self.on: On = cast("On", self._on)
        self.configure(**options) if path is None else self.configure(path=path, **options)

    # -- registration

    def _on(
        self,
        *what: Any,
        where: Callable[[Any], Any] | None = None,
        name: str | None = None,
        inline: bool = False,
    ) -> Callable[[F], F]:
        known = self.kinds()
        kinds, structs = self._resolve(what, known)
        if where is not None and (not callable(where) or is_async(where)):
            raise TypeError(f"on: where must be a plain function, not {where!r}")

        def register(function: F) -> F:
            expected = structs or tuple(known.get(kind, Notification) for kind in kinds)
            self._register(function, kinds, expected, structs, where, name, inline=inline)
            return function

        return register

    def _resolve(
        self, what: tuple[Any, ...], known: Mapping[str, type]
    ) -> tuple[tuple[str, ...], tuple[type, ...]]:
        """Give the names of the kinds, and the classes they were named by, if they were."""
        if not what:
            raise TypeError('on: name a kind, as in @push.on("deviceAdded")')
        if all(isinstance(item, str) for item in what):
            if ANY in what and what != (ANY,):
                raise ValueError(f"on: {ANY!r} stands alone, it means every kind")
            for kind in what:
                if kind not in known and kind != ANY:
                    raise ValueError(unknown(kind, known))
            return what, ()
        if all(isinstance(item, type) for item in what):
            if len(what) > _MOST_CLASSES:
                raise TypeError(f"on: at most {_MOST_CLASSES} classes; use their names for more")
            kinds = tuple(self._kind_of(struct) for struct in what)
            check_classes("on", kinds, what, known)
            return kinds, what
        hint = "; call it: @push.on(...)" if callable(what[0]) else ""
        raise TypeError(f"on: takes names or classes of kinds, not {what!r}{hint}")

    def _kind_of(self, struct: type) -> str:
        names = self._names().get(struct, ())
        if len(names) == 1:
            return names[0]
        if names:
            raise ValueError(
                f"on: {struct.__name__} is the class of several kinds; register by their names: "
                + ", ".join(map(repr, sorted(names)))
            )
        raise ValueError(
            f"on: {struct.__name__} is the class of no kind; "
            f"make it one with push.define(name, {struct.__name__})"
        )

    def _register(  # noqa: PLR0917 - called by the decorators only
        self,
        function: Callable[..., Any],
        kinds: tuple[str, ...],
        expected: tuple[type, ...],
        structs: tuple[type, ...] = (),
        where: Callable[[Any], Any] | None = None,
        name: str | None = None,
        *,
        inline: bool = False,
    ) -> None:
        self._check_open("register handlers")
        if not callable(function):
            raise TypeError(f"a handler must be callable, not {function!r}")
        check_runs(function)
        if inline and is_async(function):
            raise TypeError("on: inline is for sync handlers; an async one is on the loop anyway")
        check_event(function, expected)
        self.entries.append(
            Handler(
                function=function,
                name=name or name_of(function),
                kinds=kinds,
                structs=structs,
                where=where,
                inline=inline,
                takes_delivery=wants(function, 1),
                awaited=is_async(function),
            )
        )

    def unhandled(self, function: RestHandler) -> RestHandler:
        """Register a handler for what no other took, and for what was not recognised.

        With one, every push is ours: none falls through to the wrapped application.
        """
        self._register(function, (UNHANDLED,), (Notification, Unclassified))
        return function

    def error(self, function: ErrorHook) -> ErrorHook:
        """Register a hook to be called with the exception and the delivery of a failed handler."""
        self._check_open("register error hooks")
        check_runs(function)
        if not wants(function, 1):
            raise TypeError(f"error: {name_of(function)} must take the error and the delivery")
        self.hooks.append(Hook(function, name_of(function), is_async(function)))
        return function

    def around(self, factory: F) -> F:
        """Register a context manager factory, sync or async, to be entered round each handler.

        It is called with the delivery if it takes one, and runs on the handler's own thread, an
        async one on the loop. An exception of the handler passes through its exit.
        """
        self._check_open("register context managers")
        self.arounds.append(Around(factory, wants(factory, 0), is_async_context(factory)))
        return factory

    def define(self, name: str, struct: type[msgspec.Struct]) -> type[Notification]:
        """Add a kind of your own, or replace a built-in one for this receiver.

        Args:
            name: the kind's ``notifyType``.
            struct: how to read it; events are frozen instances of it, and of `Notification`.

        Returns:
            the class of the events, which may be registered for as well.

        Raises:
            TypeError: ``struct`` is no msgspec Struct, or one that msgspec cannot read.
            ValueError: ``name`` cannot be a kind's.
            RuntimeError: a handler has been registered for the kind already.
        """
        self._check_open("define kinds")
        if any(isinstance(entry, Handler) and name in entry.kinds for entry in self.entries):
            raise RuntimeError(f"define: {name!r} has handlers already; define it before them")
        made = event_class(name, struct)
        try:
            decoder({**self.kinds(), name: made})
        except (TypeError, NameError) as error:
            raise TypeError(f"define: msgspec cannot read {struct.__name__}: {error}") from error
        self._defined[name] = made
        self._kind_names[made] = (name,)
        self._kind_names[struct] = tuple({*self._kind_names.get(struct, ()), name})
        return made

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
            self._checked()
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

    @property
    def registered(self) -> dict[str, list[str]]:
        """The names of the handlers of each kind that has some, in the order they run."""
        table, unrecognised = plans(self._checked(), self.kinds())
        rows = {kind: [h.name for h in plan.handlers] for kind, plan in table.items()}
        if unrecognised is not None:
            rows[UNHANDLED] = [h.name for h in unrecognised.handlers]
        return rows

    # -- ways in

    def wsgi(self, app: "WSGIApp | None" = None) -> "Wrapped":
        """Wrap a WSGI application; without one, everything but pushes is answered 404."""
        from pushmw import wsgi

        self._checked()
        return wsgi.wrap(self, app)

    def asgi(self, app: Any = None) -> "WrappedASGI":
        """Wrap an ASGI application; without one, everything but pushes is answered 404."""
        from pushmw import asgi

        self._checked()
        return asgi.wrap(self, app)

    def handle(self, body: bytes, headers: "Headers | None" = None, path: str = "") -> Answer:
        """Take a push that came in some other way, and give the answer to send.

        Args:
            body: the complete body.
            headers: the request's headers; names in any case.
            path: where it came to, for `Delivery.path`; it is not matched.
        """
        from pushmw import direct

        return direct.handle(self, body, headers or {}, path)

    def ahandle(
        self, body: bytes, headers: "Headers | None" = None, path: str = ""
    ) -> Coroutine[Any, Any, Answer]:
        """Do the same from an event loop."""
        from pushmw import direct

        return direct.ahandle(self, body, headers or {}, path)

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
        table, unrecognised = plans(self._checked(), kinds)
        return Core(
            kinds,
            table,
            unrecognised,
            context=Context(
                self.options.handler_deadline,
                Pool(self.options.threads).run,
                self._glue,
                Pool(_HOOK_THREADS).run,
            ),
            strict=self.options.strict,
            keep_headers=self.options.keep_headers,
            counts=self.counts,
        )

    def _checked(self) -> list[Handler]:
        """Give all handlers, after a look whether they get what they are written for."""
        handlers, kinds = flatten(self), self.kinds()
        for handler in handlers:
            check_classes(handler.name, handler.kinds, handler.structs, kinds)
            check_event(handler.function, [kinds[k] for k in handler.kinds if k in kinds])
        return handlers

    def seal(self) -> None:
        """Refuse further registration, here and in the included receivers."""
        self._sealed = True
        for entry in self.entries:
            if isinstance(entry, Receiver):
                entry.seal()

    def _names(self) -> dict[type, tuple[str, ...]]:
        names = dict(self._kind_names)
        for entry in self.entries:
            if isinstance(entry, Receiver):
                for struct, kinds in entry._names().items():  # noqa: SLF001 - as above
                    names[struct] = tuple({*names.get(struct, ()), *kinds})
        return names

    def kinds(self) -> dict[str, type[Notification]]:
        """Give the class of every kind: built in, defined by included receivers, defined here."""
        known = dict(LEGACY_KINDS)
        for entry in self.entries:
            if isinstance(entry, Receiver):
                known |= {k: s for k, s in entry.kinds().items() if s is not LEGACY_KINDS.get(k)}
        return known | self._defined

    def _check_open(self, what: str) -> None:
        if self._sealed:
            raise RuntimeError(
                f"cannot {what} any more: the first push has come; do it where the module that "
                "makes the receiver is imported"
            )
