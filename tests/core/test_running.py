"""Handlers run one after the other, each isolated from the failures of the others."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest

from fakes import Server, length, part, scope
from logged import failures
from pushmw import Delivery, Receiver
from pushmw._dispatch.glue import Glue
from worlds import (
    BODY,
    Deliver,
    awaited,
    in_both_worlds,
    in_every_style,
    lazily,
    on_a_loop,
    on_a_thread,
    sync,
)

Style = Callable[[Callable[..., Any]], Callable[..., Any]]


class Broken(Exception):
    """What a handler raises."""


def broken(event: object) -> None:
    raise Broken("a text with the payload")


# Order and isolation


@in_both_worlds
def test_handlers_of_all_styles_run_in_the_order_of_registration(deliver: Deliver) -> None:
    push, notes = Receiver(), list[str]()
    styles: list[tuple[str, Style, bool]] = [
        ("a", sync, False),
        ("b", awaited, False),
        ("c", awaited, False),
        ("d", sync, True),
        ("e", lazily, False),
        ("f", sync, False),
        ("g", awaited, False),
    ]
    for name, style, inline in styles:
        push.on("deviceDeleted", inline=inline)(style(lambda event, name=name: notes.append(name)))
    push.on("*")(lambda event: notes.append("*"))
    assert deliver(push).status == 200
    assert notes == [*"abcdefg*"]
    assert (push.counts.handled, push.counts.failed) == (1, 0)


@in_both_worlds
@in_every_style
def test_a_failing_handler_stops_no_other_and_is_logged(
    deliver: Deliver, style: Style, caplog: pytest.LogCaptureFixture
) -> None:
    push, notes = Receiver(guards=[]), list[str]()
    push.on("deviceDeleted")(lambda event: notes.append("before"))
    push.on("deviceDeleted", name="first")(style(broken))
    push.on("deviceDeleted")(awaited(lambda event: notes.append("between")))
    push.on("deviceDeleted", name="second")(style(broken))
    push.on("deviceDeleted")(lambda event: notes.append("after"))
    answer = deliver(push)
    assert answer.status == 503
    assert b"payload" not in answer.body
    assert notes == ["before", "between", "after"]
    assert failures(caplog) == ["handler first failed: Broken", "handler second failed: Broken"]
    assert all(record.exc_info for record in caplog.records if record.name == "pushmw")
    assert (push.counts.handled, push.counts.failed) == (0, 1)


@in_both_worlds
def test_a_failing_inline_handler_stops_no_other(
    deliver: Deliver, caplog: pytest.LogCaptureFixture
) -> None:
    push, notes = Receiver(), list[object]()
    push.on("deviceDeleted", inline=True, name="bad")(broken)
    push.on("deviceDeleted", inline=True)(notes.append)
    assert deliver(push).status == 503
    assert len(notes) == 1
    assert failures(caplog) == ["handler bad failed: Broken"]


@in_both_worlds
@pytest.mark.parametrize("inline", [False, True], ids=["elsewhere", "inline"])
def test_a_stop_iteration_is_a_failure_like_any_other(deliver: Deliver, *, inline: bool) -> None:
    push = Receiver()

    @push.on("deviceDeleted", inline=inline)
    def handler(event: Any) -> None:
        next(iter(()))

    assert deliver(push).status == 503


@in_both_worlds
@in_every_style
@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt])
def test_the_end_of_the_process_is_not_held_up(
    deliver: Deliver, style: Style, error: type[BaseException]
) -> None:
    push = Receiver()

    def leaves(event: object) -> None:
        raise error

    push.on("deviceDeleted")(style(leaves))
    with pytest.raises(error):
        deliver(push)
    assert (push.counts.handled, push.counts.failed) == (0, 0)


# Where they run


def test_on_a_loop_sync_handlers_that_follow_each_other_share_one_hop() -> None:
    push, hops, threads = Receiver(), 0, list[int]()

    async def hop(function: Callable[..., Any], /, *arguments: Any) -> Any:
        nonlocal hops
        hops += 1
        return await asyncio.to_thread(function, *arguments)

    push.set_glue(Glue(threading.Lock, hop=hop))

    def note(event: object) -> None:
        threads.append(threading.get_ident())

    for style in (sync, lazily, sync, awaited, sync, sync):
        push.on("deviceDeleted")(style(lambda event: note(event)))  # noqa: PLW0108 - another one
    assert on_a_loop(push).status == 200
    assert hops == 2
    here = threading.get_ident()
    assert [thread == here for thread in threads] == [False, True, False, True, False, False]


def test_on_a_loop_an_inline_handler_stays_there_and_needs_no_wait() -> None:
    push, threads = Receiver(), list[int]()
    push.on("deviceDeleted", inline=True)(lambda event: threads.append(threading.get_ident()))
    server = Server(part(BODY))

    async def main() -> None:
        work = push.asgi()(scope(length(BODY)), server.receive, server.send)
        with pytest.raises(StopIteration):  # it is done without waiting for anything
            work.send(None)

    asyncio.run(main())
    assert server.status == 200
    assert threads == [threading.get_ident()]


def test_on_a_thread_sync_handlers_stay_there() -> None:
    push, threads = Receiver(), list[int]()
    push.on("deviceDeleted")(lambda event: threads.append(threading.get_ident()))
    push.on("deviceDeleted", inline=True)(lambda event: threads.append(threading.get_ident()))
    on_a_thread(push)
    assert threads == [threading.get_ident()] * 2


@in_both_worlds
def test_async_handlers_of_all_pushes_share_a_loop(deliver: Deliver) -> None:
    push, loops = Receiver(), list[object]()

    @push.on("deviceDeleted")
    async def handler(event: Any) -> None:
        loops.append(asyncio.get_running_loop())

    push.on("deviceDeleted")(handler)
    deliver(push)
    assert len(set(map(id, loops))) == 1


# Awaitables nobody announced


class Later:
    """An awaitable that is no coroutine."""

    def __init__(self, notes: list[str]) -> None:
        self._notes = notes

    def __await__(self) -> Any:
        yield from asyncio.sleep(0).__await__()
        self._notes.append("awaited")


@in_both_worlds
@pytest.mark.parametrize("takes_delivery", [False, True], ids=["alone", "with delivery"])
def test_whatever_a_handler_returns_is_awaited_if_it_can_be(
    deliver: Deliver, *, takes_delivery: bool
) -> None:
    push, notes = Receiver(), list[str]()
    if takes_delivery:
        push.on("deviceDeleted")(lambda event, delivery: Later(notes))
    else:
        push.on("deviceDeleted")(lambda event: Later(notes))
    push.on("deviceDeleted")(lambda event: "no awaitable")
    assert deliver(push).status == 200
    assert notes == ["awaited"]


@pytest.mark.parametrize("with_hook", [False, True], ids=["alone", "with error hook"])
@pytest.mark.parametrize("after", [sync, awaited], ids=["all inline", "an async one behind"])
@pytest.mark.parametrize(
    "returned", [asyncio.sleep, lambda _: Later([])], ids=["coroutine", "other awaitable"]
)
def test_an_inline_handler_has_nothing_to_await(
    returned: Callable[[int], Awaitable[Any]],
    after: Style,
    caplog: pytest.LogCaptureFixture,
    *,
    with_hook: bool,
) -> None:
    push, errors = Receiver(), list[Exception]()
    if with_hook:
        push.error(lambda error, delivery: errors.append(error))
    push.on("deviceDeleted", inline=True, name="bad")(lambda event: returned(0))
    push.on("deviceDeleted", inline=after is sync)(after(lambda event: None))
    assert on_a_loop(push).status == 503
    assert failures(caplog) == ["handler bad failed: TypeError"]
    assert "declare it with async def" in caplog.text
    assert len(errors) == with_hook


# Conditions


def says(answer: object, event: object) -> object:
    return answer


@in_both_worlds
@in_every_style
@pytest.mark.parametrize("inline", [False, True], ids=["elsewhere", "inline"])
def test_a_handler_runs_if_its_condition_says_yes(
    deliver: Deliver, style: Style, *, inline: bool
) -> None:
    push, notes = Receiver(), list[str]()
    inline = inline and style is sync
    for answer in (True, False, "yes", None):
        push.on("deviceDeleted", where=partial(says, answer), inline=inline)(
            style(lambda event, answer=answer: notes.append(repr(answer)))
        )
    assert deliver(push).status == 200
    assert notes == ["True", "'yes'"]
    assert push.counts.handled == 1


@in_both_worlds
@in_every_style
def test_a_condition_that_fails_is_its_handlers_failure(
    deliver: Deliver, style: Style, caplog: pytest.LogCaptureFixture
) -> None:
    push, notes = Receiver(), list[str]()
    push.on("deviceDeleted", where=broken, name="bad")(style(lambda event: notes.append("bad")))
    push.on("deviceDeleted")(style(lambda event: notes.append("good")))
    assert deliver(push).status == 503
    assert notes == ["good"]
    assert failures(caplog) == ["handler bad failed: Broken"]


@in_both_worlds
@in_every_style
@pytest.mark.parametrize("inline", [False, True], ids=["elsewhere", "inline"])
def test_where_every_condition_says_no_the_unhandled_ones_run_if_there_are_any(
    deliver: Deliver, style: Style, *, inline: bool
) -> None:
    push, notes = Receiver(), list[str]()
    inline = inline and style is sync
    push.on("deviceDeleted", where=lambda event: False, inline=inline)(style(notes.append))
    without = deliver(push)
    assert (without.status, without.passes) == (200, False), "ours, so it never falls through"
    assert push.counts.unhandled == 1
    push = Receiver()
    push.on("deviceDeleted", where=lambda event: False, inline=inline)(style(notes.append))
    push.unhandled(style(lambda event: notes.append("rest")))
    assert deliver(push).status == 200
    assert notes == ["rest"]
    assert push.counts.handled == 1


# Deliveries


@in_both_worlds
@in_every_style
def test_each_handler_gets_the_delivery_in_its_own_name(deliver: Deliver, style: Style) -> None:
    push, seen = Receiver(), list[Delivery]()

    def keeps(event: object, delivery: Delivery) -> None:
        seen.append(delivery)

    push.on("deviceDeleted", name="one")(style(keeps))
    push.on("deviceDeleted", name="two")(style(keeps))
    deliver(push, path="/push", headers={"User-Agent": "x"})
    assert [delivery.handler for delivery in seen] == ["one", "two"]
    assert {delivery.id for delivery in seen} == {seen[0].id}
    assert (seen[0].kind, seen[0].path) == ("deviceDeleted", "/push")
    assert (seen[0].headers, seen[0].body, seen[0].attempt) == ({"user-agent": "x"}, BODY, 1)
    assert seen[0].json()["notifyType"] == "deviceDeleted"
