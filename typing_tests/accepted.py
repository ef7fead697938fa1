"""Registrations a type checker must accept, each with the type its handler gets."""

import asyncio
import functools
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from typing import Any, assert_type

import msgspec

from pushmw import (
    Answer,
    BindDevice,
    CommandRsp,
    Counts,
    Delivery,
    DeviceAdded,
    DeviceCapabilitiesAdded,
    DeviceCapabilitiesChanged,
    DeviceCapabilitiesDeleted,
    DeviceDataChanged,
    DeviceDatasChanged,
    DeviceDeleted,
    DeviceDesiredStatusChanged,
    DeviceEvent,
    DeviceInfoChanged,
    DeviceModelAdded,
    DeviceModelDeleted,
    DeviceReport,
    FwUpgradeResult,
    FwUpgradeStateChanged,
    MessageConfirm,
    NBCommandStatusChanged,
    Notification,
    Receiver,
    RuleEvent,
    ServiceInfoChanged,
    ServiceReport,
    SwUpgradeResult,
    SwUpgradeStateChanged,
    Unclassified,
    UpgradePhase,
    UpgradeProgress,
    on,
)
from pushmw import push as ready_made
from pushmw._register.signatures import Registrar
from pushmw.iotda import (
    BatchTaskUpdate,
    DeviceCommandStatusUpdate,
    DeviceCreate,
    DeviceDelete,
    DeviceMessageReport,
    DeviceMessageStatusUpdate,
    DevicePropertyReport,
    DeviceStatusUpdate,
    DeviceUpdate,
    IoTDANotification,
    ProductCreate,
    ProductDelete,
    ProductUpdate,
    ServiceData,
)

push = Receiver("/push", max_body=1000, body_deadline=1, handler_deadline=2.5, strict=True)
push.configure(path=["/a", "/b"], threads=4, fallthrough=False, keep_headers={"x-tenant"})

# Each kind by its name

assert_type(push.on("deviceAdded"), Registrar[DeviceAdded])
assert_type(push.on("bindDevice"), Registrar[BindDevice])
assert_type(push.on("deviceInfoChanged"), Registrar[DeviceInfoChanged])
assert_type(push.on("deviceDataChanged"), Registrar[DeviceDataChanged])
assert_type(push.on("deviceDatasChanged"), Registrar[DeviceDatasChanged])
assert_type(push.on("serviceInfoChanged"), Registrar[ServiceInfoChanged])
assert_type(push.on("deviceDeleted"), Registrar[DeviceDeleted])
assert_type(push.on("messageConfirm"), Registrar[MessageConfirm])
assert_type(push.on("commandRsp"), Registrar[CommandRsp])
assert_type(push.on("deviceEvent"), Registrar[DeviceEvent])
assert_type(push.on("deviceModelAdded"), Registrar[DeviceModelAdded])
assert_type(push.on("deviceModelDeleted"), Registrar[DeviceModelDeleted])
assert_type(push.on("deviceCapabilitiesChanged"), Registrar[DeviceCapabilitiesChanged])
assert_type(push.on("deviceCapabilitiesAdded"), Registrar[DeviceCapabilitiesAdded])
assert_type(push.on("deviceCapabilitiesDeleted"), Registrar[DeviceCapabilitiesDeleted])
assert_type(push.on("ruleEvent"), Registrar[RuleEvent])
assert_type(
    push.on("deviceDesiredPropertiesModifyStatusChanged"), Registrar[DeviceDesiredStatusChanged]
)
assert_type(push.on("swUpgradeStateChangeNotify"), Registrar[SwUpgradeStateChanged])
assert_type(push.on("swUpgradeResultNotify"), Registrar[SwUpgradeResult])
assert_type(push.on("fwUpgradeStateChangeNotify"), Registrar[FwUpgradeStateChanged])
assert_type(push.on("fwUpgradeResultNotify"), Registrar[FwUpgradeResult])
assert_type(push.on("commandStateChanged"), Registrar[NBCommandStatusChanged])
assert_type(push.on("device:create"), Registrar[DeviceCreate])
assert_type(push.on("device:update"), Registrar[DeviceUpdate])
assert_type(push.on("device:delete"), Registrar[DeviceDelete])
assert_type(push.on("device.status:update"), Registrar[DeviceStatusUpdate])
assert_type(push.on("device.property:report"), Registrar[DevicePropertyReport])
assert_type(push.on("device.message:report"), Registrar[DeviceMessageReport])
assert_type(push.on("device.message.status:update"), Registrar[DeviceMessageStatusUpdate])
assert_type(push.on("device.command.status:update"), Registrar[DeviceCommandStatusUpdate])
assert_type(push.on("batchtask:update"), Registrar[BatchTaskUpdate])
assert_type(push.on("product:create"), Registrar[ProductCreate])
assert_type(push.on("product:update"), Registrar[ProductUpdate])
assert_type(push.on("product:delete"), Registrar[ProductDelete])
assert_type(push.on("*"), Registrar[Notification])

# By class, and several at once

assert_type(push.on(DeviceAdded), Registrar[DeviceAdded])
assert_type(push.on(DeviceAdded, DeviceDeleted), Registrar[DeviceAdded | DeviceDeleted])
assert_type(
    push.on(DeviceAdded, DeviceDeleted, RuleEvent),
    Registrar[DeviceAdded | DeviceDeleted | RuleEvent],
)
assert_type(
    push.on(DeviceAdded, DeviceDeleted, RuleEvent, BindDevice),
    Registrar[DeviceAdded | DeviceDeleted | RuleEvent | BindDevice],
)


@push.on("deviceAdded", "deviceDeleted", "ruleEvent")
def by_names(event: DeviceAdded | DeviceDeleted | RuleEvent) -> None:
    assert_type(event.device_id, str | None)


@push.on("device:create", "batchtask:update")
def by_names_of_iotda(event: IoTDANotification) -> None:
    assert_type((event.kind, event.event_time), tuple[str, str | None])


@push.on("deviceAdded", "device:create")
def by_names_of_both(event: DeviceAdded | DeviceCreate) -> None:
    assert_type(event.device_id, str | None)


assert_type(push.on(DeviceCreate), Registrar[DeviceCreate])
assert_type(push.on(DeviceDeleted, DeviceDelete), Registrar[DeviceDeleted | DeviceDelete])


@push.on(DevicePropertyReport)
async def properties(event: DevicePropertyReport, delivery: Delivery) -> None:
    assert_type(event.services, tuple[ServiceData, ...])
    assert_type(event.services[0].properties, dict[str, Any])


@push.on("batchtask:update", where=lambda event: event.body.status == "Success")
def task_done(event: BatchTaskUpdate) -> None:
    assert_type(event.body.task_id, str)


# What is the same in both formats

assert_type(push.on(UpgradeProgress), Registrar[UpgradeProgress])
assert_type(push.on(DeviceReport), Registrar[DeviceReport])
assert_type(
    push.on(UpgradeProgress, DeviceReport, DeviceAdded),
    Registrar[UpgradeProgress | DeviceReport | DeviceAdded],
)


@push.on(UpgradeProgress, where=lambda progress: progress.state is UpgradePhase.FAILED)
def progress(event: UpgradeProgress) -> None:
    assert_type((event.task_id, event.target), tuple[str, str])
    assert_type(event.state, UpgradePhase)
    assert_type((event.device_id, event.current_version), tuple[str | None, str | None])
    assert_type(
        event.event,
        FwUpgradeStateChanged
        | SwUpgradeStateChanged
        | FwUpgradeResult
        | SwUpgradeResult
        | BatchTaskUpdate,
    )
    assert_type(event.kind, str)
    if isinstance(event.event, BatchTaskUpdate):
        assert_type(event.event.body.status, str | None)


@push.on(DeviceReport, name="reports")
async def report(event: DeviceReport, delivery: Delivery) -> None:
    assert_type(event.event, DeviceDataChanged | DeviceDatasChanged | DevicePropertyReport)
    assert_type(event.services, tuple[ServiceReport, ...])
    assert_type(event.services[0].data, dict[str, Any])
    assert_type(event.device_id, str | None)


# Conditions, names, inline

push.on("deviceDataChanged", where=lambda e: e.service.service_id == "Lamp")(lambda event: None)
push.on(DeviceDataChanged, where=lambda e: e.service.data.get("on"), name="lamp", inline=True)(
    lambda event: None
)
push.on("*", where=lambda e: e.device_id is not None)(lambda event: None)


# All that can be a handler


@on("fwUpgradeStateChangeNotify")
def plain(event: FwUpgradeStateChanged) -> None:
    assert_type(event.step, str | int | None)
    assert_type(event.device_id, str)


@ready_made.on("fwUpgradeStateChangeNotify")
async def awaited(event: FwUpgradeStateChanged, delivery: Delivery) -> None:
    assert_type(delivery.id, str)
    await asyncio.sleep(0)


@push.on("deviceAdded")
def for_the_base(event: Notification) -> int:
    return len(event.kind)


@push.on("deviceAdded")
def for_anything(event: object, delivery: object) -> None: ...


@push.on(DeviceAdded, DeviceDeleted)
def for_both(event: DeviceAdded | DeviceDeleted, delivery: Delivery | None = None) -> None:
    assert_type(event.device_id, str)


class Handlers:
    """Methods and objects."""

    def method(self, event: DeviceAdded) -> None: ...

    async def amethod(self, event: DeviceAdded, delivery: Delivery) -> None: ...

    def __call__(self, event: DeviceAdded) -> None: ...


def with_more(lamp: str, event: DeviceAdded) -> None: ...


push.on("deviceAdded")(Handlers().method)
push.on("deviceAdded")(Handlers().amethod)
push.on("deviceAdded")(Handlers())
push.on("deviceAdded")(functools.partial(with_more, "kitchen"))
events: list[Notification] = []
push.on("*")(events.append)
push.on("deviceAdded")(print)


# What a decorator gives back can be called as before


def test_by_hand(event: FwUpgradeStateChanged, added: DeviceAdded, delivery: Delivery) -> None:
    assert_type(plain(event), None)
    assert_type(for_the_base(added), int)
    asyncio.run(awaited(event, delivery))
    rest(event)
    failed(ValueError(), delivery)
    assert_type(Meter(value=1).value, int)


# The other decorators


@push.unhandled
def rest(event: Notification | Unclassified) -> None:
    if isinstance(event, Unclassified):
        assert_type((event.kind, event.reason, event.body), tuple[str | None, str, bytes])


@push.unhandled
async def arest(event: Notification | Unclassified, delivery: Delivery) -> None: ...


@push.unhandled
def rest_of_anything(event: object) -> None: ...


@push.error
def failed(error: Exception, delivery: Delivery) -> None: ...


@push.error
async def afailed(error: Exception, delivery: Delivery) -> None: ...


@push.around
@contextmanager
def around() -> Generator[None]:
    yield


@push.around
@asynccontextmanager
async def aaround(delivery: Delivery) -> AsyncGenerator[None]:
    yield


push.around(nullcontext)


# Kinds of one's own


class Meter(msgspec.Struct):
    """A kind the platform added."""

    value: int


MeterEvent = push.define("meterChanged", Meter)
assert_type(MeterEvent, type[Notification])


@push.on(Meter)
def meter(event: Meter) -> None:
    assert_type(event.value, int)


@push.on(Meter, DeviceAdded)
def meter_or_device(event: Meter | DeviceAdded) -> None: ...


assert_type(push.on(MeterEvent), Registrar[Notification])
push.include(Receiver())

# Ways in, and what comes out

assert_type(push.handle(b""), Answer)
assert_type(push.handle(b"", {"content-type": "x"}, "/push").passes, bool)
assert_type(push.counts, Counts)
assert_type(push.registered, dict[str, list[str]])


async def handed_over(headers: dict[str, str]) -> None:
    answer = await push.ahandle(b"", headers, "/push")
    assert_type(answer, Answer)
    assert_type((answer.status, answer.body), tuple[int, bytes])
    assert_type(answer.headers, tuple[tuple[str, str], ...])


def json_of(delivery: Delivery) -> None:
    assert_type(delivery.json(), Any)


stored: Callable[[DeviceAdded], int] = for_the_base
