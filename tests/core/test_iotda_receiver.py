"""Registering for kinds of IoTDA, alone and beside those of the legacy format."""

import asyncio
import logging
from typing import Any

import msgspec
import pytest

from documented import EXAMPLES, KINDS
from pushes import ours
from pushmw import Counts, DeviceAdded, DeviceDeleted, Notification, Receiver
from pushmw._dispatch.plan import formats_asked
from pushmw.iotda import (
    BatchTaskUpdate,
    DeviceCreate,
    DevicePropertyReport,
    DeviceUpdate,
    IoTDANotification,
    ProductBody,
)
from pushmw.notifications.decoder import Formats
from pushmw.notifications.iotda import IOTDA_KINDS
from pushmw.notifications.legacy import LEGACY_KINDS
from pushmw.samples import sample
from reading import REPORT, handler, packed, taking

BOTH = Formats.LEGACY | Formats.IOTDA


# Registration


@pytest.mark.parametrize("kind", IOTDA_KINDS)
def test_every_kind_can_be_registered_for_by_name_and_by_class(kind: str) -> None:
    push: Any = Receiver()
    by_name, by_class = taking(push, kind), taking(push, IOTDA_KINDS[kind])
    assert push.handle(sample(kind)).status == 200
    assert [type(event) for event in (*by_name, *by_class)] == [IOTDA_KINDS[kind]] * 2
    assert list(push.registered) == [kind]


def test_kinds_of_both_formats_share_a_handler() -> None:
    push = Receiver()
    named = taking(push, "deviceAdded", "device:create", "product:create")
    classed = taking(push, DeviceAdded, DeviceCreate, BatchTaskUpdate, DeviceUpdate)
    for kind in ("deviceAdded", "device:create", "product:create", "batchtask:update"):
        assert push.handle(sample(kind)).status == 200
    assert [event.kind for event in named] == ["deviceAdded", "device:create", "product:create"]
    assert [event.kind for event in classed] == [
        *("deviceAdded", "device:create", "batchtask:update")
    ]


@pytest.mark.parametrize(
    ("kind", "close"),
    [
        ("device.property:reports", REPORT),
        ("device.property.report", REPORT),
        ("devicePropertyReport", REPORT),
        ("device.commmad.status:update", "device.command.status:update"),
        ("batchtask.status:update", "batchtask:update"),
        ("device:added", "deviceAdded"),
        ("device:created", "device:create"),
        ("deviceDataChange", "deviceDataChanged"),
    ],
)
def test_an_unknown_name_is_refused_with_the_closest_ones_of_both_formats(
    kind: str, close: str
) -> None:
    push: Any = Receiver()
    with pytest.raises(ValueError, match=f"no kind is called '{kind}'; did you mean .*'{close}'"):
        push.on(kind)


@pytest.mark.parametrize("base", [IoTDANotification, ProductBody])
def test_a_class_of_no_kind_is_refused(base: Any) -> None:
    with pytest.raises(ValueError, match=f"on: {base.__name__} is the class of no kind"):
        Receiver().on(base)


def for_update(event: DeviceUpdate) -> None: ...


def test_a_handler_for_another_kind_is_refused() -> None:
    push: Any = Receiver()
    with pytest.raises(TypeError, match=r"takes DeviceUpdate, but .* arrive as DeviceCreate;"):
        push.on("device:create")(for_update)
    assert push.on("device:update")(for_update) is for_update


def test_a_handler_may_be_annotated_with_a_base() -> None:
    push = Receiver()

    @push.on("device:create", "batchtask:update")
    def devices(event: IoTDANotification) -> None: ...

    assert push.registered == {name: [*push.registered[name]] for name in push.registered}
    assert push.registered.keys() == {"device:create", "batchtask:update"}


# Receivers that include others


class Happened(msgspec.Struct):
    notify_data: dict[str, Any] = {}


def test_included_receivers_bring_their_kinds() -> None:
    outer, middle, inner = Receiver(), Receiver(), Receiver()
    inner.define("my.thing:happened", Happened)
    own: Any = "my.thing:happened"
    inside = taking(inner, own)
    reports = taking(middle, DevicePropertyReport)
    middle.include(inner)
    outer.include(middle)
    outside = taking(outer, Happened)
    deleted = taking(outer, "deviceDeleted")
    for body in (
        packed({"resource": "my.thing", "event": "happened"}),
        sample(REPORT),
        sample("deviceDeleted"),
    ):
        assert outer.handle(body).status == 200
    assert [len(each) for each in (inside, reports, outside, deleted)] == [1, 1, 1, 1]
    assert outer.counts == Counts(handled=3)


# What nobody asks for


@pytest.mark.parametrize(
    ("asked", "kind"), [("deviceDeleted", REPORT), (REPORT, "deviceDeleted")], ids=["legacy", "new"]
)
def test_a_push_of_the_other_format_is_answered_200_and_told_once(
    asked: Any, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "pushmw")
    push = Receiver(guards=[])
    seen = taking(push, asked)
    for body in (sample(kind), packed(dict(reversed(EXAMPLES[kind].items())))):
        assert push.handle(body).body == b"ok"
    assert [record.getMessage() for record in ours(caplog)] == [
        f"nobody handles '{kind}'; to do so: @push.on('{kind}')"
    ]
    assert (seen, push.counts) == ([], Counts(unhandled=2))


@pytest.mark.parametrize("strict", [False, True])
def test_what_nobody_asks_for_is_no_bad_input(strict: bool) -> None:
    push = Receiver(strict=strict)
    push.on("deviceDeleted")(handler)
    body = packed({"resource": "device", "event": "create", "notify_data": 7})
    assert (push.handle(body).status, push.handle(body).passes) == (200, True)
    assert push.counts == Counts(unhandled=2)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("others", [(), ("deviceDeleted",), (REPORT,)], ids=["", "legacy", "new"])
def test_a_handler_for_everything_gets_both_formats(kind: str, others: Any) -> None:
    push = Receiver()
    for other in others:
        push.on(other)(handler)
    every = taking(push, "*")
    assert push.handle(sample(kind)).status == 200
    assert [type(event) for event in every] == [KINDS[kind]]


@pytest.mark.parametrize("kind", KINDS)
def test_an_unhandled_push_of_either_format_comes_typed(kind: str) -> None:
    push, rest = Receiver(), list[Any]()
    push.on(REPORT, where=lambda event: False)(handler)
    push.unhandled(rest.append)
    assert push.handle(sample(kind)).status == 200
    assert [type(event) for event in rest] == [KINDS[kind]]


# Which format is tried first


@pytest.mark.parametrize(
    ("register", "formats"),
    [
        pytest.param([], Formats.LEGACY, id="nothing"),
        pytest.param(["deviceAdded"], Formats.LEGACY, id="legacy"),
        pytest.param(["deviceAdded", "*"], Formats.LEGACY, id="legacy and everything"),
        pytest.param(["deviceAdded", None], Formats.LEGACY, id="legacy and the rest"),
        pytest.param([REPORT], Formats.IOTDA, id="IoTDA"),
        pytest.param([DeviceCreate], Formats.IOTDA, id="IoTDA by class"),
        pytest.param([REPORT, "*"], BOTH, id="IoTDA and everything"),
        pytest.param([REPORT, None], BOTH, id="IoTDA and the rest"),
        pytest.param(["deviceAdded", REPORT], BOTH, id="both"),
        pytest.param(["deviceAdded", REPORT, "*", None], BOTH, id="both and all the rest"),
        pytest.param(["*"], BOTH, id="everything"),
        pytest.param([None], BOTH, id="the rest"),
    ],
)
def test_what_has_handlers_of_its_own_is_tried_first(register: list[Any], formats: Formats) -> None:
    push = Receiver()
    for what in register:
        registrar = push.unhandled if what is None else push.on(what)
        registrar(handler)
    assert formats_asked(push.checked()) == formats


def test_who_asks_for_the_legacy_format_only_knows_no_other() -> None:
    push = Receiver()
    push.on("deviceAdded")(handler)
    assert push.kinds() == LEGACY_KINDS
    push.on(REPORT)(handler)
    assert push.kinds() == KINDS


# Several kinds of one resource, whose class the adapters do not see


async def failing(event: Any) -> None:
    raise ValueError(event.kind)


async def awaited(event: Any) -> None: ...


async def cancelled(event: Any) -> None:
    raise asyncio.CancelledError


@pytest.mark.parametrize("kind", IOTDA_KINDS)
@pytest.mark.parametrize(
    ("function", "counts"),
    [
        (failing, Counts(failed=1)),
        (cancelled, Counts(failed=1)),
        (awaited, Counts(handled=1)),
    ],
    ids=["fails", "is cancelled", "succeeds"],
)
def test_what_becomes_of_a_lone_async_handler_is_answered(
    kind: Any, function: Any, counts: Counts
) -> None:
    push = Receiver()
    push.on(kind)(function)
    answer = asyncio.run(push.ahandle(sample(kind)))
    assert answer.status == (200 if counts.handled else 503)
    assert push.counts == counts


@pytest.mark.parametrize("kind", ["device:create", "product:delete"])
def test_of_several_handlers_each_runs(kind: Any) -> None:
    push = Receiver()
    for function in (failing, awaited, handler):
        push.on(kind)(function)
    seen = taking(push, kind)
    assert asyncio.run(push.ahandle(sample(kind))).status == 503
    assert push.handle(sample(kind)).status == 503
    assert [event.kind for event in seen] == [kind, kind]
    assert push.counts == Counts(failed=2)


def test_a_delivery_has_the_kind_of_the_pair() -> None:
    push, kinds = Receiver(), list[Any]()

    @push.on("*")
    def every(event: Notification, delivery: Any) -> None:
        kinds.append((delivery.kind, event.kind, delivery.json()["resource"]))

    for kind in ("device:create", REPORT):
        push.handle(sample(kind))
    assert kinds == [
        ("device:create", "device:create", "device"),
        (REPORT, REPORT, "device.property"),
    ]


def test_deleted_of_both_formats_are_two_things() -> None:
    push = Receiver()
    legacy, new = taking(push, DeviceDeleted), taking(push, "device:delete")
    push.handle(sample("deviceDeleted", deviceId="a"))
    push.handle(sample("device:delete", **{"notify_data.header.device_id": "b"}))
    assert [event.device_id for event in legacy + new] == ["a", "b"]
