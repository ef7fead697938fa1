"""Which lengths, encodings and charsets are admitted, whichever protocol brings them."""

import encodings
from time import thread_time
from typing import Any

import pytest

from pushmw._http import answers
from pushmw._http.answers import Refused
from pushmw._http.rules import Rules, check_size, joined

AS = pytest.mark.parametrize(
    "spelt", [str, lambda text: text.encode("latin-1")], ids=["str", "bytes"]
)


def refusal(rules: Rules, kind: Any = None, encoding: Any = None, declared: Any = None) -> object:
    with pytest.raises(Refused) as caught:
        rules.admit(kind, encoding, declared)
    return caught.value.answer


@AS
@pytest.mark.parametrize(
    ("value", "length"), [("1", 1), ("99", 99), (" 7\t", 7), ("007", 7), ("0" * 16 + "99", 99)]
)
def test_a_plain_decimal_number_is_a_length(spelt: Any, value: str, length: int) -> None:
    rules = Rules(99)
    for _ in range(2):
        assert rules.admit(None, None, spelt(value)) == length


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
    assert Rules(99).admit(value, value, value) == 0


@AS
@pytest.mark.parametrize(
    "value",
    [
        *("application/json", "text/plain", "*/*", "json", ";;;", 'charset="', "a/b; charset="),
        *("a/b;charset=utf-8", "a/b; charset=UTF-8", 'a/b; charset="utf8"', "A/B; CHARSET=UTF_8"),
        *("a/b; charset=utf_8; x=y", "a/b; x=y; charset=' utf-8 '".replace("'", '"'), "ü/ÿ"),
        "a/b; charset*=utf-8''utf-8",
    ],
    ids=repr,
)
def test_any_media_type_is_admitted_whose_charset_is_utf_8(spelt: Any, value: str) -> None:
    rules = Rules(99)
    for _ in range(2):
        rules.admit(spelt(value), None, None)


@AS
@pytest.mark.parametrize(
    "value",
    [
        *("a/b; charset=utf-16", "a/b; charset=latin-1", "a/b; charset=ascii", "a/b;charset=gbk"),
        *("a/b; charset=nonsense", "a/b; charset=utf-8-sig", 'a/b; charset="utf-8, gbk"'),
        *('a/b; charset="\x00"', 'a/b; charset="ü"', "a/b; charset=idna", "a/b; charset=os"),
    ],
    ids=repr,
)
def test_any_other_charset_is_refused(spelt: Any, value: str) -> None:
    rules = Rules(99)
    for _ in range(2):
        assert refusal(rules, kind=spelt(value)) is answers.BAD_CHARSET


@AS
@pytest.mark.parametrize("value", ["identity", "IDENTITY", " identity , identity", ","], ids=repr)
def test_a_body_as_it_is_has_no_encoding(spelt: Any, value: str) -> None:
    Rules(99).admit(None, spelt(value), None)


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
        assert rules.admit(f"a/b; x={number}", None, str(number)) == number
        assert rules.admit(None, None, None) == 0
    assert len(rules.types) < 300
    assert len(rules.lengths) < 300


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


def test_pushes_without_a_content_type_are_admitted_by_a_look_up_after_the_table_was_full() -> None:
    rules = Rules(99)
    for number in range(600):
        rules.admit(f"a/b; x={number}", None, None)
        assert {None, ""} < rules.types.keys()


def test_unknown_charsets_are_not_kept_by_the_codec_registry() -> None:
    """A lookup remembers each name for ever: 4 kB a request for whoever sends them."""
    before = len(encodings._cache)
    for number in range(20):
        assert refusal(Rules(99), kind=f"a/b; charset=made-up-{number}") is answers.BAD_CHARSET
    assert len(encodings._cache) == before


def test_values_of_one_header_are_joined_in_order() -> None:
    assert joined([("b", "1"), ("a", "x"), ("b", "2"), ("b", "")]) == {"b": "1, 2, ", "a": "x"}


def test_to_join_values_takes_time_by_their_size() -> None:
    """Some milliseconds; value by value it would take several seconds, one copy for each."""
    began = thread_time()
    found = joined([("x", "v" * 20)] * 100_000)
    assert thread_time() - began < 2
    assert len(found["x"]) == 100_000 * 22 - 2
