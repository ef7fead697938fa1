"""The objects nested inside events of the legacy format."""

import re
from datetime import datetime
from typing import Any

import msgspec
from msgspec import field
from msgspec.structs import force_setattr

from pushmw.notifications.base import Filled, fill, instant

_sender = re.compile(r"/devices/([^/]+)(?:/services/[^/]+)?")


class Part(msgspec.Struct, frozen=True, kw_only=True, rename="camel", repr_omit_defaults=True):
    """Base of the nested objects."""


class DeviceInfo(Part, frozen=True, kw_only=True):
    """Description of a device; the platform leaves most members null.

    Attributes:
        node_id: The device's own identity: IMEI, MAC address or serial number.
        name: Display name.
        description: Free text.
        manufacturer_id: Id of the maker as in the product model.
        manufacturer_name: Name of the maker.
        mac: MAC address.
        location: Place, free text.
        device_type: Product type in upper camel case, such as ``MultiSensor``.
        model: Product model.
        sw_version: Software version.
        fw_version: Firmware version.
        hw_version: Hardware version.
        protocol_type: Access protocol such as ``CoAP``, ``LWM2M`` or ``MQTT``; an open set.
        bridge_id: Bridge through which the device reaches the platform.
        status: Connection state, see `DeviceStatus`.
        status_detail: Why the status is what it is, see `StatusDetail`.
        mute: Whether the platform ignores the device's reports, as text, see `Truth`.
        supported_security: Whether the device can do the secure mode, as text.
        is_security: Whether the secure mode is on, as text.
        signal_strength: Signal strength, as text.
        sig_version: SIG version.
        serial_number: Serial number.
        battery_level: Battery level, as text.
        is_hd: Undocumented; always null so far, so its type is unknown.
        imsi: IMSI of an NB-IoT terminal; late versions only.
        radius_ip: RADIUS address; late versions only.
        device_id: The device's id once more; hardly ever set.
    """

    node_id: str | None = None
    name: str | None = None
    description: str | None = None
    manufacturer_id: str | None = None
    manufacturer_name: str | None = None
    mac: str | None = None
    location: str | None = None
    device_type: str | None = None
    model: str | None = None
    sw_version: str | None = None
    fw_version: str | None = None
    hw_version: str | None = None
    protocol_type: str | None = None
    bridge_id: str | None = None
    status: str | None = None
    status_detail: str | None = None
    mute: str | None = None
    supported_security: str | None = None
    is_security: str | None = None
    signal_strength: str | None = None
    sig_version: str | None = None
    serial_number: str | None = None
    battery_level: str | None = None
    is_hd: Any = field(name="isHD", default=None)
    imsi: str | None = None
    radius_ip: str | None = None
    device_id: str | None = None


class Service(Part, frozen=True, kw_only=True):
    """What one service of a device reported.

    Attributes:
        service_id: Service of the product model the values belong to.
        service_type: Its type; mostly equal to service_id.
        data: The reported properties, named by the device's codec; any JSON.
        event_time: When it happened, UTC, as ``20210405T060708Z``; may lie hours before the push.
        service_info: Known from one client only and never seen in a push; any JSON.
    """

    service_id: str
    service_type: str | None = None
    data: Filled[dict[str, Any]] = {}
    event_time: str | None = None
    service_info: Any = None

    def __post_init__(self) -> None:
        # Not `fill`: this runs for every service reported, and the call alone costs 0.3 µs.
        if self.data is None:  # pyright: ignore[reportUnnecessaryComparison]
            force_setattr(self, "data", {})

    @property
    def occurred_at(self) -> datetime | None:
        """The event time as an aware datetime."""
        return instant(self.event_time)


class ServiceInfo(Part, frozen=True, kw_only=True):
    """Settings of a service, only those that changed.

    Attributes:
        mute_cmds: Names of the commands that are blocked.
    """

    mute_cmds: Filled[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        fill(self, mute_cmds=tuple)


class Header(Part, frozen=True, kw_only=True):
    """Envelope of a message from a device.

    Attributes:
        from_: Sender, ``/devices/{deviceId}`` or ``/devices/{deviceId}/services/{serviceId}``;
            called ``from`` in the push.
        to: Receiver: what the request had as its sender, such as the application's user id.
        device_id: The device; not documented for ``messageConfirm``.
        timestamp: When the message was sent, UTC, as ``20210405T060708Z``.
    """

    from_: str | None = field(name="from", default=None)
    to: str | None = None
    device_id: str | None = None
    timestamp: str | None = None

    @property
    def sender(self) -> str | None:
        """The device's id, taken out of the sender's address if not given on its own."""
        if self.device_id:
            return self.device_id
        address = _sender.fullmatch(self.from_ or "")
        return address[1] if address else None

    @property
    def occurred_at(self) -> datetime | None:
        """The timestamp as an aware datetime."""
        return instant(self.timestamp)


class MessageConfirmHeader(Header, frozen=True, kw_only=True):
    """Envelope of a confirmation.

    Attributes:
        request_id: Sequence number of the message that is confirmed.
        status: How far it got, see `ConfirmStatus`.
    """

    request_id: str
    status: str | None = None


class CommandRspHeader(Header, frozen=True, kw_only=True):
    """Envelope of the answer to a command.

    Attributes:
        request_id: Sequence number of the command that is answered.
        service_type: Service type the command belongs to.
        method: Name of the response, such as ``INVITE-RSP``.
    """

    request_id: str
    service_type: str | None = None
    method: str | None = None


class DeviceEventHeader(Header, frozen=True, kw_only=True):
    """Envelope of an event.

    Attributes:
        event_type: Kind of event; an open set.
        event_time: When the device reported it, UTC, as ``20210405T060708Z``.
        service_type: Service type the event belongs to.
    """

    event_type: str
    event_time: str | None = None
    service_type: str | None = None

    @property
    def occurred_at(self) -> datetime | None:
        """When the event was reported, else when the message was sent."""
        return instant(self.event_time) or instant(self.timestamp)


class CommandResult(Part, frozen=True, kw_only=True):
    """State of a command.

    Attributes:
        result_code: The state, see `CommandState`; success is mostly ``SUCCESSFUL``.
        result_detail: What the device answered, named by its codec; None before an answer came.
    """

    result_code: str
    result_detail: dict[str, Any] | None = None


class Reason(Part, frozen=True, kw_only=True):
    """A condition of a rule that was met.

    Attributes:
        satisfaction_time: When it was met.
        type: Kind of condition, such as ``DEVICE_DATA``; an open set.
        id: Id of the condition.
        info: Depends on the kind, such as ``realValue`` for device data; any JSON.
        trans_info: Passed through from the condition's definition; any JSON.
    """

    satisfaction_time: str | None = None
    type: str | None = None
    id: str | None = None
    info: Any = None
    trans_info: Any = None


class ActionResult(Part, frozen=True, kw_only=True):
    """What became of an action of a rule.

    Attributes:
        type: Kind of action, such as ``SMS`` or ``EMAIL``; an open set.
        id: Id of the action.
        exception: Error text if the action failed.
        result: Result of the action; any JSON.
        info: Depends on the kind, such as ``requestId`` for a command; any JSON.
        trans_info: Passed through from the action's definition; any JSON.
    """

    type: str | None = None
    id: str | None = None
    exception: str | None = None
    result: Any = None
    info: Any = None
    trans_info: Any = None
