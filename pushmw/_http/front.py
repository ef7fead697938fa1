"""The compiled receiver as HTTP sees it: what every way in shares, and what becomes an answer."""

import hashlib
import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from math import inf
from time import monotonic
from typing import Any, Final, TypeAlias

from pushmw._dispatch.calling import afailed, failed
from pushmw._dispatch.entrance import Entrance
from pushmw._dispatch.outcome import Outcome, outcome_of
from pushmw._dispatch.plan import Plan
from pushmw._dispatch.reporting import log
from pushmw._dispatch.routes import Dispatch, MakeRoute, Route
from pushmw._http import answers
from pushmw._http.answers import HANDLED, Answer
from pushmw._http.counts import Counts
from pushmw._log import Limit, shown
from pushmw._register.options import Options
from pushmw.guards.attempt import Refusal
from pushmw.guards.gate import Gate
from pushmw.notifications.base import Event, TooDeep, Unasked, Unclassified, Unread
from pushmw.notifications.decoder import UNKNOWN_KIND, Read

logger = logging.getLogger("pushmw")

_MOST_LIMITS: Final = 256  # ways not to be what a kind should be that have a line each

# (event, body, source) -> the answer; on a loop perhaps what to await for it
Take: TypeAlias = Callable[[Any, bytes, Any], Any]


# What takes the events of a class; the handler, if to call it is all that does; and, on a loop
# only, whether that is called and not awaited. Plain tuples: a named one takes 100 ns to unpack.
Taking: TypeAlias = tuple[Any, ...]
Table: TypeAlias = dict[type, Taking]


class Front:
    """What the ways in of one receiver share.

    Attributes:
        read: makes the event of a body.
        gate: the guards to be passed before the body is read, if there are any.
        options: the receiver's; they do not change any more.
        dispatch: what handlers run for which events.
    """

    def __init__(
        self,
        read: Read,
        gate: Gate | None,
        options: Options,
        counts: Counts,
        *,
        dispatch: Dispatch,
        make: MakeRoute | None = None,
    ) -> None:
        self.read = read
        self.gate = gate
        self.options = options
        self.counts = counts
        self.dispatch = dispatch
        self._make = make or dispatch.route
        self._told: set[str | None] = set()
        self._heads = Limit()
        self._strange: dict[tuple[str, str] | None, Limit] = {}

    def table(self, entrance: Entrance) -> Table:
        """Give what takes the events of each class at a way in."""

        def taking(plan: Plan) -> Taking:
            route = self._make(plan, entrance)
            return made(self._take(route, entrance), route.alone, inline=route.inline)

        def made(take: Take, alone: Any = None, *, inline: bool = False) -> Taking:
            return (take, alone, inline) if entrance.on_loop else (take, alone)

        nobodys = made(self._nobodys)
        table: Table = {
            cls: taking(plan) if plan else nobodys for cls, plan in self.dispatch.plans.items()
        }
        unrecognised = self.dispatch.unrecognised
        rest = taking(unrecognised)[0] if unrecognised else None
        table[Unclassified] = made(self._stranger(rest))
        table[Unasked] = nobodys
        table[TooDeep] = made(self._too_deep)
        table[Unread] = made(self._unread)
        return table

    def denies(self, refusal: Refusal) -> Answer:
        """Count a request that a guard refuses, and give the answer."""
        self.counts.denied += 1
        return answers.denied(refusal.challenge)

    def overwhelmed(self) -> Answer:
        """Count a request with more headers than guards are asked about, and give the answer."""
        self.counts.refused += 1
        if times := self._heads.take():
            logger.warning("requests with too many or too large headers were refused: %d", times)
        return answers.TOO_MANY_HEADERS

    # -- what became of it

    def _take(self, route: Route, entrance: Entrance) -> Take:
        """Make what runs a route and answers for its outcome."""
        run, good, counts = route.run, route.good, self.counts
        longest = inf if entrance.deadline is None else entrance.deadline

        def take(event: Event, body: bytes, source: Any) -> Any:
            began = monotonic()
            outcome = run(event, body, source, began)
            if outcome is good:
                counts.handled += 1
                answer: Any = HANDLED
            else:
                ended = outcome.__class__ is Outcome
                answer = self._answer(outcome) if ended else self._awaited(outcome)
            if monotonic() - began > longest:
                self.overran(event, monotonic() - began - longest)
            return answer

        async def atake(event: Event, body: bytes, source: Any) -> Answer:
            outcome: Outcome = await run(event, body, source)
            if outcome is not good:
                return self._answer(outcome)
            counts.handled += 1
            return HANDLED

        return atake if route.waits else take

    async def _awaited(self, outcome: Awaitable[Outcome]) -> Answer:
        return self._answer(await outcome)

    def _answer(self, outcome: Outcome) -> Answer:
        """Count a push, and give the answer for what became of it."""
        if outcome.stop is not None:
            raise outcome.stop
        if outcome.failures:
            self.counts.failed += 1
            return answers.FAILED
        if outcome.taken:
            self.counts.handled += 1
        else:
            self.counts.unhandled += 1
        return HANDLED

    def failed(
        self, entrance: Entrance, event: Any, body: bytes, source: Any, raised: BaseException
    ) -> Answer:
        """Answer for a handler that was alone, and raised in an adapter's own frame.

        Raises:
            CancelledError: it was not the handler that failed, but somebody cancels the push.
        """
        plan: Any = self.dispatch.plan_of(event)
        (handler,) = plan.handlers
        give = afailed if entrance.on_loop else failed
        result = give(handler, raised, self.dispatch.within(entrance))
        log(result, entrance.push(event, body, source, handler.name))
        return self._answer(outcome_of([result]))

    def overran(self, event: Any, seconds: float) -> None:
        """Log that handlers took that much longer than they may."""
        seconds += self.options.handler_deadline
        logger.error("handlers of a push of kind %s took %.1f s", shown(event.kind), seconds)

    # -- what nobody handles

    def _nobodys(self, *_: Any) -> Answer:
        self.counts.unhandled += 1
        return answers.NOT_OURS

    def tell(self, event: Any, status: int | None = None) -> None:
        """Say once of a kind that nobody handles it, and how to write a handler.

        Args:
            event: of that kind, or what was not understood, which has been told as such.
            status: what the application behind says to it, if there is one.
        """
        strange = isinstance(event, Unclassified)
        odd = status not in {None, HTTPStatus.NOT_FOUND}
        kind = None if strange else event.kind
        if kind in self._told or (strange and not odd):
            return
        self._told.add(kind)
        logger.warning(
            "nobody handles %s%s; to do so: %s",
            "what is not understood" if strange else repr(kind),
            f", to which the application behind says {status}" if odd else "",
            "@push.unhandled" if strange else f"@push.on({kind!r})",
        )

    def _too_deep(self, *_: Any) -> Answer:
        self.counts.refused += 1
        return answers.TOO_DEEP

    def _unread(self, event: Unread, *_: Any) -> Answer:
        return self.unread(event.error)

    def unread(self, error: BaseException) -> Answer:
        """Count a push that could not be read for a reason of our own, and answer for it."""
        self.counts.failed += 1
        logger.error("a push could not be read: %s", type(error).__name__, exc_info=error)
        return answers.OUR_FAILURE

    def _stranger(self, rest: Take | None) -> Take:
        """Make what takes a push that was not understood."""

        def take(event: Unclassified, body: bytes, source: Any) -> Any:
            answer = self._unclassified(event)
            if not answer.passes:
                self.counts.refused += 1
            elif rest is not None:
                return rest(event, body, source)
            else:
                self.counts.unhandled += 1
            return answer

        return take

    def _unclassified(self, event: Unclassified) -> Answer:
        """Count what was not understood, and say what would be answered for it."""
        self.counts.unclassified += 1
        unknown = event.reason is UNKNOWN_KIND
        # Whoever pushes can make up kinds: those that there are not share a limit.
        what = None if unknown or event.kind is None else (event.kind, event.reason)
        if len(self._strange) > _MOST_LIMITS:
            what = None
        if times := self._strange.setdefault(what, Limit()).take():
            _log_strange(event, times)
        # A kind the platform has added meanwhile is no bad input.
        bad = self.options.strict and not unknown
        return answers.unclassified(400 if bad else 200, event.reason)


def _log_strange(event: Unclassified, times: int) -> None:
    digest = hashlib.sha256(event.body).hexdigest()[:16]
    logger.warning(
        "push of kind %s not understood: %s (%d bytes, sha256 %s)%s",
        shown(event.kind),
        event.reason,
        len(event.body),
        digest,
        f", the last of {times}" if times > 1 else "",
        extra={"pushmw_reason": event.reason, "pushmw_digest": digest, "pushmw_times": times},
    )
