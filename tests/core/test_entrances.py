"""A way in of one's own: pushes are stored, and a worker runs what has not succeeded yet."""

import asyncio
import pickle
from collections import Counter
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, NamedTuple

import pytest

from fakes import Server, ask, call, environ, length, part, scope
from pushmw import Answer, Receiver, Retry, Unclassified
from pushmw._dispatch.delivery import Delivery, Past, Telling
from pushmw._dispatch.entrance import Entrance
from pushmw._dispatch.outcome import Outcome, State
from pushmw._dispatch.plan import Plan
from pushmw._dispatch.routes import MakeRoute, Route
from worlds import BODY, awaited, on_a_loop, on_a_thread, sync

# The whole of it, in less than 40 lines


class Envelope(NamedTuple):
    push: Delivery
    done: frozenset[str] = frozenset()
    attempts: Mapping[str, int] = {}


STORED = Outcome((), taken=True, failures=(), stop=None)


def storing(stored: list[Envelope]) -> MakeRoute:
    def making(plan: Plan, entrance: Entrance) -> Route:
        def store(event: Any, body: bytes, source: Any, began: float = 0.0) -> Outcome:
            push = entrance.push(event, body, source, "")
            stored.append(Envelope(pickle.loads(pickle.dumps(push))))
            return STORED

        return Route(store, STORED, waits=False)

    return making


KEPT = Telling(*map(attrgetter, ("push.path", "push.headers", "push.id")))


def again(event: Any, body: bytes, envelope: Envelope, first: str) -> Delivery:
    push, done, attempts = envelope
    past, received = Past(attempts, done), push.received.timestamp()
    return Delivery(KEPT, event, body, envelope, first, received=received, past=past)


async def work(push: Receiver, stored: list[Envelope], *, on_loop: bool) -> None:
    front = push._opened()
    entrance = Entrance(on_loop=on_loop, push=again, deadline=None, tells=False, resumes=True)
    while stored:
        envelope = stored.pop(0)
        body = envelope.push.body
        event: Any = front.read(body)
        plan: Any = front.dispatch.plan_of(event)
        route = front.dispatch.route(plan, entrance)
        run = route.run(event, body, envelope)
        outcome: Outcome = run if isinstance(run, Outcome) else await run
        done = {r.name for r in outcome.results if r.state in {State.HANDLED, State.DONE}}
        called = Counter(envelope.attempts) + Counter(r.name for r in outcome.results)
        if outcome.failures:
            stored.append(Envelope(envelope.push, frozenset(done), called))


# What it has to do

WAYS: dict[str, Callable[[Receiver], int]] = {
    "wsgi": lambda push: int(call(push.wsgi(), environ(BODY)).status[:3]),
    "asgi": lambda push: ask(push.asgi(), scope(length(BODY)), part(BODY)).status,
    "handle": lambda push: on_a_thread(push).status,
    "ahandle": lambda push: on_a_loop(push).status,
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("style", [sync, awaited], ids=["sync", "async"])
@pytest.mark.parametrize("on_loop", [False, True], ids=["thread", "loop"])
def test_a_worker_runs_only_what_failed_under_the_same_id_until_it_succeeds(
    way: str, style: Callable[..., Any], *, on_loop: bool
) -> None:
    push, stored, seen = Receiver(guards=[]), list[Envelope](), list[tuple[str, str, int]]()
    push._make_route = storing(stored)
    push.error(lambda error, delivery: seen.append(("hook", "", 0)))

    def handler(name: str, failures: int) -> None:
        def run(event: object, delivery: Delivery) -> None:
            seen.append((delivery.handler, delivery.id, delivery.attempt))
            if delivery.attempt <= failures:
                raise Retry if delivery.attempt == 1 else ValueError

        push.on("deviceDeleted", name=name)(style(run))

    handler("good", 0)
    handler("twice", 2)
    handler("once", 1)
    assert WAYS[way](push) == 200
    assert seen == []
    assert (push.counts.handled, push.counts.failed) == (1, 0)
    (envelope,) = stored
    asyncio.run(work(push, stored, on_loop=on_loop))
    first = [("good", 1), ("twice", 1), ("once", 1)]
    assert [(name, attempt) for name, _, attempt in seen] == [
        *first,
        *[("twice", 2), ("once", 2), ("twice", 3)],
    ]
    assert {identity for _, identity, _ in seen} == {envelope.push.id}


@pytest.mark.parametrize("on_loop", [False, True], ids=["thread", "loop"])
@pytest.mark.parametrize(
    ("done", "taken", "ran"),
    [((), False, ["rest"]), (("a",), False, ["rest"]), ((), True, []), (("a",), True, [])],
)
def test_unhandled_takes_what_nobody_wanted_in_any_attempt(
    done: tuple[str, ...], ran: list[str], *, taken: bool, on_loop: bool
) -> None:
    push, seen = Receiver(guards=[]), list[str]()
    push.on("deviceDeleted", where=lambda event: False, name="a")(lambda event: seen.append("a"))
    push.unhandled(lambda event: seen.append("rest"))
    told = Telling(lambda _: "", lambda _: {}, lambda _: "1")

    def make(event: Any, body: bytes, source: Any, first: str) -> Delivery:
        return Delivery(told, event, body, source, first, past=Past({}, done, taken))

    front = push._opened()
    entrance = Entrance(on_loop=on_loop, push=make, deadline=None, tells=False, resumes=True)
    event: Any = front.read(BODY)
    plan: Any = front.dispatch.plan_of(event)
    run = front.dispatch.route(plan, entrance).run(event, BODY, None)
    if not isinstance(run, Outcome):

        async def main() -> None:
            await run

        asyncio.run(main())
    assert seen == ran


def test_what_is_not_understood_is_stored_where_somebody_takes_it() -> None:
    push, stored, seen = Receiver(guards=[]), list[Envelope](), list[Any]()
    push._make_route = storing(stored)
    push.unhandled(seen.append)
    assert push.handle(b"push success.").status == 200
    asyncio.run(work(push, stored, on_loop=False))
    assert [type(event) for event in seen] == [Unclassified]


def test_what_nobody_takes_is_not_stored() -> None:
    push, stored = Receiver(guards=[]), list[Envelope]()
    push._make_route = storing(stored)
    push.on("deviceAdded")(lambda event: None)
    answer: Answer = push.handle(BODY)
    assert (answer.status, answer.passes, stored) == (200, True, [])


# The first request of any kind


def test_what_waits_for_the_first_request_is_started_by_it_and_once() -> None:
    push, started = Receiver(guards=[]), list[str]()
    push._starts.append(lambda: started.append("worker"))
    app = push.wsgi()
    other = push.asgi()
    assert started == []
    assert call(app, environ(PATH_INFO="/elsewhere")).status.startswith("404")
    assert started == ["worker"]
    assert ask(other, scope(path="/elsewhere")).status == 404
    assert call(app, environ(BODY)).status.startswith("200")
    assert started == ["worker"]


@pytest.mark.parametrize("way", WAYS)
def test_the_first_push_is_a_first_request_too(way: str) -> None:
    push, started = Receiver(guards=[]), list[str]()
    push._starts.append(lambda: started.append("worker"))
    assert [WAYS[way](push), WAYS[way](push)] == [200, 200]
    assert started == ["worker"]


def test_the_lifespan_of_a_server_is_a_first_request() -> None:
    push, started = Receiver(), list[str]()
    push._starts.append(lambda: started.append("worker"))
    server = Server({"type": "lifespan.startup"}, {"type": "lifespan.shutdown"})
    asyncio.run(push.asgi()({"type": "lifespan"}, server.receive, server.send))
    assert started == ["worker"]


def test_later_requests_reach_the_application_with_nothing_in_between() -> None:
    seen = list[Any]()

    def app(environ: Any, start_response: Any) -> Any:
        seen.append((environ, start_response))
        return []

    wrapped = Receiver().wsgi(app)
    for _ in range(2):
        asked, start = environ(PATH_INFO="/elsewhere"), lambda *_: None
        wrapped(asked, start)  # type: ignore[arg-type]
        assert seen[-1] == (asked, start)
