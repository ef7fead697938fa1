"""What becomes of a push: each handler for itself, and the push as a whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pushmw import Retry
from pushmw._dispatch.outcome import Outcome, Result, State, failure, outcome_of, well
from pushmw._dispatch.plan import Handler
from pushmw.inbox.verdict import (
    NEW,
    PATIENCE,
    Fate,
    OnDead,
    Policy,
    Progress,
    Verdict,
    back_off,
    judge,
    left_of,
    read,
    written,
)

NOW = 1_800_000_000.0


def handler(name: str) -> Handler:
    return Handler(function=print, name=name, kinds=("deviceAdded",))


def ran(*results: Result) -> Outcome:
    return outcome_of(results)


def fails(name: str, error: Exception | None = None) -> Result:
    return failure(handler(name), error or ValueError("no"))


def judged(
    outcome: Outcome,
    before: dict[str, Progress] | None = None,
    *,
    policy: Policy | None = None,
    now: float = NOW,
    jitter: float = 1.0,
) -> Verdict:
    return judge(outcome, before or {}, lambda _: policy or Policy(), now=now, jitter=jitter)


def test_a_push_whose_handlers_returned_is_done() -> None:
    verdict = judged(ran(well(handler("a")), well(handler("b"))))
    assert (verdict.fate, verdict.wait, verdict.ended) == (Fate.DONE, 0.0, ())
    assert verdict.progress["a"] == Progress(fate=Fate.DONE, runs=1, took=True)


def test_a_handler_that_did_not_want_it_is_done_and_has_not_taken_it() -> None:
    verdict = judged(ran(Result(handler("a"), State.SKIPPED)))
    assert (verdict.fate, verdict.progress["a"].took) == (Fate.DONE, False)


def test_only_the_handler_that_failed_is_open() -> None:
    verdict = judged(ran(well(handler("a")), fails("b")))
    assert (verdict.fate, verdict.wait) == (Fate.OPEN, 1.0)
    assert {name: each.fate for name, each in verdict.progress.items()} == {
        "a": Fate.DONE,
        "b": Fate.OPEN,
    }
    again = judged(ran(Result(handler("a"), State.DONE), well(handler("b"))), {**verdict.progress})
    assert again.fate is Fate.DONE
    assert {name: each.runs for name, each in again.progress.items()} == {"a": 1, "b": 2}


def test_what_took_a_push_has_taken_it_though_it_does_not_want_it_later() -> None:
    first = judged(ran(fails("a")))
    second = judged(ran(Result(handler("a"), State.SKIPPED)), {**first.progress})
    assert second.progress["a"].took


def after_failures(
    count: int, error: Exception | None = None, policy: Policy | None = None
) -> Verdict:
    verdict = Verdict(Fate.OPEN, {})
    for _ in range(count):
        assert verdict.fate is Fate.OPEN
        verdict = judged(ran(fails("a", error)), {**verdict.progress}, policy=policy)
    return verdict


def test_a_handler_is_given_up_after_eight_failures_and_told_once() -> None:
    assert after_failures(7).ended == ()
    verdict = after_failures(8)
    assert (verdict.fate, verdict.wait) == (Fate.DEAD, 0.0)
    assert [result.name for result in verdict.ended] == ["a"]


@pytest.mark.parametrize("attempts", [1, 3])
def test_how_often_is_the_handlers_own_choice(attempts: int) -> None:
    assert after_failures(attempts, policy=Policy(attempts=attempts)).fate is Fate.DEAD


def test_a_push_that_is_given_up_may_hold_its_key() -> None:
    policy = Policy(attempts=1, on_dead=OnDead.HOLD)
    assert judged(ran(fails("a")), policy=policy).fate is Fate.HELD


def test_a_push_is_dead_only_when_no_handler_is_open_any_more() -> None:
    def policy_of(name: str) -> Policy:
        return Policy(attempts=1 if name == "a" else 2, on_dead=OnDead.HOLD)

    first = judge(ran(fails("a"), fails("b")), {}, policy_of, now=NOW, jitter=0)
    assert (first.fate, [each.name for each in first.ended]) == (Fate.OPEN, ["a"])
    both = ran(Result(handler("a"), State.DONE), well(handler("b")))
    second = judge(both, first.progress, policy_of, now=NOW, jitter=0)
    assert (second.fate, second.ended) == (Fate.HELD, ())


def test_waits_double_up_to_five_minutes_and_spread_by_half() -> None:
    assert [back_off(runs, 1.0) for runs in (1, 2, 3, 9, 10, 5000)] == [1, 2, 4, 256, 300, 300]
    assert back_off(3, 0.0) == 2.0


def test_retry_waits_as_long_as_it_says() -> None:
    verdict = judged(ran(fails("a", Retry("down", after=77))))
    assert (verdict.wait, verdict.progress["a"].failures) == (77, 0)


def test_retry_counts_no_attempts_and_ends_after_a_day_of_waits() -> None:
    verdict, waited = Verdict(Fate.OPEN, {}), 0.0
    while verdict.fate is Fate.OPEN:
        waited += verdict.wait
        verdict = judged(ran(fails("a", Retry())), {**verdict.progress})
    assert (verdict.fate, verdict.progress["a"].failures) == (Fate.DEAD, 0)
    assert PATIENCE - 300 <= waited <= PATIENCE
    assert verdict.progress["a"].runs > 250


def test_a_push_runs_again_when_the_first_of_its_handlers_is_due() -> None:
    verdict = judged(ran(fails("a", Retry(after=100)), fails("b", Retry(after=10))))
    assert verdict.wait == 10
    # b runs, and a, which is not due, is left out.
    later = judged(ran(fails("b", Retry(after=200))), {**verdict.progress}, now=NOW + 10)
    assert later.wait == 90


@given(wait=st.floats(0, 1e5), passed=st.floats(-1e9, 1e9, allow_nan=False))
def test_no_jump_of_the_clock_delays_a_handler_by_more_than_its_wait(
    wait: float, passed: float
) -> None:
    progress = Progress(due=NOW + wait, wait=wait)
    assert 0 <= left_of(progress, NOW + passed) <= wait
    assert left_of(progress, NOW + wait + abs(passed)) == 0
    assert left_of(NEW, NOW) == 0


progresses = st.builds(
    Progress,
    fate=st.sampled_from(Fate),
    runs=st.integers(0, 1000),
    failures=st.integers(0, 1000),
    waited=st.floats(0, 1e6),
    due=st.floats(0, 4e9),
    wait=st.floats(0, 1e5),
    took=st.booleans(),
)


@given(st.dictionaries(st.text(), progresses))
def test_what_is_written_is_read_again(progress: dict[str, Progress]) -> None:
    assert read(written(progress)) == progress
    assert (written({}), read(b"")) == (b"", {})
