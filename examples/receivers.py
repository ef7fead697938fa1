"""What the shop does with pushes. No web framework is known here; both small shops use it."""

from typing import Any

from pushmw import (
    Delivery,
    DeviceAdded,
    DeviceDataChanged,
    DeviceDatasChanged,
    DeviceDeleted,
    FwUpgradeResult,
    FwUpgradeStateChanged,
    Notification,
    Receiver,
    Unclassified,
)

# Nobody but this machine gets to it. A shop that others reach needs guards: docs/security.md.
push = Receiver(guards=[])

# Stands for the shop's database.
devices: dict[str, dict[str, Any]] = {}
journal: list[str] = []


def device(device_id: str) -> dict[str, Any]:
    return devices.setdefault(device_id, {})


@push.on("deviceAdded")
def added(event: DeviceAdded) -> None:
    device(event.device_id)["type"] = event.node_type


@push.on("deviceDeleted")
def deleted(event: DeviceDeleted) -> None:
    devices.pop(event.device_id, None)


@push.on(DeviceDataChanged, DeviceDatasChanged)
def reported(event: DeviceDataChanged | DeviceDatasChanged) -> None:
    services = event.services if isinstance(event, DeviceDatasChanged) else (event.service,)
    for service in services:
        device(event.device_id)[service.service_id] = service.data


@push.on("fwUpgradeStateChangeNotify")
def progress(event: FwUpgradeStateChanged) -> None:
    device(event.device_id)["firmware"] = event.state


@push.on("fwUpgradeResultNotify")
async def outcome(event: FwUpgradeResult) -> None:
    device(event.device_id)["firmware"] = f"{event.cur_version} {event.status}"


@push.on("*")
def note(event: Notification, delivery: Delivery) -> None:
    journal.append(f"{delivery.received:%H:%M:%S} {event.kind} of {event.device_id or 'no device'}")


@push.unhandled
def unknown(event: Notification | Unclassified, delivery: Delivery) -> None:
    journal.append(f"{delivery.received:%H:%M:%S} not understood, {len(delivery.body)} bytes")
