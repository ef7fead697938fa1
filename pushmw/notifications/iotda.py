"""The pushes of IoTDA: one class for each pair of resource and event, named after the pair.

A push tells what it is by ``resource`` and ``event``; its kind is the two with a colon between,
such as ``device.property:report``.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Generic, Literal, TypeVar, cast

from msgspec import UNSET, UnsetType, field

from pushmw.notifications.base import Notification, instant
from pushmw.notifications.iotda_parts import (
    BatchTaskBody,
    CommandStatusBody,
    DeviceBody,
    Header,
    MessageBody,
    MessageStatusBody,
    Part,
    PropertyBody,
    ServiceData,
    StatusBody,
)
from pushmw.notifications.product_model import ProductBody

B = TypeVar("B")

_EMPTY: Final = Header()


class Data(Part, Generic[B], frozen=True, kw_only=True):
    """What a push is about.

    Attributes:
        body: What happened.
        header: Which device it is about; None where a kind has none.
    """

    body: B
    header: Header | None = None


class DeviceData(Part, frozen=True, kw_only=True):
    """The same for devices that were made, changed (a body) or deleted (a header).

    Attributes:
        body: The device.
        header: Which device it was.
    """

    body: DeviceBody | None = None
    header: Header | None = None


class IoTDANotification(Notification, frozen=True, kw_only=True, tag_field="resource"):
    """Base of the kinds told apart by ``resource`` and ``event``.

    Attributes:
        event_time: When the platform produced it, UTC, as ``20210405T060708Z``.
        event_time_ms: The same to the millisecond, in ISO 8601; newer pushes only.
        request_id: Id for tracing, chosen by the device or the platform; newer pushes only.
        notify_type: Never set: a push that has one is of the legacy format.
    """

    event_time: str | None = None
    event_time_ms: str | None = None
    request_id: str | None = None
    notify_type: UnsetType = field(name="notifyType", default=UNSET)

    @property
    def kind(self) -> str:
        """Resource and event, such as ``device.property:report``."""
        event: str = getattr(self, "event")  # noqa: B009 - every kind has its own
        return f"{self.__struct_config__.tag}:{event}"

    @property
    def occurred_at(self) -> datetime | None:
        """When the platform produced it, as exactly as it says."""
        return instant(self.event_time_ms) or instant(self.event_time)


class IoTDADeviceNotification(IoTDANotification, Generic[B], frozen=True, kw_only=True):
    """Base of the kinds whose header names a device.

    Attributes:
        notify_data: Header and body.
    """

    notify_data: Data[B]

    @property
    def header(self) -> Header:
        """Which device it is about."""
        return self.notify_data.header or _EMPTY

    @property
    def body(self) -> B:
        """What happened."""
        return self.notify_data.body

    @property
    def device_id(self) -> str | None:
        """The device the push is about."""
        return self.header.device_id


class ProductNotification(IoTDANotification, frozen=True, kw_only=True):
    """Base of the kinds about a product.

    Attributes:
        notify_data: The body.
    """

    notify_data: Data[ProductBody]

    @property
    def body(self) -> ProductBody:
        """The product."""
        return self.notify_data.body


class DeviceCreate(IoTDANotification, frozen=True, kw_only=True, tag="device"):
    """Sent when a device was registered.

    Source: Huawei Cloud IoTDA API reference, push notification ``device`` / ``create``.
    """

    event: Literal["create"]
    notify_data: DeviceData

    @property
    def body(self) -> DeviceBody:
        """The device."""
        return cast("DeviceBody", self.notify_data.body)

    @property
    def device_id(self) -> str | None:
        """The new device."""
        return self.body.device_id


class DeviceUpdate(IoTDANotification, frozen=True, kw_only=True, tag="device"):
    """Sent when the description of a device was changed.

    Source: Huawei Cloud IoTDA API reference, push notification ``device`` / ``update``.
    """

    event: Literal["update"]
    notify_data: DeviceData

    @property
    def body(self) -> DeviceBody:
        """The device as it is now."""
        return cast("DeviceBody", self.notify_data.body)

    @property
    def device_id(self) -> str | None:
        """The changed device."""
        return self.body.device_id


class DeviceDelete(IoTDANotification, frozen=True, kw_only=True, tag="device"):
    """Sent when a device was deleted; it has a header only.

    Source: Huawei Cloud IoTDA API reference, push notification ``device`` / ``delete``.
    """

    event: Literal["delete"]
    notify_data: DeviceData

    @property
    def header(self) -> Header:
        """Which device it was."""
        return cast("Header", self.notify_data.header)

    @property
    def device_id(self) -> str | None:
        """The deleted device."""
        return self.header.device_id


class DeviceStatusUpdate(
    IoTDADeviceNotification[StatusBody], frozen=True, kw_only=True, tag="device.status"
):
    """Sent when a device came online or went offline.

    Source: Huawei Cloud IoTDA API reference, push notification ``device.status`` / ``update``.
    """

    event: Literal["update"]


class DevicePropertyReport(
    IoTDADeviceNotification[PropertyBody], frozen=True, kw_only=True, tag="device.property"
):
    """Sent when a device reported properties.

    Source: Huawei Cloud IoTDA API reference, push notification ``device.property`` / ``report``.
    """

    event: Literal["report"]

    @property
    def services(self) -> tuple[ServiceData, ...]:
        """All services that reported."""
        return self.notify_data.body.services


class DeviceMessageReport(
    IoTDADeviceNotification[MessageBody], frozen=True, kw_only=True, tag="device.message"
):
    """Sent when a device sent a message.

    Source: Huawei Cloud IoTDA API reference, push notification ``device.message`` / ``report``.
    """

    event: Literal["report"]


class DeviceMessageStatusUpdate(
    IoTDADeviceNotification[MessageStatusBody],
    frozen=True,
    kw_only=True,
    tag="device.message.status",
):
    """Sent when a message to a device got further.

    Source: Huawei Cloud IoTDA API reference, push notification ``device.message.status`` /
    ``update``.
    """

    event: Literal["update"]


class DeviceCommandStatusUpdate(
    IoTDADeviceNotification[CommandStatusBody],
    frozen=True,
    kw_only=True,
    tag="device.command.status",
):
    """Sent when an asynchronous command to a device got further.

    Source: Huawei Cloud IoTDA API reference, push notification ``device.command.status`` /
    ``update``; some of its pages spell the resource ``device.commmad.status``, which is taken too.
    """

    event: Literal["update"]


class BatchTaskUpdate(IoTDANotification, frozen=True, kw_only=True, tag="batchtask"):
    """Sent when a task over many devices got further; it names none of them.

    Source: Huawei Cloud IoTDA API reference, push notification ``batchtask`` / ``update``.
    """

    event: Literal["update"]
    notify_data: Data[BatchTaskBody]

    @property
    def body(self) -> BatchTaskBody:
        """The task."""
        return self.notify_data.body


class ProductCreate(ProductNotification, frozen=True, kw_only=True, tag="product"):
    """Sent when a product was made.

    Source: Huawei Cloud IoTDA API reference, push notification ``product`` / ``create``.
    """

    event: Literal["create"]


class ProductUpdate(ProductNotification, frozen=True, kw_only=True, tag="product"):
    """Sent when a product was changed.

    Source: Huawei Cloud IoTDA API reference, push notification ``product`` / ``update``.
    """

    event: Literal["update"]


class ProductDelete(ProductNotification, frozen=True, kw_only=True, tag="product"):
    """Sent when a product was deleted.

    Source: Huawei Cloud IoTDA API reference, push notification ``product`` / ``delete``.
    """

    event: Literal["delete"]


IOTDA_KINDS: Final[Mapping[str, type[IoTDANotification]]] = {
    "device:create": DeviceCreate,
    "device:update": DeviceUpdate,
    "device:delete": DeviceDelete,
    "device.status:update": DeviceStatusUpdate,
    "device.property:report": DevicePropertyReport,
    "device.message:report": DeviceMessageReport,
    "device.message.status:update": DeviceMessageStatusUpdate,
    "device.command.status:update": DeviceCommandStatusUpdate,
    "batchtask:update": BatchTaskUpdate,
    "product:create": ProductCreate,
    "product:update": ProductUpdate,
    "product:delete": ProductDelete,
}
# What the data of a kind must have where its class leaves that open.
NEEDED: Final = {"device:create": "body", "device:update": "body", "device:delete": "header"}


# -- several kinds of one resource: read as one, then told apart by the event


class DeviceWire(IoTDANotification, frozen=True, kw_only=True, tag="device"):
    """A push on a device, before it is known which."""

    event: str
    notify_data: DeviceData


class ProductWire(IoTDANotification, frozen=True, kw_only=True, tag="product"):
    """A push on a product, before it is known which."""

    event: str
    notify_data: Data[ProductBody]


WIRES: Final[Mapping[str, type[Any]]] = {"device": DeviceWire, "product": ProductWire}


# -- forms that documents show or that the platform used to send

_RESOURCES: Final = {
    "device.commmad.status": "device.command.status",
    "batchtask.status": "batchtask",
}
# The older subscriptions: members of the data that now are in the header, and in the body.
_FLAT: Final[Mapping[str, tuple[tuple[str, ...], Mapping[str, str]]]] = {
    "device.status:update": (
        ("app_id", "device_id"),
        {"status": "status", "timestamp": "status_update_time"},
    ),
    "device.message:report": (("device_id", "tags"), {"message": "content"}),
    "device.message.status:update": (
        ("device_id",),
        {name: name for name in ("message_id", "name", "status", "timestamp")},
    ),
    "batchtask:update": (
        (),
        {name: name for name in ("app_id", "task_id", "task_type", "status", "status_desc")},
    ),
}


def kind_of(resource: str, event: str) -> str:
    """Name the kind of a resource, however that is spelt, and an event."""
    return f"{_RESOURCES.get(resource, resource)}:{event}"


def modern(push: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """Rewrite a push of an older form, or of one that documents show, as the platform sends it."""
    found = {**push, "resource": kind.partition(":")[0]}
    given: Any = push.get("notify_data")
    data = cast("dict[str, Any]", given) if isinstance(given, dict) else {}
    if "body" in push and "body" not in data:
        found["notify_data"] = {**data, "body": push["body"]}
    elif kind in _FLAT and "body" not in data and "header" not in data:
        header, body = _FLAT[kind]
        found["notify_data"] = {
            "header": {name: data[name] for name in header if name in data},
            "body": {now: data[name] for name, now in body.items() if name in data},
        }
        found.setdefault("event_time", data.get("event_time"))
    return found
