"""``pushmw demo``: a wrapped application on a real server, and every kind of push at it."""

import logging
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Final

import click
import httpx
from rich.progress import BarColumn, Progress, TextColumn
from rich.text import Text

from pushmw import (
    Delivery,
    FwUpgradeResult,
    FwUpgradeStateChanged,
    Notification,
    Receiver,
    UpgradeState,
)
from pushmw._register.options import SDK_PATHS
from pushmw.cli.output import console, line, show, table
from pushmw.cli.serving import serve
from pushmw.guards import Bearer
from pushmw.samples import KINDS, sample

_PAGE: Final = b"the application's own page"
_DEVICES: Final = ("meter-1", "meter-2", "meter-3")
_STATES: Final = (
    UpgradeState.DOWNLOADING,
    UpgradeState.DOWNLOADED,
    UpgradeState.UPDATING,
    UpgradeState.IDLE,
)
_STORY: Final = [*_STATES, "SUCCESS"]
_FIRMWARE: Final = ("fwUpgradeStateChangeNotify", "fwUpgradeResultNotify")
_BROKEN: Final = "meter-0"
_TOKEN: Final = "made-up-for-this-run"  # noqa: S105 - nobody else gets to it
_ALLOWED: Final = {"authorization": f"Bearer {_TOKEN}"}
_ODD: Final = {"an unknown kind": 200, "a wrong token": 401, "a handler that fails": 503}
_WIDTH: Final = 100  # columns of a line, where no terminal says how many it has
_PATIENCE: Final = 15.0  # seconds the platform waits for an answer
_PAUSE: Final = 0.1  # seconds between the steps of the upgrade, for whoever watches


class Board:
    """What the handlers got.

    Attributes:
        events: every event, in the order they came.
        stories: how the upgrade of each device went.
        failures: what handlers failed with.
    """

    def __init__(self, changed: Callable[[str, str], None]) -> None:
        self.events: list[Notification] = []
        self.failures: list[str] = []
        self.stories: dict[str, list[str | None]] = {device: [] for device in _DEVICES}
        self._changed = changed

    def add(self, device: str, word: str | None) -> None:
        """Go on with the story of a device."""
        self.stories[device].append(word)
        self._changed(device, " > ".join(map(str, self.stories[device])))


def receiver(board: Board) -> Receiver:
    """Register handlers as an application would, plain and async, and one for everything."""
    push = Receiver(guards=[Bearer(_TOKEN)])

    @push.on("fwUpgradeStateChangeNotify")
    def progress(event: FwUpgradeStateChanged) -> None:  # pyright: ignore[reportUnusedFunction]
        board.add(event.device_id, event.state)

    @push.on(FwUpgradeResult)
    async def outcome(event: FwUpgradeResult) -> None:  # pyright: ignore[reportUnusedFunction]
        board.add(event.device_id, event.status)

    @push.on("deviceDeleted", where=lambda event: event.device_id == _BROKEN)
    def failing(_: Notification) -> None:  # pyright: ignore[reportUnusedFunction]
        raise OSError("the database is down")

    @push.error
    def failed(error: Exception, delivery: Delivery) -> None:  # pyright: ignore[reportUnusedFunction]
        board.failures.append(f"{delivery.kind}: {error!r}")

    @push.on("*")
    def everything(event: Notification) -> None:  # pyright: ignore[reportUnusedFunction]
        board.events.append(event)

    return push


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Be the application that was there before: it has one page."""
    del receive
    status, body = (200, _PAGE) if scope["path"] == "/" else (404, b"no such page")
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": body})


@click.command("demo")
def command() -> None:
    """Push at a small wrapped application and show what arrives.

    It runs on a real server, on a free port of this machine. The exit status is 0 if everything
    arrived.
    """
    # What the receiver logs is shown in other ways.
    logging.getLogger("pushmw").addHandler(logging.NullHandler())
    bars = _bars()
    tasks = {device: bars.add_task(device, total=len(_STORY), story="") for device in _DEVICES}

    def advance(device: str, story: str) -> None:
        bars.update(tasks[device], advance=1, story=story)

    board = Board(advance)
    push = receiver(board)
    with (
        serve(push.asgi(application)) as address,
        httpx.Client(
            base_url=address, trust_env=False, timeout=_PATIENCE, headers=_ALLOWED
        ) as client,
    ):
        show(f"A wrapped application listens on {address}\n", _title("A firmware upgrade"))
        try:
            with bars:
                _upgrade(client, 0 if bars.disable else _PAUSE)
            show(bars.get_renderable())
            _others(client, board)
            answered = _rest(client, board, push)
        except httpx.RequestError as error:
            raise click.ClickException(f"the application does not answer: {error}") from None
    if not (_arrived(board) and answered):
        raise SystemExit(1)


def _bars() -> Progress:
    """Draw the upgrade of each device while it goes on, where somebody can watch."""
    out = console()
    columns = (TextColumn("{task.description}"), BarColumn(12), TextColumn("{task.fields[story]}"))
    return Progress(*columns, console=out, transient=True, disable=not out.is_terminal)


def _title(text: str) -> Text:
    return Text(text, style="bold")


def _push(client: httpx.Client, body: bytes, **headers: str) -> httpx.Response:
    headers["content-type"] = "application/json"
    return client.post(SDK_PATHS[0], content=body, headers=headers)


def _upgrade(client: httpx.Client, pause: float) -> None:
    state, result = _FIRMWARE
    for word in _STATES:
        step = str([*UpgradeState].index(word))
        for device in _DEVICES:
            _push(client, sample(state, deviceId=device, step=step, stepDesc=word))
            time.sleep(pause)
    for device in _DEVICES:
        _push(client, sample(result, deviceId=device))


def _others(client: httpx.Client, board: Board) -> None:
    rows = table("One of every other kind", "What its handler got")
    rows.columns[0].no_wrap = True
    for kind in KINDS:
        if kind not in _FIRMWARE:
            _push(client, sample(kind))
            event = next((event for event in board.events if event.kind == kind), None)
            rows.add_row(kind, line(f"{event}") if event else line("nothing", "red"))
    show("", rows, width=_WIDTH)


def _rest(client: httpx.Client, board: Board, push: Receiver) -> bool:
    """Try what no handler takes, what is refused, and a handler that fails."""
    page = client.get("/")
    answers = [
        _push(client, b'{"notifyType":"somethingNew"}').status_code,
        _push(client, sample("deviceAdded"), authorization="Bearer a-guess").status_code,
        _push(client, sample("deviceDeleted", deviceId=_BROKEN)).status_code,
    ]
    rows = table("Everything else", "")
    rows.add_row("GET /", f"{page.status_code} {page.text}")
    for what, answered in zip(_ODD, answers, strict=True):
        rows.add_row(what, f"answered {answered}")
    rows.add_row("the error hook", ", ".join(board.failures))
    counts = asdict(push.counts)
    rows.add_row("push.counts", ", ".join(f"{count} {name}" for name, count in counts.items()))
    show("", rows, "")
    return page.content == _PAGE and answers == [*_ODD.values()]


def _arrived(board: Board) -> bool:
    """Say how much of what was to arrive did."""
    kinds = {event.kind for event in board.events}
    missing = [kind for kind in KINDS if kind not in kinds]
    unfinished = [device for device, story in board.stories.items() if story != _STORY]
    show(_title(f"{len(kinds)} of {len(KINDS)} kinds arrived"))
    if missing:
        show(Text(f"missing: {', '.join(missing)}", style="red"))
    if unfinished:
        show(Text(f"upgrade not complete: {', '.join(unfinished)}", style="red"))
    return not missing and not unfinished
