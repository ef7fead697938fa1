"""Async handlers on gevent's WSGI server: six pushes at once, each waiting for the others."""

from gevent import monkey

monkey.patch_all()

import asyncio  # noqa: E402 - after the patch, as gevent wants it
import json  # noqa: E402
import sys  # noqa: E402
from http.client import HTTPConnection  # noqa: E402

import gevent  # noqa: E402
from gevent.pywsgi import WSGIServer  # noqa: E402

from pushmw import DeviceAdded, Receiver  # noqa: E402
from pushmw.samples import sample  # noqa: E402

PUSHES = 6

push = Receiver()
loops: list[int] = []
ticks = {"free": 0, "in a loop": 0}
arrived = asyncio.Event()


@push.on("deviceAdded")
async def meet(event: DeviceAdded) -> None:
    """Return only when all six are here: one after the other would never end."""
    loops.append(id(asyncio.get_running_loop()))
    if len(loops) % PUSHES == 0:
        arrived.set()
    await arrived.wait()


def tick() -> None:
    """Show that other greenlets go on, and see no running loop: Django's ORM would refuse."""
    while True:
        try:
            asyncio.get_running_loop()
            ticks["in a loop"] += 1
        except RuntimeError:
            ticks["free"] += 1
        gevent.sleep(0.001)


def post(port: int) -> int:
    """Push once."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("POST", "/v1.0.0/messageReceiver", sample("deviceAdded"))
    status = connection.getresponse().status
    connection.close()
    return status


def main() -> None:
    """Push twice six times, the last when all others wait, and tell what happened."""
    native = gevent.get_hub().threadpool
    native.maxsize = 1  # for name look-ups, which whoever waits there holds up
    server = WSGIServer(("127.0.0.1", 0), push.wsgi(), log=None)
    server.start()
    ticker = gevent.spawn(tick)
    answers: list[int] = []
    for _ in range(2):
        arrived.clear()
        jobs = [gevent.spawn(post, server.server_port) for _ in range(PUSHES - 1)]
        while len(loops) % PUSHES != PUSHES - 1:
            gevent.sleep(0.01)
        with gevent.Timeout(20):
            native.apply(int)
        jobs.append(gevent.spawn(post, server.server_port))
        answers += [job.get(timeout=20) for job in jobs]
    ticker.kill()
    server.stop()
    json.dump({"answers": answers, "loops": len(set(loops)), **ticks}, sys.stdout)


main()
