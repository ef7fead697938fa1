"""Registrations a type checker must refuse: an ignore that is not needed is an error itself."""

from pushmw import (
    BindDevice,
    Delivery,
    DeviceAdded,
    DeviceDataChanged,
    DeviceDeleted,
    DeviceInfoChanged,
    DeviceReport,
    FwUpgradeResult,
    Notification,
    Receiver,
    RuleEvent,
    Unclassified,
    UpgradePhase,
    UpgradeProgress,
    on,
)
from pushmw.compat import PushMessageReceiver, request
from pushmw.iotda import DeviceCreate, DeviceDelete, IoTDANotification

push = Receiver()


def for_added(event: DeviceAdded) -> None: ...


async def afor_added(event: DeviceAdded) -> None: ...


def for_added_with_delivery(event: DeviceAdded, delivery: Delivery) -> None: ...


def for_create(event: DeviceCreate) -> None: ...


def for_progress(event: UpgradeProgress) -> None: ...


async def afor_report(event: DeviceReport) -> None: ...


def too_much(event: DeviceAdded, delivery: Delivery, more: int) -> None: ...


def wrong_delivery(event: DeviceAdded, delivery: str) -> None: ...


def nothing() -> None: ...


# A handler for another kind

push.on("deviceDeleted")(for_added)  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue, reportArgumentType]
push.on("deviceDeleted")(afor_added)  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue, reportArgumentType]
push.on("deviceDeleted")(for_added_with_delivery)  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue, reportArgumentType]
push.on(DeviceDeleted)(for_added)  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue, reportArgumentType]
push.on(DeviceAdded, DeviceDeleted)(for_added)  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue, reportArgumentType]
push.on("*")(for_added)  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue, reportArgumentType]
push.on("device:delete")(for_create)  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue, reportArgumentType]
push.on(DeviceDelete)(for_create)  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue, reportArgumentType]
push.on("deviceAdded")(for_create)  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue, reportArgumentType]
push.on("device:create")(for_added)  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue, reportArgumentType]
push.on(DeviceCreate, DeviceDelete)(for_create)  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue, reportArgumentType]
push.on(UpgradeProgress)(for_added)  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue, reportArgumentType]
push.on(UpgradeProgress)(afor_report)  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue, reportArgumentType]
push.on(DeviceReport)(for_progress)  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue, reportArgumentType]
push.on(DeviceReport, UpgradeProgress)(for_progress)  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue, reportArgumentType]
push.on(FwUpgradeResult)(for_progress)  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue, reportArgumentType]
push.on("fwUpgradeResultNotify")(for_progress)  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue, reportArgumentType]
push.on("*")(for_progress)  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue, reportArgumentType]


@push.on("deviceDeleted")  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue, reportArgumentType, reportUntypedFunctionDecorator]
def decorated(event: DeviceAdded) -> None: ...


# A handler that cannot be called

push.on("deviceAdded")(nothing)  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue, reportArgumentType]
push.on("deviceAdded")(too_much)  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue, reportArgumentType]
push.on("deviceAdded")(wrong_delivery)  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue, reportArgumentType]
push.on("deviceAdded")(7)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]

# What is no kind

push.on("deviceAded")(for_added)  # type: ignore[operator]  # pyright: ignore[reportCallIssue]
push.on("deviceAdded", "deviceDeletd")(for_added)  # type: ignore[operator]  # pyright: ignore[reportCallIssue]
push.on("device:created")(for_added)  # type: ignore[operator]  # pyright: ignore[reportCallIssue]
push.on("device.property")(for_added)  # type: ignore[operator]  # pyright: ignore[reportCallIssue]
push.on("UpgradeProgress")(for_added)  # type: ignore[operator]  # pyright: ignore[reportCallIssue]
push.on("device:create", UpgradeProgress)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
push.on("*", "deviceAdded")(for_added)  # type: ignore[operator]  # pyright: ignore[reportCallIssue]
push.on("deviceAded", where=for_added)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]


@push.on("deviceAded")  # type: ignore[operator]  # pyright: ignore[reportCallIssue, reportUntypedFunctionDecorator]
def decorated_with_no_kind(event: DeviceAdded) -> None: ...


@on("deviceAded")  # type: ignore[operator]  # pyright: ignore[reportCallIssue, reportUntypedFunctionDecorator]
def decorated_with_no_kind_ready_made(event: DeviceAdded) -> None: ...


def by_any_text(name: str) -> None:
    push.on(name)(for_added)  # type: ignore[operator]  # pyright: ignore[reportCallIssue]


push.on()  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
push.on(7)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
push.on(int)  # type: ignore[type-var]  # pyright: ignore[reportCallIssue, reportArgumentType]
push.on(for_added)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
push.on(DeviceAdded, DeviceDeleted, RuleEvent, BindDevice, DeviceInfoChanged)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
push.on("deviceAdded", DeviceDeleted)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]

# A wrong condition or option

push.on("deviceAdded", where=lambda event: event.service)  # type: ignore[call-overload]  # pyright: ignore[reportUnknownMemberType, reportUnknownLambdaType, reportAttributeAccessIssue]
push.on("device:create", where=lambda event: event.services)  # type: ignore[call-overload]  # pyright: ignore[reportUnknownMemberType, reportUnknownLambdaType, reportAttributeAccessIssue]
push.on(UpgradeProgress, where=for_added)  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue, reportArgumentType]
push.on(DeviceDataChanged, where=for_added)  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue, reportArgumentType]
push.on("deviceAdded", where="Battery")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
push.on("deviceAdded", name=7)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
push.on("deviceAdded", inline="yes")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
push.on("deviceAdded", attempts=3)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]

# The other decorators


@push.unhandled  # type: ignore[type-var]  # pyright: ignore[reportArgumentType, reportUntypedFunctionDecorator]
def rest(event: Notification) -> None: ...


@push.unhandled  # type: ignore[type-var]  # pyright: ignore[reportArgumentType, reportUntypedFunctionDecorator]
def rest_with_too_much(
    event: Notification | Unclassified, delivery: Delivery, more: int
) -> None: ...


@push.error  # type: ignore[type-var]  # pyright: ignore[reportArgumentType, reportUntypedFunctionDecorator]
def no_delivery(error: Exception) -> None: ...


@push.error  # type: ignore[type-var]  # pyright: ignore[reportArgumentType, reportUntypedFunctionDecorator]
def other_way_round(delivery: Delivery, error: Exception) -> None: ...


@push.error  # type: ignore[type-var]  # pyright: ignore[reportArgumentType, reportUntypedFunctionDecorator]
def one_error_only(error: ValueError, delivery: Delivery) -> None: ...


push.around(7)  # type: ignore[type-var]  # pyright: ignore[reportArgumentType]
push.define("meter", dict)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
push.define("meter", 7)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
push.mount(PushMessageReceiver)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
push.mount(push)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
push.include("receivers")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

# Options

Receiver(strict="yes")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
Receiver(max_body="1 MB")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
Receiver(retries=3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
Receiver(7)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
push.configure(threads=1.5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
push.configure(paths="/push")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
Receiver([b"/push"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]

# Ways in

push.handle("text")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
push.handle(b"", {"content-length": 7})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
push.wsgi(7)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

# Events cannot be changed


def changes(event: DeviceAdded, delivery: Delivery) -> None:
    event.device_id = "b"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    delivery.attempt = 2  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


def changes_iotda(event: IoTDANotification, progress: UpgradeProgress) -> None:
    event.event_time = None  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    progress.state = UpgradePhase.FAILED  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


# The request of the vendor's style is there to be read


def reads(event: DeviceAdded) -> None:
    request.json = {}  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    _ = request.form  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]
