"""Reading the kinds of IoTDA, which two members tell apart, in one pass."""

from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Any, Union

import msgspec

from pushmw.notifications.base import MissingError, Notification
from pushmw.notifications.iotda import IOTDA_KINDS, NEEDED, WIRES

# What stands for several kinds of one resource -> (it, body) -> the event
Split = Callable[[Any, bytes], Notification]


class Pairs:
    """The kinds of IoTDA that a receiver knows.

    msgspec tells the classes of a union apart by one member, the resource. Where a resource has
    several kinds, an object that stands for all of them comes out, and `splits` has what makes the
    event of it.

    Attributes:
        kinds: the Struct of each kind.
        decode: reads a push in the form the platform uses today, or raises.
        splits: by the class of what comes out.
    """

    def __init__(self, kinds: Mapping[str, type[Notification]]) -> None:
        self.kinds = kinds
        self.splits: dict[type, Split] = {}
        by_resource = groupby(sorted(kinds), key=_resource)
        members = tuple(self._member(resource, [*names]) for resource, names in by_resource)
        self.decode: Callable[[bytes], Any] = msgspec.json.Decoder(Union[members]).decode  # noqa: UP007 - built at run time

    def _member(self, resource: str, names: list[str]) -> type:
        """Give the class that reads a resource."""
        if len(names) == 1:
            return self.kinds[names[0]]
        if resource in WIRES and all(self.kinds[n] is IOTDA_KINDS.get(n) for n in names):
            wire: type = WIRES[resource]
            self.splits[wire] = self._renamed(names)
        else:
            wire = msgspec.defstruct("Wire", [("event", str)], tag_field="resource", tag=resource)
            self.splits[wire] = self._reread(names)
        return wire

    def _renamed(self, names: list[str]) -> Split:
        """Make events of what has been read."""
        classes: dict[str, Any] = {_event(name): self.kinds[name] for name in names}

        def split(wire: Any, _body: bytes) -> Notification:
            event = classes[wire.event](
                event=wire.event,
                notify_data=wire.notify_data,
                event_time=wire.event_time,
                event_time_ms=wire.event_time_ms,
                request_id=wire.request_id,
            )
            return complete(event)

        return split

    def _reread(self, names: list[str]) -> Split:
        """Read again, as the classes have nothing in common."""
        decode = {_event(name): msgspec.json.Decoder(self.kinds[name]).decode for name in names}
        return lambda wire, body: complete(decode[wire.event](body))


def complete(event: Notification) -> Notification:
    """Give the event back if it has what its kind cannot do without.

    Raises:
        MissingError: it has not.
    """
    needed = NEEDED.get(event.kind)
    if needed and isinstance(event, IOTDA_KINDS[event.kind]):
        data: Any = getattr(event, "notify_data")  # noqa: B009 - every kind has its own
        if getattr(data, needed) is None:
            raise MissingError(f"Object missing required field `{needed}` - at `$.notify_data`")
    return event


def _resource(kind: str) -> str:
    return kind.partition(":")[0]


def _event(kind: str) -> str:
    return kind.partition(":")[2]
