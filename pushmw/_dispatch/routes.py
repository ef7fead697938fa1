"""What a plan becomes for a way in: one callable, which runs the handlers and gives the outcome."""

from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple, TypeAlias

from pushmw._dispatch.calling import (
    STOPS,
    async_step,
    is_bare,
    runs_inline,
    step,
)
from pushmw._dispatch.delivery import Delivery
from pushmw._dispatch.entrance import Entrance
from pushmw._dispatch.glue import Context
from pushmw._dispatch.hopping import hopping
from pushmw._dispatch.outcome import Outcome, Result, all_well, outcome_of
from pushmw._dispatch.plan import Handler, Plan
from pushmw._dispatch.reporting import areport, report
from pushmw._threads.waiting import Settle, Since, blocking, refuse
from pushmw.notifications.base import Event, Unclassified


class Route(NamedTuple):
    """How the events of one class are handled.

    Attributes:
        run: takes the event, the body, what the entrance was given and, on a thread that has a
            deadline, the monotonic time at which that began; gives the outcome.
        good: the outcome of nearly every push, the same object each time: all have handled it.
        waits: ``run`` gives what has to be awaited for the outcome. Without, on a loop, it does so
            when a handler has failed.
        alone: the handler, if to call it with the event is all that ``run`` does.
        inline: it is called on the loop, and not awaited.
    """

    run: Callable[..., Any]
    good: Outcome
    waits: bool
    alone: Callable[..., Any] | None = None
    inline: bool = False


# How a plan becomes a route; an inbox stores the push where handlers would run.
MakeRoute: TypeAlias = Callable[[Plan, Entrance], Route]


class Dispatch:
    """The plans of a receiver, by the class of the event.

    Attributes:
        unrecognised: the plan for what is not understood, if there is one.
    """

    def __init__(
        self, plans: Mapping[type, Plan | None], unrecognised: Plan | None, context: Context
    ) -> None:
        self.plans = plans
        self.unrecognised = unrecognised
        self.context = context

    def plan_of(self, event: Event) -> Plan | None:
        """Give the plan for an event, if there is one."""
        return self.unrecognised if isinstance(event, Unclassified) else self.plans[type(event)]

    def within(self, entrance: Entrance) -> Context:
        """Give what calling needs to know at a way in."""
        return self.context._replace(
            deadline=entrance.deadline, tells=entrance.tells, resumes=entrance.resumes
        )

    def route(self, plan: Plan, entrance: Entrance) -> Route:
        """Make the route that runs the handlers of a plan."""
        return (_on_loop if entrance.on_loop else _on_thread)(plan, self.within(entrance), entrance)


def _alone(plan: Plan, context: Context, *, awaited: bool) -> Callable[..., Any] | None:
    """Give the one function to call for a push, if there is nothing else to be done for it."""
    if len(plan.handlers) != 1 or plan.rest or context.resumes:
        return None
    (handler,) = plan.handlers
    simple = handler.awaited is awaited and not handler.errors and is_bare(handler, context)
    return handler.function if simple else None


def _asks(handlers: Iterable[Handler], context: Context) -> bool:
    """Tell whether something needs the push; it is made for a failure only otherwise."""
    return context.resumes or any(
        h.takes_delivery or h.errors or any(around.takes_delivery for around in h.arounds)
        for h in handlers
    )


def _taken(results: Iterable[Result], push: Delivery | None) -> bool:
    """Tell whether a handler wanted a push, in this attempt or in an earlier one."""
    return outcome_of(results).taken or (push is not None and push.was_taken())


def _on_thread(plan: Plan, context: Context, entrance: Entrance) -> Route:
    """Compile handlers to be run on the thread that brings the push."""
    if plan.rest:
        rest, _ = _from_thread(plan.rest, context, entrance)
        run, good = _from_thread(plan.handlers, context, entrance, rest)
    else:
        several = len(plan.handlers) > 1
        run, good = (_from_thread if several else _one)(plan.handlers, context, entrance)
    return Route(run, good, waits=False, alone=_alone(plan, context, awaited=False))


def _one(
    handlers: Sequence[Handler], context: Context, entrance: Entrance
) -> tuple[Callable[..., Outcome], Outcome]:
    """Compile the one handler that most kinds have, which needs no list."""
    (handled,), good = all_well(handlers)
    run_it, settle = step(handled, context), blocking(context.deadline)
    make, first, asks = entrance.push, handled.name, _asks(handlers, context)

    def run(event: Event, body: bytes, source: Any, began: float = 0.0) -> Outcome:
        push: Any = make(event, body, source, first) if asks else None
        results: tuple[Result, ...] = ()
        try:
            result = run_it(event, push, settle, began)
            if result is handled:
                return good
            results = (result,)
            if result.error is not None:
                push = push or make(event, body, source, first)
                report(result, push, context, settle, began)
        except STOPS as stop:
            return outcome_of(results, stop)
        return outcome_of(results)

    return run, good


def _from_thread(
    handlers: Sequence[Handler], context: Context, entrance: Entrance, rest: Any = None
) -> tuple[Callable[..., Outcome], Outcome]:
    """Compile handlers of one thread; ``rest`` is for when none takes the push."""
    handled, good = all_well(handlers)
    steps = [step(result, context) for result in handled]
    make, first, asks = entrance.push, handlers[0].name, _asks(handlers, context)
    settle = blocking(context.deadline)

    def run(
        event: Event, body: bytes, source: Any, began: float = 0.0, push: Any = None
    ) -> Outcome:
        push = push or (make(event, body, source, first) if asks else None)
        results: list[Result] = []
        try:
            for each in steps:
                result = each(event, push, settle, began)
                results.append(result)
                if result.error is not None:
                    push = push or make(event, body, source, first)
                    report(result, push, context, settle, began)
            if results == handled:
                return good
            if rest is not None and not _taken(results, push):
                more: Outcome = rest(event, body, source, began, push)
                return outcome_of((*results, *more.results), more.stop)
        except STOPS as stop:
            return outcome_of(results, stop)
        return outcome_of(results)

    return run, good


def _on_loop(plan: Plan, context: Context, entrance: Entrance) -> Route:
    """Compile handlers to be run from an event loop."""
    if not plan.rest and all(map(runs_inline, plan.handlers)):  # no `unhandled` handler is
        inline, good = _inline(plan.handlers, context, entrance)
        alone = _alone(plan, context, awaited=False)
        return Route(inline, good, waits=False, alone=alone, inline=True)
    rest = _from_loop(plan.rest, context, entrance)[0] if plan.rest else None
    run, good = _from_loop(plan.handlers, context, entrance, rest)
    return Route(run, good, waits=True, alone=_alone(plan, context, awaited=True))


def _inline(
    handlers: Sequence[Handler], context: Context, entrance: Entrance
) -> tuple[Callable[..., Any], Outcome]:
    """Compile handlers that run on the loop; once one has failed, the outcome is to be awaited."""
    handled, good = all_well(handlers)
    steps = [step(result, context) for result in handled]
    make, first, asks = entrance.push, handlers[0].name, _asks(handlers, context)

    def run(event: Event, body: bytes, source: Any, began: float = 0.0) -> Any:
        push: Any = make(event, body, source, first) if asks else None
        results: list[Result] = []
        try:
            for each in steps:
                result = each(event, push, refuse, began)
                results.append(result)
                if result.error is not None:
                    return go_on(event, push or make(event, body, source, first), results)
        except STOPS as stop:
            return outcome_of(results, stop)
        return good if results == handled else outcome_of(results)

    async def go_on(event: Event, push: Delivery, results: list[Result]) -> Outcome:
        try:
            await areport(results[-1], push, context)
            for each in steps[len(results) :]:
                results.append(each(event, push, refuse, None))
                await areport(results[-1], push, context)
        except STOPS as stop:
            return outcome_of(results, stop)
        return outcome_of(results)

    return run, good


# Steps from a loop: of one handler, or, told by False, of several that share a hop to a thread.
_AsyncSteps: TypeAlias = list[tuple[Any, bool]]


def _stays(handler: Handler) -> bool:
    """Tell whether a handler runs on the loop itself."""
    return handler.awaited or runs_inline(handler)


def _async_steps(handled: Sequence[Result], context: Context) -> _AsyncSteps:
    def tell(result: Result, push: Delivery, settle: Settle, since: Since) -> None:
        report(result, push, context, settle, since)

    steps: _AsyncSteps = []
    for stays, group in groupby(handled, key=lambda result: _stays(result.handler)):
        if stays:
            steps += [(async_step(result, context), True) for result in group]
        else:
            sharing = [result.handler for result in group]
            steps.append((hopping(sharing, context, tell, areport), False))
    return steps


def _from_loop(
    handlers: Sequence[Handler], context: Context, entrance: Entrance, rest: Any = None
) -> tuple[Callable[..., Coroutine[Any, Any, Outcome]], Outcome]:
    """Compile handlers to be run from an event loop; ``rest`` is for when none takes the push."""
    handled, good = all_well(handlers)
    steps, make, first = _async_steps(handled, context), entrance.push, handlers[0].name
    # What goes on late on another thread is told with the push, which is little beside a hop.
    asks = _asks(handlers, context) or not all(map(_stays, handlers))

    async def run(event: Event, body: bytes, source: Any, push: Any = None) -> Outcome:
        push = push or (make(event, body, source, first) if asks else None)
        results: list[Result] = []
        try:
            for each, single in steps:
                if single:
                    result = await each(event, push)
                    results.append(result)
                    if result.error is not None:
                        push = push or make(event, body, source, first)
                        await areport(result, push, context)
                else:
                    there: Outcome = await each(event, push)
                    results += there.results
                    if there.stop is not None:
                        return outcome_of(results, there.stop)
            if results == handled:
                return good
            if rest is not None and not _taken(results, push):
                more: Outcome = await rest(event, body, source, push)
                return outcome_of((*results, *more.results), more.stop)
        except STOPS as stop:
            return outcome_of(results, stop)
        return outcome_of(results)

    return run, good
