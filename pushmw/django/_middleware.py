# pyright: basic, reportMissingTypeStubs=false
# Django ships no types.
"""The receiver as an entry of ``MIDDLEWARE``."""

import logging
from collections.abc import Callable
from functools import partial
from io import BytesIO
from operator import attrgetter
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException, UnreadablePostError

from pushmw._dispatch.delivery import Delivery, Telling, new_id
from pushmw._dispatch.entrance import Entrance
from pushmw._errors import OURS
from pushmw._http import answers
from pushmw._http.answers import SILENCING, UNHANDLED, Answer, Refused
from pushmw._http.asgi import peer_of as asgi_peer_of
from pushmw._http.front import Front
from pushmw._http.heads import MOST, ASGIHeads, WSGIHeads, too_large, too_many_of
from pushmw._http.rules import Rules, check_size
from pushmw._http.wsgi import peer_of, read_body
from pushmw._register.options import Options
from pushmw._threads.deadlines import within
from pushmw.django._connections import GLUE
from pushmw.django._settings import configured_receiver

logger = logging.getLogger("pushmw")


class PushMiddleware:
    """The receiver as an entry of ``MIDDLEWARE``, best the first one.

    It needs the setting ``PUSHMW_RECEIVER``, the dotted path of a `pushmw.Receiver`. Bodies are
    read by Django, so ``DATA_UPLOAD_MAX_MEMORY_SIZE`` is a limit as well. CSRF checks do not apply.

    Raises:
        ImproperlyConfigured: the setting is missing, or does not lead to a receiver.
    """

    __module__ = "pushmw.django"  # as settings name it

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        push = configured_receiver()
        push.set_glue(GLUE)
        self._way = push.way(GLUE)
        self._behind = get_response
        self._get_response: Callable[[HttpRequest], Any] = self._first
        self._takes_in: _Intake | None = None
        self._async = iscoroutinefunction(get_response)
        if self._async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        """Take a push; hand any other request on untouched."""
        if request.method != "POST" or request.path_info not in self._way.paths:
            return self._get_response(request)
        return self._atake(request) if self._async else self._take(request)

    def _first(self, request: HttpRequest) -> Any:
        """Take the first request that is no push, and make way for those to come."""
        self._way.begin()
        watched = self._way.paths.watched()
        self._get_response = self._watching if watched else self._behind
        return self._behind(request)

    def _watching(self, request: HttpRequest) -> Any:
        """Look at what is passed on, for a callback path that is spelt otherwise."""
        if request.method == "POST":
            self._way.paths.tell_near(request.path_info)
        return self._behind(request)

    def _intake(self) -> "_Intake":
        intake = self._takes_in
        if intake is None:
            intake = self._takes_in = _Intake(self._way.front(), on_loop=self._async)
        return intake

    def _take(self, request: HttpRequest) -> Any:
        intake = self._intake()
        event, answer = intake.take(request)
        if answer.passes and intake.passes:
            return intake.passed(event, self._behind(request))
        return intake.response(event, answer)

    async def _atake(self, request: HttpRequest) -> Any:
        intake = self._intake()
        event, answer = intake.take(request)
        if not isinstance(answer, Answer):
            answer = await within(intake.deadline, answer)
        if answer.passes and intake.passes:
            return intake.passed(event, await self._behind(request))
        return intake.response(event, answer)


def entrance(options: Options, *, on_loop: bool) -> Entrance:
    """Give the way in of the middleware, sync or async as Django runs it."""
    names = options.keep_headers

    def kept(request: Any) -> dict[str, str]:
        headers = request.headers
        return {name: headers[name] for name in names if name in headers}

    make = partial(Delivery, Telling(attrgetter("path_info"), kept, new_id))
    return Entrance(on_loop=on_loop, push=make, deadline=options.handler_deadline)


class _Intake:
    """What takes pushes in once the receiver is compiled.

    Attributes:
        passes: what nobody wants goes on to Django.
        deadline: seconds handlers may take.
    """

    def __init__(self, front: Front, *, on_loop: bool) -> None:
        self._front = front
        self._table = front.table(entrance(front.options, on_loop=on_loop))
        self._rules = Rules(front.options.max_body)
        self.passes = front.options.fallthrough
        self.deadline = front.options.handler_deadline

    def take(self, request: HttpRequest) -> tuple[Any, Any]:
        """Give the event of a push, if it is read, and the answer or what to await for it."""
        if (denied := self._denied(request)) is not None:
            return None, denied
        try:
            body = self._body(request)
        except Refused as refused:
            self._front.counts.refused += 1
            return None, refused.answer
        except OURS as error:
            return None, self._front.unread(error)
        event = self._front.read(body)
        return event, self._table[event.__class__][0](event, body, request)

    def passed(self, event: Any, response: Any) -> Any:
        """Let Django answer for a push that nobody handles, but for what would silence the host."""
        self._front.tell(event, response.status_code)
        if response.status_code in SILENCING:
            response.status_code = 200
            response[UNHANDLED[0]] = UNHANDLED[1]
        return response

    def response(self, event: Any, answer: Answer) -> Any:
        """Give Django's response for an answer."""
        if answer.passes:
            self._front.tell(event)
        response: Any = HttpResponse(
            answer.body, status=answer.status, headers=dict(answer.headers)
        )
        # By what Django notes itself: it would log a 4xx or 5xx with its path, perhaps secret.
        response._has_been_logged = True
        return response

    def _denied(self, request: HttpRequest) -> Answer | None:
        """Count the headers, ask the guards, and give the answer to whom they refuse."""
        gate, meta, scope = self._front.gate, request.META, getattr(request, "scope", None)
        fields = () if scope is None else scope["headers"]
        if len(fields) > MOST or too_many_of(meta) or (gate and too_large(fields)):
            return self._front.overwhelmed()
        if gate is None:
            return None
        if scope is None:
            refusal = gate.ask(WSGIHeads(meta), request.path_info, peer_of(meta))
        else:  # some versions of Django take X_Name for X-Name
            refusal = gate.ask(ASGIHeads(fields), request.path_info, asgi_peer_of(scope))
        return None if refusal is None else self._front.denies(refusal)

    def _body(self, request: Any) -> bytes:
        """Read the body through Django, which then has it for views as well."""
        rules, meta = self._rules, request.META
        length = rules.admit(meta.get("HTTP_CONTENT_ENCODING"), meta.get("CONTENT_LENGTH"))
        if not length and hasattr(request, "environ") and not hasattr(request, "_body"):
            # Under WSGI Django reads as much as Content-Length says, so nothing of a chunked body.
            body = read_body(request.environ, rules)
            request._body, request._stream = body, BytesIO(body)  # what .body does
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
            # Without the traceback: how it came to that says nothing.
            text = "PushMiddleware must stand before middleware that reads the body"
            logger.log(logging.ERROR, text)
            raise Refused(answers.FAILED) from None
        return body
