"""The option `guards`: what may be one, and what having none means."""

import logging
from functools import partial
from typing import Any

import pytest

from pushes import ours
from pushmw import Receiver
from pushmw.guards import Attempt, Bearer, Guard, IoTDASignature, Refusal
from worlds import BODY, Deliver, in_both_worlds


def open_to_all(attempt: Attempt) -> Refusal | None:
    return None


def closed(attempt: Attempt) -> Refusal | None:
    return Refusal("a rule of the house")


def told(caplog: pytest.LogCaptureFixture) -> list[tuple[int, str]]:
    return [(record.levelno, record.getMessage()) for record in ours(caplog)]


# -- what a guard may be


class Object:
    def __call__(self, attempt: Attempt) -> Refusal | None:
        return closed(attempt)

    def method(self, attempt: Attempt, more: int = 0) -> Refusal | None:
        return closed(attempt)

    async def awaited(self, attempt: Attempt) -> Refusal | None:
        return None


@pytest.mark.parametrize(
    "guard",
    [
        pytest.param(closed, id="function"),
        pytest.param(Object(), id="object"),
        pytest.param(Object().method, id="method"),
        pytest.param(partial(Object.method, Object(), more=1), id="partial"),
        pytest.param(lambda *anything: Refusal("lambda"), id="lambda"),
    ],
)
def test_anything_that_takes_an_attempt_is_a_guard(guard: Guard) -> None:
    push = Receiver(guards=[guard])
    assert push.handle(BODY).status == 403


async def awaited(attempt: Attempt) -> Refusal | None:
    return None


def generator(attempt: Attempt) -> Any:
    yield None


class Awaited:
    async def __call__(self, attempt: Attempt) -> Refusal | None:
        return None


@pytest.mark.parametrize(
    ("guards", "said"),
    [
        pytest.param([7], "a guard must be callable, not int", id="number"),
        pytest.param(["s3cret"], "a guard must be callable, not str", id="text"),
        pytest.param([None], "a guard must be callable, not NoneType", id="nothing"),
        pytest.param("s3cret", "guards must be several guards, or [] for none, not str", id="word"),
        pytest.param(b"s3cret", "several guards, or [] for none, not bytes", id="bytes"),
        pytest.param(closed, "several guards, or [] for none, not function", id="a guard alone"),
        pytest.param(Bearer("t"), "several guards, or [] for none, not Bearer", id="an object"),
        pytest.param(False, "several guards, or [] for none, not bool", id="False"),
        pytest.param(
            [IoTDASignature],
            "IoTDASignature is no guard yet: make one of it, IoTDASignature(...)",
            id="class",
        ),
        pytest.param([awaited], ":awaited is async, but has to answer at once", id="async"),
        pytest.param([Object().awaited], "is async, but has to answer at once", id="async method"),
        pytest.param([partial(awaited)], "is async, but has to answer at once", id="async partial"),
        pytest.param(
            [Awaited()], ":Awaited is async, but has to answer at once", id="async object"
        ),
        pytest.param([generator], "has a yield in it", id="generator"),
        pytest.param([lambda: None], "cannot be called with an attempt", id="no argument"),
        pytest.param([lambda a, b: None], "cannot be called with an attempt", id="two arguments"),
        pytest.param([lambda *, a: None], "cannot be called with an attempt", id="by name only"),
    ],
)
def test_what_cannot_be_asked_is_refused_where_it_is_written(guards: Any, said: str) -> None:
    with pytest.raises(TypeError) as caught:
        Receiver(guards=guards)
    assert said in str(caught.value)
    assert "s3cret" not in str(caught.value)
    with pytest.raises(TypeError):
        Receiver().configure(guards=guards)


def test_a_builtin_without_a_signature_is_taken_at_its_word() -> None:
    push = Receiver(guards=[print, max])  # type: ignore[list-item]
    assert len(push.options.guards or ()) == 2


def test_guards_may_be_any_iterable_and_are_looked_at_once() -> None:
    push = Receiver(guards=(each for each in (open_to_all, closed)))
    assert push.options.guards == (open_to_all, closed)
    assert push.handle(BODY).status == 403


def test_guards_may_be_configured_again() -> None:
    push = Receiver()
    push.configure(guards=[closed])
    assert push.handle(BODY).status == 403
    push.configure(guards=[])
    assert push.handle(BODY).status == 200


@pytest.mark.parametrize("guards", [[], [closed]], ids=["none", "one"])
def test_an_included_receiver_may_have_no_guards_of_its_own(guards: list[Guard]) -> None:
    with pytest.raises(ValueError, match=r"options of its own \(guards\)"):
        Receiver().include(Receiver(guards=guards))


def test_guards_hold_for_the_handlers_of_included_receivers() -> None:
    push, other, got = Receiver(guards=[closed]), Receiver(), list[Any]()
    other.on("*")(got.append)
    push.include(other)
    assert push.handle(BODY).status == 403
    assert got == []


# -- without guards


WORDS = "this receiver has no guards: whoever knows the path can push; "


@in_both_worlds
def test_without_guards_the_first_push_warns(
    deliver: Deliver, caplog: pytest.LogCaptureFixture
) -> None:
    push = Receiver()
    push.on("*")(lambda event: None)
    assert told(caplog) == []
    for _ in range(3):
        assert deliver(push).status == 200
    ((level, said),) = told(caplog)
    assert level == logging.WARNING
    assert said.startswith(WORDS)
    other = Receiver()
    other.on("*")(lambda event: None)
    deliver(other)
    assert [said.startswith(WORDS) for _, said in told(caplog)] == [True, True]


@in_both_worlds
@pytest.mark.parametrize("guards", [[], (), [open_to_all]], ids=["none", "nothing", "one"])
def test_a_decision_is_not_warned_of(
    deliver: Deliver, guards: Any, caplog: pytest.LogCaptureFixture
) -> None:
    push = Receiver(guards=guards)
    push.on("*")(lambda event: None)
    assert deliver(push).status == 200
    assert told(caplog) == []


def test_an_included_receiver_warns_of_nothing(caplog: pytest.LogCaptureFixture) -> None:
    push, other = Receiver(guards=[]), Receiver()
    other.on("*")(lambda event: None)
    push.include(other)
    assert push.handle(BODY).status == 200
    assert told(caplog) == []
