"""Reading the kinds of IoTDA, which two members tell apart, in one pass where that can be."""

from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Any, Union

import msgspec

from pushmw.notifications.base import Notification

# What stands for several kinds of one resource, and the body -> the event
Split = Callable[[Any, bytes], Notification]


class Pairs:
    """The kinds of IoTDA that a receiver knows.

    msgspec tells the classes of a union apart by one member, the resource. Where a resource has
    several kinds, an object comes out that has the event only, and `splits` has what reads again.
    To read everything at once and to move it into another object would cost as much.

    Attributes:
        kinds: the Struct of each kind.
        decode: reads a push in the form the platform uses today, or raises.
        splits: by the class of what comes out.
    """

    def __init__(self, kinds: Mapping[str, type[Notification]]) -> None:
        self.kinds = kinds
        self.splits: dict[type, Split] = {}
        by_resource = groupby(sorted(kinds), key=lambda kind: kind.partition(":")[0])
        members = tuple(self._member(resource, [*names]) for resource, names in by_resource)
        self.decode: Callable[[bytes], Any] = msgspec.json.Decoder(Union[members]).decode  # noqa: UP007 - built at run time

    def _member(self, resource: str, names: list[str]) -> type:
        """Give the class that reads a resource."""
        if len(names) == 1:
            return self.kinds[names[0]]
        wire = msgspec.defstruct("Wire", [("event", str)], tag_field="resource", tag=resource)
        decode = {
            name.partition(":")[2]: msgspec.json.Decoder(self.kinds[name]).decode for name in names
        }
        self.splits[wire] = lambda wire, body: decode[wire.event](body)
        return wire
