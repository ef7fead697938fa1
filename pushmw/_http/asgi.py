"""The ASGI adapter: match, read, hand over, write.

``push.asgi(app)`` gives a plain function. Whatever is not a POST to a callback path, other scopes
included, reaches ``app`` with the identical scope, receive and send.
"""

import inspect
import logging
import sys
from asyncio import AbstractEventLoop, CancelledError, current_task, get_running_loop
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol, cast

from pushmw._dispatch.calling import RAISED
from pushmw._dispatch.delivery import Delivery, Telling, new_id
from pushmw._dispatch.entrance import Entrance
from pushmw._dispatch.returned import awaits, check_awaited
from pushmw._errors import OURS
from pushmw._http import answers
from pushmw._http.answers import HANDLED, Answer, Refused
from pushmw._http.applications import STANDS, check_asgi
from pushmw._http.front import Front
from pushmw._http.heads import MOST, ASGIHeads, too_large
from pushmw._http.paths import Paths
from pushmw._http.replay import Receive, Send, replay_receive, replay_send
from pushmw._http.rules import Rules, check_size, joined
from pushmw._http.way import Way
from pushmw._register.options import Options
from pushmw._threads.deadlines import Deadline, Watch, in_task, watch_of
from pushmw._threads.waiting import refuse

if TYPE_CHECKING:
    from types import CoroutineType

logger = logging.getLogger("pushmw")

_TYPE, _LENGTH = HANDLED.raw_headers

Scope = MutableMapping[str, Any]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]


class WrappedASGI(Protocol):
    """An ASGI application that takes the place of any: each framework types messages its own way.

    The names of the arguments and the coroutine are those of Quart's ``asgi_app``.
    """

    def __call__(self, scope: Any, receive: Any, send: Any) -> "CoroutineType[Any, Any, None]":
        """Answer a request, or go through whatever else the scope is of."""
        ...


def wrap(way: Way, app: "ASGIApp | None") -> WrappedASGI:
    """Put a receiver in front of ``app``."""
    if app is not None:
        check_asgi(app, way.owner)
    paths = way.paths
    under = paths.under
    behind: ASGIApp = nothing_here if app is None else app
    inner: ASGIApp
    deliver: ASGIApp

    def first(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Take the first request that is no push, and make way for those to come."""
        nonlocal inner
        way.begin()
        inner = _watched(paths, behind) if paths.watched() else behind
        return inner(scope, receive, send)

    def first_push(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Take the first push: compile the receiver, and make way for what comes of that."""
        nonlocal deliver
        front = way.front()
        deliver = _guarded(front, _deliver(front, app))
        return deliver(scope, receive, send)

    inner, deliver = first, first_push

    def stray(scope: Scope) -> bool:
        """Look at what the table does not know yet: a new root_path, or a scope without one."""
        root = scope.get("root_path") or ""
        return scope.get("path") not in (under.get(root) or paths.mounted(root))

    # Every request goes through here: each variable of a function round it would be paid for.
    def middleware(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        try:
            foreign = scope["path"] not in under[scope["root_path"]]
        except (KeyError, TypeError):
            foreign = stray(scope)
        if foreign or scope["type"] != "http" or scope["method"] != "POST":
            return inner(scope, receive, send)
        return deliver(scope, receive, send)

    wrapped = _marked(middleware)
    setattr(wrapped, STANDS, way.owner)
    return cast("WrappedASGI", wrapped)


def _marked(middleware: ASGIApp) -> ASGIApp:
    """Show servers a coroutine function; they would take it for ASGI 2 or WSGI otherwise.

    Handing out the inner coroutine instead of awaiting it saves a frame a request.
    """
    if sys.version_info >= (3, 12):
        return inspect.markcoroutinefunction(middleware)

    async def awaiting(scope: Scope, receive: Receive, send: Send) -> None:
        await middleware(scope, receive, send)

    return awaiting


def _watched(paths: Paths, app: ASGIApp) -> ASGIApp:
    """Look at what is passed on, for a callback path that is spelt otherwise."""

    def watching(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope.get("method") == "POST" and "path" in scope:
            paths.tell_near(_path(scope))
        return app(scope, receive, send)

    return watching


def _guarded(front: Front, deliver: ASGIApp) -> ASGIApp:
    """Ask the guards before anything is received; without any there is nothing in between."""
    if front.gate is None:
        return deliver
    ask = front.gate.ask

    def guarded(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        headers = scope.get("headers", ())
        if headers.__class__ is not list:  # iterables of iterables, read again later
            headers = scope["headers"] = [(name, value) for name, value in headers]
        if len(headers) > MOST or too_large(headers):
            return _refuse(scope, send, front.overwhelmed(), unread=True)
        refusal = ask(ASGIHeads(headers), _path(scope), peer_of(scope))
        if refusal is None:
            return deliver(scope, receive, send)
        return _refuse(scope, send, front.denies(refusal), unread=True)

    return guarded


def peer_of(scope: Scope) -> str | None:
    """Give the address at the other end of the socket: of a unix socket empty, None if unknown.

    A server that listens on a unix socket has no port, and its clients mostly have no address.
    """
    client, server = scope.get("client"), scope.get("server")
    if client:
        address: str = client[0]
        return address
    return "" if server and server[1] is None else None


def entrance(options: Options) -> Entrance:
    """Give the way in of ASGI: handlers run from the server's event loop."""
    make = partial(Delivery, Telling(_path, keeping(options.keep_headers), new_id))
    return Entrance(on_loop=True, push=make, deadline=options.handler_deadline)


def _deliver(front: Front, app: "ASGIApp | None") -> ASGIApp:  # noqa: C901, PLR0915 - holds deliver
    """Make the coroutine function for pushes.

    It is long because a frame costs every push a hundredth, and with a few variables more its
    coroutines would be too large for the allocator's pools, which costs as much.
    """
    read, counts, options, here = front.read, front.counts, front.options, entrance(front.options)
    takes, failed = front.table(here), partial(front.failed, here)
    rules = Rules(options.max_body)
    ruled = {b"content-length": rules.lengths, b"content-encoding": {}, b"transfer-encoding": {}}
    passes_to = app if options.fallthrough else None
    body_seconds = options.body_deadline
    whole_seconds = options.handler_deadline
    more_seconds = whole_seconds - body_seconds
    current: tuple[AbstractEventLoop | None, Watch] = (None, Watch())

    async def deliver(  # noqa: C901, PLR0911, PLR0912, PLR0915 - a push in one frame
        scope: Scope, receive: Receive, send: Send
    ) -> None:
        nonlocal current
        try:
            loop = get_running_loop()
        except RuntimeError:
            return await _without_asyncio(scope, send)
        known, watch = current  # another thread's loop may replace them any time
        if known is not loop:
            watch = watch_of(loop)
            current = loop, watch
        task = current_task(loop)
        if task is None:
            return await in_task(deliver(scope, receive, send))
        if watch.idle:
            watch.start(loop)
        free = watch.free
        deadline = free.pop() if free else Deadline()
        deadline.task = task
        deadline.before = task.cancelling() and watch.foreign(task)
        deadline.at = monotonic() + body_seconds
        watch.running[deadline] = None
        unread, refused = True, False
        answer: Any = None
        try:
            try:
                headers = scope["headers"]
                if headers.__class__ is not list:  # iterables of iterables, read again later
                    headers = scope["headers"] = [(name, value) for name, value in headers]
                if len(headers) > MOST:
                    answer = front.overwhelmed()
                    return await _refuse(scope, send, answer, unread=True)
                # In this frame what `_admit` does, for headers that were admitted before.
                length = 0
                for name, value in headers:
                    if name in ruled:
                        if length:
                            raise KeyError  # noqa: TRY301 - a second one: look closer
                        length = ruled[name][value]
            except KeyError:
                headers, length = scope.get("headers", ()), 0
            if length:
                message = await receive()
                if message["type"] != "http.request":
                    return None
                try:
                    body, unread = message["body"], message["more_body"]
                except KeyError:
                    body, unread = message.get("body", b""), message.get("more_body", False)
                if len(body) != length:
                    body, unread = await _read_on(receive, body, length, more=unread)
                    check_size(body, length, rules.max_body)
            else:
                body, length, unread = await _read(receive, headers, rules)
                check_size(body, length, rules.max_body)
            event = read(body)
            take, alone, inline = takes[event.__class__]
            deadline.at += more_seconds
            if alone is None:
                answer = take(event, body, scope)
                if answer.__class__ is not Answer:
                    answer = await answer
            else:  # in this frame what the route of a handler that is alone does
                try:
                    if inline:
                        result = alone(event)
                        if result is not None and awaits(result):
                            refuse(result, None)
                        if monotonic() > deadline.at:
                            front.overran(event, monotonic() - deadline.at)
                    else:
                        result = await alone(event)
                        if result is not None:
                            check_awaited(result)
                except RAISED as error:
                    answer = failed(event, body, scope, error)
                else:
                    counts.handled += 1
                    answer = HANDLED
        except Refused as error:
            answer, refused = error.answer, True
        except OURS as error:
            answer = front.unread(error)
            return await _refuse(scope, send, answer, unread=unread)
        except _DisconnectedError:
            return None
        except CancelledError:
            if not watch.ended(deadline):
                raise
            answer, refused = answers.TIMEOUT if answer is None else answers.FAILED, True
        finally:
            del watch.running[deadline]
            free.append(deadline)
            if deadline.timer is not None:
                watch.settle(deadline)
        if answer is HANDLED:
            await send({"type": "http.response.start", "status": 200, "headers": [_TYPE, _LENGTH]})
            return await send({"type": "http.response.body", "body": b"ok", "more_body": False})
        if refused:
            counts.refused += 1
            return await _refuse(scope, send, answer, unread=unread)
        if answer.passes:
            if passes_to is not None:
                receive = replay_receive(body, receive, tail=unread)  # pyright: ignore[reportPossiblyUnboundVariable]
                send = replay_send(send, partial(front.tell, event))  # pyright: ignore[reportPossiblyUnboundVariable]
                return await passes_to(scope, receive, send)
            front.tell(event)  # pyright: ignore[reportPossiblyUnboundVariable]
        return await _write(send, answer)

    return deliver


async def _write(send: Send, answer: Answer, *more: tuple[bytes, bytes]) -> None:
    """Send an answer; its headers are made afresh because outer middleware edits them in place."""
    headers = [*answer.raw_headers, *more]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body, "more_body": False})


async def _refuse(scope: Scope, send: Send, answer: Answer, *, unread: bool) -> None:
    """Answer a request whose body may not have been read: HTTP/1 cannot go on behind it."""
    closes = unread and scope.get("http_version", "1.1").startswith("1")
    await _write(send, answer, *([(b"connection", b"close")] if closes else []))


async def _without_asyncio(scope: Scope, send: Send) -> None:
    logger.error("pushmw runs on asyncio only: start the server with its asyncio worker, not trio")
    await _refuse(scope, send, answers.NO_ASYNCIO, unread=True)


def _admit(headers: Iterable[tuple[bytes, bytes]], rules: Rules) -> tuple[int, int]:
    """Apply the header rules, to each of those that come more than once too.

    Returns:
        the declared length in bytes, 0 if none is declared, and how much to read for the body. With
        both framings the end of the chunks counts, and has to be where the length is.

    Raises:
        Refused: see the rules for each.
    """
    length, stop = 0, 0
    declared: bytes | None = None
    for name, value in headers:
        if name == b"content-length":
            if declared not in {None, value}:
                raise Refused(answers.BAD_LENGTH)
            declared = value
            length = rules.admit(None, value)
        elif name == b"content-encoding":
            rules.admit(value, None)
        elif name == b"transfer-encoding":
            stop = rules.max_body + 1
    return length, stop or length or rules.max_body + 1


class _DisconnectedError(Exception):
    """The client went away before the body was complete."""


async def _read(
    receive: Receive, headers: Iterable[tuple[bytes, bytes]], rules: Rules
) -> tuple[bytes, int, bool]:
    length, stop = _admit(headers, rules)
    body, unread = await _read_on(receive, b"", stop, more=True)
    return body, length, unread


async def _read_on(receive: Receive, body: bytes, stop: int, *, more: bool) -> tuple[bytes, bool]:
    """Read what the first message did not hold, until the body ends or has ``stop`` bytes.

    Returns:
        what was read, and whether the server still holds an end that was not fetched.
    """
    parts = [body]
    size = len(body)
    while more and size < stop:
        message = await receive()
        if message["type"] != "http.request":
            raise _DisconnectedError
        part = message.get("body", b"")
        more = message.get("more_body", False)
        parts.append(part)
        size += len(part)
    return b"".join(parts), more


def keeping(names: Iterable[str]) -> Callable[[Scope], dict[str, str]]:
    """Make what gives the headers of those names of a request."""
    names_of = {name.encode("latin-1"): name for name in names}

    def kept(scope: Scope) -> dict[str, str]:
        headers = scope.get("headers", ())
        return joined((names_of[k], v.decode("latin-1")) for k, v in headers if k in names_of)

    return kept


def _path(scope: Scope) -> str:
    path: str = scope["path"]
    root = scope.get("root_path") or ""
    return path[len(root) :] if root and path.startswith(root + "/") else path


async def nothing_here(scope: Scope, receive: Receive, send: Send) -> None:
    """Stand in for the application there is not: 404, no websockets, a lifespan of its own."""
    if scope["type"] == "http":
        await _write(send, answers.NOTHING_HERE)
    elif scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1000})
    elif scope["type"] == "lifespan":
        for phase in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{phase}.complete"})
