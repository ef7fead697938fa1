"""Receivers in the style of the vendor's SDKs, as a type checker must accept them."""

from collections.abc import Mapping
from typing import Any, assert_type

from pushmw import (
    DeviceAdded,
    DeviceCapabilitiesAdded,
    DeviceModelAdded,
    FwUpgradeStateChanged,
    NBCommandStatusChanged,
    Receiver,
)
from pushmw.compat import (
    DEMO_PATHS,
    SDK_PATHS,
    NotifyDeviceAddedDTO,
    NotifyDeviceModelAddedDTO,
    NotifyFwUpgradeStateChangedDTO,
    NotifyNBCommandStatusChangedDTO,
    PushMessageReceiver,
    request,
)


class Meters(PushMessageReceiver):
    """Every way to write a method."""

    def handleBody(self, body: str) -> None:
        super().handleBody(body)

    def handleDeviceAdded(self, body: NotifyDeviceAddedDTO) -> None:
        assert_type(body, DeviceAdded)
        assert_type(body.device_id, str)

    def handleDeviceModelAdded(self, body: NotifyDeviceModelAddedDTO) -> None:
        assert_type(body, DeviceModelAdded | DeviceCapabilitiesAdded)
        assert_type(body.device_type, str)

    async def handleFwUpgradeStateChanged(self, body: NotifyFwUpgradeStateChangedDTO) -> None:
        assert_type(body, FwUpgradeStateChanged)
        assert_type(body.state, str | None)

    async def handleNBCommandStateChanged(self, body: NotifyNBCommandStatusChangedDTO) -> int:
        assert_type(body, NBCommandStatusChanged)
        return 1

    def handleDeviceDeleted(self) -> None:
        super().handleDeviceDeleted()
        assert_type(request.json, Any)
        assert_type(request.data, bytes)
        assert_type(request.headers, Mapping[str, str])
        assert_type(request.path, str)

    async def handleRuleEvent(self) -> Any: ...


class Untyped(PushMessageReceiver):
    """As the SDK itself is written."""

    def handleDeviceAdded(self):  # type: ignore[no-untyped-def]  # noqa: ANN201 - that is the point
        return request.json["deviceId"]


class Gas(Meters):
    """Inherits some."""

    def handleDeviceDeleted(self) -> None: ...


push = Receiver([*SDK_PATHS, *DEMO_PATHS])
push.mount(Meters())
push.mount(Untyped())
push.mount(Gas())
