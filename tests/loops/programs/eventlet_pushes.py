"""Async handlers on eventlet's WSGI server: six pushes at once, each waiting for the others."""

import warnings

# The package itself warns that it is deprecated.
warnings.simplefilter("ignore")

import eventlet  # noqa: E402

eventlet.monkey_patch()

import asyncio  # noqa: E402 - after the patch, as eventlet wants it
import json  # noqa: E402
import sys  # noqa: E402
from http.client import HTTPConnection  # noqa: E402

from eventlet import wsgi  # noqa: E402

from pushmw import DeviceAdded, Receiver  # noqa: E402
from pushmw.samples import sample  # noqa: E402

PUSHES = 6

push = Receiver()
loops: list[int] = []
arrived = asyncio.Event()


@push.on("deviceAdded")
async def meet(event: DeviceAdded) -> None:
    """Return only when all six are here: one after the other would never end."""
    loops.append(id(asyncio.get_running_loop()))
    if len(loops) % PUSHES == 0:
        arrived.set()
    await arrived.wait()


def post(port: int) -> int:
    """Push once."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("POST", "/v1.0.0/messageReceiver", sample("deviceAdded"))
    status = connection.getresponse().status
    connection.close()
    return status


def main() -> None:
    """Push twice six times at once and tell what happened."""
    listener = eventlet.listen(("127.0.0.1", 0))
    server = eventlet.spawn(wsgi.server, listener, push.wsgi(), log_output=False)
    answers: list[object] = []
    for _ in range(2):
        arrived.clear()
        jobs = [eventlet.spawn(post, listener.getsockname()[1]) for _ in range(PUSHES)]
        answers += [job.wait() for job in jobs]
    server.kill()
    json.dump({"answers": answers, "loops": len(set(loops))}, sys.stdout)


main()
