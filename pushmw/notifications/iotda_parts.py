"""The objects nested inside events of IoTDA: headers, bodies, product models.

Nothing but ids that tell what a push is about is required. Everything else may be missing or null,
and members unknown here are ignored; they remain in the body of the delivery.
"""

from datetime import datetime
from typing import Any

import msgspec

from pushmw.notifications.base import Filled, fill, instant


class Part(msgspec.Struct, frozen=True, kw_only=True, repr_omit_defaults=True):
    """Base of the nested objects."""


class Tag(Part, frozen=True, kw_only=True):
    """A tag of a device.

    Attributes:
        tag_key: Name.
        tag_value: Value.
    """

    tag_key: str | None = None
    tag_value: str | None = None


class Header(Part, frozen=True, kw_only=True):
    """Which device a push is about.

    Attributes:
        app_id: Resource space the device belongs to.
        device_id: Id of the device.
        node_id: The device's own identity, such as its IMEI.
        product_id: Product it was made from.
        gateway_id: Device id of its gateway; equal to device_id for a directly connected device.
        tags: Tags of the device, at most ten.
    """

    app_id: str | None = None
    device_id: str | None = None
    node_id: str | None = None
    product_id: str | None = None
    gateway_id: str | None = None
    tags: Filled[tuple[Tag, ...]] = ()

    def __post_init__(self) -> None:
        # Not `fill`: this runs for nearly every push, and the call alone costs 0.3 µs.
        if self.tags is None:  # pyright: ignore[reportUnnecessaryComparison]
            msgspec.structs.force_setattr(self, "tags", ())


class AuthInfo(Part, frozen=True, kw_only=True):
    """How a device logs in. It may hold secrets, so its representation shows nothing of it.

    Attributes:
        auth_type: ``SECRET`` or ``CERTIFICATES``.
        secret: Secret of the device; never seen in a published push.
        secondary_secret: The other one.
        fingerprint: Fingerprint of its certificate.
        secondary_fingerprint: Of the other one.
        secure_access: Whether only encrypted protocols are allowed.
        timeout: How long the registration stays valid before the first login.
    """

    auth_type: str | None = None
    secret: str | None = None
    secondary_secret: str | None = None
    fingerprint: str | None = None
    secondary_fingerprint: str | None = None
    secure_access: bool | None = None
    timeout: int | None = None

    def __repr__(self) -> str:
        return "AuthInfo()"

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return []


class DeviceBody(Part, frozen=True, kw_only=True):
    """A device that was made or changed.

    Attributes:
        app_id: Resource space.
        app_name: Its name.
        device_id: Id of the device.
        node_id: The device's own identity.
        gateway_id: Device id of its gateway; equal to device_id for a directly connected device.
        device_name: Display name.
        node_type: ``GATEWAY`` if directly connected, ``ENDPOINT`` behind a gateway, ``UNKNOWN``.
        description: Free text.
        fw_version: Firmware version.
        sw_version: Software version.
        device_sdk_version: Version of the device's SDK.
        auth_info: How it logs in; never part of a representation.
        product_id: Product it was made from.
        product_name: Its name.
        status: ``ONLINE``, ``OFFLINE``, ``ABNORMAL``, ``INACTIVE`` or ``FROZEN``; an open set.
        create_time: When it was made, UTC, as ``20210405T060708Z``.
        tags: Tags of the device, at most ten.
        extension_info: What the application has added; any JSON.
    """

    app_id: str | None = None
    app_name: str | None = None
    device_id: str | None = None
    node_id: str | None = None
    gateway_id: str | None = None
    device_name: str | None = None
    node_type: str | None = None
    description: str | None = None
    fw_version: str | None = None
    sw_version: str | None = None
    device_sdk_version: str | None = None
    auth_info: AuthInfo | None = None
    product_id: str | None = None
    product_name: str | None = None
    status: str | None = None
    create_time: str | None = None
    tags: Filled[tuple[Tag, ...]] = ()
    extension_info: Any = None

    def __post_init__(self) -> None:
        fill(self, tags=tuple)

    def __repr__(self) -> str:
        return f"DeviceBody({', '.join(f'{n}={v!r}' for n, v in self.__rich_repr__())})"

    def __rich_repr__(self) -> list[tuple[str, object]]:
        shown = ((n, getattr(self, n)) for n in self.__struct_fields__ if n != "auth_info")
        return [(name, value) for name, value in shown if value not in (None, ())]


class StatusBody(Part, frozen=True, kw_only=True):
    """State of a device's connection.

    Attributes:
        status: ``ONLINE``, ``OFFLINE`` or ``ABNORMAL``; an open set.
        last_online_time: When it last came online, UTC, as ``20210405T060708Z``.
        status_update_time: When the state changed, to the millisecond; newer pushes only.
    """

    status: str | None = None
    last_online_time: str | None = None
    status_update_time: str | None = None


class ServiceData(Part, frozen=True, kw_only=True):
    """What one service of a device reported.

    Attributes:
        service_id: Service of the product model.
        properties: The reported values by name, as the device sent them; any JSON.
        event_time: When the device took them, as ``20210405T060708Z`` or in ISO 8601.
    """

    service_id: str
    properties: Filled[dict[str, Any]] = {}
    event_time: str | None = None

    def __post_init__(self) -> None:
        if self.properties is None:  # pyright: ignore[reportUnnecessaryComparison] - see Header
            msgspec.structs.force_setattr(self, "properties", {})

    @property
    def occurred_at(self) -> datetime | None:
        """The event time as an aware datetime."""
        return instant(self.event_time)


class PropertyBody(Part, frozen=True, kw_only=True):
    """What a device reported.

    Attributes:
        services: One entry for each service that reported; the same service may come again.
    """

    services: Filled[tuple[ServiceData, ...]] = ()

    def __post_init__(self) -> None:
        if self.services is None:  # pyright: ignore[reportUnnecessaryComparison] - see Header
            msgspec.structs.force_setattr(self, "services", ())


class MessageBody(Part, frozen=True, kw_only=True):
    """A message of a device, which the platform does not interpret; up to 1 MB.

    Attributes:
        topic: MQTT topic it came in on.
        content: The message: an object if it is JSON, else text, which may be base64.
    """

    topic: str | None = None
    content: Any = None


class ErrorInfo(Part, frozen=True, kw_only=True):
    """Why a message failed.

    Attributes:
        error_code: Code of the platform, such as ``IOTDA.014112``.
        error_msg: The same in words.
    """

    error_code: str | None = None
    error_msg: str | None = None


class MessageStatusBody(Part, frozen=True, kw_only=True):
    """How far a message to a device got.

    Attributes:
        message_id: Id it was given when the application sent it.
        topic: Topic it was sent to.
        name: Name the application gave it.
        status: ``PENDING``, ``DELIVERED``, ``FAILED`` or, after a day, ``TIMEOUT``; an open set.
        timestamp: When it got there, UTC, as ``20210405T060708Z``.
        error_info: Why it failed; newer pushes only.
    """

    message_id: str
    topic: str | None = None
    name: str | None = None
    status: str | None = None
    timestamp: str | None = None
    error_info: ErrorInfo | None = None


class CommandStatusBody(Part, frozen=True, kw_only=True):
    """How far an asynchronous command got.

    Attributes:
        command_id: Id it was given when the application issued it.
        created_time: When that was, UTC, as ``20210405T060708Z``.
        sent_time: When it was sent.
        delivered_time: When it was delivered.
        response_time: When the device answered.
        status: ``PENDING``, ``EXPIRED``, ``SENT``, ``DELIVERED``, ``SUCCESSFUL``, ``FAILED`` or
            ``TIMEOUT``; an open set.
        result: What the device answered, as the product model has it; any JSON.
    """

    command_id: str
    created_time: str | None = None
    sent_time: str | None = None
    delivered_time: str | None = None
    response_time: str | None = None
    status: str | None = None
    result: Any = None


class BatchTaskBody(Part, frozen=True, kw_only=True):
    """State of a task over many devices; nothing of the single devices.

    Attributes:
        task_id: Id of the task.
        app_id: Resource space.
        task_type: ``firmwareUpgrade``, ``softwareUpgrade`` or another kind of task; an open set.
        status: ``Waitting`` (the platform's spelling), ``Processing``, ``Success``,
            ``PartialSuccess``, ``Fail`` or ``Stopped``; an open set.
        status_desc: The same in words, with the cause of a failure.
    """

    task_id: str
    app_id: str | None = None
    task_type: str | None = None
    status: str | None = None
    status_desc: str | None = None
