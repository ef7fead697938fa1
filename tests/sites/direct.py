"""Without a server: `Receiver.handle` from a thread, `Receiver.ahandle` from an event loop."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from contextvars import copy_context
from types import TracebackType

from pushmw import Answer, Receiver
from sites.base import Before, Can, Inner, Site
from sites.hosts import Loop
from wire import Reply

LOCAL = "127.0.0.1"  # where the others are pushed at from


def _reply(answer: Answer) -> Reply:
    return Reply(answer.status, answer.headers, answer.body)


class Caller(AbstractContextManager["Caller"]):
    """Calls `Receiver.handle`."""

    push: Receiver
    before: Before | None

    def run(self, push: Receiver, before: Before | None) -> None:
        self.push, self.before = push, before

    def post(self, body: bytes, headers: Mapping[str, str], path: str) -> Reply:
        def call() -> Answer:
            if self.before is not None:
                self.before()
            return self.push.handle(body, headers, path, LOCAL)

        return _reply(copy_context().run(call))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Leave nothing behind."""


class AwaitingCaller(Caller):
    """Calls `Receiver.ahandle`, each time from a task of its own."""

    def __init__(self) -> None:
        self._loop = Loop()

    def post(self, body: bytes, headers: Mapping[str, str], path: str) -> Reply:
        async def call() -> Answer:
            if self.before is not None:
                self.before()
            return await self.push.ahandle(body, headers, path, LOCAL)

        return _reply(self._loop.wait_for(call()))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._loop.__exit__(kind, error, traceback)


def _build(inner: Inner, push: Receiver | None) -> Receiver | None:
    return push


SITES = {
    "handle": Site("handle", Caller, _build, Can.THREAD),
    "ahandle": Site("ahandle", AwaitingCaller, _build, Can.LOOP | Can.POOL),
}
