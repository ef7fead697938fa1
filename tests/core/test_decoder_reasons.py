"""Why a push was not understood: told with the place, never with what the payload says."""

import enum
from collections.abc import Callable
from typing import Annotated, Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from documented import Names
from pushmw import Notification, Receiver
from pushmw.notifications.base import Unclassified
from pushmw.notifications.decoder import Formats, reader
from pushmw.notifications.legacy import LEGACY_KINDS
from pushmw.samples import samples


class Lamp(enum.Enum):
    ON = "on"
    OFF = "off"


class Level(enum.IntEnum):
    LOW = 1


class Nested(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    lamp: Lamp = Lamp.ON


class Strict(Notification, frozen=True, forbid_unknown_fields=True):
    """All that makes msgspec quote a value."""

    lamp: Lamp = Lamp.ON
    level: Level = Level.LOW
    nested: Nested = Nested()
    count: Annotated[int, msgspec.Meta(ge=3)] = 3
    lamps: dict[Lamp, int] = {}  # noqa: RUF012 - msgspec makes a new one each time


def quoted(text: str) -> Exception:
    return msgspec.ValidationError(text)


RAISED: dict[str, Callable[[str], Exception]] = {
    "value": ValueError,
    "type": TypeError,
    "key": KeyError,
    "runtime": RuntimeError,
    "decode": msgspec.DecodeError,
    "validation": quoted,
    "unicode": lambda text: UnicodeDecodeError("utf-8", text.encode(), 0, 1, text),
    "group": lambda text: ExceptionGroup(text, [ValueError(text)]),
}


class Picky(Notification, frozen=True):
    """One that raises what its body tells it to."""

    raises: str
    text: str = ""

    def __post_init__(self) -> None:
        raise RAISED[self.raises](self.text)


push = Receiver()
push.define("strict", Strict)
push.define("picky", Picky)
read: Any = reader(push.kinds(paired=True), Formats.LEGACY | Formats.IOTDA)


def reason(body: bytes) -> str:
    event = read(body)
    assert isinstance(event, Unclassified)
    return event.reason


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            b'{"notifyType":"deviceDataChanged","deviceId":"a",'
            b'"service":{"serviceId":"b","eventTime":7}}',
            "Expected `str | null`, got `int` - at `$.service.eventTime`",
            id="a member of a member",
        ),
        pytest.param(
            b'{"notifyType":"deviceDatasChanged","deviceId":"a",'
            b'"services":[{"serviceId":"b"},{"serviceId":7}]}',
            "Expected `str`, got `int` - at `$.services[1].serviceId`",
            id="an item of an array",
        ),
        pytest.param(
            b'{"notifyType":"deviceDeleted"}',
            "Object missing required field `deviceId`",
            id="a missing member",
        ),
        pytest.param(
            b'{"notifyType":"messageConfirm","header":{}}',
            "Object missing required field `requestId` - at `$.header`",
            id="one missing further in",
        ),
        pytest.param(
            b'{"notifyType":"strict","count":1}',
            "Expected `int` >= 3 - at `$.count`",
            id="a bound of a Struct of the user's",
        ),
        pytest.param(
            b'{"notifyType":"strict","lamp":"secret"}',
            "a value does not fit - at `$.lamp`",
            id="no value of an enumeration",
        ),
        pytest.param(
            b'{"notifyType":"strict","lamps":{"secret":1}}',
            "a value does not fit - at `key` in `$.lamps`",
            id="no key of an enumeration",
        ),
        pytest.param(
            b'{"notifyType":"strict","secret":1}', "a value does not fit", id="an unknown member"
        ),
        pytest.param(
            b'{"notifyType":"picky","raises":"value","text":"secret"}',
            "a value does not fit",
            id="a ValueError of the Struct",
        ),
        pytest.param(
            b'{"notifyType":"picky","raises":"key","text":"secret"}',
            "KeyError while decoding",
            id="another error of the Struct",
        ),
    ],
)
def test_the_reason_names_the_place(body: bytes, expected: str) -> None:
    assert reason(body) == expected


# Forms a value could take to get through, with @ for the secret.
FORMS = st.sampled_from(
    [
        "@",
        "it's @",
        'a "@"',
        'it\'s "@"',
        "@ - at `$.x`",
        "x - at `$.@`",
        "x' - at `$.@`",
        "`@`",
        "x - at `key` in `$.@`",
        "@\nsecond line",
        "first line\n@ - at `$.x`",
        "\\@",
    ]
)
SECRETS = st.text("abcdefghijkmnpqrstuvwxyz", min_size=10, max_size=20).map(lambda t: f"Zz{t}")


def places(value: Any) -> list[Names]:
    """Every path into a body, the body itself left out."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    found: list[Any] = []
    for name, inner in items:
        found.append((name,))
        if isinstance(inner, dict | list):
            found += [(name, *path) for path in places(inner)]
    return found


def insert(body: Any, path: Any, value: Any) -> None:
    for name in path[:-1]:
        body = body[name]
    body[path[-1]] = value


WRAPPED = [lambda v: v, lambda v: [v], lambda v: {"x": v}, lambda v: {v: 1}, lambda v: {v: {v: v}}]
BODIES = [*map(msgspec.json.decode, samples().values())]


@given(st.data(), st.sampled_from(BODIES), FORMS, SECRETS)
@settings(deadline=None, max_examples=200)
def test_no_text_of_a_push_shows_up_in_the_reason(
    data: Any, body: dict[str, Any], form: str, secret: str
) -> None:
    body = msgspec.json.decode(msgspec.json.encode(body))
    for path in data.draw(st.lists(st.sampled_from(places(body)), min_size=1, max_size=2)):
        wrapped = data.draw(st.sampled_from(WRAPPED))
        try:
            insert(body, path, wrapped(form.replace("@", secret)))
        except (KeyError, TypeError, IndexError):
            continue  # the first value stands where the second should go into
    event = read(msgspec.json.encode(body))
    assert secret not in getattr(event, "reason", "")


@pytest.mark.parametrize("first", [True, False], ids=["before", "after"])
@given(st.sampled_from(sorted(LEGACY_KINDS)), FORMS, SECRETS)
@settings(deadline=None)
def test_no_other_kind_shows_up_in_the_reason(
    first: bool, kind: str, form: str, secret: str
) -> None:
    other = msgspec.json.encode({"notifyType": form.replace("@", secret)})[1:-1]
    body = samples()[kind]
    body = b"{" + other + b"," + body[1:] if first else body[:-1] + b"," + other + b"}"
    assert secret not in reason(body)


MEMBERS = st.sampled_from(["lamp", "level", "nested", "count", "lamps", "@"])


@given(MEMBERS, FORMS, SECRETS, st.sampled_from(WRAPPED))
@settings(deadline=None, max_examples=200)
@example("@", "x - at `$.@", "Zzsecret", WRAPPED[0])
def test_no_text_shows_up_in_the_reason_of_a_strict_struct(
    member: str, form: str, secret: str, wrapped: Any
) -> None:
    text = form.replace("@", secret)
    body = {"notifyType": "strict", member.replace("@", text): wrapped(text)}
    assert secret not in reason(msgspec.json.encode(body))


@given(st.integers(100_000, 2**63), st.sampled_from(["lamp", "level", "count", "lamps"]))
@settings(deadline=None)
def test_no_number_shows_up_in_the_reason(number: int, member: str) -> None:
    assert str(number) not in reason(msgspec.json.encode({"notifyType": "strict", member: -number}))


@pytest.mark.parametrize("error", RAISED)
@given(FORMS, SECRETS)
@settings(deadline=None, max_examples=30)
def test_the_text_of_a_structs_own_error_does_not_show_up(
    error: str, form: str, secret: str
) -> None:
    body = {"notifyType": "picky", "raises": error, "text": form.replace("@", secret)}
    assert secret not in reason(msgspec.json.encode(body))
