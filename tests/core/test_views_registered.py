"""How views are registered and called: like kinds, and at no cost to who has none."""

import asyncio
import traceback
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, ClassVar

import msgspec
import pytest

from logged import failures
from pushmw import (
    Counts,
    Delivery,
    DeviceAdded,
    DeviceDataChanged,
    DeviceReport,
    FwUpgradeResult,
    Receiver,
    SwUpgradeResult,
    UpgradePhase,
    UpgradeProgress,
)
from pushmw._dispatch.plan import formats_asked
from pushmw.iotda import BatchTaskUpdate, DevicePropertyReport
from pushmw.notifications.decoder import Formats
from pushmw.notifications.legacy import LEGACY_KINDS
from pushmw.notifications.views import View
from pushmw.samples import sample
from reading import FW_RESULT, FW_STATE, REPORT, SW_RESULT, SW_STATE, TASK, made, taking

UPGRADES = [FW_STATE, SW_STATE, FW_RESULT, SW_RESULT, TASK]
REPORTS = ["deviceDataChanged", "deviceDatasChanged", REPORT]
VIEWS = [(UpgradeProgress, kind) for kind in UPGRADES] + [(DeviceReport, kind) for kind in REPORTS]
each_view = pytest.mark.parametrize(("view", "kind"), VIEWS)


def task(**body: Any) -> dict[str, Any]:
    return {f"notify_data.body.{name}": value for name, value in body.items()}


# Both


@each_view
def test_what_the_platform_sent_is_there(view: type[View], kind: str) -> None:
    push = Receiver()
    events, told = taking(push, kind), taking(push, view)
    push.handle(sample(kind))
    assert told[0].event is events[0]
    assert (told[0].kind, type(told[0])) == (kind, view)


@pytest.mark.parametrize("kind", UPGRADES)
def test_progress_has_the_time_of_its_push(kind: str) -> None:
    told = made(UpgradeProgress, kind)
    assert told.occurred_at == told.event.occurred_at
    assert (told.occurred_at is None) == (kind != TASK)


def of_everything(push: Receiver, view: type[View], calls: list[Any]) -> None:
    """Register for a view in all the ways a handler can run."""

    def plain(event: Any) -> None:
        calls.append(("plain", event))

    def inline(event: Any, delivery: Delivery) -> None:
        calls.append((f"inline {delivery.kind}", event))

    async def awaited(event: Any) -> None:
        calls.append(("awaited", event))

    async def with_delivery(event: Any, delivery: Delivery) -> None:
        calls.append((f"awaited {delivery.kind}", event))

    on: Any = push.on
    on(view)(plain)
    on(view, inline=True)(inline)
    on(view)(awaited)
    on(view)(with_delivery)


@pytest.mark.parametrize("way", ["handle", "ahandle"])
@pytest.mark.parametrize("around", [False, True])
@each_view
def test_every_handler_gets_an_object(view: type[View], kind: str, way: str, around: bool) -> None:
    push, calls = Receiver(), list[Any]()
    of_everything(push, view, calls)
    if around:
        push.around(nullcontext)
    body = sample(kind)
    answer = push.handle(body) if way == "handle" else asyncio.run(push.ahandle(body))
    assert answer.status == 200
    assert [name for name, _ in calls] == ["plain", f"inline {kind}", "awaited", f"awaited {kind}"]
    assert {type(event) for _, event in calls} == {view}
    assert push.counts == Counts(handled=1)


@pytest.mark.parametrize("awaited", [False, True])
@each_view
def test_a_handler_that_fails_is_a_failed_push(
    view: type[View], kind: str, awaited: bool, caplog: pytest.LogCaptureFixture
) -> None:
    push, errors = Receiver(guards=[]), list[Any]()

    def fails(event: Any) -> None:
        raise ValueError(type(event).__name__)

    async def afails(event: Any) -> None:
        raise ValueError(type(event).__name__)

    on: Any = push.on
    on(view, name="the handler")(afails if awaited else fails)

    @push.error
    def failed(error: Exception, delivery: Delivery) -> None:
        errors.append((str(error), delivery.kind))

    assert push.handle(sample(kind)).status == 503
    assert asyncio.run(push.ahandle(sample(kind))).status == 503
    assert errors == [(view.__name__, kind)] * 2
    assert failures(caplog) == ["handler the handler failed: ValueError"] * 2
    assert push.counts == Counts(failed=2)


@pytest.mark.parametrize("way", ["handle", "ahandle"])
def test_a_condition_is_asked_about_what_the_handler_gets(way: str) -> None:
    push, seen = Receiver(), list[Any]()

    async def awaited(event: UpgradeProgress) -> None:
        seen.append(event)

    def ended(progress: UpgradeProgress) -> bool:
        return progress.state in {UpgradePhase.SUCCEEDED, UpgradePhase.FAILED}

    push.on(UpgradeProgress, where=ended)(seen.append)
    push.on(UpgradeProgress, where=ended)(awaited)
    for kind in (FW_STATE, FW_RESULT):
        body = sample(kind)
        answer = push.handle(body) if way == "handle" else asyncio.run(push.ahandle(body))
        assert answer.status == 200
    assert [progress.kind for progress in seen] == [FW_RESULT, FW_RESULT]
    assert push.counts == Counts(handled=1, unhandled=1)


# Registration


def test_views_stand_beside_each_other_and_beside_kinds() -> None:
    push = Receiver()
    seen = taking(push, DeviceAdded, UpgradeProgress, DeviceReport, name="all")
    kinds = ["deviceAdded", *UPGRADES, *REPORTS]
    for kind in kinds:
        push.handle(sample(kind))
    assert [event.kind for event in seen] == kinds
    assert [type(event) for event in seen] == [
        DeviceAdded,
        *[UpgradeProgress] * len(UPGRADES),
        *[DeviceReport] * len(REPORTS),
    ]
    assert push.registered.keys() == set(kinds)
    assert all(names == ["all"] for names in push.registered.values())


@pytest.mark.parametrize(
    ("classes", "view", "kind"),
    [
        ((UpgradeProgress, FwUpgradeResult), "UpgradeProgress", FW_RESULT),
        ((SwUpgradeResult, UpgradeProgress), "UpgradeProgress", SW_RESULT),
        ((DeviceAdded, BatchTaskUpdate, UpgradeProgress), "UpgradeProgress", TASK),
        ((DeviceReport, DevicePropertyReport), "DeviceReport", REPORT),
        ((DeviceReport, UpgradeProgress, DeviceReport), "DeviceReport", "deviceDataChanged"),
    ],
)
def test_a_kind_is_taken_once_by_a_handler(classes: Any, view: str, kind: str) -> None:
    push: Any = Receiver()
    with pytest.raises(ValueError, match=rf"^on: {view} takes '{kind}' as well$"):
        push.on(*classes)
    assert push.registered == {}


class Mine(View, frozen=True, kw_only=True):
    """Is made of nothing."""


class Inheriting(DeviceReport, frozen=True, kw_only=True):
    """Would be made as its base is, which gives no instance of this class."""


@pytest.mark.parametrize("view", [View, Mine, Inheriting])
def test_a_view_that_is_made_of_no_kind_is_refused(view: Any) -> None:
    push: Any = Receiver()
    for classes in ((view,), (DeviceAdded, view)):
        with pytest.raises(
            ValueError, match=rf"^on: {view.__name__} is a view that no kind is made into;"
        ):
            push.on(*classes)
    assert push.registered == {}


def test_a_view_of_a_kind_that_there_is_not_is_refused_with_the_closest_one() -> None:
    class Misspelt(View, frozen=True, kw_only=True):
        made: ClassVar[Any] = {"deviceAded": lambda event: Misspelt(event=event)}

    push: Any = Receiver()
    with pytest.raises(ValueError, match=r"'deviceAded'.*deviceAdded"):
        push.on(Misspelt)


def test_a_view_may_be_made_of_a_kind_that_was_defined() -> None:
    class Read(msgspec.Struct):
        meter: str

    class Reading(View, frozen=True, kw_only=True):
        made: ClassVar[Any] = {"meterRead": lambda event: Reading(event=event)}

    push, got = Receiver(), list[Any]()
    push.define("meterRead", Read)
    register: Any = push.on
    register(Reading)(got.append)
    assert push.handle(b'{"notifyType":"meterRead","meter":"7"}').status == 200
    assert [(type(view), view.event.meter) for view in got] == [(Reading, "7")]


def for_added(event: DeviceAdded) -> None: ...


def for_progress(progress: UpgradeProgress) -> None: ...


def for_either(event: DeviceAdded | UpgradeProgress) -> None: ...


@pytest.mark.parametrize(
    ("classes", "function", "arriving"),
    [
        ((UpgradeProgress,), for_added, "UpgradeProgress"),
        ((DeviceReport,), for_progress, "DeviceReport"),
        ((DeviceReport, UpgradeProgress), for_progress, r"DeviceReport \| UpgradeProgress"),
        ((FwUpgradeResult,), for_progress, "FwUpgradeResult"),
    ],
)
def test_a_handler_for_something_else_is_refused(
    classes: Any, function: Callable[..., None], arriving: str
) -> None:
    push: Any = Receiver()
    with pytest.raises(TypeError, match=rf"takes \w+, but .*arrive as {arriving};"):
        push.on(*classes)(function)
    assert push.registered == {}
    assert push.on(DeviceAdded, UpgradeProgress)(for_either) is for_either


class Other(msgspec.Struct):
    value: int = 0


class MoreData(DeviceDataChanged, frozen=True, kw_only=True):
    colour: str = ""


@pytest.mark.parametrize(
    ("view", "kind", "read"),
    [
        (DeviceReport, "deviceDataChanged", "DeviceDataChanged"),
        (DeviceReport, REPORT, "DevicePropertyReport"),
        (UpgradeProgress, SW_RESULT, "SwUpgradeResult"),
        (UpgradeProgress, TASK, "BatchTaskUpdate"),
    ],
)
def test_a_view_of_a_kind_that_was_defined_anew_is_refused(view: Any, kind: str, read: str) -> None:
    message = rf": {view.__name__} is made of {read}, but '{kind}' was defined as Other, which"
    push: Any = Receiver()
    push.define(kind, Other)
    with pytest.raises(TypeError, match=rf"^on{message}"):
        push.on(view)
    inner, outer = Receiver(), Receiver()
    taking(inner, view, name="within")
    outer.define(kind, Other)
    with pytest.raises(TypeError, match=rf"^within{message}"):
        outer.include(inner)
    assert outer.registered == {}


def test_a_view_of_a_kind_that_was_defined_with_more_members() -> None:
    push = Receiver()
    push.define("deviceDataChanged", MoreData)
    seen = taking(push, DeviceReport)
    push.handle(sample("deviceDataChanged", deviceId="d"))
    assert (seen[0].device_id, isinstance(seen[0].event, MoreData)) == ("d", True)


def test_a_kind_under_a_view_cannot_be_defined_after_it() -> None:
    push = Receiver()
    taking(push, DeviceReport)
    with pytest.raises(RuntimeError, match=f"^define: '{REPORT}' has handlers already"):
        push.define(REPORT, Other)


def test_views_of_included_receivers() -> None:
    outer, inner = Receiver(), Receiver()
    inside = taking(inner, UpgradeProgress)
    before = taking(outer, "deviceAdded")
    outer.include(inner)
    outside = taking(outer, UpgradeProgress)
    for kind in ("deviceAdded", *UPGRADES):
        assert outer.handle(sample(kind)).status == 200
    assert [progress.kind for progress in inside] == UPGRADES
    assert inside == outside
    assert len(before) == 1
    assert outer.counts == Counts(handled=6)


# What they cost


def test_a_view_is_asked_for_as_its_kinds_are() -> None:
    push = Receiver()
    taking(push, DeviceReport)
    assert formats_asked(push.checked()) == Formats.LEGACY | Formats.IOTDA
    assert push.registered.keys() == set(REPORTS)


def test_who_has_no_view_knows_what_was_known_before() -> None:
    push = Receiver()
    taking(push, "fwUpgradeResultNotify", "deviceDataChanged")
    assert push.kinds() == LEGACY_KINDS
    assert formats_asked(push.checked()) == Formats.LEGACY


@pytest.mark.parametrize("kind", ["deviceAdded", "deviceDataChanged"])
def test_a_kind_without_a_view_is_called_straight_away(kind: Any) -> None:
    """The view of another kind does not put a frame between a lone handler and its push."""
    depths = list[int]()
    for view in (None, UpgradeProgress):
        push = Receiver()
        push.on(kind)(lambda event: depths.append(len(list(traceback.walk_stack(None)))))
        if view is not None:
            taking(push, view)
        push.handle(sample(kind))
    without, beside = depths
    assert beside == without
