"""What a plan becomes for a way in: one callable, which runs the handlers and gives the outcome."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
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
from pushmw._dispatch.outcome import Outcome, Result, Results, all_well, outcome_of, well
from pushmw._dispatch.plan import Handler, Plan
from pushmw._dispatch.reporting import report
from pushmw._threads.waiting import Settle, Since, blocking, refuse
from pushmw.notifications.base import Event, Unclassified


class Route(NamedTuple):
    """How the events of one class are handled.

    Attributes:
        run: takes the event, the push and, on a thread that has a deadline, the monotonic time at
            which that began; gives the outcome.
        good: the outcome of nearly every push, the same object each time: all have handled it.
        waits: ``run`` gives what has to be awaited for the outcome.
        asks: something needs the push; ``run`` takes None for it otherwise.
        first: the name of the handler that is told of it first.
        alone: the handler, if to call it with the event is all that ``run`` does.
        inline: it is called on the loop, and not awaited.
    """

    run: Callable[..., Any]
    good: Outcome
    waits: bool
    asks: bool
    first: str = ""
    alone: Callable[..., Any] | None = None
    inline: bool = False


AsyncRun: TypeAlias = Callable[[Event, Delivery], Coroutine[Any, Any, Outcome]]
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
        return self.context._replace(deadline=entrance.deadline, resumes=entrance.resumes)

    def route(self, plan: Plan, entrance: Entrance) -> Route:
        """Make the route that runs the handlers of a plan."""
        context = self.within(entrance)
        return (_on_loop if entrance.on_loop else _on_thread)(plan, context)


def _alone(plan: Plan, context: Context, *, awaited: bool) -> Callable[..., Any] | None:
    """Give the one function to call for a push, if there is nothing else to be done for it."""
    if len(plan.handlers) != 1 or plan.rest or context.resumes:
        return None
    (handler,) = plan.handlers
    simple = handler.awaited is awaited and not handler.errors and is_bare(handler, context)
    return handler.function if simple else None


def _asks(plan: Plan, context: Context) -> bool:
    return context.resumes or any(
        h.takes_delivery or h.errors or any(around.takes_delivery for around in h.arounds)
        for h in (*plan.handlers, *plan.rest)
    )


def _on_thread(plan: Plan, context: Context) -> Route:
    run, good = _here(plan, context, blocking(context.deadline))
    alone = _alone(plan, context, awaited=False)
    asks, first = _asks(plan, context), plan.handlers[0].name
    return Route(run, good, waits=False, asks=asks, first=first, alone=alone)


def _here(plan: Plan, context: Context, settle: Settle) -> tuple[Callable[..., Outcome], Outcome]:
    """Compile handlers to be run on the thread that brings the push."""
    handled, good = all_well(plan.handlers)
    steps = [step(result, context, first=result is handled[0]) for result in handled]
    rest = [step(well(handler), context) for handler in plan.rest]

    def run_one(event: Event, push: Delivery, began: float = 0.0) -> Outcome:
        try:
            result = steps[0](event, push, settle, began)
        except STOPS as stop:
            return outcome_of([], stop)
        return good if result is handled[0] else outcome_of([result])

    def run(event: Event, push: Delivery, began: float = 0.0) -> Outcome:
        results: list[Result] = []
        add = results.append
        try:
            for each in steps:
                add(each(event, push, settle, began))
            if results == handled:
                return good
            if rest and not outcome_of(results).taken:
                for each in rest:
                    add(each(event, push, settle, began))
        except STOPS as stop:
            return outcome_of(results, stop)
        return outcome_of(results)

    return (run if rest or len(steps) > 1 else run_one), good


def _on_loop(plan: Plan, context: Context) -> Route:
    asks, first = _asks(plan, context), plan.handlers[0].name
    if not plan.rest and all(map(runs_inline, plan.handlers)):  # no `unhandled` handler is
        alone = _alone(plan, context, awaited=False)
        run, good = _here(plan, context, refuse)
        return Route(run, good, waits=False, asks=asks, first=first, alone=alone, inline=True)
    rest = _from_loop(plan.rest, context)[0] if plan.rest else None
    arun, good = _from_loop(plan.handlers, context, rest)
    # What goes on late on another thread is told with the push, which is little beside a hop.
    asks = asks or not all(map(_stays, (*plan.handlers, *plan.rest)))
    alone = _alone(plan, context, awaited=True)
    return Route(arun, good, waits=True, asks=asks, first=first, alone=alone)


# Steps from a loop: of one handler, or, told by False, of several that share a hop to a thread.
_AsyncSteps: TypeAlias = list[tuple[Any, bool]]


def _stays(handler: Handler) -> bool:
    """Tell whether a handler runs on the loop itself."""
    return handler.awaited or runs_inline(handler)


def _async_steps(handled: Sequence[Result], context: Context) -> _AsyncSteps:
    def tell(results: Results, push: Delivery, settle: Settle, since: Since) -> None:
        report(results, push, context, settle, since)

    steps: _AsyncSteps = []
    for stays, group in groupby(handled, key=lambda result: _stays(result.handler)):
        if stays:
            steps += [(async_step(result, context), True) for result in group]
        else:
            steps.append((hopping([result.handler for result in group], context, tell), False))
    return steps


def _from_loop(
    handlers: Sequence[Handler], context: Context, rest: AsyncRun | None = None
) -> tuple[AsyncRun, Outcome]:
    """Compile handlers to be run from an event loop; ``rest`` is for when none takes the push."""
    handled, good = all_well(handlers)
    steps = _async_steps(handled, context)

    async def run(event: Event, push: Delivery) -> Outcome:
        results: list[Result] = []
        add = results.append
        try:
            for each, single in steps:
                if single:
                    add(await each(event, push))
                else:
                    there: Outcome = await each(event, push)
                    results += there.results
                    if there.stop is not None:
                        return outcome_of(results, there.stop)
            if results == handled:
                return good
            if rest is not None and not outcome_of(results).taken:
                more = await rest(event, push)
                return outcome_of((*results, *more.results), more.stop)
        except STOPS as stop:
            return outcome_of(results, stop)
        return outcome_of(results)

    return run, good
