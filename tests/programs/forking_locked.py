"""Fork while other threads hold every lock that a push may need, and push in the child."""

import logging
import os
import sys
import threading
import time
import warnings

from pushmw import Receiver
from pushmw.guards import IoTDASignature, sign
from pushmw.samples import sample

# Python 3.12 warns of what is tried here: forking while threads run.
warnings.filterwarnings("ignore", message=".*use of fork", category=DeprecationWarning)

logging.disable(logging.CRITICAL)
TOKEN = "token123"
guard = IoTDASignature(TOKEN, window=300)
push = Receiver(guards=[guard])
push.on("deviceAdded")(lambda event: None)
body = sample("deviceAdded")


def once(nonce: str) -> list[int]:
    """Push what is let in, what is refused and what is not understood."""
    stamp = str(int(time.time() * 1000))
    signed = {"timestamp": stamp, "nonce": nonce, "signature": sign(TOKEN, stamp, nonce)}
    other = {**signed, "nonce": nonce * 2, "signature": sign(TOKEN, stamp, nonce * 2)}
    answers = [push.handle(body, signed), push.handle(body, signed), push.handle(b"?", other)]
    return [answer.status for answer in answers]


def locks() -> list[threading.Lock]:
    """Find all locks behind the receiver."""
    found, seen, todo = list[threading.Lock](), set[int](), list[object]([push])
    kinds = (type(threading.Lock()), type(threading.RLock()))
    while todo:
        each = todo.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, kinds):
            found.append(each)  # type: ignore[arg-type]
        elif isinstance(each, dict):
            todo += [*each.values()]
        elif isinstance(each, list | tuple | set):
            todo += [*each]
        elif type(each).__module__.startswith("pushmw"):
            todo += [*getattr(each, "__dict__", {}).values()]
            todo += [getattr(each, name, None) for name in getattr(each, "__slots__", ())]
    return found


def hold(lock: threading.Lock, held: threading.Event, done: threading.Event) -> None:
    with lock:
        held.set()
        done.wait()


assert once("first") == [200, 403, 200]
everyone, done = locks(), threading.Event()
# The receiver's own, the memory against replays, the limits of three lines.
assert len(everyone) >= 5, everyone
for lock in everyone:
    held = threading.Event()
    threading.Thread(target=hold, args=(lock, held, done), daemon=True).start()
    held.wait()
pid = os.fork()
if pid == 0:
    sys.stdout.write(f"{once('child')}\n")
    sys.stdout.flush()
    os._exit(0)
until = time.monotonic() + 10
while os.waitpid(pid, os.WNOHANG) == (0, 0):
    if time.monotonic() > until:
        os.kill(pid, 9)
        sys.exit("the child hangs")
    time.sleep(0.01)
done.set()
