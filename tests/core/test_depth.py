import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from nesting import nesting
from pushmw.notifications.depth import MAX_DEPTH, too_deep

PROGRAMS = Path(__file__).parents[1] / "programs"
CERTAIN = MAX_DEPTH + 4  # beyond it nothing passes
FILLER = b'{"a":"b"}'


def nested(levels: int, opening: bytes = b"[", closing: bytes = b"]", core: bytes = b"") -> bytes:
    return opening * levels + core + closing * levels


@pytest.mark.parametrize("levels", range(MAX_DEPTH + 1))
def test_up_to_the_limit_everything_passes(levels: int) -> None:
    many = b",".join([nested(levels)] * 5)
    assert not too_deep(nested(levels))
    assert not too_deep(many)


@pytest.mark.parametrize("levels", [*range(CERTAIN + 1, CERTAIN + 8), 100, 1000])
@pytest.mark.parametrize(
    "core",
    [
        pytest.param(b"", id="nothing inside"),
        pytest.param(b'"]]]]]]]]]]"', id="closing brackets in a string"),
        pytest.param(b",".join([nested(4)] * 30), id="peaks to be cancelled"),
        pytest.param(b",".join([FILLER] * 90), id="objects inside"),
    ],
)
def test_clearly_over_the_limit_nothing_passes(levels: int, core: bytes) -> None:
    assert too_deep(nested(levels, core=core))
    assert too_deep(nested(levels, b'{"a":', b"}", core or b"0"))


@pytest.mark.parametrize("size", [60_000, 2_000_000])
@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"":'], ids=["arrays", "objects", "both"])
def test_a_flood_of_brackets_is_refused(size: int, opening: bytes) -> None:
    assert too_deep(opening * (size // len(opening)))


def test_pairs_across_strings_do_not_cancel() -> None:
    body = b'["]",' * 900 + b"1" + b',"["]' * 900
    assert nesting(body) == (900, True)
    assert too_deep(body)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"[" * 5000, id="opening brackets"),
        pytest.param(b"{[" * 5000, id="both kinds"),
        pytest.param(b'\\"' + b"[" * 5000, id="after an escaped quote"),
        pytest.param(b'\\"' * 300 + b"[" * 5000, id="after many escaped quotes"),
        pytest.param(b"\\\\\\" + b'"' + b"[" * 5000, id="after a backslash and an escaped quote"),
        pytest.param(b"[" * 5000 + b"\\\\", id="before a backslash at the end"),
        pytest.param(b'\\u0022"' + b'"' + b"[" * 5000, id="after a quote by its number"),
        pytest.param(b"[\\n" * 5000, id="between other escapes"),
    ],
)
def test_what_is_inside_strings_does_not_count(text: bytes) -> None:
    body = b'{"a":"' + text + b'","b":[]}'
    assert nesting(body) == (2, True)
    assert not too_deep(body)


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(b'""', id="an empty string"),
        pytest.param(b'"\\\\"', id="a backslash"),
        pytest.param(b'"\\\\\\\\"', id="two backslashes"),
        pytest.param(b'"\\""', id="an escaped quote"),
        pytest.param(b'"[","]"', id="strings of brackets"),
        pytest.param(b'"","","(","",""', id="empty strings round another"),
    ],
)
def test_what_follows_a_string_counts(before: bytes) -> None:
    assert too_deep(b"[" + before + b"," + b"[" * 100)


# Plenty of what the guard reads, some of what it does not, whole strings and long runs.
PIECES = st.one_of(
    st.sampled_from([b"[", b"{", b"]", b"}", b'"', b"\\", b",", b":", b"0", b"()", b"\n", b"\xff"]),
    st.sampled_from(
        [b'""', b'"["', b'"]"', b'"\\""', b'"\\\\"', b'"[\\"["', b"[]", b"{}", b'["]",']
    ),
    st.builds(
        lambda piece, times: piece * times,
        st.sampled_from([b"[", b"]", b"{", b"}", b"[[]", b"[]]", b'["",', b'["]",', b',"["]']),
        st.integers(2, 80),
    ),
)
ANYTHING = st.lists(PIECES, max_size=40).map(b"".join) | st.binary(max_size=200)
JSON = st.recursive(
    st.sampled_from([b"0", b"null", b'"["', b'"]\\"["', b'"\\\\"', b'""']),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: b"[" + b",".join(items) + b"]")
        | st.lists(inner, max_size=3).map(
            lambda items: b"{" + b",".join(b'"[":' + item for item in items) + b"}"
        )
        | st.builds(lambda item, n: nested(n, core=item), inner, st.integers(1, 70))
        | st.builds(lambda item, n: nested(n, b'{"}":', b"}", item), inner, st.integers(1, 70))
    ),
    max_leaves=12,
)


@given(JSON)
@settings(deadline=None, max_examples=300)
def test_the_guard_agrees_with_the_plain_measure_on_json(body: bytes) -> None:
    depth, complete = nesting(body)
    assert complete
    assert not (too_deep(body) and depth <= MAX_DEPTH)
    assert too_deep(body) or depth <= CERTAIN


@given(ANYTHING)
@settings(deadline=None, max_examples=500)
@example(b"]" * 100 + b"[" * 100)
@example(b"[" * 69 + b"\\" + b"]" * 69)
@example(b"[" * 69 + b"\\" + b'"' + b"]" * 69)
@example(b'"' + b"[" * 200)
def test_what_passes_is_shallow_as_far_as_any_parser_reads(body: bytes) -> None:
    assert too_deep(body) or nesting(body)[0] <= CERTAIN


@given(ANYTHING)
@settings(deadline=None, max_examples=500)
def test_what_a_parser_may_read_to_the_end_is_not_refused_below_the_limit(body: bytes) -> None:
    depth, complete = nesting(body)
    assume(complete and depth <= MAX_DEPTH)
    assert not too_deep(body)


@pytest.mark.parametrize("size", [128, 256], ids="{} KiB".format)
def test_what_passes_can_be_decoded_on_a_small_stack(size: int) -> None:
    program = [sys.executable, "-P", str(PROGRAMS / "small_stack.py"), str(size * 1024)]
    done = subprocess.run(program, capture_output=True, text=True, timeout=50, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    decoded, kinds = map(int, done.stdout.split())
    assert decoded == 102
    assert kinds > 8
