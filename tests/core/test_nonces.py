"""What the memory of signed requests remembers, and what it makes of what it has forgotten."""

import threading
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from pushmw.guards.nonces import Nonces

NOW = 1_700_000_000


def digest(number: int) -> bytes:
    return number.to_bytes(16, "big")


def test_each_is_new_once() -> None:
    nonces = Nonces(10, 100)
    for number in range(5):
        assert nonces.is_new(digest(number), NOW, NOW)
    for number in range(5):
        assert not nonces.is_new(digest(number), NOW, NOW)


def test_what_is_over_is_forgotten_and_still_not_new() -> None:
    """With a clock that was set back it would be within the window again."""
    nonces = Nonces(10, 100)
    assert nonces.is_new(digest(1), NOW, NOW)
    assert nonces.is_new(digest(2), NOW + 30, NOW + 30)
    for when in (NOW, NOW - 1, NOW - 10):
        assert not nonces.is_new(digest(1), NOW, when)
        assert not nonces.is_new(digest(3), NOW, when)
    assert nonces.is_new(digest(3), NOW + 1, NOW)


def test_a_second_is_remembered_until_all_of_it_is_over() -> None:
    nonces = Nonces(10, 100)
    assert nonces.is_new(digest(1), NOW, NOW)
    assert nonces.is_new(digest(2), NOW, NOW + 11)
    assert not nonces.is_new(digest(3), NOW, NOW + 11.001)


def test_a_full_memory_forgets_the_first_seconds_and_takes_nothing_of_them_any_more() -> None:
    nonces = Nonces(300, 3)
    for second in (5, 3, 4, 6):
        assert nonces.is_new(digest(second), NOW + second, NOW)
    for number, second in ((3, 3), (7, 3), (8, 2), (4, 4)):
        assert not nonces.is_new(digest(number), NOW + second, NOW)
    assert nonces.is_new(digest(9), NOW + 6, NOW)


def test_more_in_one_second_than_are_remembered_are_refused() -> None:
    """Refused wrongly is better than let in twice; the next second is new again."""
    nonces = Nonces(300, 3)
    assert [nonces.is_new(digest(n), NOW, NOW) for n in range(5)] == [True] * 3 + [False] * 2
    assert not nonces.is_new(digest(0), NOW, NOW)
    assert nonces.is_new(digest(9), NOW + 1, NOW + 1)


def test_what_is_dated_before_all_that_fill_it_is_refused() -> None:
    nonces = Nonces(300, 2)
    assert nonces.is_new(digest(1), NOW + 1, NOW)
    assert nonces.is_new(digest(2), NOW + 2, NOW)
    assert not nonces.is_new(digest(0), NOW, NOW)
    assert nonces.is_new(digest(3), NOW + 2, NOW)


requests = st.lists(
    st.tuples(st.integers(0, 12), st.integers(-6, 6), st.integers(-3, 3)), max_size=60
)


@given(requests, st.integers(1, 8))
def test_whatever_comes_and_whatever_the_clock_does_nothing_is_new_twice(
    steps: list[tuple[int, int, int]], most: int
) -> None:
    """As long as a request keeps its date, which is what its signature is for."""
    nonces, now = Nonces(5, most), float(NOW)
    dated: dict[int, int] = {}
    taken: Counter[int] = Counter()
    for number, offset, step in steps:
        now += step
        second = dated.setdefault(number, int(now) + offset)
        if abs(now - second) <= 5:
            taken[number] += nonces.is_new(digest(number), second, now)
    assert max(taken.values(), default=0) <= 1


@given(requests)
def test_with_room_for_all_each_is_new_the_first_time(steps: list[tuple[int, int, int]]) -> None:
    nonces = Nonces(100, 100)
    seen: set[tuple[int, int]] = set()
    for number, offset, _ in steps:
        key = number, offset
        assert nonces.is_new(repr(key).encode(), NOW + offset, NOW) == (key not in seen)
        seen.add(key)


def test_of_many_threads_with_the_same_requests_one_gets_each() -> None:
    nonces = Nonces(300, 1000)
    barrier = threading.Barrier(4)
    taken: list[int] = []

    def work() -> None:
        barrier.wait()
        for number in range(3000):
            second = NOW + number // 50
            if nonces.is_new(digest(number), second, second):
                taken.append(number)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken))
    assert taken
