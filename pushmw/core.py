"""From the bytes of a push to its answer: the one function behind every way in."""

import hashlib
import logging
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any, Final, TypeVar

from pushmw import answers, running
from pushmw.answers import Answer
from pushmw.context import Context, Glue
from pushmw.counts import Counts
from pushmw.delivery import Describe, Push
from pushmw.dispatch import Plan
from pushmw.notifications.base import Notification, Unclassified
from pushmw.notifications.decoder import UNKNOWN_KIND, TooDeepError, decoder
from pushmw.running import TAKEN, SyncRun
from pushmw.waiting import blocking

logger = logging.getLogger("pushmw")

# (body, source, describe) -> the answer, or under asyncio what to await for it
Accept = Callable[[bytes, Any, Describe], Any]
T = TypeVar("T")

_SHOWN: Final = 64  # characters of a kind's name in a log: it comes from outside

_VERDICTS: Final = (answers.HANDLED, answers.HANDLED, answers.FAILED, answers.FAILED)


class Core:
    """The compiled receiver.

    Attributes:
        accept: takes a push on this thread and gives the `Answer`.
        aaccept: gives the `Answer`; or, when handlers have to be awaited, a coroutine for the flags
            that `finish` makes the answer of.
    """

    def __init__(
        self,
        kinds: Mapping[str, type[Notification]],
        plans: Mapping[str, Plan],
        unrecognised: Plan | None,
        *,
        context: Context,
        strict: bool,
        keep_headers: tuple[str, ...],
        counts: Counts,
    ) -> None:
        self._context = context
        self._strict = strict
        self._names = keep_headers
        self._counts = counts
        self._told: set[str] = set()
        self._decode = decoder(kinds)
        self._ours = {kinds[kind]: plan for kind, plan in plans.items()}
        self._rest = unrecognised
        self.use(context.glue)

    def use(self, glue: Glue | None) -> None:
        """Put a framework's context round every handler; adapters keep hold of this object."""
        self._context = self._context._replace(glue=glue)
        self.accept, self.aaccept = self._entrance(), self._aentrance()

    # One frame each, for every push goes through one of them.

    def _entrance(self) -> Accept:
        ours, unrecognised = self._compiled(self._compile)
        decode, names, counts = self._decode, self._names, self._counts
        deadline = self._context.deadline
        settle, finish = blocking(deadline), self.finish

        def accept(body: bytes, source: Any, describe: Describe) -> Answer:
            try:
                event = decode(body)
            except TooDeepError:
                counts.refused += 1
                return answers.TOO_DEEP
            found = ours.get(event.__class__)
            if found is None:
                answer = self._nobodys(event)
                if answer is not None:
                    return answer
                found = unrecognised
            steps, rest, needs_push = found
            push = Push(event.kind, body, source, describe, names) if needs_push else None
            began = monotonic()
            flags = steps(event, push, settle, began)
            if not flags and rest is not None:
                flags = rest(event, push, settle, began)
            ended = monotonic()
            if ended > began + deadline:
                logger.error("handlers of a %s push took %.1f s", event.kind, ended - began)
            if flags == TAKEN:
                counts.handled += 1
                return answers.HANDLED
            return finish(flags)

        return accept

    def _aentrance(self) -> Accept:
        ours, unrecognised = self._compiled(self._acompile)
        decode, names, counts = self._decode, self._names, self._counts
        finish = self.finish

        def aaccept(body: bytes, source: Any, describe: Describe) -> Any:
            try:
                event = decode(body)
            except TooDeepError:
                counts.refused += 1
                return answers.TOO_DEEP
            found = ours.get(event.__class__)
            if found is None:
                answer = self._nobodys(event)
                if answer is not None:
                    return answer
                found = unrecognised
            run, needs_push, inline = found
            push = Push(event.kind, body, source, describe, names) if needs_push else None
            if not inline:
                return run(event, push)
            flags = run(event, push)
            if flags == TAKEN:
                counts.handled += 1
                return answers.HANDLED
            return finish(flags)

        return aaccept

    def _compiled(self, compile_plan: Callable[[Plan], T]) -> tuple[dict[type, T], Any]:
        """Compile the plan of each class, and the one for what was not recognised, if any."""
        ours = {struct: compile_plan(plan) for struct, plan in self._ours.items()}
        return ours, compile_plan(self._rest) if self._rest else None

    def _nobodys(self, event: Notification | Unclassified) -> Answer | None:
        """Answer what has no handler of its own; None if the `unhandled` ones take it."""
        if not isinstance(event, Unclassified):
            self._tell(event.kind)
            answer = answers.NOT_OURS
        else:
            answer = self._unclassified(event)
            if answer.passes and self._rest is not None:
                return None
        if answer.passes:
            self._counts.unhandled += 1
        else:
            self._counts.refused += 1
        return answer

    def _unclassified(self, event: Unclassified) -> Answer:
        """Count and log what was not understood, and say what would be answered for it."""
        self._counts.unclassified += 1
        digest = hashlib.sha256(event.body).hexdigest()[:16]
        logger.warning(
            "push of kind %r not understood: %s (%d bytes, sha256 %s)",
            event.kind and event.kind[:_SHOWN],
            event.reason,
            len(event.body),
            digest,
            extra={"pushmw_reason": event.reason, "pushmw_digest": digest},
        )
        # A kind the platform has added meanwhile is no bad input.
        bad = self._strict and event.reason is not UNKNOWN_KIND
        return answers.unclassified(400 if bad else 200, event.reason)

    def _tell(self, kind: str) -> None:
        """Say once that a kind has no handler, and how to write one."""
        if kind not in self._told:
            self._told.add(kind)
            logger.info("nobody handles %r; to do so: @push.on(%r)", kind, kind)

    # -- how a plan runs, in each world

    def _compile(self, plan: Plan) -> tuple[SyncRun, SyncRun | None, bool]:
        steps = running.compile_sync(plan.handlers, self._context)
        rest = running.compile_sync(plan.rest, self._context) if plan.rest else None
        return steps, rest, _needs_push(plan)

    def _acompile(self, plan: Plan) -> tuple[Callable[[Any, Push | None], Any], bool, bool]:
        """Compile for a loop: what gives the flags at once (inline), or else a coroutine."""
        needs_push = _needs_push(plan)
        inline = all(running.runs_inline(h) and not h.errors for h in plan.handlers)
        if inline and not plan.rest:  # no `unhandled` handler is inline
            return running.compile_sync(plan.handlers, self._context), needs_push, True
        steps = running.compile_async(plan.handlers, self._context)
        if not plan.rest:
            return steps, needs_push, False
        rest = running.compile_async(plan.rest, self._context)

        async def run(event: Any, push: Push | None) -> int:
            return await steps(event, push) or await rest(event, push)

        return run, needs_push, False

    def finish(self, flags: int) -> Answer:
        """Count a push and give the answer for what became of it."""
        if flags == TAKEN:
            self._counts.handled += 1
        elif flags:
            self._counts.failed += 1
        else:
            self._counts.unhandled += 1
        return _VERDICTS[flags]


def _needs_push(plan: Plan) -> bool:
    return any(
        h.takes_delivery or h.errors or any(around.takes_delivery for around in h.arounds)
        for h in (*plan.handlers, *plan.rest)
    )
