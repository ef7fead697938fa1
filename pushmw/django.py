# pyright: basic, reportMissingTypeStubs=false
# Django ships no types.
"""pushmw in a Django project: outermost in wsgi.py or asgi.py, or as the first middleware.

Both ways care for the database connections of handlers as Django does for those of views: dead and
expired ones are closed before and after each handler, on the thread the handler uses.
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Any

from asgiref.sync import (
    ThreadSensitiveContext,
    async_to_sync,
    iscoroutinefunction,
    markcoroutinefunction,
    sync_to_async,
)
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, RequestDataTooBig
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.utils.module_loading import import_string

from pushmw import answers
from pushmw.answers import NOTHING_FOR_YOU, Answer, Refused
from pushmw.asgi import fields_of
from pushmw.asgi import peer_of as asgi_peer_of
from pushmw.context import Glue
from pushmw.deadlines import within
from pushmw.receiver import Receiver
from pushmw.requests import Rules, check_size
from pushmw.wsgi import peer_of, read_body

if TYPE_CHECKING:
    from pushmw.asgi import WrappedASGI
    from pushmw.wsgi import Wrapped

logger = logging.getLogger("pushmw")


def _close_old() -> None:
    """Close this thread's dead and expired connections, but never inside a transaction.

    Django's ``close_old_connections`` finds autocommit off there and ends that of a ``TestCase``.
    """
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()


@contextmanager
def _connections() -> "Iterator[None]":
    _close_old()
    try:
        yield
    finally:
        _close_old()


@asynccontextmanager
async def _aconnections() -> "AsyncIterator[None]":
    """Do the same round an async handler, whose queries run on the push's own ORM thread."""
    async with ThreadSensitiveContext():
        await sync_to_async(_close_old)()
        try:
            yield
        finally:
            await sync_to_async(_close_old)()


async def _hop(function: Callable[..., Any], /, *arguments: Any) -> Any:
    """Run sync handlers where Django runs sync views: tests see their transaction there."""
    async with ThreadSensitiveContext():
        return await sync_to_async(function)(*arguments)


def _settle(awaitable: Awaitable[Any]) -> Any:
    """Wait on such a thread, and meanwhile run on it what is to run where sync views do."""

    async def awaited() -> Any:
        return await awaitable

    return async_to_sync(awaited)()


_GLUE = Glue(_connections, _aconnections, _hop, _settle)


def wsgi(push: Receiver, app: Any) -> "Wrapped":
    """Put the receiver in front of Django's WSGI application, in wsgi.py."""
    push.set_glue(_GLUE)
    return push.wsgi(app)


def asgi(push: Receiver, app: Any) -> "WrappedASGI":
    """Put the receiver in front of Django's ASGI application, in asgi.py."""
    push.set_glue(_GLUE)
    return push.asgi(app)


class PushMiddleware:
    """The receiver as an entry of ``MIDDLEWARE``, best the first one.

    It needs the setting ``PUSHMW_RECEIVER``, the dotted path of a `pushmw.Receiver`. Bodies are
    read by Django, so ``DATA_UPLOAD_MAX_MEMORY_SIZE`` is a limit as well. CSRF checks do not apply.

    Raises:
        ImproperlyConfigured: the setting is missing, or does not lead to a receiver.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self._push = _configured_receiver()
        self._push.set_glue(_GLUE)
        self._get_response = get_response
        self._rules: Rules | None = None
        self._async = iscoroutinefunction(get_response)
        if self._async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        """Take a push; hand any other request on untouched."""
        if request.method != "POST" or request.path_info not in self._push.paths:
            return self._get_response(request)
        return self._atake(request) if self._async else self._take(request)

    def _take(self, request: HttpRequest) -> Any:
        if (denied := self._denied(request)) is not None:
            return denied
        try:
            answer = self._push.core().accept(self._body(request), request, _describe)
        except Refused as refused:
            return self._refuse(refused)
        if answer.passes and self._push.options.fallthrough:
            return _passed(self._get_response(request))
        return _response(answer)

    async def _atake(self, request: HttpRequest) -> Any:
        if (denied := self._denied(request)) is not None:
            return denied
        try:
            answer = self._push.core().aaccept(self._body(request), request, _describe)
        except Refused as refused:
            return self._refuse(refused)
        if not isinstance(answer, Answer):
            answer = await within(self._push.options.handler_deadline, answer)
        if answer.passes and self._push.options.fallthrough:
            return _passed(await self._get_response(request))
        return _response(answer)

    def _denied(self, request: HttpRequest) -> Any:
        """Ask the guards, and give the response to whom they refuse."""
        gate = self._push.core().gate
        if gate is None:
            return None
        scope = getattr(request, "scope", None)
        if scope is None:
            headers: Any = request.headers
            fields = {name.lower(): value for name, value in headers.items()}
            peer = peer_of(request.META)
        else:  # some versions of Django take X_Name for X-Name
            fields, peer = fields_of(scope["headers"]), asgi_peer_of(scope)
        answer = gate(fields, request.path_info, peer)
        return None if answer is None else _response(answer)

    def _body(self, request: Any) -> bytes:
        """Read the body through Django, which then has it for views as well."""
        rules, meta = self._rules, request.META
        if rules is None:
            self._push.core()  # no option is set any more
            rules = self._rules = Rules(self._push.options.max_body)
        length = rules.admit(
            meta.get("CONTENT_TYPE"),
            meta.get("HTTP_CONTENT_ENCODING"),
            meta.get("CONTENT_LENGTH"),
        )
        if not length and hasattr(request, "environ") and not hasattr(request, "_body"):
            # Under WSGI Django reads as much as Content-Length says, so nothing of a chunked body.
            body = read_body(request.environ, rules)
            request._body, request._stream = body, BytesIO(body)  # noqa: SLF001 - what .body does
            meta["CONTENT_LENGTH"] = str(len(body))  # or Django REST framework sees no body
            return body
        body = self._read(request)
        check_size(body, length, rules.max_body)  # Django passes short ones as they are
        return body

    @staticmethod
    def _read(request: HttpRequest) -> bytes:
        try:
            body: bytes = request.body
        except RequestDataTooBig:
            raise Refused(answers.TOO_LARGE) from None
        except UnreadablePostError:
            raise Refused(answers.INCOMPLETE) from None
        except RawPostDataException:
            logger.error(  # noqa: TRY400 - how it came to that says nothing
                "PushMiddleware must stand before middleware that reads the body"
            )
            raise Refused(answers.FAILED) from None
        return body

    def _refuse(self, refused: Refused) -> Any:
        self._push.counts.refused += 1
        return _response(refused.answer)


def _describe(request: HttpRequest, names: Iterable[str]) -> tuple[str, dict[str, str]]:
    headers: Any = request.headers
    return request.path_info, {name: headers[name] for name in names if name in headers}


def _response(answer: Answer) -> Any:
    response: Any = HttpResponse(answer.body, status=answer.status, headers=dict(answer.headers))
    # By what Django notes itself: it would log a 4xx or 5xx with its path, which may be secret.
    response._has_been_logged = True  # noqa: SLF001 - there is no other way
    return response


def _passed(response: Any) -> Any:
    if response.status_code in NOTHING_FOR_YOU:
        response.status_code = 200
    return response


def _configured_receiver() -> Receiver:
    path = getattr(settings, "PUSHMW_RECEIVER", None)
    if not isinstance(path, str):
        raise ImproperlyConfigured(
            "PUSHMW_RECEIVER must be the dotted path of a pushmw.Receiver, such as "
            f"'shop.receivers.push', not {path!r}"
        )
    try:
        push = import_string(path)
    except ImportError as error:
        raise ImproperlyConfigured(f"PUSHMW_RECEIVER: cannot import {path!r}: {error}") from error
    if not isinstance(push, Receiver):
        raise ImproperlyConfigured(
            f"PUSHMW_RECEIVER: {path!r} is a {type(push).__name__}, not a pushmw.Receiver"
        )
    return push
