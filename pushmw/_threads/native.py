"""Threads of the operating system, also where gevent has replaced what Python calls threads."""

import sys
import threading
from _queue import SimpleQueue
from _thread import allocate_lock
from collections.abc import Callable
from importlib import import_module
from time import monotonic
from typing import Any, Protocol

__all__ = ["SimpleQueue", "Waiter", "gevent_monkey", "native", "start", "waiter"]


def gevent_monkey() -> Any:
    """Give gevent's monkey module if it has replaced the threads of this process."""
    monkey = sys.modules.get("gevent.monkey")
    return monkey if monkey is not None and monkey.is_module_patched("threading") else None


def native(module: str, name: str) -> Any:
    """Give what a module of the standard library holds, as it was before gevent replaced it."""
    monkey = gevent_monkey()
    if monkey is None:
        return getattr(import_module(module), name)
    return monkey.get_original(module, name)


def start(function: Callable[..., object], *arguments: object, name: str) -> None:
    """Start a daemon thread of the operating system."""
    if gevent_monkey() is None:
        threading.Thread(target=function, args=arguments, name=name, daemon=True).start()
    else:
        native("_thread", "start_new_thread")(function, arguments)


class Waiter(Protocol):
    """Waits for what another thread, a native one, tells."""

    @property
    def is_told(self) -> bool:
        """Whether it was told."""
        ...

    def until(self, deadline: float) -> None:
        """Wait until it is told, or until that instant of ``time.monotonic()``."""
        ...

    def tell(self) -> None:
        """Tell it, once."""
        ...


class _OnThread:
    def __init__(self) -> None:
        self._lock = allocate_lock()
        self._lock.acquire()
        self.is_told = False

    def until(self, deadline: float) -> None:
        self._lock.acquire(timeout=max(0.0, deadline - monotonic()))

    def tell(self) -> None:
        self.is_told = True
        self._lock.release()


class _InGreenlet:
    """Lets the other greenlets of its hub go on."""

    def __init__(self) -> None:
        from gevent import get_hub
        from gevent.event import Event

        self._done = Event()
        self._lock = native("_thread", "allocate_lock")()  # round the watcher, for an instant
        self._watcher: Any = get_hub().loop.async_()
        self._watcher.start(self._done.set)
        self._send: Callable[[], object] = self._watcher.send
        self.is_told = False

    def until(self, deadline: float) -> None:
        self._done.wait(max(0.0, deadline - monotonic()))
        with self._lock:  # what is closed must not be woken
            self._send = list
            self._watcher.stop()
            self._watcher.close()

    def tell(self) -> None:
        with self._lock:
            self.is_told = True
            self._send()


def waiter() -> Waiter:
    """Make what waits, for a native thread, where this runs."""
    return _OnThread() if gevent_monkey() is None else _InGreenlet()
