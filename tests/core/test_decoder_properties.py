"""Whatever comes in, the decoders give one of their outcomes, and the right one."""

import json
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from documented import KINDS
from nesting import nesting
from pushmw.notifications.base import TOO_DEEP, Unasked, Unclassified
from pushmw.notifications.decoder import NO_KIND, UNKNOWN_KIND
from pushmw.notifications.depth import MAX_DEPTH, SHALLOW_SIZE
from pushmw.notifications.iotda import IOTDA_KINDS
from pushmw.notifications.legacy import COMMAND_STATE, LEGACY_KINDS
from pushmw.samples import samples
from reading import READERS, read_legacy

SAMPLES = st.sampled_from(list(samples().values()))
UNREADABLE = object()
# What names a kind that is known; the reason tells then why a push does not fit.
KNOWN = object()
# How the resources of documents and older subscriptions are called today.
USUAL = {"device.commmad.status": "device.command.status", "batchtask.status": "batchtask"}


def forbidden(constant: str) -> None:
    raise ValueError(constant)


def strictly(body: bytes) -> Any:
    """Read JSON with the standard library, held to the standard where it is lenient."""
    try:
        # int() would refuse thousands of digits.
        value = json.loads(body.decode(), parse_constant=forbidden, parse_int=len)
        json.dumps(value, ensure_ascii=False).encode()  # lone surrogates
    except ValueError:
        return UNREADABLE
    return value


def told(value: dict[str, Any]) -> tuple[str | None, object]:
    """Tell which kind an object claims to be, and what is wrong with that."""
    if "notifyType" in value:
        return named(value, ("notifyType",), LEGACY_KINDS.keys() - {COMMAND_STATE})
    if {"resource", "event"} <= value.keys():
        value = {**value, "resource": USUAL.get(str(value["resource"]), value["resource"])}
        return named(value, ("resource", "event"), set(IOTDA_KINDS))
    if {"commandId", "result"} <= value.keys() and "messageType" not in value:
        return COMMAND_STATE, KNOWN
    return None, NO_KIND


def named(value: dict[str, Any], by: tuple[str, ...], known: set[str]) -> tuple[str | None, object]:
    for name in by:
        if not isinstance(value[name], str):
            return None, f"`{name}` is not a string"
    kind = ":".join(value[name] for name in by)
    return kind, KNOWN if kind in known else UNKNOWN_KIND


def hold_to_the_promise(body: bytes) -> None:
    """Check the outcomes against what a plain parser makes of the body, and with each other."""
    event, *others = (read(body) for read in READERS.values())
    assert others == [event, event]
    alone = read_legacy(body)
    if event is TOO_DEEP:
        assert alone is TOO_DEEP
        assert len(body) > SHALLOW_SIZE
        depth, complete = nesting(body)
        assert depth > MAX_DEPTH or not complete
        return
    value = strictly(body)
    kind, wrong = told(value) if isinstance(value, dict) else (None, "not a JSON object")
    if kind and wrong is KNOWN and kind in IOTDA_KINDS:
        assert alone == Unasked(kind)
    else:
        assert alone == event
    if not isinstance(event, Unclassified):
        assert wrong is KNOWN
        assert (event.kind, type(event)) == (kind, KINDS[event.kind])
        return
    assert event.body is body
    assert event.kind == kind
    if event.reason.startswith(("not JSON: ", "not UTF-8: ")):
        assert value is UNREADABLE
    elif wrong is KNOWN:
        assert event.reason not in {UNKNOWN_KIND, NO_KIND, "", "not a JSON object"}
        assert not event.reason.endswith("is not a string")
    else:
        assert event.reason == wrong


@given(st.binary(max_size=600))
@settings(deadline=None, max_examples=200)
def test_any_bytes_have_an_outcome(body: bytes) -> None:
    hold_to_the_promise(body)


NAMES = st.sampled_from(
    [
        *("notifyType", "commandId", "result", "deviceId", "service", "header", "messageType"),
        *("resource", "event", "notify_data", "body", "device_id", "task_id", "services"),
    ]
)
WORDS = st.sampled_from(
    [
        *LEGACY_KINDS,
        *{part for kind in IOTDA_KINDS for part in kind.split(":")},
        *("device.commmad.status", "batchtask.status", "", "testNotify"),
    ]
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=10)
    | WORDS
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(NAMES | st.text(max_size=5), inner, max_size=5)
    ),
    max_leaves=10,
)


@given(VALUES | st.dictionaries(NAMES, VALUES, max_size=5))
@settings(deadline=None, max_examples=200)
def test_any_json_has_an_outcome(value: Any) -> None:
    hold_to_the_promise(json.dumps(value).encode())


def replace_somewhere(data: Any, value: Any, new: Any) -> Any:
    """Give a copy with something changed, removed or added at some place."""
    if not value or not isinstance(value, dict | list) or data.draw(st.integers(0, 3)) == 0:
        return data.draw(new)
    copy: Any = value.copy()
    name = data.draw(st.sampled_from(sorted(value) if isinstance(value, dict) else [0]))
    if data.draw(st.integers(0, 4)) == 0:
        del copy[name]
    else:
        copy[name] = replace_somewhere(data, value[name], new)
    return copy


def wrapped(value: Any, times: int) -> Any:
    for _ in range(times):
        value = [value]
    return value


@given(st.data(), SAMPLES)
@settings(deadline=None, max_examples=200)
def test_a_push_with_members_of_other_types_has_an_outcome(data: Any, body: bytes) -> None:
    new = VALUES | st.builds(wrapped, LEAVES, st.integers(0, 100))
    value = json.loads(body)
    for _ in range(data.draw(st.integers(1, 3))):
        value = replace_somewhere(data, value, new)
    hold_to_the_promise(json.dumps(value, ensure_ascii=data.draw(st.booleans())).encode())


TOKENS = st.sampled_from(
    [
        b'"', b"\\", b"[", b"]", b"{", b"}", b",", b":", b"null", b"-", b"0", b"1e999", b"NaN",
        b"\x00", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\\ud800", b"\\udc00", b"\\u0000",
        b'"notifyType":"deviceAdded",', b'"notifyType":7,', b'"commandId":"x","result":{},',
        b'"resource":"device",', b'"event":"create",', b'"event":null,', b'"body":{},',
        b"9" * 5000, b"[" * 300, b'{"":' * 300, b" " * 300, b'["]",' * 90, b',"["]' * 90,
    ]
)  # fmt: skip


def edited(data: Any, body: bytes) -> Any:
    start = data.draw(st.integers(0, len(body)))
    end = start + data.draw(st.sampled_from([0, 0, 1, 1, 2, 5, 40]))
    piece = data.draw(TOKENS | st.binary(max_size=3) | st.just(body[start : start + 60]))
    return body[:start] + data.draw(st.sampled_from([piece, b""])) + body[end:]


@given(st.data(), SAMPLES)
@settings(deadline=None, max_examples=500)
def test_a_push_damaged_on_its_way_has_an_outcome(data: Any, body: bytes) -> None:
    for _ in range(data.draw(st.integers(1, 3))):
        body = edited(data, body)
    hold_to_the_promise(body)


@given(SAMPLES, st.integers(0, 2**16), st.integers(0, 7))
@settings(deadline=None, max_examples=200)
def test_a_push_with_a_flipped_bit_has_an_outcome(body: bytes, position: int, bit: int) -> None:
    damaged = bytearray(body)
    damaged[position % len(body)] ^= 1 << bit
    hold_to_the_promise(bytes(damaged))


@given(SAMPLES, st.integers(0, 2**16))
@settings(deadline=None, max_examples=200)
@example(b'{"notifyType":"deviceDeleted","deviceId":"a"}', 0)
def test_a_push_cut_short_is_never_an_event(body: bytes, length: int) -> None:
    for read in (*READERS.values(), read_legacy):
        event = read(body[: length % len(body)])
        assert isinstance(event, Unclassified)
        assert event.kind is None
