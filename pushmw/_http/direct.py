"""Taking a push without WSGI or ASGI: a framework's own route, another server, a queue."""

from asyncio import get_running_loop
from collections.abc import Iterable, Mapping
from functools import partial
from operator import itemgetter
from typing import Any, Protocol, TypeAlias

from pushmw._dispatch.delivery import Delivery, Telling, new_id
from pushmw._dispatch.entrance import Entrance
from pushmw._http.answers import Answer, Refused
from pushmw._http.front import Front, Table
from pushmw._http.heads import MOST, HandedHeads, too_large
from pushmw._http.rules import Rules, check_size, joined
from pushmw._register.options import Options
from pushmw._threads.deadlines import within
from pushmw._threads.loop import discard


class Headers(Protocol):
    """Headers as frameworks have them: a dictionary, or something with its ``items``."""

    def items(self) -> Iterable[tuple[str, str]]:
        """Give names, in any case, and values."""
        ...


_Source: TypeAlias = tuple[str, Mapping[str, str]]


class Direct:
    """The way in of `Receiver.handle` on a thread, and of `Receiver.ahandle` on an event loop.

    Attributes:
        given: what it was made with, to see whether that has changed.
    """

    def __init__(self, front: Front, given: object) -> None:
        self.given = given
        self._front = front
        self._rules = Rules(front.options.max_body)
        self._deadline = front.options.handler_deadline
        self._takes = front.table(entrance(front.options, on_loop=False))
        self._atakes = front.table(entrance(front.options, on_loop=True))

    def handle(self, body: bytes, headers: Headers, path: str, peer: str | None) -> Answer:
        """Take a push on this thread."""
        taken: Answer = self._take(self._takes, body, headers, path, peer)
        return taken

    async def ahandle(self, body: bytes, headers: Headers, path: str, peer: str | None) -> Answer:
        """Take a push on the running event loop."""
        taken: Any = self._take(self._atakes, body, headers, path, peer)
        if isinstance(taken, Answer):
            return taken
        try:
            get_running_loop()
        except RuntimeError:
            discard(taken)
            raise RuntimeError("push.ahandle runs on asyncio only, and no such loop runs") from None
        return await within(self._deadline, taken)

    def _take(
        self, takes: Table, body: bytes, headers: Headers, path: str, peer: str | None
    ) -> Any:
        named = [(name.lower(), str(value)) for name, value in headers.items()]
        gate = self._front.gate
        if len(named) > MOST or (gate and too_large(named)):
            return self._front.overwhelmed()
        fields = joined(named)
        if gate and (refusal := gate.ask(HandedHeads(fields), path, peer)):
            return self._front.denies(refusal)
        try:
            self._admit(body, fields)
        except Refused as refused:
            self._front.counts.refused += 1
            return refused.answer
        event = self._front.read(body)
        answer = takes[event.__class__][0](event, body, (path, fields))
        if isinstance(answer, Answer) and answer.passes:
            self._front.tell(event)
        return answer

    def _admit(self, body: bytes, fields: Mapping[str, str]) -> None:
        """Apply the header rules to a body that was read elsewhere."""
        rules = self._rules
        length = rules.admit(fields.get("content-encoding"), fields.get("content-length"))
        check_size(body, length, rules.max_body)


def entrance(options: Options, *, on_loop: bool) -> Entrance:
    """Give the way in for what has come some other way."""
    names = options.keep_headers

    def kept(source: _Source) -> dict[str, str]:
        fields = source[1]
        return {name: fields[name] for name in names if name in fields}

    make = partial(Delivery, Telling(itemgetter(0), kept, new_id))
    return Entrance(on_loop=on_loop, push=make, deadline=options.handler_deadline)
