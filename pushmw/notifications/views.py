"""Events that are the same for both formats, made of whatever the platform sent.

A handler for one of these classes takes the pushes of all their kinds, as `View.made` says.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Final

import msgspec

from pushmw.notifications.base import Notification, instant
from pushmw.notifications.legacy import (
    DeviceDataChanged,
    DeviceDatasChanged,
    FwUpgradeResult,
    FwUpgradeStateChanged,
    SwUpgradeResult,
    SwUpgradeStateChanged,
)

if TYPE_CHECKING:
    from pushmw.notifications.iotda import BatchTaskUpdate, DevicePropertyReport

Make = Callable[[Any], Any]


class View(msgspec.Struct, frozen=True, kw_only=True):
    """Base of what one handler can take of both formats.

    Attributes:
        event: The event the platform sent.
    """

    made: ClassVar[Mapping[str, Make]] = {}

    event: Notification

    @property
    def kind(self) -> str:
        """The platform's name for this kind of push."""
        return self.event.kind

    @property
    def occurred_at(self) -> datetime | None:
        """When it happened, always aware; None where the push does not say."""
        return self.event.occurred_at


class UpgradePhase(StrEnum):
    """How far an upgrade got, or how it ended, whatever format told so."""

    IDLE = "idle"
    DOWNLOADING = "downloading"
    DOWNLOADED = "downloaded"
    UPDATING = "updating"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNKNOWN = "unknown"


_STEPS: Final = {
    phase.value: phase
    for phase in (
        UpgradePhase.IDLE,
        UpgradePhase.DOWNLOADING,
        UpgradePhase.DOWNLOADED,
        UpgradePhase.UPDATING,
    )
}
_OUTCOMES: Final = {
    "success": UpgradePhase.SUCCEEDED,
    "successful": UpgradePhase.SUCCEEDED,
    "fail": UpgradePhase.FAILED,
    "failed": UpgradePhase.FAILED,
}
# The state of a task over many devices. One that was stopped, or that some devices failed, has not
# done what it was to do. "Waitting" is the platform's spelling.
_TASKS: Final = {
    **_OUTCOMES,
    "waitting": UpgradePhase.IDLE,
    "waiting": UpgradePhase.IDLE,
    "processing": UpgradePhase.UPDATING,
    "partialsuccess": UpgradePhase.FAILED,
    "stopped": UpgradePhase.FAILED,
}
_UPGRADE: Final = "Upgrade"  # how the names of tasks end that upgrade something


class UpgradeProgress(View, frozen=True, kw_only=True):
    """How far an upgrade got, or how it ended.

    Attributes:
        task_id: Id of the task: ``operationId`` of the legacy format, ``task_id`` of IoTDA.
        target: What is upgraded: ``firmware``, ``software`` or, with IoTDA, another word.
        state: How far it got.
        device_id: The device; None for IoTDA, which tells of the task as a whole only.
        current_version: Version on the device now, if the push tells.
        target_version: Version the task wants, if the push tells.
        source_version: Version before the task, if the push tells.
        description: The same in words, if the push has some.
    """

    if TYPE_CHECKING:  # the classes of IoTDA are imported where they are asked for
        event: (
            FwUpgradeStateChanged
            | SwUpgradeStateChanged
            | FwUpgradeResult
            | SwUpgradeResult
            | BatchTaskUpdate
        )
    task_id: str
    target: str
    state: UpgradePhase
    device_id: str | None = None
    current_version: str | None = None
    target_version: str | None = None
    source_version: str | None = None
    description: str | None = None


def _phase(phases: Mapping[str, UpgradePhase], word: str | None) -> UpgradePhase:
    return phases.get((word or "").strip().lower(), UpgradePhase.UNKNOWN)


def _step(event: FwUpgradeStateChanged | SwUpgradeStateChanged, target: str) -> UpgradeProgress:
    return UpgradeProgress(
        event=event,
        task_id=event.operation_id,
        target=target,
        state=_phase(_STEPS, event.state),
        device_id=event.device_id,
    )


def _end(
    event: FwUpgradeResult | SwUpgradeResult, target: str, outcome: str | None, words: str | None
) -> UpgradeProgress:
    return UpgradeProgress(
        event=event,
        task_id=event.operation_id,
        target=target,
        state=_phase(_OUTCOMES, outcome),
        device_id=event.device_id,
        current_version=event.cur_version,
        target_version=event.target_version,
        source_version=event.source_version,
        description=words,
    )


def _task(event: Any) -> UpgradeProgress | None:
    body = event.body
    kind = body.task_type or ""
    if not kind.endswith(_UPGRADE):
        return None
    return UpgradeProgress(
        event=event,
        task_id=body.task_id,
        target=kind.removesuffix(_UPGRADE),
        state=_phase(_TASKS, body.status),
        description=body.status_desc,
    )


UpgradeProgress.made = {
    "fwUpgradeStateChangeNotify": lambda event: _step(event, "firmware"),
    "swUpgradeStateChangeNotify": lambda event: _step(event, "software"),
    "fwUpgradeResultNotify": lambda event: _end(event, "firmware", event.status, event.status_desc),
    "swUpgradeResultNotify": lambda event: _end(
        event, "software", event.sw_upgrade_result, event.result_desc
    ),
    "batchtask:update": _task,
}


class ServiceReport(msgspec.Struct, frozen=True, kw_only=True):
    """What one service of a device reported.

    Attributes:
        service_id: Service of the product model.
        data: The reported values by name, as the device sent them; any JSON.
        event_time: When the device took them, as the push has it.
    """

    service_id: str
    data: dict[str, Any]
    event_time: str | None = None

    @property
    def occurred_at(self) -> datetime | None:
        """The event time as an aware datetime."""
        return instant(self.event_time)


class DeviceReport(View, frozen=True, kw_only=True):
    """What a device reported, all services of one push.

    Attributes:
        services: One entry for each service that reported; the same service may come again.
        device_id: The device.
        gateway_id: Device id of its gateway; equal to device_id for a directly connected device.
    """

    if TYPE_CHECKING:
        event: DeviceDataChanged | DeviceDatasChanged | DevicePropertyReport
    services: tuple[ServiceReport, ...]
    device_id: str | None = None
    gateway_id: str | None = None

    @property
    def occurred_at(self) -> datetime | None:
        """The event time of the first service that has one, else the time of the push."""
        times = (service.occurred_at for service in self.services)
        return next((time for time in times if time is not None), self.event.occurred_at)


def _reported(event: DeviceDataChanged | DeviceDatasChanged, *services: Any) -> DeviceReport:
    return DeviceReport(
        event=event,
        services=tuple(
            ServiceReport(service_id=each.service_id, data=each.data, event_time=each.event_time)
            for each in services
        ),
        device_id=event.device_id,
        gateway_id=event.gateway_id,
    )


def _properties(event: Any) -> DeviceReport:
    return DeviceReport(
        event=event,
        services=tuple(
            ServiceReport(
                service_id=each.service_id, data=each.properties, event_time=each.event_time
            )
            for each in event.services
        ),
        device_id=event.device_id,
        gateway_id=event.header.gateway_id,
    )


DeviceReport.made = {
    "deviceDataChanged": lambda event: _reported(event, event.service),
    "deviceDatasChanged": lambda event: _reported(event, *event.services),
    "device.property:report": _properties,
}
