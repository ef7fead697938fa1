"""The guards of a receiver together: who is asked, what is answered, counted and told."""

import logging
from asyncio import CancelledError
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from functools import partial
from typing import Any

import msgspec
import pytest
from werkzeug.local import LocalProxy

from logged import Clock
from pushes import SECRET, ours
from pushmw import Counts, Receiver
from pushmw._http import answers
from pushmw._http.answers import Answer
from pushmw.guards import Attempt, Bearer, Guard, Refusal
from pushmw.guards.gate import Gate
from worlds import BODY, Deliver, in_both_worlds

CHALLENGE = 'Basic realm="x"'


def open_to_all(attempt: Attempt) -> Refusal | None:
    return None


def closed(attempt: Attempt) -> Refusal | None:
    return Refusal("a rule of the house")


def asking(attempt: Attempt) -> Refusal | None:
    return Refusal("want of credentials", CHALLENGE)


def broken(attempt: Attempt) -> Refusal | None:
    raise RuntimeError("the database of guests is away")


AWAY = f"RuntimeError at {__file__}:{broken.__code__.co_firstlineno + 1}"


def guarded(*guards: Guard, **options: Any) -> tuple[Receiver, list[Any]]:
    push, got = Receiver(guards=guards, **options), list[Any]()
    push.on("*")(got.append)
    push.unhandled(got.append)
    return push, got


def told(caplog: pytest.LogCaptureFixture) -> list[tuple[int, str]]:
    return [(record.levelno, record.getMessage()) for record in ours(caplog)]


# -- the gate alone


def asked(*guards: Guard) -> Refusal | None:
    named = [(f"guard {number}", guard) for number, guard in enumerate(guards)]
    return Gate(named).ask({}, "/", None)


def test_a_gate_gives_back_the_first_refusal_as_it_is() -> None:
    refusal = Refusal("a rule of the house", CHALLENGE)
    assert asked() is None
    assert asked(open_to_all, open_to_all) is None
    assert asked(open_to_all, lambda attempt: refusal, closed) is refusal


@pytest.mark.parametrize("verdict", [broken, lambda attempt: True], ids=["raises", "returns"])
def test_where_a_guard_fails_it_gives_a_refusal_of_its_own_without_a_challenge(
    verdict: Any,
) -> None:
    refusal = asked(open_to_all, verdict, asking)
    assert isinstance(refusal, Refusal)
    assert refusal.challenge is None


def test_a_gate_tells_of_a_guard_under_the_name_it_was_given(
    caplog: pytest.LogCaptureFixture,
) -> None:
    asked(open_to_all, closed)
    assert [text for _, text in told(caplog)] == [
        "guard guard 1 has refused 1, the last one for a rule of the house"
    ]


class Called:
    """An object that is called like a function."""

    def __init__(self) -> None:
        vars(self)["__call__"] = open_to_all  # which Python does not look at

    def __call__(self, attempt: Attempt) -> Refusal | None:
        return Refusal(type(self).__name__)


class Inheriting(Called):
    """One that is called by what it inherits."""


class Static:
    """One whose call takes no self."""

    @staticmethod
    def __call__(attempt: Attempt) -> Refusal | None:
        return Refusal("Static")


class OfTheClass:
    """One whose call takes the class."""

    @classmethod
    def __call__(cls, attempt: Attempt) -> Refusal | None:
        return Refusal(cls.__name__)


class Borrowing:
    """One that is called by what another object does."""

    __call__ = staticmethod(Called())


@pytest.mark.parametrize(
    ("guard", "why"),
    [
        pytest.param(closed, "a rule of the house", id="function"),
        pytest.param(partial(lambda why, attempt: Refusal(why), "p"), "p", id="partial"),
        pytest.param(Called(), "Called", id="object"),
        pytest.param(Inheriting(), "Inheriting", id="inherited"),
        pytest.param(Static(), "Static", id="static"),
        pytest.param(OfTheClass(), "OfTheClass", id="of the class"),
        pytest.param(Borrowing(), "Called", id="borrowed"),
    ],
)
def test_a_guard_is_called_as_python_calls_it(guard: Any, why: str) -> None:
    assert asked(guard) == Refusal(why)


def test_a_guard_that_stands_for_another_is_looked_up_each_time() -> None:
    current: ContextVar[Guard] = ContextVar("current", default=open_to_all)
    proxy: Any = LocalProxy(current)
    standing = Gate([("proxy", proxy)])
    assert standing.ask({}, "/", None) is None
    current.set(asking)
    assert standing.ask({}, "/", None) == asking(Attempt(headers={}, path="", peer=None, now=0.0))


# -- who is asked


@in_both_worlds
def test_whoever_all_guards_let_in_is_handled(deliver: Deliver) -> None:
    push, got = guarded(open_to_all, open_to_all)
    assert deliver(push) is answers.HANDLED
    assert len(got) == 1
    assert push.counts == Counts(handled=1)


@in_both_worlds
@pytest.mark.parametrize(
    ("guards", "status"),
    [
        pytest.param([closed], 403, id="403"),
        pytest.param([asking], 401, id="401"),
        pytest.param([open_to_all, closed], 403, id="the second"),
        pytest.param([closed, asking], 403, id="403 before 401"),
        pytest.param([asking, closed], 401, id="401 before 403"),
        pytest.param([broken], 403, id="broken"),
        pytest.param([broken, asking], 403, id="broken before 401"),
        pytest.param([open_to_all, broken, open_to_all], 403, id="broken between"),
    ],
)
def test_the_first_that_refuses_has_the_answer(
    deliver: Deliver, guards: list[Guard], status: int
) -> None:
    push, got = guarded(*guards)
    answer = deliver(push)
    assert answer.status == status
    assert (dict(answer.headers).get("www-authenticate") == CHALLENGE) == (status == 401)
    assert msgspec.json.decode(answer.body)["detail"] == "This push is not let in."
    assert not answer.passes
    assert got == []
    assert push.counts == Counts(denied=1)


@in_both_worlds
def test_guards_are_asked_in_turn_until_one_refuses(deliver: Deliver) -> None:
    asked: list[str] = []

    def noting(name: str, verdict: Refusal | None) -> Guard:
        def guard(attempt: Attempt) -> Refusal | None:
            asked.append(name)
            return verdict

        return guard

    push, _ = guarded(noting("a", None), noting("b", Refusal("b")), noting("c", None))
    deliver(push)
    assert asked == ["a", "b"]


@in_both_worlds
def test_guards_come_before_the_header_rules_and_before_the_body_is_looked_at(
    deliver: Deliver,
) -> None:
    push, got = guarded(closed, max_body=10)
    for body in (b"", BODY, b"[" * 1000, b"not JSON"):
        for headers in ({}, {"content-length": "-5"}, {"content-encoding": "gzip"}):
            assert deliver(push, body, headers=headers) is answers.FORBIDDEN
    assert got == []
    assert push.counts == Counts(denied=12)


@in_both_worlds
def test_an_attempt_tells_of_the_request_and_its_time(deliver: Deliver) -> None:
    attempts: list[Attempt] = []
    push, _ = guarded(attempts.append)
    deliver(push, headers={"X-One": "1", "Content-Type": "a/b"}, path="/p", peer="192.0.2.7")
    deliver(push)
    first, second = attempts
    assert first.headers == {"x-one": "1", "content-type": "a/b"}
    assert (first.path, first.peer) == ("/p", "192.0.2.7")
    assert (second.headers, second.path, second.peer) == ({}, "", None)
    assert 0 <= second.now - first.now < 20
    assert first.now > 1_700_000_000


class Repeating:
    """Headers as aiohttp has them: one name may come several times."""

    def items(self) -> list[tuple[str, str]]:
        return [("X-One", "1"), ("x-two", "2"), ("x-one", "3")]


@in_both_worlds
def test_a_header_that_came_several_times_comes_with_all_its_values(deliver: Deliver) -> None:
    attempts: list[Attempt] = []
    push, _ = guarded(attempts.append)
    deliver(push, headers=Repeating())
    assert attempts[0].headers == {"x-one": "1, 3", "x-two": "2"}


# -- a guard that fails


async def awaited() -> Refusal | None:
    return None


def returning(verdict: Any) -> Callable[[Attempt], Any]:
    def guard(attempt: Attempt) -> Any:
        return verdict

    return guard


@in_both_worlds
@pytest.mark.parametrize("verdict", [True, False, 0, "", "no", 403, Refusal, answers.HANDLED, []])
def test_a_verdict_that_is_none_lets_nobody_in(
    deliver: Deliver, verdict: Any, caplog: pytest.LogCaptureFixture
) -> None:
    push, got = guarded(returning(verdict))
    assert deliver(push) is answers.FORBIDDEN
    assert got == []
    ((level, said),) = told(caplog)
    assert level == logging.ERROR
    what = type(verdict).__name__
    assert said.endswith(f"the last one with {what}, which is neither None nor a Refusal")


@in_both_worlds
def test_a_guard_that_returns_a_coroutine_lets_nobody_in(deliver: Deliver) -> None:
    """And leaves no warning that it was not awaited, which would be an error here."""
    push, got = guarded(returning(awaited()))
    assert deliver(push) is answers.FORBIDDEN
    assert got == []


@in_both_worlds
@pytest.mark.parametrize(
    "error", [RuntimeError, ValueError, StopIteration, RecursionError, CancelledError]
)
def test_a_guard_that_raises_lets_nobody_in_and_is_told_without_its_message(
    deliver: Deliver, error: type[BaseException], caplog: pytest.LogCaptureFixture
) -> None:
    def guard(attempt: Attempt) -> Refusal | None:
        raise error("Bearer s3cr3t")

    push, got = guarded(guard)
    assert deliver(push) is answers.FORBIDDEN
    assert got == []
    (record,) = ours(caplog)
    assert record.levelno == logging.ERROR
    assert record.__dict__["pushmw_guard"].endswith(".guard")
    line = guard.__code__.co_firstlineno + 1
    assert record.__dict__["pushmw_reason"] == f"{error.__name__} at {__file__}:{line}"
    assert "s3cr3t" not in caplog.text


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt])
def test_what_ends_the_process_is_not_swallowed(error: type[BaseException]) -> None:
    def guard(attempt: Attempt) -> Refusal | None:
        raise error

    push, _ = guarded(guard)
    with pytest.raises(error):
        push.handle(BODY)


# -- what is told


def test_a_refusal_is_told_with_guard_and_reason(caplog: pytest.LogCaptureFixture) -> None:
    push, _ = guarded(Bearer("token"))
    push.handle(BODY, {"authorization": f"Bearer {SECRET}"}, path=f"/{SECRET}", peer=SECRET)
    (record,) = ours(caplog)
    assert record.levelno == logging.WARNING
    name, why = "pushmw.guards:Bearer", "wrong credentials"
    assert record.getMessage() == f"guard {name} has refused 1, the last one for {why}"
    fields = {key: value for key, value in vars(record).items() if key.startswith("pushmw_")}
    assert fields == {"pushmw_guard": name, "pushmw_denied": 1, "pushmw_reason": why}
    assert SECRET not in repr(vars(record))


@pytest.mark.parametrize(
    ("guard", "level", "text"),
    [
        (closed, logging.WARNING, "has refused {}, the last one for a rule of the house"),
        (broken, logging.ERROR, f"has failed, and so refused, {{}}, the last one with {AWAY}"),
    ],
)
def test_refusals_are_told_once_a_minute_with_their_number(
    guard: Guard, level: int, text: str, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    push, _ = guarded(guard)

    def line(times: int) -> tuple[int, str]:
        return level, f"guard {guard.__module__}:{guard.__qualname__} {text.format(times)}"

    for seconds in (0, 1, 58.9, 0.1, 0):
        clock.now += seconds
        push.handle(BODY)
    assert told(caplog) == [line(1), line(3)]
    clock.now += 59
    push.handle(BODY)
    assert len(told(caplog)) == 2
    clock.now += 3600
    push.handle(BODY)
    assert told(caplog)[2:] == [line(3)]
    assert push.counts.denied == 7


def test_each_guard_has_a_line_of_its_own_and_each_receiver_too(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    def unless(path: str) -> Guard:
        return lambda attempt: None if attempt.path == path else Refusal(f"not {path}")

    guards = [unless("/a"), unless("/b")]
    for push in (guarded(*guards)[0], guarded(*guards)[0]):
        for path in ("/a", "/b", "/c", "/a"):
            push.handle(BODY, path=path)
    assert [said.rpartition(" for ")[2] for _, said in told(caplog)] == ["not /b", "not /a"] * 2


def test_a_failure_is_told_though_a_refusal_was_just_told(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    def guard(attempt: Attempt) -> Refusal | None:
        return broken(attempt) if attempt.path else closed(attempt)

    push, _ = guarded(guard)
    push.handle(BODY)
    push.handle(BODY, path="/")
    assert [level for level, _ in told(caplog)] == [logging.WARNING, logging.ERROR]


def test_on_a_loop_a_refusal_waits_for_nothing() -> None:
    push, _ = guarded(closed)
    answer: Coroutine[Any, Any, Answer] = push.ahandle(BODY)
    with pytest.raises(StopIteration) as stopped:
        answer.send(None)
    assert stopped.value.value is answers.FORBIDDEN
