import json
from typing import Any

import msgspec
import pytest

from documented import EXAMPLES
from pushmw.notifications.base import TOO_DEEP, Notification, Unclassified
from pushmw.notifications.decoder import NO_KIND, UNKNOWN_KIND, reader
from pushmw.notifications.legacy import LEGACY_KINDS, DeviceDataChanged, DeviceDeleted
from pushmw.notifications.operations import COMMAND_STATE, NBCommandStatusChanged
from pushmw.samples import sample

read: Any = reader(LEGACY_KINDS)


def deleted(*members: bytes) -> bytes:
    """Write a `deviceDeleted` of device ``a``, the members given following."""
    return b"{" + b",".join([b'"notifyType":"deviceDeleted"', b'"deviceId":"a"', *members]) + b"}"


def data(value: bytes) -> bytes:
    """Write a `deviceDataChanged` whose free data have one member."""
    return (
        b'{"notifyType":"deviceDataChanged","deviceId":"a",'
        b'"service":{"serviceId":"b","data":{"n":' + value + b"}}}"
    )


def reported(body: bytes) -> Any:
    """Read a body of `data` and give what its one member holds."""
    event = read(body)
    assert isinstance(event, DeviceDataChanged)
    return event.service.data["n"]


def refused(body: bytes) -> tuple[str | None, str]:
    """Give kind and reason of a body that must not be understood."""
    event = read(body)
    assert isinstance(event, Unclassified)
    assert event.body is body
    return event.kind, event.reason


# Every kind


@pytest.mark.parametrize("kind", LEGACY_KINDS)
def test_a_push_becomes_an_event_of_its_kinds_class(kind: str) -> None:
    event = read(sample(kind))
    assert type(event) is LEGACY_KINDS[kind]
    assert event.kind == kind


@pytest.mark.parametrize("kind", LEGACY_KINDS)
@pytest.mark.parametrize("indent", [None, 4], ids=["one line", "indented"])
def test_white_space_and_the_order_of_members_do_not_matter(kind: str, indent: int | None) -> None:
    example = dict(reversed(EXAMPLES[kind].items()))
    event = read(json.dumps(example, indent=indent).encode())
    assert event == msgspec.convert(EXAMPLES[kind], LEGACY_KINDS[kind])


def test_the_text_of_another_notify_type_inside_the_data_does_not_matter() -> None:
    inner = {"notifyType": "deviceDeleted", "commandId": "c", "result": {}}
    event = read(sample("deviceDataChanged", **{"service.data": inner}))
    assert isinstance(event, DeviceDataChanged)
    assert event.service.data == inner


# Awkward but right


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(deleted(), id="plain"),
        pytest.param(b" \n\t\r" + deleted() + b" \r\n", id="white space round it"),
        pytest.param(b'{"deviceId":"a","notifyType":"deviceDeleted"}', id="the tag last"),
        pytest.param(deleted(b'"notifyType":"deviceDeleted"'), id="the same tag twice"),
        pytest.param(deleted(b'"deviceId":"a"'), id="a member twice"),
        pytest.param(
            b'{"notif\\u0079Type":"deviceDeleted","deviceId":"a"}', id="escape in the tag"
        ),
        pytest.param(b'{"notifyType":"device\\u0044eleted","deviceId":"a"}', id="escaped kind"),
        pytest.param(b'{"notifyType":"deviceDeleted","deviceId":"\\u0061"}', id="escaped value"),
        pytest.param(deleted(b'"x":' + b"9" * 5000), id="5000 digits in a skipped member"),
        pytest.param(deleted(b'"x":1e999'), id="a huge exponent in a skipped member"),
        pytest.param(deleted(b'"x":"\\u0000"'), id="an escaped NUL in a skipped member"),
        pytest.param(deleted(b'"":{"":[]}'), id="a member without a name"),
        pytest.param(deleted('"ü\U0001f600":"ß"'.encode()), id="UTF-8 in a skipped member"),
        pytest.param(deleted(b'"x":"' + b"y" * 1_000_000 + b'"'), id="1 MB in a skipped text"),
        pytest.param(deleted(b'"x":[' + b"0," * 500_000 + b"0]"), id="1 MB in a skipped array"),
        pytest.param(deleted(b'"x":"' + b"[{" * 60_000 + b'"'), id="brackets in a skipped text"),
        pytest.param(deleted(b'"x":"\\"' + b"[" * 60_000 + b'"'), id="after an escaped quote"),
    ],
)
def test_an_unusual_body_is_the_push_it_says_it_is(body: bytes) -> None:
    assert read(body) == DeviceDeleted(device_id="a")


def test_of_a_member_that_comes_twice_the_last_one_counts() -> None:
    assert read(deleted(b'"deviceId":"b"')) == DeviceDeleted(device_id="b")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        pytest.param(b'"\\u0000"', "\x00", id="an escaped NUL"),
        pytest.param(b'"\\ud83d\\ude00"', "\U0001f600", id="an escaped surrogate pair"),
        pytest.param(b'"' + b"[" * 60_000 + b'"', "[" * 60_000, id="brackets in a text"),
        pytest.param(b'"' + b"y" * 1_000_000 + b'"', "y" * 1_000_000, id="1 MB of text"),
        pytest.param(b"[" + b"0," * 500_000 + b"0]", [0] * 500_001, id="1 MB of numbers"),
        pytest.param(b"9" * 400, 10**400 - 1, id="400 digits"),
        pytest.param(b"0." + b"3" * 5000, 0.3333333333333333, id="5000 decimals"),
        pytest.param(b"1e-999", 0.0, id="a tiny exponent"),
        pytest.param(b"-0", 0, id="minus nothing"),
    ],
)
def test_free_data_keep_what_was_sent(written: bytes, value: object) -> None:
    assert reported(data(written)) == value


# Not understood


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(b"", "not JSON: Input data was truncated", id="empty"),
        pytest.param(b" \n ", "not JSON: Input data was truncated", id="blank"),
        pytest.param(deleted()[:-1], "not JSON: Input data was truncated", id="cut short"),
        pytest.param(b"push success.", "not JSON", id="the console's test text"),
        pytest.param(b"\xef\xbb\xbf" + deleted(), "not JSON", id="byte order mark"),
        pytest.param(deleted().decode().encode("utf-16"), "not UTF-8: byte 0", id="UTF-16"),
        pytest.param(
            deleted().decode().encode("utf-16-le"), "not JSON", id="UTF-16 without a mark"
        ),
        pytest.param(deleted() + b"x", "not JSON", id="trailing data"),
        pytest.param(deleted() + deleted(), "not JSON", id="two bodies"),
        pytest.param(deleted() + b"\x00", "not JSON", id="trailing NUL"),
        pytest.param(deleted(b'"x":"\x00"'), "not JSON", id="raw NUL"),
        pytest.param(deleted(b'"x":1,'), "not JSON", id="trailing comma"),
        pytest.param(deleted(b'"x":01'), "not JSON", id="leading zero"),
        pytest.param(deleted(b"'x':1"), "not JSON", id="single quotes"),
        pytest.param(deleted(b'"x":NaN'), "not JSON", id="NaN in a skipped member"),
        pytest.param(data(b"NaN"), "not JSON", id="NaN"),
        pytest.param(data(b"Infinity"), "not JSON", id="Infinity"),
        pytest.param(data(b"-Infinity"), "not JSON", id="-Infinity"),
        pytest.param(data(b'"\\ud800"'), "not JSON", id="lone high surrogate"),
        pytest.param(data(b'"\\udc00 and more"'), "not JSON", id="lone low surrogate"),
        pytest.param(data(b'"\\ud800\\u0041"'), "not JSON", id="half a surrogate pair"),
        pytest.param(deleted(b'"x":"\\udc00"'), "not JSON", id="lone surrogate, skipped"),
        pytest.param(deleted(b'"\\ud800 and more":1'), "not JSON", id="lone surrogate in a name"),
        pytest.param(data(b'"\xed\xa0\x80"'), "not UTF-8: byte 89", id="surrogate as bytes"),
        pytest.param(deleted(b'"x":"\xed\xa0\x80"'), "not UTF-8: byte 50", id="the same, skipped"),
        pytest.param(data(b'"\xff"'), "not UTF-8: byte 89", id="not UTF-8"),
        pytest.param(deleted(b'"x":"\xff"'), "not UTF-8: byte 50", id="not UTF-8, skipped"),
        pytest.param(deleted(b'"x\xc3":1'), "not UTF-8: byte 47", id="not UTF-8, in a name"),
        pytest.param(b"null", "not a JSON object", id="null"),
        pytest.param(b"[]", "not a JSON object", id="array"),
        pytest.param(b"[" + deleted() + b"]", "not a JSON object", id="array of pushes"),
        pytest.param(b'"deviceDeleted"', "not a JSON object", id="text"),
        pytest.param(b"1", "not a JSON object", id="number"),
        pytest.param(b"9" * 5000, "not a JSON object", id="5000 digits"),
        pytest.param(b"true", "not a JSON object", id="boolean"),
        pytest.param(b"{}", NO_KIND, id="nothing in it"),
        pytest.param(b'{"NotifyType":"deviceDeleted"}', NO_KIND, id="another case"),
        pytest.param(b'{"messageType":"x","tenantId":"y"}', NO_KIND, id="other platform"),
    ],
)
def test_a_body_that_names_no_kind_is_kept_with_the_reason(body: bytes, reason: str) -> None:
    kind, said = refused(body)
    assert kind is None
    assert said == reason or said.startswith(f"{reason}: ")


@pytest.mark.parametrize(
    "value",
    ["null", "1", "1.5", "9" * 5000, "true", "[]", '["deviceDeleted"]', "{}", '{"a":"b"}'],
    ids=lambda value: value[:20],
)
def test_a_discriminator_that_is_no_text_is_none(value: str) -> None:
    body = sample("deviceDeleted").replace(b'"deviceDeleted"', value.encode())
    assert refused(body) == (None, "`notifyType` is not a string")


@pytest.mark.parametrize(
    "kind",
    ["", "*", "unhandled", "DEVICEDELETED", " deviceDeleted", "testNotify", "x" * 100_000, "\0"],
    ids=lambda kind: repr(kind[:20]),
)
def test_a_kind_nobody_knows_is_named(kind: str) -> None:
    body = msgspec.json.encode({"notifyType": kind, "deviceId": "a"})
    assert refused(body) == (kind, UNKNOWN_KIND)


def test_of_two_tags_that_differ_neither_is_believed() -> None:
    kind, reason = refused(deleted(b'"notifyType":"deviceAdded"'))
    assert kind == "deviceAdded"
    assert reason == "a value does not fit - at `$.notifyType`"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param(b"9" * 5000, "Integer value out of range", id="5000 digits"),
        pytest.param(b"1e999", "Number out of range", id="a huge exponent"),
        pytest.param(b"-1e999", "Number out of range", id="a huge negative one"),
    ],
)
def test_a_number_too_large_for_a_member_that_is_read_names_the_member(
    value: bytes, reason: str
) -> None:
    assert refused(data(value)) == ("deviceDataChanged", f"{reason} - at `$.service.data[...]`")


# The kind without a name


STATE = {"deviceId": "a", "commandId": "b", "result": {"resultCode": "SENT"}}


def state(**changed: Any) -> bytes:
    return msgspec.json.encode({k: v for k, v in (STATE | changed).items() if v is not ...})


def test_a_command_state_is_known_by_its_members() -> None:
    event = read(state())
    assert isinstance(event, NBCommandStatusChanged)
    assert (event.kind, event.command_id, event.result.result_code) == (COMMAND_STATE, "b", "SENT")


@pytest.mark.parametrize("kind", [COMMAND_STATE, "testNotify"])
def test_a_command_state_with_a_notify_type_is_another_kind(kind: str) -> None:
    assert refused(state(notifyType=kind)) == (kind, UNKNOWN_KIND)


def test_a_command_state_with_the_notify_type_of_a_kind_is_that_kind() -> None:
    event: Notification | Unclassified = read(state(notifyType="deviceDeleted"))
    assert event == DeviceDeleted(device_id="a")


def test_a_command_state_with_an_empty_notify_type_is_none() -> None:
    assert refused(state(notifyType=None)) == (None, "`notifyType` is not a string")


@pytest.mark.parametrize("missing", ["commandId", "result"])
def test_without_what_tells_a_command_state_the_kind_is_unknown(missing: str) -> None:
    assert refused(state(**{missing: ...})) == (None, NO_KIND)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"deviceId": ...}, "Object missing required field `deviceId`"),
        ({"commandId": 5}, "Expected `str`, got `int` - at `$.commandId`"),
        ({"result": None}, "Expected `object`, got `null` - at `$.result`"),
        ({"result": {}}, "Object missing required field `resultCode` - at `$.result`"),
    ],
    ids=["no device", "a number for an id", "no result", "an empty result"],
)
def test_a_command_state_that_does_not_fit_says_why(changed: Any, reason: str) -> None:
    assert refused(state(**changed)) == (COMMAND_STATE, reason)


# Too deep


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"[" * 60_000, id="60 000 brackets"),
        pytest.param(b"[" * 2_000_000, id="2 million brackets"),
        pytest.param(b'{"a":' * 60_000, id="60 000 objects"),
        pytest.param(data(b"[" * 300 + b"]" * 300), id="inside the data"),
        pytest.param(deleted(b'"x":' + b"[" * 300 + b"]" * 300), id="inside a skipped member"),
        pytest.param(b'["]",' * 900 + b"1" + b',"["]' * 900, id="hidden behind strings"),
    ],
)
def test_a_body_nested_too_deep_is_not_decoded(body: bytes) -> None:
    assert read(body) is TOO_DEEP


def test_nesting_within_reason_is_decoded() -> None:
    assert reported(data(b"[" * 60 + b'"' + b"x" * 300 + b'"' + b"]" * 60))
