"""The pushes of the legacy format: one class a kind, with the vendor's name for it.

Only what identifies the thing is required. Everything else may be missing or null, and members
unknown here are ignored; they remain in the body of the delivery.
"""

from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType, field
from msgspec.structs import force_setattr

from pushmw.notifications.base import Filled, Notification, fill, instant
from pushmw.notifications.families import (
    DeviceNotification,
    LegacyNotification,
    MessageNotification,
    ProductModelNotification,
)
from pushmw.notifications.operations import (
    COMMAND_STATE,
    FwUpgradeResult,
    FwUpgradeStateChanged,
    NBCommandStatusChanged,
    SwUpgradeResult,
    SwUpgradeStateChanged,
)
from pushmw.notifications.parts import (
    ActionResult,
    CommandRspHeader,
    DeviceEventHeader,
    DeviceInfo,
    MessageConfirmHeader,
    Reason,
    Service,
    ServiceInfo,
)

__all__ = [
    "COMMAND_STATE",
    "LEGACY_KINDS",
    "BindDevice",
    "CommandRsp",
    "DeviceAdded",
    "DeviceCapabilitiesAdded",
    "DeviceCapabilitiesChanged",
    "DeviceCapabilitiesDeleted",
    "DeviceDataChanged",
    "DeviceDatasChanged",
    "DeviceDeleted",
    "DeviceDesiredStatusChanged",
    "DeviceEvent",
    "DeviceInfoChanged",
    "DeviceModelAdded",
    "DeviceModelDeleted",
    "FwUpgradeResult",
    "FwUpgradeStateChanged",
    "MessageConfirm",
    "NBCommandStatusChanged",
    "RuleEvent",
    "ServiceInfoChanged",
    "SwUpgradeResult",
    "SwUpgradeStateChanged",
]


class DeviceAdded(DeviceNotification, frozen=True, kw_only=True, tag="deviceAdded"):
    """Sent when a device was registered.

    Attributes:
        gateway_id: Device id of its gateway; equal to device_id for a directly connected device.
        node_type: What the device is in the network, see `NodeType`.
        device_info: Description, nearly empty at this moment.

    Source: Huawei IoT platform northbound API reference, push notification ``deviceAdded``.
    """

    gateway_id: str | None = None
    node_type: str | None = None
    device_info: Filled[DeviceInfo] = field(default_factory=DeviceInfo)

    def __post_init__(self) -> None:
        fill(self, device_info=DeviceInfo)


class BindDevice(DeviceNotification, frozen=True, kw_only=True, tag="bindDevice"):
    """Sent when a registered device logged in for the first time, or failed to in time.

    Attributes:
        result_code: Whether it was bound in time, see `BindResult`.
        device_info: Description.

    Source: Huawei IoT platform northbound API reference, push notification ``bindDevice``.
    """

    result_code: str | None = None
    device_info: Filled[DeviceInfo] = field(default_factory=DeviceInfo)

    def __post_init__(self) -> None:
        fill(self, device_info=DeviceInfo)


class DeviceInfoChanged(DeviceNotification, frozen=True, kw_only=True, tag="deviceInfoChanged"):
    """Sent when the description or the connection state of a device changed.

    Attributes:
        gateway_id: Device id of its gateway; equal to device_id for a directly connected device.
        network_status: Undocumented; always null so far, so its type is unknown.
        device_info: Only what changed is set: merge it, do not replace with it.

    Source: Huawei IoT platform northbound API reference, push notification ``deviceInfoChanged``.
    """

    gateway_id: str | None = None
    network_status: Any = None
    device_info: Filled[DeviceInfo] = field(default_factory=DeviceInfo)

    def __post_init__(self) -> None:
        fill(self, device_info=DeviceInfo)


class DeviceDataChanged(DeviceNotification, frozen=True, kw_only=True, tag="deviceDataChanged"):
    """Sent when one service of a device reported properties.

    Attributes:
        request_id: Sequence number of the message; usually null, so no key to find duplicates by.
        gateway_id: Device id of its gateway; equal to device_id for a directly connected device.
        service: The service that reported.

    Source: Huawei IoT platform northbound API reference, push notification ``deviceDataChanged``.
    """

    service: Service
    request_id: str | None = None
    gateway_id: str | None = None

    @property
    def occurred_at(self) -> datetime | None:
        """The event time of the service."""
        return self.service.occurred_at


class DeviceDatasChanged(DeviceNotification, frozen=True, kw_only=True, tag="deviceDatasChanged"):
    """Sent when a device reported, with all services that one uplink carried.

    Attributes:
        request_id: Sequence number of the message; usually null, so no key to find duplicates by.
        gateway_id: Device id of its gateway; equal to device_id for a directly connected device.
        services: The services that reported; a list under the name ``service`` is taken too.

    Source: Huawei IoT platform northbound API reference, push notification ``deviceDatasChanged``.
    """

    request_id: str | None = None
    gateway_id: str | None = None
    services: Filled[tuple[Service, ...]] = ()
    # A member can have one wire name only. Unset again below, which also hides it from repr.
    _service: Filled[tuple[Service, ...]] | UnsetType = field(name="service", default=UNSET)

    def __post_init__(self) -> None:
        if self._service is not UNSET:
            force_setattr(self, "services", self.services or self._service or ())
            force_setattr(self, "_service", UNSET)
        elif self.services is None:  # pyright: ignore[reportUnnecessaryComparison]
            force_setattr(self, "services", ())

    @property
    def occurred_at(self) -> datetime | None:
        """The event time of the first service that has one."""
        times = (service.occurred_at for service in self.services)
        return next((time for time in times if time is not None), None)


class ServiceInfoChanged(DeviceNotification, frozen=True, kw_only=True, tag="serviceInfoChanged"):
    """Sent when the settings of a service changed.

    Attributes:
        gateway_id: Device id of its gateway; equal to device_id for a directly connected device.
        service_id: Service whose settings changed.
        service_type: Type of that service.
        service_info: The changed settings only.

    Source: Huawei IoT platform northbound API reference, push notification ``serviceInfoChanged``.
    """

    service_id: str
    gateway_id: str | None = None
    service_type: str | None = None
    service_info: Filled[ServiceInfo] = field(default_factory=ServiceInfo)

    def __post_init__(self) -> None:
        fill(self, service_info=ServiceInfo)


class DeviceDeleted(DeviceNotification, frozen=True, kw_only=True, tag="deviceDeleted"):
    """Sent when a device was deleted.

    Attributes:
        gateway_id: Device id of its gateway; equal to device_id for a directly connected device.

    Source: Huawei IoT platform northbound API reference, push notification ``deviceDeleted``.
    """

    gateway_id: str | None = None


class MessageConfirm(MessageNotification, frozen=True, kw_only=True, tag="messageConfirm"):
    """Sent when an MQTT device confirmed a message.

    Attributes:
        header: Envelope, with the number of the message and how far it got.

    Source: Huawei IoT platform northbound API reference, push notification ``messageConfirm``.
    """

    header: MessageConfirmHeader


class CommandRsp(MessageNotification, frozen=True, kw_only=True, tag="commandRsp"):
    """Sent when an MQTT device answered a command.

    Attributes:
        header: Envelope, with the number of the command.

    Source: Huawei IoT platform northbound API reference, push notification ``commandRsp``.
    """

    header: CommandRspHeader


class DeviceEvent(MessageNotification, frozen=True, kw_only=True, tag="deviceEvent"):
    """Sent when a device reported an event.

    Attributes:
        header: Envelope, with the kind of event.

    Source: Huawei IoT platform northbound API reference, push notification ``deviceEvent``.
    """

    header: DeviceEventHeader


class DeviceModelAdded(ProductModelNotification, frozen=True, tag="deviceModelAdded"):
    """Sent when a product model was added.

    Source: Huawei IoT platform northbound API reference, push notification ``deviceModelAdded``.
    """


class DeviceModelDeleted(ProductModelNotification, frozen=True, tag="deviceModelDeleted"):
    """Sent when a product model was deleted.

    Source: Huawei IoT platform northbound API reference, push notification ``deviceModelDeleted``.
    """


class DeviceCapabilitiesChanged(
    ProductModelNotification, frozen=True, tag="deviceCapabilitiesChanged"
):
    """Sent when services or properties of a product model changed.

    Source: Huawei IoT platform northbound API reference, push notification
    ``deviceCapabilitiesChanged``.
    """


class DeviceCapabilitiesAdded(ProductModelNotification, frozen=True, tag="deviceCapabilitiesAdded"):
    """Sent, by some platforms instead of ``deviceModelAdded``, when a product model was added.

    Source: Huawei IoT platform northbound API reference, push notification
    ``deviceCapabilitiesAdded``.
    """


class DeviceCapabilitiesDeleted(
    ProductModelNotification, frozen=True, tag="deviceCapabilitiesDeleted"
):
    """Sent, by some platforms instead of ``deviceModelDeleted``, when one was deleted.

    Source: Huawei IoT platform northbound API reference, push notification
    ``deviceCapabilitiesDeleted``.
    """


class RuleEvent(LegacyNotification, frozen=True, kw_only=True, tag="ruleEvent"):
    """Sent when a rule fired.

    Attributes:
        rule_id: Id of the rule.
        author: Who made the rule.
        rule_name: Name of the rule.
        logic: How its conditions combine; the values are undocumented.
        reasons: The conditions that were met.
        trigger_time: When the rule fired.
        actions_results: What became of its actions.

    Source: Huawei IoT platform northbound API reference, push notification ``ruleEvent``.
    """

    rule_id: str
    author: str | None = None
    rule_name: str | None = None
    logic: str | None = None
    reasons: Filled[tuple[Reason, ...]] = ()
    trigger_time: str | None = None
    actions_results: Filled[tuple[ActionResult, ...]] = ()

    def __post_init__(self) -> None:
        fill(self, reasons=tuple, actions_results=tuple)

    @property
    def occurred_at(self) -> datetime | None:
        """When the rule fired."""
        return instant(self.trigger_time)


class DeviceDesiredStatusChanged(
    DeviceNotification,
    frozen=True,
    kw_only=True,
    tag="deviceDesiredPropertiesModifyStatusChanged",
):
    """Sent when desired properties in a device's shadow reached it, or failed to.

    Attributes:
        service_id: Service of the properties.
        properties: The desired properties; names may hold blanks.
        status: Whether they reached the device, see `DesiredStatus`.

    Source: Huawei IoT platform northbound API reference, push notification
    ``deviceDesiredPropertiesModifyStatusChanged``.
    """

    service_id: str
    properties: Filled[dict[str, Any]] = msgspec.field(default_factory=dict[str, Any])
    status: str | None = None

    def __post_init__(self) -> None:
        fill(self, properties=dict)


_structs: tuple[type[Notification], ...] = (
    DeviceAdded,
    BindDevice,
    DeviceInfoChanged,
    DeviceDataChanged,
    DeviceDatasChanged,
    ServiceInfoChanged,
    DeviceDeleted,
    MessageConfirm,
    CommandRsp,
    DeviceEvent,
    DeviceModelAdded,
    DeviceModelDeleted,
    DeviceCapabilitiesChanged,
    DeviceCapabilitiesAdded,
    DeviceCapabilitiesDeleted,
    RuleEvent,
    DeviceDesiredStatusChanged,
    SwUpgradeStateChanged,
    SwUpgradeResult,
    FwUpgradeStateChanged,
    FwUpgradeResult,
    NBCommandStatusChanged,
)
# Only the command state has no tag.
LEGACY_KINDS = {str(struct.__struct_config__.tag or COMMAND_STATE): struct for struct in _structs}
