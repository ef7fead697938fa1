"""What the shop does with pushes: rows through the ORM."""

from hashlib import sha256

from meters.models import Meter, Reading
from pushmw import (
    Delivery,
    DeviceAdded,
    DeviceDataChanged,
    FwUpgradeResult,
    FwUpgradeStateChanged,
)
from shop.receivers import push


@push.on("deviceAdded")
def added(event: DeviceAdded) -> None:
    Meter.objects.get_or_create(device_id=event.device_id)


@push.on("deviceDataChanged")
def reported(event: DeviceDataChanged, delivery: Delivery) -> None:
    meter, _ = Meter.objects.get_or_create(device_id=event.device_id)
    Reading.objects.get_or_create(
        digest=sha256(delivery.body).hexdigest(),
        defaults={
            "meter": meter,
            "service": event.service.service_id,
            "values": event.service.data,
            "occurred_at": event.occurred_at,
        },
    )


@push.on("fwUpgradeStateChangeNotify")
def progress(event: FwUpgradeStateChanged) -> None:
    Meter.objects.update_or_create(
        device_id=event.device_id, defaults={"upgrade": event.state or "unknown"}
    )


# An async handler uses the async half of the ORM.
@push.on("fwUpgradeResultNotify")
async def outcome(event: FwUpgradeResult) -> None:
    await Meter.objects.aupdate_or_create(
        device_id=event.device_id,
        defaults={"upgrade": event.status or "unknown", "firmware": event.cur_version or ""},
    )
