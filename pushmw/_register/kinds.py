"""Kinds by name: the built-in ones, the user's own, and what to say of a name that is none."""

import difflib
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final, Literal

import msgspec

from pushmw._dispatch.plan import ANY, UNHANDLED
from pushmw.notifications.base import Notification
from pushmw.notifications.legacy import LEGACY_KINDS
from pushmw.notifications.operations import COMMAND_STATE
from pushmw.notifications.views import View


def is_paired(kind: str | type) -> bool:
    """Tell whether a kind, by its name or its class, is told by ``resource`` and ``event``."""
    if isinstance(kind, type):
        config = getattr(kind, "__struct_config__", None)
        return config is not None and config.tag_field == "resource"
    return ":" in kind


def built_in(*, paired: bool) -> dict[str, type[Notification]]:
    """Give the class of every kind there is without `define`, with those of IoTDA if asked for."""
    if not paired:
        return dict(LEGACY_KINDS)
    from pushmw.notifications.iotda import IOTDA_KINDS

    return {**LEGACY_KINDS, **IOTDA_KINDS}


def unknown(kind: str, known: Mapping[str, type]) -> str:
    """Say that no kind is called so, and which are: by their class, or nearly."""
    close = difflib.get_close_matches(kind, (*known, ANY), n=3)
    views = [view.__name__ for view in View.__subclasses__() if view.__name__ == kind]
    if views:
        return f"on: {kind!r} is the name of a class, not of a kind; write push.on({kind})"
    named = [name for name, struct in known.items() if struct.__name__.lower() == kind.lower()]
    close = list(dict.fromkeys([*named, *close]))[:3]
    meant = f"did you mean {' or '.join(map(repr, close))}?" if close else "see `pushmw kinds`."
    return (
        f"on: no kind is called {kind!r}; {meant} "
        "A kind of your own needs push.define(name, StructClass) first."
    )


# Once made a class stays, for what was pickled is an event of the same one again.
_made: Final[dict[tuple[str, type], type[Notification]]] = {}


def event_class(name: str, struct: type[msgspec.Struct]) -> type[Notification]:
    """Make the class that the decoder reads: the user's Struct as an event of the kind.

    Raises:
        TypeError: it is no Struct.
        ValueError: the name cannot be a kind's, or the Struct hides it.
    """
    given: tuple[Any, Any] = name, struct
    with suppress(KeyError, TypeError):  # neither a name nor a class need be hashable
        return _made[given]
    if not (isinstance(given[1], type) and issubclass(given[1], msgspec.Struct)):
        raise TypeError(f"define: {struct!r} is not a msgspec.Struct class")
    if not isinstance(given[0], str) or name in {"", ANY, UNHANDLED}:
        raise ValueError(f"define: {name!r} cannot be the name of a kind")
    if "kind" in struct.__struct_fields__:
        raise ValueError(
            f"define: {struct.__name__}.kind would hide the name of the kind; call the member "
            'something else and give it its name in JSON with msgspec.field(name="kind")'
        )
    if struct.__struct_config__.array_like:
        raise TypeError(f"define: msgspec cannot read {struct.__name__}: a push is no array")
    fields: list[Any] = []
    tag: dict[str, Any] = {"tag": name, "tag_field": "notifyType"}
    if is_paired(name):
        resource, _, event = name.partition(":")
        if not (resource and event):
            raise ValueError(f"define: {name!r} is no resource and event, as in 'device:create'")
        fields = [
            _told(struct, "event", "event", Literal[event], msgspec.NODEFAULT),
            # One that has it is of the legacy format.
            _told(struct, "notifyType", "notify_type", msgspec.UnsetType, msgspec.UNSET),
        ]
        tag = {"tag": resource, "tag_field": "resource"}
    try:
        made: Any = msgspec.defstruct(
            struct.__name__,
            fields,
            bases=(struct,) if issubclass(struct, Notification) else (struct, Notification),
            module=struct.__module__,
            namespace={
                "__doc__": struct.__doc__,
                "__reduce__": _reduce,
                "_made_of": struct,
                "kind": name,
            },
            frozen=True,
            kw_only=True,
            **({} if name == COMMAND_STATE else tag),
        )
    except ValueError as error:  # it has the member that tells the kind
        raise ValueError(f"define: {struct.__name__}: {error}") from error
    return _made.setdefault(given, made)


def _reduce(event: Any) -> Any:
    """Pickle an event as what its class is made of, for the class itself has no address."""
    values = {name: getattr(event, name) for name in event.__struct_fields__}
    return _event, (event.kind, event.__class__._made_of, values)


def _event(name: str, struct: type[msgspec.Struct], values: dict[str, Any]) -> Notification:
    return event_class(name, struct)(**values)


def _told(struct: type[msgspec.Struct], member: str, name: str, kind: Any, default: Any) -> Any:
    """Make a field of what tells a kind, in place of the Struct's own for the same member."""
    names = dict(zip(struct.__struct_encode_fields__, struct.__struct_fields__, strict=True))
    free = name if name not in names.values() else f"_{name}"
    return names.get(member, free), kind, msgspec.field(name=member, default=default)
