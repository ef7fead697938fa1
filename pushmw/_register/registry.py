"""What is registered: handlers, hooks, kinds of the user's own, and other receivers."""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

import msgspec

from pushmw._dispatch.delivery import Delivery
from pushmw._dispatch.plan import (
    ANY,
    UNHANDLED,
    Around,
    Handler,
    Hook,
    Target,
    check_classes,
    flatten,
    plans,
)
from pushmw._register.again import Place, alike, place, repeats, same
from pushmw._register.callables import (
    check_event,
    check_handler,
    is_async,
    is_async_context,
    wants,
)
from pushmw._register.kinds import built_in, event_class, is_paired, unknown
from pushmw._register.refusals import check_where, name_of
from pushmw.notifications.base import Notification, Unclassified
from pushmw.notifications.decoder import reader
from pushmw.notifications.views import View

if TYPE_CHECKING:
    from pushmw._register.mounting import PushMessageReceiver

F = TypeVar("F", bound=Callable[..., Any])
ErrorHook = TypeVar("ErrorHook", bound=Callable[[Exception, Delivery], Any])
RestHandler = TypeVar(
    "RestHandler",
    bound=Callable[[Notification | Unclassified], Any]
    | Callable[[Notification | Unclassified, Delivery], Any],
)
_MOST_CLASSES: Final = 4

# (an earlier entry, its place, the new one, the place of that) -> it is the same once more
_IsAgain: TypeAlias = Callable[[Any, Place, Any, Place], bool]

logger = logging.getLogger("pushmw")


class Registry:
    """The part of a receiver that takes registrations."""

    def __init__(self) -> None:
        self._defined: dict[str, type[Notification]] = {}
        self._originals: list[tuple[str, type]] = []
        self._defined_as: dict[str, tuple[type, Place]] = {}
        self._sealed = False
        self._places: dict[int, Place] = {}  # of each entry, by its id
        self._born = place()
        self.entries: list[Handler | Registry] = []
        self.arounds: list[Around] = []
        self.hooks: list[Hook] = []

    def _on(
        self,
        what: tuple[Any, ...],
        where: Callable[[Any], Any] | None,
        name: str | None,
        *,
        inline: bool,
    ) -> Callable[[F], F]:
        targets = self._targets(what)
        if where is not None:
            check_where(where)

        def register(function: F) -> F:
            expected = tuple(struct for target in targets for struct in target.expected)
            self.add(function, *targets, expected=expected, where=where, name=name, inline=inline)
            return function

        return register

    def _targets(self, what: tuple[Any, ...]) -> list[Target]:
        if not what:
            raise TypeError('on: name a kind, as in @push.on("deviceAdded")')
        if all(isinstance(item, str) for item in what):
            return [self._named(what)]
        if all(isinstance(item, type) for item in what):
            if len(what) > _MOST_CLASSES:
                raise TypeError(f"on: at most {_MOST_CLASSES} classes; use their names for more")
            return self._by_class(what)
        hint = "; call it: @push.on(...)" if callable(what[0]) else ""
        raise TypeError(f"on: takes names or classes of kinds, not {what!r}{hint}")

    def _named(self, names: tuple[str, ...]) -> Target:
        if ANY in names and names != (ANY,):
            raise ValueError(f"on: {ANY!r} stands alone, it means every kind")
        known = self.kinds(paired=any(map(is_paired, names)))
        for name in names:
            if name not in known and name != ANY:
                raise ValueError(unknown(name, self.kinds(paired=True)))
        return Target(names, (), tuple(known.get(name, Notification) for name in names))

    def _by_class(self, classes: tuple[type[Any], ...]) -> list[Target]:
        views = [each for each in classes if issubclass(each, View)]
        for view in views:
            if not vars(view).get("made"):  # what is inherited makes its base
                raise ValueError(
                    f"on: {view.__name__} is a view that no kind is made into; "
                    "say how in a `made` of its own"
                )
        structs: tuple[type[Any], ...] = tuple(each for each in classes if each not in views)
        known = self.kinds(paired=bool(views) or any(map(is_paired, structs)))
        kinds = tuple(self._kind_of(struct, known) for struct in structs)
        targets = [Target(kinds, structs, structs)] if kinds else []
        for view in views:
            twice = [kind for target in targets for kind in target.kinds if kind in view.made]
            if twice:
                raise ValueError(f"on: {view.__name__} takes {twice[0]!r} as well")
            for name in view.made:
                if name not in known:
                    raise ValueError(unknown(name, known))
            standard = {**known, **built_in(paired=True)}
            read = tuple(standard[name] for name in view.made)
            targets.append(Target(tuple(view.made), read, (view,), view.made))
        for target in targets:
            check_classes("on", target, known)
        return targets

    def _kind_of(self, struct: type, known: Mapping[str, type]) -> str:
        standard = built_in(paired=is_paired(struct))
        named = [*known.items(), *standard.items(), *self._all_originals()]
        names = {kind for kind, each in named if each is struct}
        if len(names) == 1:
            return names.pop()
        if names:
            raise ValueError(
                f"on: {struct.__name__} is the class of several kinds; register by their names: "
                + ", ".join(map(repr, sorted(names)))
            )
        raise ValueError(
            f"on: {struct.__name__} is the class of no kind; "
            f"make it one with push.define(name, {struct.__name__})"
        )

    def add(
        self,
        function: Callable[..., Any],
        *targets: Target,
        expected: tuple[type, ...],
        where: Callable[[Any], Any] | None = None,
        name: str | None = None,
        inline: bool = False,
    ) -> None:
        """Register a function, once for each target, after it has passed all checks."""
        self._check_open("register handlers")
        check_handler("on", function)
        if inline and is_async(function):
            raise TypeError("on: inline is for sync handlers; an async one is on the loop anyway")
        check_event(function, expected)
        for target in targets:
            handler = Handler(
                function=function,
                name=name or name_of(function),
                kinds=target.kinds,
                structs=target.structs,
                view=target.view,
                expected=target.expected if target.view else (),
                where=where,
                inline=inline,
                takes_delivery=wants(function, "the event"),
                awaited=is_async(function),
            )
            self._put(self.entries, handler, _is_handler_again)

    def _put(self, entries: list[Any], new: Any, is_again: _IsAgain) -> None:
        """Add an entry, or put it where it stands already: one function counts once."""
        here = place()
        for index, old in enumerate(entries):
            if is_again(old, self._places[id(old)], new, here):
                logger.info("%s is registered once more, and counts once", _named(new))
                entries[index] = new
                break
        else:
            entries.append(new)
        self._places[id(new)] = here

    def unhandled(self, function: RestHandler) -> RestHandler:
        """Register a handler for what no other took, and for what was not recognised.

        With one, every push is ours: none falls through to the wrapped application.
        """
        expected = (Notification, Unclassified)
        self.add(function, Target((UNHANDLED,), (), expected), expected=expected)
        return function

    def error(self, function: ErrorHook) -> ErrorHook:
        """Register a hook to be called with the exception and the delivery of a failed handler."""
        self._check_open("register error hooks")
        check_handler("error", function)
        if not wants(function, "the error"):
            raise TypeError(
                f"error: {name_of(function)} must take the error and the delivery, as in "
                "def failed(error, delivery)"
            )
        hook = Hook(function, name_of(function), is_async(function))
        self._put(self.hooks, hook, _is_hook_again)
        return function

    def around(self, factory: F) -> F:
        """Register a context manager factory, sync or async, to be entered round each handler.

        It is called with the delivery if it takes one, and runs on the handler's own thread, an
        async one on the loop. An exception of the handler passes through its exit.
        """
        self._check_open("register context managers")
        around = Around(factory, wants(factory), is_async_context(factory))
        self._put(self.arounds, around, _is_around_again)
        return factory

    def define(self, name: str, struct: type[msgspec.Struct]) -> type[Notification]:
        """Add a kind of your own, or replace a built-in one for this receiver.

        Args:
            name: the kind's ``notifyType``; or, for IoTDA, ``resource:event``.
            struct: how to read it; events are frozen instances of it, and of `Notification`.

        Returns:
            the class of the events, which may be registered for as well.

        Raises:
            TypeError: ``struct`` is no msgspec Struct, or one that msgspec cannot read.
            ValueError: ``name`` cannot be a kind's.
            RuntimeError: a handler has been registered for the kind already.
        """
        self._check_open("define kinds")
        here = place()
        original, there = self._defined_as.get(name, (None, here))
        if original is struct:
            return self._defined[name]
        again = there.is_again(here) or (there.is_like(here) and not here.is_once())
        if not (again and alike(original, struct)) and any(
            isinstance(entry, Handler) and name in entry.kinds for entry in self.entries
        ):
            raise RuntimeError(f"define: {name!r} has handlers already; define it before them")
        made = event_class(name, struct)
        try:
            reader({**self.kinds(paired=is_paired(name)), name: made})
        except (TypeError, NameError) as error:
            raise TypeError(f"define: msgspec cannot read {struct.__name__}: {error}") from error
        self._defined[name] = made
        self._defined_as[name] = struct, here
        self._originals.append((name, struct))
        return made

    def mount(self, receiver: "PushMessageReceiver") -> None:
        """Register the methods of a receiver in the style of the vendor's SDKs (`pushmw.compat`).

        Raises:
            TypeError: it overrides none, or one that is misspelt, or cannot be called.
        """
        from pushmw._register import mounting

        mounting.mount(receiver, self)

    @property
    def registered(self) -> dict[str, list[str]]:
        """The names of the handlers of each kind that has some, in the order they run."""
        table, unrecognised = plans(self.checked(), self.kinds())
        rows = {kind: [h.name for h in plan.handlers] for kind, plan in table.items()}
        if unrecognised is not None:
            rows[UNHANDLED] = [h.name for h in unrecognised.handlers]
        return rows

    def checked(self) -> list[Handler]:
        """Give all handlers, after a look whether they get what they are written for."""
        handlers, kinds = flatten(self), self.kinds()
        for handler in handlers:
            check_classes(handler.name, handler, kinds)
            expected = [kinds[kind] for kind in handler.kinds if kind in kinds]
            check_event(handler.function, handler.expected or expected)
        return handlers

    def is_again(self, old: "Registry") -> bool:
        """Tell whether this is what became of another when the module that makes it ran again."""
        return old._born.is_once() and old._born.is_again(self._born)

    def seal(self) -> None:
        """Refuse further registration, here and in the included receivers."""
        self._sealed = True
        self._places.clear()
        for other in self._included_ones():
            other.seal()

    def kinds(self, *, paired: bool = False) -> dict[str, type[Notification]]:
        """Give the class of every kind: built in, defined by included receivers, defined here.

        Args:
            paired: with the kinds of IoTDA, even if nothing registered here asks for them.
        """
        paired = paired or self.asks_for_pairs()
        standard = known = built_in(paired=paired)
        for other in self._included_ones():
            theirs = other.kinds(paired=paired)
            known = known | {k: s for k, s in theirs.items() if s is not standard.get(k)}
        return known | self._defined

    def asks_for_pairs(self) -> bool:
        """Tell whether something here can take a push of IoTDA."""
        handlers = (entry for entry in self.entries if isinstance(entry, Handler))
        kinds = {*self._defined, *(kind for handler in handlers for kind in handler.kinds)}
        here = any(is_paired(kind) or kind in {ANY, UNHANDLED} for kind in kinds)
        return here or any(other.asks_for_pairs() for other in self._included_ones())

    def _included_ones(self) -> "Iterable[Registry]":
        return [entry for entry in self.entries if isinstance(entry, Registry)]

    def _all_originals(self) -> list[tuple[str, type]]:
        """Give the classes of which kinds were made, here and in included receivers."""
        found = list(self._originals)
        for other in self._included_ones():
            found += other._all_originals()
        return found

    def _check_open(self, what: str) -> None:
        if self._sealed:
            raise RuntimeError(
                f"cannot {what} any more: the first push has come; do it where the module that "
                "makes the receiver is imported"
            )


def _named(entry: Any) -> str:
    if isinstance(entry, Handler):
        return f"handler {entry.name}"
    return f"error hook {entry.name}" if isinstance(entry, Hook) else "a context manager"


def _is_handler_again(old: Any, there: Place, new: Handler, here: Place) -> bool:
    if not isinstance(old, Handler) or old.kinds != new.kinds or _told(old) != _told(new):
        return False
    # One function counts once for a kind by its name and by its class; what is only called the
    # same is another one then.
    if not same(old.function, new.function) and _names(old.structs) != _names(new.structs):
        return False
    wheres = repeats(old.where, there, new.where, here)
    return wheres and repeats(old.function, there, new.function, here)


def _told(handler: Handler) -> tuple[str, list[str]]:
    # A module that is run has another name; what follows it is the same.
    return handler.name.rpartition(":")[2], _names(handler.expected)


def _names(classes: Iterable[type]) -> list[str]:
    return [each.__qualname__ for each in classes]


def _is_hook_again(old: Hook, there: Place, new: Hook, here: Place) -> bool:
    return repeats(old.function, there, new.function, here)


def _is_around_again(old: Around, there: Place, new: Around, here: Place) -> bool:
    return repeats(old.factory, there, new.factory, here)
