"""The headers that guards ask for: looked up one by one as if they were all in a dictionary."""

from collections.abc import Callable, Mapping
from time import thread_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import environ
from pushmw._http import heads
from pushmw._http.heads import ASGIHeads, HandedHeads, Heads, WSGIHeads
from pushmw._http.rules import joined
from pushmw.guards import Attempt

Pairs = list[tuple[str, str]]

BARE = ("CONTENT_TYPE", "CONTENT_LENGTH")
SENT: Pairs = [("Host", "h"), ("X-One", "1"), ("Content-Type", "a/b"), ("X-One-Two", "")]


def key_of(name: str) -> str:
    key = name.upper().replace("-", "_")
    return key if key in BARE else f"HTTP_{key}"


def wsgi(pairs: Pairs) -> Heads:
    fields = joined((key_of(name), value) for name, value in pairs)
    return WSGIHeads(environ(CONTENT_TYPE=None, CONTENT_LENGTH=None) | fields)


def asgi(pairs: Pairs) -> Heads:
    return ASGIHeads([(name.lower().encode(), value.encode("latin-1")) for name, value in pairs])


def handed(pairs: Pairs) -> Heads:
    return HandedHeads(joined((name.lower(), value) for name, value in pairs))


Make = Callable[[Pairs], Heads]
everywhere = pytest.mark.parametrize("make", [wsgi, asgi, handed])


def before(made: Heads) -> Heads:
    return made


def after(made: Heads) -> Heads:
    """Go through them all first."""
    assert len([*made]) == len(made)
    return made


whenever = pytest.mark.parametrize("when", [before, after])


@everywhere
@whenever
@pytest.mark.parametrize("name", ["x-one", "X-One", "X-ONE"])
def test_a_header_is_found_by_its_name_in_any_case(make: Make, when: Make, name: str) -> None:
    found = when(make(SENT))  # type: ignore[arg-type]
    assert found[name] == found.get(name) == found.get(name, "another") == "1"
    assert name in found


@everywhere
@whenever
@pytest.mark.parametrize(
    "name", ["x-two", "", "x_one", "x-one ", "http-host", "\u0131", "\u20ac", "ÿ"]
)
def test_what_did_not_come_is_missing(make: Make, when: Any, name: str) -> None:
    found = when(make(SENT))
    assert found.get(name) is None
    assert found.get(name, "default") == "default"
    assert name not in found
    with pytest.raises(KeyError, match=repr(name)):
        found[name]


@everywhere
def test_what_is_no_text_is_the_name_of_none(make: Make) -> None:
    names: list[Any] = [None, 7, b"host"]
    for name in names:
        assert name not in make(SENT)


@everywhere
@whenever
def test_a_blank_header_has_come_too(make: Make, when: Any) -> None:
    found = when(make(SENT))
    assert found.get("x-one-two") == ""
    assert "x-one-two" in found


@everywhere
@whenever
def test_what_came_several_times_has_all_its_values_in_order(make: Make, when: Any) -> None:
    found = when(make([("X-A", "3"), ("X-B", "b"), ("x-a", "1"), ("X-A", "2")]))
    assert found["x-a"] == "3, 1, 2"
    assert found["x-b"] == "b"
    assert len(found) == 2


@everywhere
@whenever
def test_letters_that_are_not_ascii_are_those_of_latin_1(make: Make, when: Any) -> None:
    found = when(make([("x", "\xfc"), ("x", "\xff")]))
    assert found["x"] == "\xfc, \xff"


@everywhere
def test_they_can_be_taken_for_a_dictionary(make: Make) -> None:
    expected = {"host": "h", "x-one": "1", "content-type": "a/b", "x-one-two": ""}
    found = make(SENT)
    assert found == expected
    assert expected == found
    assert found == make(SENT)
    assert found != make(SENT[1:])
    assert {**found} == dict(found) == dict(found.items()) == expected
    assert [*found] == [*found.keys()] == [*expected]
    assert [*found.values()] == [*expected.values()]
    assert isinstance(found, Mapping)


@everywhere
def test_they_show_nothing_that_may_be_secret(make: Make) -> None:
    found = make([("authorization", "Bearer s3cr3t")])
    attempt = Attempt(headers=found, path="/s3cr3t", peer=None, now=0.0)
    for shown in (repr(found), str(found), repr(attempt), repr(found.keys())):
        assert "s3cr3t" not in shown


@pytest.mark.parametrize("make", [wsgi, asgi])
def test_nothing_is_read_before_it_is_asked_for(make: Make) -> None:
    asked = make(SENT)
    assert [asked.get(name) for name in ("x-one", "X-One", "x-two")] == ["1", "1", None]
    assert asked._fields is None
    assert len(asked) == 4
    assert asked._fields == dict(asked)


# -- all of them, as they were before they were looked up


def all_of_environ(environ: dict[str, Any]) -> dict[str, str]:
    keys = [key for key in environ if key.startswith("HTTP_") or key in BARE]
    return {key.removeprefix("HTTP_").replace("_", "-").lower(): environ[key] for key in keys}


def all_of_scope(pairs: list[tuple[bytes, bytes]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, text in pairs:
        name, value = key.decode("latin-1").lower(), text.decode("latin-1")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def assert_same(made: Callable[[], Heads], expected: dict[str, str], others: list[str]) -> None:
    assert [*made().items()] == [*expected.items()]
    assert len(made()) == len(expected)
    gone_through = made()
    len(gone_through)
    for name in {*expected, *others}:
        for asked in (name, name.upper().lower(), name.title() if name.isascii() else name):
            value = expected.get(asked.lower())
            assert made().get(asked) == gone_through.get(asked) == value
            assert (asked in made()) == (value is not None)


NAMES = st.text("abxyzABXYZ019-_é\xb5\xdf\xff\xc0 ", max_size=6)
OTHERS = st.lists(NAMES | st.text(max_size=6), max_size=3)
VALUES = st.text(st.characters(max_codepoint=255), max_size=4)
KEYS = NAMES.map(lambda name: f"HTTP_{name.upper().replace('-', '_')}")


@given(
    st.dictionaries(KEYS | st.sampled_from([*BARE, "HTTP", "HTTPS", "X"]), VALUES),
    st.just([]) | OTHERS,
)
def test_under_wsgi_they_are_all_as_in_the_dictionary_there_was(
    fields: dict[str, str], others: list[str]
) -> None:
    assert_same(lambda: WSGIHeads(fields), all_of_environ(fields), others)


@given(st.lists(st.tuples(NAMES, VALUES)), OTHERS)
def test_under_asgi_they_are_all_as_in_the_dictionary_there_was(
    pairs: Pairs, others: list[str]
) -> None:
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in pairs]
    assert_same(lambda: ASGIHeads(raw), all_of_scope(raw), others)


@whenever
def test_under_wsgi_another_header_is_not_taken_for_the_media_type(when: Any) -> None:
    """Where a server makes HTTP_CONTENT_TYPE of Content_Type; nothing else here looks at it."""
    fields = {"HTTP_CONTENT_TYPE": "forged", "HTTP_CONTENT_LENGTH": "7", "HTTP_HOST": "h"}
    assert dict(when(WSGIHeads(fields))) == {"host": "h"}
    found = when(WSGIHeads({"CONTENT_TYPE": "a/b", **fields}))
    assert found.get("content-type") == "a/b"
    assert dict(found) == {"content-type": "a/b", "host": "h"}


# -- what it costs


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin with an empty table."""
    monkeypatch.setattr(heads, "_KEYS", heads._Keys())


def test_what_is_remembered_of_names_stays_small() -> None:
    made = wsgi(SENT)
    for number in range(2000):
        assert made.get(f"x-{number}") is None
        assert made.get("x-long" * 100 + str(number)) is None
        assert made.get("x-one") == "1"
    assert len(heads._KEYS) == heads._REMEMBERED
    assert max(map(len, heads._KEYS)) < heads._REMEMBERED


@pytest.mark.parametrize(
    "pairs",
    [
        pytest.param([(f"x-{number}", "v") for number in range(20_000)], id="many"),
        pytest.param([("x", "v" * 20)] * 50_000, id="one many times"),
    ],
)
@everywhere
def test_to_go_through_them_takes_time_by_their_size(make: Make, pairs: Pairs) -> None:
    """Some milliseconds; by the square of it, it would take longer than ten seconds."""
    began = thread_time()
    made = make(pairs)
    found = {**made}
    assert found == dict(made.items())
    assert thread_time() - began < 2
