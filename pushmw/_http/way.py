"""What a receiver hands to its ways in."""

from collections.abc import Callable
from typing import NamedTuple

from pushmw._http.front import Front
from pushmw._http.paths import Paths


class Way(NamedTuple):
    """A receiver, as far as whoever takes its pushes in has to know it.

    Attributes:
        owner: the receiver, to tell it from others.
        paths: where pushes come to.
        begin: to be called once, at the first request of any kind.
        front: to be called at the first push; from then on nothing can be registered.
    """

    owner: object
    paths: Paths
    begin: Callable[[], None]
    front: Callable[[], Front]
