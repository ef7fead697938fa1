"""Pure compile steps: what is ours, which handlers in which order. No I/O, clock or threads."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

import msgspec

from pushmw.notifications.base import Notification
from pushmw.notifications.decoder import Formats

ANY: Final = "*"
UNHANDLED: Final = "unhandled"
ERROR: Final = "error"


class Around(msgspec.Struct, frozen=True):
    """A context manager factory to be entered round each handler."""

    factory: Callable[..., Any]
    takes_delivery: bool
    awaited: bool


class Hook(msgspec.Struct, frozen=True):
    """An `error` hook."""

    function: Callable[..., Any]
    name: str
    awaited: bool


class Handler(msgspec.Struct, frozen=True):
    """A registered function with all that is known of it.

    Attributes:
        kinds: names of kinds, `ANY`, `UNHANDLED`. For a kind that is named beside `ANY` it stands
            among the specific ones.
        view: makes what it takes of the event, by the name of the kind; None if that is the event.
        expected: the class of what that makes.
        arounds: outermost first.
        errors: the receiver's own hooks first, then those of the receivers that include it.
    """

    function: Callable[..., Any]
    name: str
    kinds: tuple[str, ...]
    structs: tuple[type, ...] = ()
    where: Callable[[Any], Any] | None = None
    inline: bool = False
    takes_delivery: bool = False
    awaited: bool = False
    view: Mapping[str, Callable[[Any], Any]] | None = None
    expected: tuple[type, ...] = ()
    arounds: tuple[Around, ...] = ()
    errors: tuple[Hook, ...] = ()


class Target(NamedTuple):
    """What a handler is registered for.

    Attributes:
        kinds: the names of kinds.
        structs: the classes they were named by, if they were.
        expected: the classes of which the handler gets one.
        view: makes that of the event, by the name of the kind; None where the event itself will do.
    """

    kinds: tuple[str, ...]
    structs: tuple[type, ...]
    expected: tuple[type, ...]
    view: Mapping[str, Callable[[Any], Any]] | None = None


class Plan(msgspec.Struct, frozen=True):
    """What runs for one kind.

    Attributes:
        handlers: specific ones in registration order, then those for every kind.
        rest: the `unhandled` ones, for when every ``where`` of the others said no.
    """

    handlers: tuple[Handler, ...]
    rest: tuple[Handler, ...]


class Entries(Protocol):
    """What `flatten` reads of a receiver."""

    @property
    def entries(self) -> Sequence["Handler | Entries"]:
        """Handlers and included receivers, in registration order."""
        ...

    @property
    def arounds(self) -> Sequence[Around]:
        """Context managers, outermost first."""
        ...

    @property
    def hooks(self) -> Sequence[Hook]:
        """Error hooks in registration order."""
        ...


def flatten(
    registry: Entries,
    arounds: tuple[Around, ...] = (),
    errors: tuple[Hook, ...] = (),
    inside: tuple[Entries, ...] = (),
    seen: list[Entries] | None = None,
) -> list[Handler]:
    """Collect the handlers of a receiver and of those it includes, in registration order.

    Raises:
        ValueError: a receiver includes itself.
    """
    if any(registry is outer for outer in inside):
        raise ValueError("include: a receiver includes itself")
    seen = [] if seen is None else seen
    if any(registry is other for other in seen):  # by another way; each function counts once
        return []
    seen.append(registry)
    arounds = (*arounds, *registry.arounds)
    errors = (*registry.hooks, *errors)
    found: list[Handler] = []
    for entry in registry.entries:
        if isinstance(entry, Handler):
            found.append(msgspec.structs.replace(entry, arounds=arounds, errors=errors))
        else:
            found += flatten(entry, arounds, errors, (*inside, registry), seen)
    return found


def plans(
    handlers: Iterable[Handler], kinds: Mapping[str, type[Notification]]
) -> tuple[dict[str, Plan], Plan | None]:
    """Decide what is ours.

    Returns:
        the plan of each kind that is ours, and the plan for what was not recognised, if any.

    Raises:
        TypeError: a handler registered for a class would get another one, put there by `define`.
    """
    handlers = list(handlers)
    for handler in handlers:
        check_classes(handler.name, handler, kinds)
    unhandled = tuple(h for h in handlers if UNHANDLED in h.kinds)
    every = [h for h in handlers if ANY in h.kinds]
    table: dict[str, Plan] = {}
    for kind in kinds:
        specific = [h for h in handlers if kind in h.kinds]
        chosen = (*specific, *(h for h in every if kind not in h.kinds))
        sure = any(h.where is None and h.view is None for h in chosen)
        if chosen:
            table[kind] = Plan(chosen, () if sure else unhandled)
        elif unhandled:
            table[kind] = Plan(unhandled, ())
    return table, Plan(unhandled, ()) if unhandled else None


def formats_asked(handlers: Iterable[Handler]) -> Formats:
    """Choose what to try first of a body: the formats whose kinds have handlers of their own.

    Handlers for everything are served by that as well; alone they may get anything.
    """
    taken = {kind for handler in handlers for kind in handler.kinds}
    rest = taken & {ANY, UNHANDLED}
    formats = Formats(0)
    for kind in taken - rest:
        formats |= Formats.IOTDA if ":" in kind else Formats.LEGACY
    if rest and formats is not Formats.LEGACY:
        return Formats.LEGACY | Formats.IOTDA
    return formats or Formats.LEGACY


def check_classes(who: str, target: Handler | Target, known: Mapping[str, type]) -> None:
    """Refuse a kind registered by its class when `define` has put another class in its place.

    Raises:
        TypeError: naming both classes.
    """
    for kind, struct in zip(target.kinds, target.structs, strict=False):
        if issubclass(known[kind], struct):
            continue
        defined = f"{kind!r} was defined as {known[kind].__name__}, which is none"
        if target.view is None:
            raise TypeError(
                f"{who}: registered for {struct.__name__}, but {defined}; "
                "register it by the kind's name"
            )
        (view,) = target.expected
        raise TypeError(f"{who}: {view.__name__} is made of {struct.__name__}, but {defined}")
