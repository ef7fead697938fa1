"""Use the loop and the pool, fork, and use them again on both sides of the fork."""

import asyncio
import os
import sys
import threading
import warnings

from pushmw._threads.loop import wait_for
from pushmw._threads.pool import Pool

# Python 3.12 warns of what is tried here: forking while threads run.
warnings.filterwarnings("ignore", message=".*use of fork", category=DeprecationWarning)

pool = Pool(2)
held = threading.Event()


async def where() -> tuple[int, int, int]:
    return os.getpid(), threading.get_ident(), id(asyncio.get_running_loop())


async def hold_one_thread() -> None:
    started = threading.Event()

    def hold() -> None:
        started.set()
        held.wait()

    task = asyncio.create_task(pool.run(hold))
    await asyncio.to_thread(started.wait)
    task.cancel()
    await asyncio.wait([task])


async def in_two_threads() -> set[int]:
    both = threading.Barrier(2)

    def meet() -> int:
        both.wait(20)
        return os.getpid()

    return set(await asyncio.gather(pool.run(meet), pool.run(meet)))


def child(before: tuple[int, int, int]) -> None:
    assert wait_for(where(), 20) == wait_for(where(), 20)
    assert wait_for(where(), 20)[0] == os.getpid() != before[0]
    # Both threads are free: the one held in the parent is not held here.
    assert asyncio.run(in_two_threads()) == {os.getpid()}


def main() -> None:
    before = wait_for(where(), 20)
    asyncio.run(hold_one_thread())
    pid = os.fork()
    if pid == 0:
        child(before)
        return
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    held.set()
    assert wait_for(where(), 20) == before
    assert asyncio.run(in_two_threads()) == {before[0]}
    sys.exit(status)


main()
