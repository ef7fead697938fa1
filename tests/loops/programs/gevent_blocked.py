"""An async handler that blocks the loop's native thread, on gevent: its failure, as JSON."""

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402 - after the patch, as gevent wants it
import sys  # noqa: E402

import gevent  # noqa: E402

from pushmw import Delivery, DeviceAdded, Receiver  # noqa: E402
from pushmw.samples import sample  # noqa: E402

push = Receiver(guards=[], body_deadline=0.2, handler_deadline=0.2)
told: list[str] = []
sleep = monkey.get_original("time", "sleep")


@push.on("deviceAdded", name="slow")
async def blocking(event: DeviceAdded) -> None:
    sleep(3)


@push.error
def failed(error: Exception, delivery: Delivery) -> None:
    told.append(str(error))


gevent.spawn(push.handle, sample("deviceAdded")).get()
json.dump(told, sys.stdout)
