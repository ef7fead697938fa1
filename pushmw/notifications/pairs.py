"""Reading the kinds of IoTDA, which two members tell apart, in one pass where that can be."""

from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Any

import msgspec

from pushmw.notifications.base import Notification, union

Decode = Callable[[bytes], Any]
# What stands for several kinds of one resource, and the body -> the event
Split = Callable[[Any, bytes], Notification]


class Pairs:
    """The kinds of IoTDA that a receiver knows.

    msgspec tells the classes of a union apart by one member, the resource. Where a resource has
    several kinds, an object comes out that has the event only, and the body is read again for that.
    To read everything at once and to move it into another object would cost as much.

    Attributes:
        kinds: the Struct of each kind.
        decode: reads a push in the form the platform uses today, or raises.
    """

    def __init__(self, kinds: Mapping[str, type[Notification]]) -> None:
        self.kinds = kinds
        self._splits: dict[type, Split] = {}
        by_resource = groupby(sorted(kinds), key=lambda kind: kind.partition(":")[0])
        members = tuple(self._member(resource, [*names]) for resource, names in by_resource)
        self.decode = self._splitting(msgspec.json.Decoder(union(members)).decode)

    def _splitting(self, decode: Decode) -> Decode:
        splits = self._splits

        def read(body: bytes) -> Any:
            event = decode(body)
            split = splits.get(event.__class__)
            return split(event, body) if split else event

        return read

    def _member(self, resource: str, names: list[str]) -> type:
        """Give the class that reads a resource."""
        if len(names) == 1:
            return self.kinds[names[0]]
        wire = msgspec.defstruct("Wire", [("event", str)], tag_field="resource", tag=resource)
        decode = {
            name.partition(":")[2]: msgspec.json.Decoder(self.kinds[name]).decode for name in names
        }
        self._splits[wire] = lambda wire, body: decode[wire.event](body)
        return wire
