"""Kinds by name: the user's own, and what to say of a name that is none."""

import difflib
from collections.abc import Iterable
from typing import Any

import msgspec

from pushmw.dispatch import ANY, UNHANDLED
from pushmw.notifications.base import Notification
from pushmw.notifications.operations import COMMAND_STATE


def unknown(kind: str, known: Iterable[str]) -> str:
    """Say that no kind is called so, and which are called like it."""
    close = difflib.get_close_matches(kind, (*known, ANY), n=3)
    meant = f"did you mean {' or '.join(map(repr, close))}?" if close else "see `pushmw kinds`."
    return (
        f"on: no kind is called {kind!r}; {meant} "
        "A kind of your own needs push.define(name, StructClass) first."
    )


def event_class(name: str, struct: type[msgspec.Struct]) -> type[Notification]:
    """Make the class that the decoder reads: the user's Struct as an event of the kind.

    Raises:
        TypeError: it is no Struct.
        ValueError: the name cannot be a kind's, or the Struct hides it.
    """
    given: tuple[Any, Any] = name, struct
    if not (isinstance(given[1], type) and issubclass(given[1], msgspec.Struct)):
        raise TypeError(f"define: {struct!r} is not a msgspec.Struct class")
    if not isinstance(given[0], str) or name in {"", ANY, UNHANDLED}:
        raise ValueError(f"define: {name!r} cannot be the name of a kind")
    if "kind" in struct.__struct_fields__:
        raise ValueError(
            f"define: {struct.__name__}.kind would hide the name of the kind; call the member "
            'something else and give it its name in JSON with msgspec.field(name="kind")'
        )
    tag: dict[str, Any] = {"tag": name, "tag_field": "notifyType"}
    made: Any = msgspec.defstruct(
        struct.__name__,
        [],
        bases=(struct,) if issubclass(struct, Notification) else (struct, Notification),
        module=struct.__module__,
        namespace={"__doc__": struct.__doc__, "kind": name},
        frozen=True,
        **({} if name == COMMAND_STATE else tag),
    )
    return made  # type: ignore[no-any-return]
