"""Who is called for a push, in which order, and what becomes of failures."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest

from pushes import OTHER, PUSH, SECRET, assert_ok, assert_problem, ours
from pushmw import Counts, Delivery, DeviceDataChanged, DeviceDeleted, Notification, Receiver, Retry
from sites.base import ASYNC, INLINE, SYNC, Start, Style

STYLES = (SYNC, INLINE, ASYNC)


class Broken(Exception):
    """What the handlers of these tests fail with."""


TEXT = "the text of the exception"
FAILURES: list[Callable[[], BaseException]] = [
    Broken,
    Retry,
    TimeoutError,
    LookupError,
    RecursionError,
    MemoryError,
    StopIteration,
    asyncio.CancelledError,
    lambda: ExceptionGroup("several", [Broken()]),
]


def noting(order: list[str], name: str, *, fails: bool = False) -> Callable[[Any], None]:
    """Make a handler that notes that it ran, and may fail then."""

    def handler(event: Any) -> None:
        order.append(name)
        if fails:
            raise Broken(TEXT)

    return handler


def test_handlers_run_in_order_the_specific_ones_before_those_for_every_kind(
    start: Start, style: Style
) -> None:
    push = Receiver()
    order: list[str] = []
    style.on(push, "*")(noting(order, "every"))
    style.on(push, "deviceDataChanged")(noting(order, "first"))
    style.on(push, "deviceDeleted")(noting(order, "other kind"))
    style.on(push, DeviceDataChanged, DeviceDeleted)(noting(order, "second"))
    style.on(push, "*")(noting(order, "every too"))
    push.unhandled(style.of(noting(order, "unhandled")))
    assert_ok(start(push).post(PUSH))
    assert order == ["first", "second", "every", "every too"]


@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside another"])
@pytest.mark.parametrize("make", FAILURES, ids=lambda make: type(make()).__name__)
def test_whatever_a_handler_raises_is_answered_and_told_alike(
    start: Start,
    style: Style,
    make: Callable[[], BaseException],
    caplog: pytest.LogCaptureFixture,
    *,
    beside: bool,
) -> None:
    """A handler that is alone may be called elsewhere, and nobody sees it."""
    push = Receiver(guards=[])

    def bad(event: object) -> None:
        raise make()

    style.on(push, "deviceDataChanged", name="bad")(bad)
    if beside:
        style.on(push, "deviceDataChanged")(lambda event: None)
    assert_problem(start(push).post(PUSH), 503)
    assert push.counts == Counts(failed=1)
    (line,) = (r.getMessage() for r in ours(caplog) if r.levelno == logging.ERROR)
    assert line.startswith("handler bad failed: ")


@pytest.mark.parametrize("turn", range(3))
def test_the_order_holds_whatever_the_styles(start: Start, turn: int) -> None:
    push = Receiver()
    order: list[str] = []
    styles = [*STYLES[turn:], *STYLES[:turn], *STYLES]
    for number, style in enumerate(styles):
        style.on(push, "deviceDataChanged")(noting(order, str(number)))
    assert_ok(start(push).post(PUSH))
    assert order == [str(number) for number in range(6)]


def test_every_handler_gets_the_same_event(start: Start) -> None:
    push = Receiver()
    events: list[Notification] = []
    for style in STYLES:
        style.on(push, "*", name=style.name)(events.append)
    start(push).post(PUSH)
    assert [event is events[0] for event in events] == [True, True, True]


def test_handlers_of_an_included_receiver_run_where_it_was_included(
    start: Start, style: Style
) -> None:
    push, other = Receiver(), Receiver()
    order: list[str] = []
    style.on(push, "deviceDataChanged")(noting(order, "before"))
    push.include(other)
    style.on(push, "deviceDataChanged")(noting(order, "after"))
    style.on(other, "deviceDataChanged")(noting(order, "included"))
    assert_ok(start(push).post(PUSH))
    assert order == ["before", "included", "after"]


def test_a_failed_handler_is_503_and_keeps_none_of_the_others(start: Start, style: Style) -> None:
    push = Receiver()
    order: list[str] = []
    style.on(push, "deviceDataChanged")(noting(order, "first", fails=True))
    style.on(push, "deviceDataChanged")(noting(order, "second"))
    style.on(push, "*")(noting(order, "every", fails=True))
    for each in STYLES:
        each.on(push, "*")(noting(order, each.name))
    reply = start(push).post(PUSH)
    assert_problem(reply, 503, "A handler failed")
    assert order == ["first", "second", "every", "sync", "inline", "async"]
    assert (push.counts.failed, push.counts.handled) == (1, 0)


def test_a_failure_leaves_nothing_of_the_exception_in_the_answer(
    start: Start, style: Style
) -> None:
    push = Receiver()
    style.on(push, "*", name="a-telling-name")(noting([], "", fails=True))
    reply = start(push).post(PUSH)
    assert_problem(reply, 503)
    for told in (TEXT, "Broken", "a-telling-name", "Traceback", ".py"):
        assert told.encode() not in reply.body
        assert told not in repr(reply.headers)


def test_a_failure_is_logged_with_the_handler_and_the_traceback(
    start: Start, style: Style, caplog: pytest.LogCaptureFixture
) -> None:
    push = Receiver(guards=[])
    style.on(push, "*", name="the handler")(noting([], "", fails=True))
    start(push).post(PUSH)
    (record,) = ours(caplog)
    assert record.levelno == logging.ERROR
    assert "the handler" in record.getMessage()
    assert record.exc_info
    assert record.exc_info[0] is Broken


@pytest.mark.parametrize("hook", [SYNC, ASYNC], ids=["sync hook", "async hook"])
def test_the_error_hook_is_called_once_for_each_failed_handler(
    start: Start, style: Style, hook: Style
) -> None:
    push = Receiver()
    failures: list[tuple[Exception, Delivery]] = []
    push.error(hook.of(lambda error, delivery: failures.append((error, delivery))))
    style.on(push, "*", name="first")(noting([], "", fails=True))
    style.on(push, "*", name="second")(noting([], ""))
    style.on(push, "*", name="third")(noting([], "", fails=True))
    assert start(push).post(PUSH).status == 503
    assert [type(error) for error, _ in failures] == [Broken, Broken]
    assert [str(error) for error, _ in failures] == [TEXT, TEXT]
    assert [delivery.handler for _, delivery in failures] == ["first", "third"]
    assert {delivery.body for _, delivery in failures} == {PUSH}


def test_the_error_hook_is_not_called_when_all_is_well(start: Start, style: Style) -> None:
    push = Receiver()
    failures: list[Exception] = []
    push.error(lambda error, delivery: failures.append(error))
    style.on(push, "*")(noting([], ""))
    assert_ok(start(push).post(PUSH))
    assert failures == []


def test_an_error_hook_that_fails_is_logged_and_keeps_nothing_from_running(
    start: Start, style: Style, caplog: pytest.LogCaptureFixture
) -> None:
    push = Receiver()
    order: list[str] = []

    @push.error
    def failing(error: Exception, delivery: Delivery) -> None:
        order.append("hook")
        raise Broken

    style.on(push, "*")(noting(order, "first", fails=True))
    style.on(push, "*")(noting(order, "second"))
    assert start(push).post(PUSH).status == 503
    assert order == ["first", "hook", "second"]
    assert "error hook of" in caplog.text


def test_the_next_push_after_a_failure_is_handled(start: Start, style: Style) -> None:
    push = Receiver()
    events: list[str] = []

    def picky(event: Notification) -> None:
        events.append(event.kind)
        if event.kind == "deviceDataChanged":
            raise Broken

    style.on(push, "*")(picky)
    site = start(push)
    assert [site.post(body).status for body in (PUSH, OTHER, PUSH, OTHER)] == [503, 200, 503, 200]
    assert len(events) == 4
    assert push.counts == Counts(handled=2, failed=2)


@pytest.mark.parametrize("error", [StopIteration, StopAsyncIteration, TimeoutError])
def test_an_exception_that_means_something_to_python_is_a_failure_like_any_other(
    start: Start, style: Style, error: type[Exception]
) -> None:
    push = Receiver()
    order: list[str] = []

    def failing(event: Any) -> None:
        order.append("failing")
        raise error

    style.on(push, "*")(failing)
    style.on(push, "*")(noting(order, "next"))
    assert_problem(start(push).post(PUSH), 503)
    assert order == ["failing", "next"]


# -- where


def test_where_chooses_by_the_event(start: Start, style: Style) -> None:
    push = Receiver()
    order: list[str] = []
    seen: list[Any] = []

    def mine(event: Any) -> bool:
        seen.append(event)
        return bool(event.device_id == SECRET)

    style.on(push, "*", where=mine)(noting(order, "mine"))
    style.on(push, "*", where=lambda event: not mine(event))(noting(order, "not mine"))
    assert_ok(start(push).post(PUSH))
    assert order == ["mine"]
    assert [type(event) for event in seen] == [DeviceDataChanged] * 2
    assert push.counts.handled == 1


def test_if_every_where_says_no_the_unhandled_handler_is_called(start: Start, style: Style) -> None:
    push = Receiver()
    order: list[str] = []
    style.on(push, "*", where=lambda event: False)(noting(order, "never"))
    push.unhandled(style.of(noting(order, "rest")))
    assert_ok(start(push).post(PUSH))
    assert order == ["rest"]
    assert push.counts.handled == 1


def test_if_every_where_says_no_and_nothing_else_is_there_it_is_200(
    start: Start, style: Style
) -> None:
    """It is ours all the same, so it does not fall through."""
    push = Receiver()
    order: list[str] = []
    style.on(push, "deviceDataChanged", where=lambda event: False)(noting(order, "never"))
    site = start(push)
    assert_ok(site.post(PUSH))
    assert order == []
    assert site.inner.seen == []
    assert push.counts == Counts(unhandled=1)


def test_a_where_that_raises_is_the_failure_of_its_handler(start: Start, style: Style) -> None:
    push = Receiver()
    order: list[str] = []
    failures: list[str] = []
    push.error(
        lambda error, delivery: failures.append(f"{type(error).__name__} {delivery.handler}")
    )

    def raising(event: Any) -> bool:
        raise Broken

    style.on(push, "*", where=raising, name="picky")(noting(order, "never"))
    style.on(push, "*")(noting(order, "next"))
    assert_problem(start(push).post(PUSH), 503)
    assert order == ["next"]
    assert failures == ["Broken picky"]


# -- unhandled


def test_the_unhandled_handler_takes_what_no_other_does(start: Start, style: Style) -> None:
    push = Receiver()
    order: list[str] = []
    style.on(push, "deviceDeleted")(noting(order, "deleted"))
    push.unhandled(style.of(noting(order, "rest")))
    site = start(push)
    assert_ok(site.post(PUSH))
    assert_ok(site.post(OTHER))
    assert order == ["rest", "deleted"]
    assert site.inner.seen == []
    assert push.counts == Counts(handled=2)


def test_an_unhandled_handler_that_fails_is_503(start: Start, style: Style) -> None:
    push = Receiver()
    push.unhandled(style.of(noting([], "", fails=True)))
    site = start(push)
    assert_problem(site.post(PUSH), 503)
    assert_problem(site.post(b"rubbish"), 503)
    assert push.counts == Counts(failed=2, unclassified=1)
