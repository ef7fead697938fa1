"""Which lengths and encodings are admitted, whichever protocol brings them."""

from time import thread_time
from typing import Any

import pytest

from pushmw._http import answers
from pushmw._http.answers import Refused
from pushmw._http.rules import Rules, check_size, joined

AS = pytest.mark.parametrize(
    "spelt", [str, lambda text: text.encode("latin-1")], ids=["str", "bytes"]
)


def refusal(rules: Rules, encoding: Any = None, declared: Any = None) -> object:
    with pytest.raises(Refused) as caught:
        rules.admit(encoding, declared)
    return caught.value.answer


@AS
@pytest.mark.parametrize(
    ("value", "length"), [("1", 1), ("99", 99), (" 7\t", 7), ("007", 7), ("0" * 16 + "99", 99)]
)
def test_a_plain_decimal_number_is_a_length(spelt: Any, value: str, length: int) -> None:
    rules = Rules(99)
    for _ in range(2):
        assert rules.admit(None, spelt(value)) == length


@AS
@pytest.mark.parametrize(
    "value",
    ["-1", "+5", "1_0", "1.0", "1e3", "0x1f", "abc", " ", "5 5", "5,5", "²", "\xa05", "1" * 19],
    ids=repr,
)
def test_anything_else_is_no_length(spelt: Any, value: str) -> None:
    assert refusal(Rules(10**20), declared=spelt(value)) is answers.BAD_LENGTH


def test_digits_of_other_scripts_are_no_length() -> None:
    assert refusal(Rules(99), declared="\u0665") is answers.BAD_LENGTH


def test_a_length_of_nothing_or_too_much_is_refused_before_reading() -> None:
    assert refusal(Rules(99), declared="0") is answers.EMPTY
    assert refusal(Rules(99), declared="100") is answers.TOO_LARGE
    assert refusal(Rules(99), declared="9" * 18) is answers.TOO_LARGE


@pytest.mark.parametrize("value", [None, "", b""], ids=repr)
def test_what_is_missing_or_blank_is_admitted(value: Any) -> None:
    assert Rules(99).admit(value, value) == 0


@AS
@pytest.mark.parametrize("value", ["identity", "IDENTITY", " identity , identity", ","], ids=repr)
def test_a_body_as_it_is_has_no_encoding(spelt: Any, value: str) -> None:
    Rules(99).admit(spelt(value), None)


@AS
@pytest.mark.parametrize(
    "value", ["gzip", "br", "deflate, identity", "identity,gzip", "x"], ids=repr
)
def test_an_encoded_body_is_refused(spelt: Any, value: str) -> None:
    answer = refusal(Rules(99), encoding=spelt(value))
    assert answer is answers.BAD_ENCODING
    assert ("accept-encoding", "identity") in answers.BAD_ENCODING.headers


def test_what_is_remembered_stays_small() -> None:
    rules = Rules(10**6)
    for number in range(1, 2000):
        assert rules.admit(None, str(number)) == number
    assert len(rules.lengths) < 300


@AS
def test_blanks_round_a_length_are_not_remembered(spelt: Any) -> None:
    rules = Rules(10**6)
    for number in range(1, 100):
        assert rules.admit(None, spelt(" " * 1000 + str(number))) == number
    assert not rules.lengths


@pytest.mark.parametrize(("value", "length"), [(7, 7), (99, 99)])
def test_a_length_may_be_a_number_already(value: int, length: int) -> None:
    rules = Rules(99)
    for _ in range(2):
        assert rules.admit(None, value) == length
    assert refusal(rules, declared=-1) is answers.BAD_LENGTH
    assert refusal(rules, declared=100) is answers.TOO_LARGE


def test_a_body_read_elsewhere_is_held_against_length_and_limit() -> None:
    check_size(b"1234", 0, 4)
    check_size(b"1234", 4, 4)
    for body, length, answer in (
        (b"", 0, answers.EMPTY),
        (b"1234", 5, answers.INCOMPLETE),
        (b"1234", 3, answers.INCOMPLETE),
        (b"12345", 0, answers.TOO_LARGE),
    ):
        with pytest.raises(Refused) as caught:
            check_size(body, length, 4)
        assert caught.value.answer is answer


def test_values_of_one_header_are_joined_in_order() -> None:
    assert joined([("b", "1"), ("a", "x"), ("b", "2"), ("b", "")]) == {"b": "1, 2, ", "a": "x"}


def test_to_join_values_takes_time_by_their_size() -> None:
    """Some milliseconds; value by value it would take several seconds, one copy for each."""
    began = thread_time()
    found = joined([("x", "v" * 20)] * 100_000)
    assert thread_time() - began < 2
    assert len(found["x"]) == 100_000 * 22 - 2
