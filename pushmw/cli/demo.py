"""``pushmw demo``: a wrapped application on a real server, and every kind of push at it."""

import logging
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import click
import httpx
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.text import Text

from pushmw import FwUpgradeResult, FwUpgradeStateChanged, Notification, Receiver, UpgradeState
from pushmw.cli.output import console, show, table
from pushmw.cli.serving import serve
from pushmw.notifications import LEGACY_KINDS
from pushmw.options import SDK_PATHS
from pushmw.samples import sample

_DEVICES: Final = ("meter-1", "meter-2", "meter-3")
_STEPS: Final = (
    UpgradeState.DOWNLOADING,
    UpgradeState.DOWNLOADED,
    UpgradeState.UPDATING,
    UpgradeState.IDLE,
)
_STATE: Final = "fwUpgradeStateChangeNotify"
_RESULT: Final = "fwUpgradeResultNotify"
_STORY: Final = (*_STEPS, "SUCCESS")
_PAUSE: Final = 0.1  # seconds between the steps, so that one can watch; only on a terminal


class Board:
    """What the handlers got.

    Attributes:
        events: every event, in the order they came.
        stories: for each device how its upgrade went.
        changed: called with the device whose story went on.
    """

    def __init__(self, changed: Callable[[str], None]) -> None:
        self.events: list[Notification] = []
        self.stories: dict[str, list[str]] = {device: [] for device in _DEVICES}
        self.changed = changed

    def add(self, device: str, word: str | None) -> None:
        """Continue the story of a device."""
        self.stories[device].append(word or "?")
        self.changed(device)

    @property
    def kinds(self) -> list[str]:
        """The kinds that came."""
        return [kind for kind in LEGACY_KINDS if any(event.kind == kind for event in self.events)]


def receiver(board: Board) -> Receiver:
    """Register what an application would: handlers for what it needs, and one for everything."""
    push = Receiver()

    @push.on("fwUpgradeStateChangeNotify")
    def progress(event: FwUpgradeStateChanged) -> None:
        board.add(event.device_id, event.state)

    @push.on(FwUpgradeResult)
    async def outcome(event: FwUpgradeResult) -> None:
        board.add(event.device_id, event.status)

    @push.on("*")
    def everything(event: Notification) -> None:
        board.events.append(event)

    return push


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Be the application there was before: one page."""
    found = scope["path"] == "/"
    status, body = (200, b"the application's own page") if found else (404, b"no such page")
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": body})
