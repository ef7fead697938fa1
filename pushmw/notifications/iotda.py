"""The pushes of IoTDA: one class for each pair of resource and event, named after the pair.

A push tells what it is by ``resource`` and ``event``; its kind is the two with a colon between,
such as ``device.property:report``.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Generic, Literal, TypeVar

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


class BodyData(Part, Generic[B], frozen=True, kw_only=True):
    """What a push is about that names no device in a header.

    Attributes:
        body: What happened.
    """

    body: B


class HeaderData(Part, frozen=True, kw_only=True):
    """What a push is about that has nothing to tell but the device.

    Attributes:
        header: Which device it is about.
    """

    header: Header


class Data(BodyData[B], Generic[B], frozen=True, kw_only=True):
    """What any other push is about.

    Attributes:
        header: Which device it is about.
    """

    header: Header | None = None


class IoTDANotification(Notification, frozen=True, kw_only=True, tag_field="resource"):
    """Base of the kinds told apart by ``resource`` and ``event``.

    Attributes:
        event: The second half of the kind, such as ``report``.
        event_time: When the platform produced it, UTC, as ``20210405T060708Z``.
        event_time_ms: The same to the millisecond, in ISO 8601; newer pushes only.
        request_id: Id for tracing, chosen by the device or the platform; newer pushes only.
        notify_type: Never set: a push that has one is of the legacy format.
    """

    event: str
    event_time: str | None = None
    event_time_ms: str | None = None
    request_id: str | None = None
    notify_type: UnsetType = field(name="notifyType", default=UNSET)

    @property
    def kind(self) -> str:
        """Resource and event, such as ``device.property:report``."""
        return f"{self.__struct_config__.tag}:{self.event}"

    @property
    def occurred_at(self) -> datetime | None:
        """When the platform produced it, as exactly as it says."""
        return instant(self.event_time_ms) or instant(self.event_time)


class BodyNotification(IoTDANotification, Generic[B], frozen=True, kw_only=True):
    """Base of the kinds that have a body.

    Attributes:
        notify_data: The body.
    """

    notify_data: BodyData[B]

    @property
    def body(self) -> B:
        """What happened."""
        return self.notify_data.body


class HeaderNotification(BodyNotification[B], Generic[B], frozen=True, kw_only=True):
    """Base of the kinds that have a body, and a header that names the device.

    Attributes:
        notify_data: Body and header.
    """

    notify_data: Data[B]

    @property
    def header(self) -> Header:
        """Which device it is about."""
        return self.notify_data.header or _EMPTY

    @property
    def device_id(self) -> str | None:
        """The device the push is about."""
        return self.header.device_id


class DeviceCreate(BodyNotification[DeviceBody], frozen=True, kw_only=True, tag="device"):
    """Sent when a device was registered.

    Source: Huawei Cloud IoTDA API reference, push notification ``device`` / ``create``.
    """

    event: Literal["create"]

    @property
    def device_id(self) -> str | None:
        """The new device."""
        return self.body.device_id


class DeviceUpdate(BodyNotification[DeviceBody], frozen=True, kw_only=True, tag="device"):
    """Sent when the description of a device was changed.

    Source: Huawei Cloud IoTDA API reference, push notification ``device`` / ``update``.
    """

    event: Literal["update"]

    @property
    def device_id(self) -> str | None:
        """The changed device."""
        return self.body.device_id


class DeviceDelete(IoTDANotification, frozen=True, kw_only=True, tag="device"):
    """Sent when a device was deleted; it has a header only.

    Attributes:
        notify_data: The header.

    Source: Huawei Cloud IoTDA API reference, push notification ``device`` / ``delete``.
    """

    event: Literal["delete"]
    notify_data: HeaderData

    @property
    def header(self) -> Header:
        """Which device it was."""
        return self.notify_data.header

    @property
    def device_id(self) -> str | None:
        """The deleted device."""
        return self.header.device_id


class DeviceStatusUpdate(
    HeaderNotification[StatusBody], frozen=True, kw_only=True, tag="device.status"
):
    """Sent when a device came online or went offline.

    Source: Huawei Cloud IoTDA API reference, push notification ``device.status`` / ``update``.
    """

    event: Literal["update"]


class DevicePropertyReport(
    HeaderNotification[PropertyBody], frozen=True, kw_only=True, tag="device.property"
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
    HeaderNotification[MessageBody], frozen=True, kw_only=True, tag="device.message"
):
    """Sent when a device sent a message.

    Source: Huawei Cloud IoTDA API reference, push notification ``device.message`` / ``report``.
    """

    event: Literal["report"]


class DeviceMessageStatusUpdate(
    HeaderNotification[MessageStatusBody],
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
    HeaderNotification[CommandStatusBody],
    frozen=True,
    kw_only=True,
    tag="device.command.status",
):
    """Sent when an asynchronous command to a device got further.

    Source: Huawei Cloud IoTDA API reference, push notification ``device.command.status`` /
    ``update``; some of its pages spell the resource ``device.commmad.status``, which is taken too.
    """

    event: Literal["update"]


class BatchTaskUpdate(BodyNotification[BatchTaskBody], frozen=True, kw_only=True, tag="batchtask"):
    """Sent when a task over many devices got further; it names none of them.

    Source: Huawei Cloud IoTDA API reference, push notification ``batchtask`` / ``update``.
    """

    event: Literal["update"]


class ProductCreate(BodyNotification[ProductBody], frozen=True, kw_only=True, tag="product"):
    """Sent when a product was made.

    Source: Huawei Cloud IoTDA API reference, push notification ``product`` / ``create``.
    """

    event: Literal["create"]


class ProductUpdate(BodyNotification[ProductBody], frozen=True, kw_only=True, tag="product"):
    """Sent when a product was changed.

    Source: Huawei Cloud IoTDA API reference, push notification ``product`` / ``update``.
    """

    event: Literal["update"]


class ProductDelete(BodyNotification[ProductBody], frozen=True, kw_only=True, tag="product"):
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
