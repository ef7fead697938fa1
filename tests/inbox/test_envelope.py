"""What is kept of a push, and the key by which pushes are kept in order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.envelopes import envelope
from pushmw import Receiver, Unclassified
from pushmw.inbox.envelope import NewerEnvelopeError, key_of, label_of, labelled
from pushmw.samples import KINDS, sample

push = Receiver(guards=[])
NOTHINGS = {kind for kind in KINDS if kind.startswith(("deviceModel", "deviceCapabilities"))}


@given(st.text(), st.dictionaries(st.text(), st.text()))
def test_path_and_headers_are_read_as_they_were_written(path: str, headers: dict[str, str]) -> None:
    assert labelled(label_of(envelope(path=path, headers=headers))) == (path, headers)


def test_a_later_member_of_the_same_version_is_ignored() -> None:
    label = b'{"version":1,"path":"/push","headers":{},"trace":"00-1"}'
    assert labelled(label) == ("/push", {})


def test_an_envelope_of_a_newer_version_is_left_alone() -> None:
    with pytest.raises(NewerEnvelopeError) as caught:
        labelled(b'{"version":2,"path":7}')
    assert str(caught.value) == (
        "an envelope of version 2, and this pushmw knows 1: update this process too"
    )


def test_what_is_shown_of_an_envelope_holds_no_payload() -> None:
    assert repr(envelope()) == "Envelope(id='1', kind='deviceAdded', body=<6 bytes>)"


@pytest.mark.parametrize("kind", KINDS)
def test_a_push_has_the_key_of_what_it_is_about(kind: str) -> None:
    body = sample(kind)
    event = push.parse(body)
    things = {
        "ruleEvent": "rule-0001",
        "batchtask:update": "task-0001",
        "product": "5c0ffee01a2b4c3d8e4f0001",
    }
    thing = things.get(kind) or things.get(kind.partition(":")[0])
    # A model of the legacy format has no id.
    assert key_of(event, body, "own") == (event.device_id or thing or "own")
    assert (thing is None) is (event.device_id is not None or kind in NOTHINGS)


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (b'{"notifyType":"deviceAdded","deviceId":"meter-1","gatewayId":5}', "meter-1"),
        (b'{"notifyType":"new","device_id":"meter-1"}', "meter-1"),
        (b'{"resource":"a","event":"b","notify_data":{"header":{"device_id":"m"}}}', "m"),
        (b'{"resource":"a","event":"b","notify_data":{"body":{"device_id":"m"}}}', "m"),
        (b'{"resource":"a","event":"b","notify_data":{"device_id":"m","header":3}}', "m"),
        (b'{"notifyType":"new","deviceId":{"a":1},"notify_data":[1]}', "own"),
        (b'{"notifyType":"new","deviceId":""}', "own"),
        (b'{"notifyType":"new"}', "own"),
        (b"push success.", "own"),
        (b"\xff", "own"),
        (b"[1]", "own"),
    ],
)
def test_what_is_not_understood_has_the_key_of_a_device_it_names(body: bytes, key: str) -> None:
    event = push.parse(body)
    assert isinstance(event, Unclassified)
    assert key_of(event, body, "own") == key


@given(st.binary())
def test_no_body_is_without_a_key(body: bytes) -> None:
    assert key_of(push.parse(body), body, "own")
