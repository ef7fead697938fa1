"""From the bytes of a push to its answer: the one function behind every way in."""

import hashlib
import logging
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any, Final

from pushmw import answers, running
from pushmw.answers import Answer
from pushmw.context import Context
from pushmw.counts import Counts
from pushmw.delivery import Describe, Push
from pushmw.dispatch import Plan
from pushmw.notifications.base import Notification, Unclassified
from pushmw.notifications.decoder import UNKNOWN_KIND, Decode, TooDeepError, decoder
from pushmw.running import FAILED
from pushmw.waiting import blocking, refuse

logger = logging.getLogger("pushmw")

# (body, source, describe) -> the answer, or under asyncio what to await for it
Accept = Callable[[bytes, Any, Describe], Any]
# What runs a push, and whether it needs the `Push` made for it.
Compiled = tuple[Callable[[Any, Push | None], Any], bool]

_SHOWN: Final = 64  # characters of a kind's name in a log: it comes from outside

_VERDICTS: Final = (answers.HANDLED, answers.HANDLED, answers.FAILED, answers.FAILED)


class Core:
    """The compiled receiver.

    Attributes:
        accept: takes a push on this thread and gives the `Answer`.
        aaccept: gives the `Answer`, or a coroutine for it when handlers have to be awaited.
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
        decode = decoder(kinds)
        ours = {kinds[kind]: plan for kind, plan in plans.items()}
        self.accept = self._entrance(decode, ours, unrecognised, self._compile)
        self.aaccept = self._entrance(decode, ours, unrecognised, self._acompile)

    def _entrance(
        self,
        decode: Decode,
        ours: Mapping[type[Notification], Plan],
        unrecognised: Plan | None,
        compile_plan: Callable[[Plan], Compiled],
    ) -> Accept:
        compiled: dict[type, Compiled] = {s: compile_plan(plan) for s, plan in ours.items()}
        rest = compile_plan(unrecognised) if unrecognised else None
        names = self._names

        def accept(body: bytes, source: Any, describe: Describe) -> Any:
            try:
                event = decode(body)
            except TooDeepError:
                self._counts.refused += 1
                return answers.TOO_DEEP
            found = compiled.get(event.__class__)
            if found is None:
                return passed(event, body, source, describe)
            run, needs_push = found
            return run(
                event, Push(event.kind, body, source, describe, names) if needs_push else None
            )

        def passed(event: Any, body: bytes, source: Any, describe: Describe) -> Any:
            if isinstance(event, Unclassified):
                answer = self._unclassified(event)
                if rest is not None and answer.passes:
                    return rest[0](event, Push(event.kind, body, source, describe, names))
                return self._nobodys(answer)
            self._tell(event.kind)
            return self._nobodys(answers.NOT_OURS)

        return accept

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

    def _nobodys(self, answer: Answer) -> Answer:
        if answer.passes:
            self._counts.unhandled += 1
        else:
            self._counts.refused += 1
        return answer

    def _tell(self, kind: str) -> None:
        """Say once that a kind has no handler, and how to write one."""
        if kind not in self._told:
            self._told.add(kind)
            logger.info("nobody handles %r; to do so: @push.on(%r)", kind, kind)

    # -- how a plan runs, in each world

    def _compile(self, plan: Plan) -> Compiled:
        steps = running.compile_sync(plan.handlers, self._context)
        rest = running.compile_sync(plan.rest, self._context) if plan.rest else None
        deadline, finish = self._context.deadline, self._finish

        def run(event: Any, push: Push | None) -> Answer:
            began = monotonic()
            settle = blocking(deadline, began)
            flags = steps(event, push, settle, None)
            if not flags and rest is not None:
                flags = rest(event, push, settle, None)
            if monotonic() - began > deadline:
                logger.error("handlers of a %s push took %.1f s", event.kind, monotonic() - began)
            return finish(flags)

        return run, _needs_push(plan)

    def _acompile(self, plan: Plan) -> Compiled:
        if all(running.runs_inline(h) and not h.errors for h in (*plan.handlers, *plan.rest)):
            return self._compile_inline(plan)
        finish = self._finish
        if not plan.rest:
            return running.compile_async(plan.handlers, self._context, finish), _needs_push(plan)
        steps = running.compile_async(plan.handlers, self._context)
        rest = running.compile_async(plan.rest, self._context)

        async def run(event: Any, push: Push | None) -> Answer:
            return finish(await steps(event, push) or await rest(event, push))

        return run, _needs_push(plan)

    def _compile_inline(self, plan: Plan) -> Compiled:
        steps = running.compile_sync(plan.handlers, self._context)
        finish = self._finish

        def run(event: Any, push: Push | None) -> Answer:
            return finish(steps(event, push, refuse, None))

        return run, _needs_push(plan)

    def _finish(self, flags: int) -> Answer:
        if flags & FAILED:
            self._counts.failed += 1
        elif flags:
            self._counts.handled += 1
        else:
            self._counts.unhandled += 1
        return _VERDICTS[flags]


def _needs_push(plan: Plan) -> bool:
    return any(
        h.takes_delivery or h.errors or any(around.takes_delivery for around in h.arounds)
        for h in (*plan.handlers, *plan.rest)
    )
