"""What is no push of IoTDA, or none that fits: the reason says so, with the place."""

import json
from typing import Any

import pytest

from documented import ABSENT, EXAMPLES, changed
from pushmw.notifications.base import TOO_DEEP
from pushmw.notifications.decoder import NO_KIND, UNKNOWN_KIND
from pushmw.notifications.iotda import IOTDA_KINDS
from pushmw.samples import sample
from reading import READERS, REPORT, body_beside, each_reader, packed, read_legacy, refused


@each_reader
@pytest.mark.parametrize(
    "pair",
    [
        ("device.data", "update"),
        ("device", "activate"),
        ("my.thing", "happened"),
        ("device", ""),
        ("", "report"),
        ("", ""),
        ("*", "*"),
        ("device.property", "REPORT"),
        ("device:create", "x"),
        ("batchtask.status", "report"),
    ],
    ids=":".join,
)
def test_a_pair_nobody_knows_is_named(read: Any, pair: tuple[str, str]) -> None:
    resource, event = pair
    usual = resource.replace("batchtask.status", "batchtask")
    for body in (
        packed({"resource": resource, "event": event, "notify_data": {"body": {}}}),
        packed({"event": event, "event_time": "x", "resource": resource}),
    ):
        assert refused(read(body), body) == (f"{usual}:{event}", UNKNOWN_KIND)
        assert refused(read_legacy(body), body) == (f"{usual}:{event}", UNKNOWN_KIND)


@each_reader
@pytest.mark.parametrize("value", [None, 1, 1.5, True, [], ["device"], {}, {"a": "b"}], ids=repr)
@pytest.mark.parametrize("member", ["resource", "event"])
def test_half_of_a_pair_that_is_no_text_makes_none(read: Any, member: str, value: object) -> None:
    body = packed({**EXAMPLES["device:create"], member: value})
    assert refused(read(body), body) == (None, f"`{member}` is not a string")


RESHAPED = {
    "a column without a name of its own": {"notify_data.body.content": {"a": 1}},
    "several of them": {"notify_data.header.device_id": "a", "notify_data.body.services": []},
    "with the resource": {"resource": "device.property", "notify_data.body.services": []},
    "with the event": {"event": "report", "notify_data.body.services": []},
    "columns with names": {"device": "a", "celsius": 21.5},
    "the data alone": EXAMPLES[REPORT]["notify_data"],
    "the body alone": EXAMPLES[REPORT]["notify_data"]["body"],
}


@each_reader
@pytest.mark.parametrize("body", RESHAPED.values(), ids=list(RESHAPED))
def test_what_a_rule_has_reshaped_names_no_kind(read: Any, body: Any) -> None:
    sent = packed(body)
    assert refused(read(sent), sent) == (None, NO_KIND)


@each_reader
@pytest.mark.parametrize("kind", IOTDA_KINDS)
def test_what_a_rule_has_reshaped_around_the_pair_does_not_fit(read: Any, kind: str) -> None:
    resource, _, event = kind.partition(":")
    body = packed({"resource": resource, "event": event, "notify_data.body.content": {"a": 1}})
    expected = kind, "Object missing required field `notify_data`"
    assert refused(read(body), body) == expected


DATA = ("notify_data",)
BODY = (*DATA, "body")


@each_reader
@pytest.mark.parametrize(
    ("kind", "path", "value", "reason"),
    [
        (REPORT, ("request_id",), 7, "Expected `str | null`, got `int` - at `$.request_id`"),
        (REPORT, ("event_time_ms",), 7, "Expected `str | null`, got `int` - at `$.event_time_ms`"),
        (REPORT, DATA, None, "Expected `object`, got `null` - at `$.notify_data`"),
        (REPORT, DATA, [7], "Expected `object`, got `array` - at `$.notify_data`"),
        (REPORT, DATA, "x", "Expected `object`, got `str` - at `$.notify_data`"),
        (REPORT, DATA, {}, "Object missing required field `body` - at `$.notify_data`"),
        (REPORT, BODY, None, "Expected `object`, got `null` - at `$.notify_data.body`"),
        (REPORT, BODY, [], "Expected `object`, got `array` - at `$.notify_data.body`"),
        (
            REPORT,
            (*DATA, "header"),
            [],
            "Expected `object | null`, got `array` - at `$.notify_data.header`",
        ),
        (
            REPORT,
            (*DATA, "header", "device_id"),
            7,
            "Expected `str | null`, got `int` - at `$.notify_data.header.device_id`",
        ),
        (
            REPORT,
            (*BODY, "services"),
            {},
            "Expected `array | null`, got `object` - at `$.notify_data.body.services`",
        ),
        (
            REPORT,
            (*BODY, "services", "event_time"),
            7,
            "Expected `str | null`, got `int` - at `$.notify_data.body.services[...].event_time`",
        ),
        (
            REPORT,
            (*BODY, "services", "service_id"),
            ABSENT,
            "Object missing required field `service_id` - at `$.notify_data.body.services[...]`",
        ),
        (
            "device:create",
            (*BODY, "auth_info", "secret"),
            7,
            "Expected `str | null`, got `int` - at `$.notify_data.body.auth_info.secret`",
        ),
        (
            "device:create",
            BODY,
            ABSENT,
            "Object missing required field `body` - at `$.notify_data`",
        ),
        (
            "device:update",
            (*BODY, "status"),
            7,
            "Expected `str | null`, got `int` - at `$.notify_data.body.status`",
        ),
        (
            "device:delete",
            (*DATA, "header"),
            None,
            "Expected `object`, got `null` - at `$.notify_data.header`",
        ),
        (
            "batchtask:update",
            (*BODY, "task_id"),
            7,
            "Expected `str`, got `int` - at `$.notify_data.body.task_id`",
        ),
        (
            "product:create",
            (*BODY, "service_capabilities", "properties", "max"),
            7,
            (
                "Expected `str | null`, got `int` - at "
                "`$.notify_data.body.service_capabilities[...].properties[...].max`"
            ),
        ),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(
    read: Any, kind: str, path: tuple[str, ...], value: object, reason: str
) -> None:
    body = changed(kind, path, value)
    for sent in (packed(body), json.dumps(dict(reversed(body.items()))).encode()):
        found, said = refused(read(sent), sent)
        assert (found, said.replace("[0]", "[...]")) == (kind, reason)


@pytest.mark.parametrize("data", [[1], "x", 7, True], ids=repr)
def test_data_that_are_no_object_are_not_thrown_away_for_a_body_beside_them(data: object) -> None:
    body = packed({**body_beside("batchtask:update"), "notify_data": data})
    kind, reason = refused(READERS["mixed"](body), body)
    assert kind == "batchtask:update"
    assert reason.startswith("Expected `object`, got `")
    assert reason.endswith("` - at `$.notify_data`")


def test_a_body_beside_the_data_that_does_not_fit_is_told_as_if_it_were_inside() -> None:
    body = packed({**body_beside("batchtask:update"), "body": {"task_id": 7}})
    reason = "Expected `str`, got `int` - at `$.notify_data.body.task_id`"
    assert refused(READERS["mixed"](body), body) == ("batchtask:update", reason)


@each_reader
def test_of_two_resources_that_differ_neither_is_believed(read: Any) -> None:
    body = sample("batchtask:update").replace(b"{", b'{"resource":"product",', 1)
    kind, reason = refused(read(body), body)
    assert (kind, reason) == ("batchtask:update", "a value does not fit - at `$.resource`")


@each_reader
def test_an_escaped_pair_is_the_pair(read: Any) -> None:
    body = sample(REPORT).replace(b"device.property", b"device\\u002eproperty")
    assert read(body) == read(sample(REPORT))


@each_reader
@pytest.mark.parametrize("filling", [b"[", b'{"a":', b'["]",'], ids=["[", "{", "hidden"])
def test_a_push_nested_too_deep_is_not_decoded(read: Any, filling: bytes) -> None:
    assert read(sample(REPORT)[:-1] + b',"x":' + filling * 60_000) is TOO_DEEP


@each_reader
def test_a_huge_push_is_read(read: Any) -> None:
    content = "q" * 1_000_000
    event = read(sample("device.message:report", **{"notify_data.body.content": content}))
    assert event.body.content == content


@each_reader
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not JSON: Input data was truncated"),
        (b"{", "not JSON: Input data was truncated"),
        (b"{}", NO_KIND),
        (b"[]", "not a JSON object"),
        (b"push success.", "not JSON: "),
        (sample(REPORT)[:-1], "not JSON: Input data was truncated"),
        (sample(REPORT).replace(b"cellar", b"cell\xff"), "not UTF-8: byte "),
        (sample(REPORT).replace(b"21.5", b"NaN"), "not JSON: "),
    ],
)
def test_rubbish_is_told_as_with_the_legacy_format(read: Any, body: bytes, reason: str) -> None:
    kind, said = refused(read(body), body)
    assert kind is None
    assert said.startswith(reason)
