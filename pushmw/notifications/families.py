"""What several kinds of the legacy format share."""

from datetime import datetime
from typing import Any

from pushmw.notifications.base import Notification
from pushmw.notifications.parts import Header


class LegacyNotification(
    Notification, frozen=True, kw_only=True, rename="camel", tag_field="notifyType"
):
    """Base of the kinds told apart by ``notifyType``."""


class DeviceNotification(LegacyNotification, frozen=True, kw_only=True):
    """Base of the kinds that name their device at the top.

    Attributes:
        device_id: Id the platform gave the device when it was registered.
    """

    # Reading is all that the base promises, and a frozen member can be no more than read.
    device_id: str  # pyright: ignore[reportIncompatibleMethodOverride]


class MessageNotification(LegacyNotification, frozen=True, kw_only=True):
    """Base of the kinds that wrap what a device said; the device is named in the header only.

    Attributes:
        header: Envelope.
        body: Content, as the product model defines it; any JSON.
    """

    header: Header
    body: Any = None

    @property
    def device_id(self) -> str | None:
        """The device that sent it, taken out of the sender's address if need be."""
        return self.header.sender

    @property
    def occurred_at(self) -> datetime | None:
        """The time in the header; of an event when it was reported, rather than when sent."""
        return self.header.occurred_at


class ProductModelNotification(LegacyNotification, frozen=True, kw_only=True):
    """Base of the kinds about a product model; they name no device.

    Attributes:
        device_type: Device type of the product model.
        app_id: Application the push is for.
        manufacturer_name: Name of the maker.
        manufacturer_id: Id of the maker.
        model: Product model.
        protocol_type: Access protocol, such as ``CoAP``; an open set.
    """

    device_type: str
    app_id: str | None = None
    manufacturer_name: str | None = None
    manufacturer_id: str | None = None
    model: str | None = None
    protocol_type: str | None = None


class UpgradeNotification(DeviceNotification, frozen=True, kw_only=True):
    """Base of the kinds about the upgrade of one device.

    Attributes:
        operation_id: Id of the upgrade task.
        app_id: Application that owns the device.
        sub_operation_id: Id of this device's part of the task.
    """

    operation_id: str
    app_id: str | None = None
    sub_operation_id: str | None = None


class UpgradeResultNotification(UpgradeNotification, frozen=True, kw_only=True):
    """Base of the kinds about the end of an upgrade.

    Attributes:
        cur_version: Version on the device now.
        target_version: Version the task wanted.
        source_version: Version before the task.
        upgrade_time: How long it took, as text or number; the unit is undocumented.
    """

    cur_version: str | None = None
    target_version: str | None = None
    source_version: str | None = None
    upgrade_time: str | int | float | None = None
