"""From the bytes of a push to its answer: the one way behind every way in."""

import hashlib
import logging
from collections.abc import Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any, Final

from pushmw import answers
from pushmw.answers import HANDLED, Answer, Refused
from pushmw.context import Context, Glue
from pushmw.counts import Counts
from pushmw.delivery import Describe, PushMaker
from pushmw.depth import SHALLOW_SIZE, too_deep
from pushmw.dispatch import Plan
from pushmw.notifications.base import Notification, Unasked, Unclassified
from pushmw.notifications.decoder import UNKNOWN_KIND, Formats, reader
from pushmw.running import TAKEN, failed_alone
from pushmw.taking import Take, Taken, World, on_loop, on_thread

if TYPE_CHECKING:
    from pushmw.gate import Gate

logger = logging.getLogger("pushmw")

_SHOWN: Final = 64  # characters of a kind's name in a log: it comes from outside

_VERDICTS: Final = (HANDLED, HANDLED, answers.FAILED, answers.FAILED)


Table = dict[type, Taken]


class Core:
    """The compiled receiver.

    The adapters for WSGI and ASGI do in a frame of their own what `accept` and `aaccept` do, for
    every push pays for each frame.

    Attributes:
        decode: makes the event of a body that is UTF-8 and not nested too deep, or raises.
        diagnose: tells what a body is for which that raised.
        gate: the guards to be passed before the body is read, if there are any.
    """

    def __init__(
        self,
        kinds: Mapping[str, type[Notification]],
        plans: Mapping[str, Plan],
        unrecognised: Plan | None,
        *,
        formats: Formats,
        context: Context,
        strict: bool,
        keep_headers: tuple[str, ...],
        counts: Counts,
        gate: "Gate | None",
    ) -> None:
        self.gate = gate
        self._context = context
        self._strict = strict
        self._names = keep_headers
        self._counts = counts
        self._told: set[str] = set()
        self._plans: dict[type, Any] = {struct: plans.get(kind) for kind, struct in kinds.items()}
        self._unrecognised = unrecognised
        self._tables: dict[tuple[World, Describe], Table] = {}
        self.decode, self.diagnose, self._splits = reader(kinds, formats)

    def use(self, glue: Glue | None) -> None:
        """Put a framework's context round every handler."""
        self._context = self._context._replace(glue=glue)
        for (world, describe), table in self._tables.items():
            table.update(self._compiled(world, describe))

    def table(self, world: World, describe: Describe) -> Table:
        """Give what takes the events of each class; it follows what `use` does later.

        Args:
            world: `on_thread` or `on_loop`.
            describe: how to read path and headers of what is given as the source.
        """
        found = self._tables.get((world, describe))
        if found is None:
            compiled = self._compiled(world, describe)
            found = self._tables.setdefault((world, describe), compiled)
        return found

    def _compiled(self, world: World, describe: Describe) -> Table:
        def made(plan: Plan) -> Taken:
            making = PushMaker(describe, self._names)
            return world(plan, self._context, making, self._counts, self.finish)

        nobodys: Taken = None, self._nobodys
        takes = {cls: made(plan) if plan else nobodys for cls, plan in self._plans.items()}
        _, rest = made(self._unrecognised) if self._unrecognised else (None, None)
        table: Table = {**takes, Unasked: nobodys, Unclassified: (None, self._stranger(rest))}
        for wire, split in self._splits.items():
            table[wire] = None, self._divided(split, table)
        return table

    def _divided(self, split: Callable[[Any, bytes], Notification], table: Table) -> Take:
        """Make what takes an object that stands for several kinds."""

        def take(wire: Any, body: bytes, source: Any) -> Any:
            try:
                event: Any = split(wire, body)
            except Exception as error:  # noqa: BLE001 - see the decoder
                event = self.diagnose(body, error)
            _, taking = table[event.__class__]
            return taking(event, body, source)

        return take

    def accept(self, body: bytes, source: Any, describe: Describe) -> Answer:
        """Take a push on this thread.

        Raises:
            Refused: it is nested too deep.
        """
        event = self._read(body)
        _, take = self.table(on_thread, describe)[event.__class__]
        answer: Answer = take(event, body, source)
        return answer

    def aaccept(
        self, body: bytes, source: Any, describe: Describe
    ) -> Answer | Coroutine[Any, Any, Answer]:
        """Take a push on the running loop; if handlers have to be awaited, give what to await.

        Raises:
            Refused: it is nested too deep.
        """
        event = self._read(body)
        _, take = self.table(on_loop, describe)[event.__class__]
        work = take(event, body, source)
        return work if work.__class__ is Answer else self._awaited(work)

    def _read(self, body: bytes) -> Any:
        if len(body) > SHALLOW_SIZE and too_deep(body):
            raise Refused(answers.TOO_DEEP)
        try:
            if not body.isascii():
                body.decode()
            return self.decode(body)
        except Exception as error:  # noqa: BLE001 - see the decoder
            return self.diagnose(body, error)

    async def _awaited(self, work: Any) -> Answer:
        return self.finish(await work)

    def failed(self, event: Any, raised: BaseException) -> Answer:
        """Give the answer for a push whose handler, the only one, raised on this thread."""
        return self.finish(failed_alone(self._plans[event.__class__], raised))

    def afailed(self, event: Any, raised: BaseException) -> Answer:
        """Give the answer for a push whose handler, the only one, raised on the loop.

        Raises:
            CancelledError: it was not the handler that failed, but somebody cancels the push.
        """
        return self.finish(failed_alone(self._plans[event.__class__], raised, self._context))

    def finish(self, flags: int) -> Answer:
        """Count a push and give the answer for what became of it."""
        if flags == TAKEN:
            self._counts.handled += 1
        elif flags:
            self._counts.failed += 1
        else:
            self._counts.unhandled += 1
        return _VERDICTS[flags]

    # -- what nobody handles

    def _nobodys(self, event: Notification | Unasked, *_: Any) -> Answer:
        """Say once that a kind has no handler, and how to write one."""
        kind = event.kind
        if kind not in self._told:
            self._told.add(kind)
            logger.info("nobody handles %r; to do so: @push.on(%r)", kind, kind)
        self._counts.unhandled += 1
        return answers.NOT_OURS

    def _stranger(self, rest: Take | None) -> Take:
        """Make what takes a push that was not understood."""

        def take(event: Unclassified, body: bytes, source: Any) -> Any:
            answer = self._unclassified(event)
            if not answer.passes:
                self._counts.refused += 1
            elif rest is not None:
                return rest(event, body, source)
            else:
                self._counts.unhandled += 1
            return answer

        return take

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
