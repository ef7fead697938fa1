"""The ASGI adapter: match, read, hand over, write.

``push.asgi(app)`` gives a plain function. Whatever is not a POST to a callback path, other scopes
included, reaches ``app`` with the identical scope, receive and send.
"""

import inspect
import logging
import sys
from asyncio import AbstractEventLoop, CancelledError, current_task, get_running_loop
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import TYPE_CHECKING, Any, Protocol, cast

from pushmw import answers
from pushmw.answers import HANDLED, Answer, Refused
from pushmw.deadlines import Watch, ticks, watch_of
from pushmw.depth import SHALLOW_SIZE, too_deep
from pushmw.replay import Receive, Send, replay_receive, replay_send
from pushmw.requests import Rules, check_size, joined
from pushmw.taking import on_loop

if TYPE_CHECKING:
    from types import CoroutineType

    from pushmw.receiver import Receiver

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


def wrap(push: "Receiver", app: "ASGIApp | None") -> WrappedASGI:
    """Put the receiver in front of ``app``."""
    paths = push.paths
    under = paths.under
    inner: ASGIApp = nothing_here if app is None else app

    deliver: ASGIApp

    def first(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Take the first push: compile the receiver, and make way for what comes of that."""
        nonlocal deliver
        deliver = _guarded(push, _deliver(push, app))
        return deliver(scope, receive, send)

    deliver = first

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

    return cast("WrappedASGI", _marked(middleware))


def _marked(middleware: ASGIApp) -> ASGIApp:
    """Show servers a coroutine function; they would take it for ASGI 2 or WSGI otherwise.

    Handing out the inner coroutine instead of awaiting it saves a frame a request.
    """
    if sys.version_info >= (3, 12):
        return inspect.markcoroutinefunction(middleware)

    async def awaiting(scope: Scope, receive: Receive, send: Send) -> None:
        await middleware(scope, receive, send)

    return awaiting


def _guarded(push: "Receiver", deliver: ASGIApp) -> ASGIApp:
    """Ask the guards before anything is received; without any there is nothing in between."""
    gate = push.core().gate
    if gate is None:
        return deliver

    def guarded(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        headers = scope.get("headers", ())
        if headers.__class__ is not list:  # iterables of iterables, read again later
            headers = scope["headers"] = [(name, value) for name, value in headers]
        denied = gate(fields_of(headers), _path(scope), peer_of(scope))
        if denied is not None:
            return _refuse(scope, send, denied, unread=True)
        return deliver(scope, receive, send)

    return guarded


def fields_of(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Give all headers as guards want them."""
    return joined((n.decode("latin-1").lower(), v.decode("latin-1")) for n, v in headers)


def peer_of(scope: Scope) -> str | None:
    """Give the address at the other end of the socket: of a unix socket empty, None if unknown.

    A server that listens on a unix socket has no port, and its clients mostly have no address.
    """
    client, server = scope.get("client"), scope.get("server")
    if client:
        address: str = client[0]
        return address
    return "" if server and server[1] is None else None


def _deliver(  # noqa: C901, PLR0915 - holds deliver
    push: "Receiver", app: "ASGIApp | None"
) -> ASGIApp:
    """Make the coroutine function for pushes.

    It is long because a frame costs every push a hundredth, and with a few variables more its
    coroutines would be too large for the allocator's pools, which costs as much.
    """
    core, options, counts = push.core(), push.options, push.counts
    rules = Rules(options.max_body)  # no option is set any more
    ruled = {
        b"content-length": rules.lengths,
        b"content-type": rules.types,
        b"content-encoding": {},
        b"transfer-encoding": {},
    }
    decode, diagnose, takes = core.decode, core.diagnose, core.table(on_loop, describe)
    passes_to = app if options.fallthrough else None
    body_ticks = ticks(options.body_deadline)
    handler_ticks = ticks(options.handler_deadline) - body_ticks
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
        task: Any = current_task(loop)
        if watch.idle:
            watch.start(loop)
        free = watch.free
        deadline = free.pop() if free else watch.more()
        deadline.task = task
        deadline.last = watch.now + body_ticks
        unread, refused = True, False
        answer: Any = None
        try:
            try:
                headers = scope["headers"]
                if headers.__class__ is not list:  # iterables of iterables, read again later
                    headers = scope["headers"] = [(name, value) for name, value in headers]
                # In this frame what `_admit` does, for headers that were admitted before.
                length = 0
                for name, value in headers:
                    if name in ruled:
                        admitted = ruled[name][value]
                        if admitted:
                            if length:
                                raise KeyError  # noqa: TRY301 - a second one: look closer
                            length = admitted
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
                length = len(body)
            # In this frame what `Core.aaccept` does.
            if length > SHALLOW_SIZE and too_deep(body):
                raise Refused(answers.TOO_DEEP)  # noqa: TRY301 - the way of any refusal
            try:
                if not body.isascii():
                    body.decode()
                event = decode(body)
            except Exception as error:  # noqa: BLE001 - see the decoder
                event = diagnose(body, error)
            lone, take = takes[event.__class__]
            if lone is None:
                answer = take(event, body, scope)
                if answer.__class__ is not Answer:
                    deadline.last += handler_ticks
                    answer = core.finish(await answer)
            else:  # in this frame what `take_alone` does
                deadline.last += handler_ticks
                try:
                    await lone(event)
                except (Exception, CancelledError) as error:  # noqa: BLE001 - anything
                    answer = core.afailed(event, error)
                else:
                    counts.handled += 1
                    answer = HANDLED
        except Refused as error:
            answer, refused = error.answer, True
        except _DisconnectedError:
            return None
        except CancelledError:
            if not watch.expired(task):
                raise
            answer, refused = answers.TIMEOUT if answer is None else answers.FAILED, True
        finally:
            deadline.task = None
            free.append(deadline)
            if watch.marks:
                watch.settle(task)
        if answer is HANDLED:
            await send({"type": "http.response.start", "status": 200, "headers": [_TYPE, _LENGTH]})
            return await send({"type": "http.response.body", "body": b"ok", "more_body": False})
        if refused:
            counts.refused += 1
            return await _refuse(scope, send, answer, unread=unread)
        if answer.passes and passes_to is not None:
            receive = replay_receive(body, receive, tail=unread)  # pyright: ignore[reportPossiblyUnboundVariable]
            return await passes_to(scope, receive, replay_send(send))
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
            length = rules.admit(None, None, value)
        elif name == b"content-type":
            rules.admit(value, None, None)
        elif name == b"content-encoding":
            rules.admit(None, value, None)
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


def describe(scope: Scope, names: Iterable[str]) -> tuple[str, dict[str, str]]:
    """Tell the path and the kept headers of a request."""
    found: dict[str, str] = {}
    for name, value in scope.get("headers", ()):
        key = name.decode("latin-1")
        if key in names:
            text = value.decode("latin-1")
            found[key] = f"{found[key]}, {text}" if key in found else text
    return _path(scope), found


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
