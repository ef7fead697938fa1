"""``pushmw kinds``: what can be pushed."""

import inspect
import re
from typing import Final

import click
import msgspec
from rich.console import RenderableType
from rich.text import Text

from pushmw.cli.errors import Failure
from pushmw.cli.output import console, show, table
from pushmw.notifications import LEGACY_KINDS
from pushmw.samples import KINDS, UnknownNameError, members, sample

_ROOMY: Final = 100  # columns from which on the longest kind may have one line


@click.command("kinds")
@click.argument("kind", required=False)
def command(kind: str | None) -> None:
    """List the kinds of push and their members.

    With KIND, show every member of that kind, its type, and a sample body.
    """
    show(*(_overview() if kind is None else _detail(kind)))


def _overview() -> list[RenderableType]:
    rows = table("Kind", "Sent", "Members (* required)")
    rows.columns[0].no_wrap = console().width >= _ROOMY
    for kind in KINDS:
        names = (
            f"{name}*" if required else name
            for name, _, required in members(kind)
            if "." not in name
        )
        rows.add_row(kind, re.sub(r"^Sent,? ", "", _purpose(kind)), " ".join(names))
    return [rows]


def _detail(kind: str) -> list[RenderableType]:
    try:
        listed = members(kind)
    except UnknownNameError as error:
        raise Failure(f"{error}") from None
    rows = table("Member", "Type", "Required")
    for name, text, required in listed:
        rows.add_row(name, text, "yes" if required else "")
    body = msgspec.json.format(sample(kind)).decode()
    return [
        Text.assemble((kind, "bold"), f", received as {_class(kind)}"),
        f"{_purpose(kind)}.\n",
        rows,
        f"\n{body}",
    ]


def _class(kind: str) -> str:
    """Name the class as it is imported."""
    room = "pushmw" if kind in LEGACY_KINDS else "pushmw.iotda"
    return f"{room}.{KINDS[kind].__name__}"


def _purpose(kind: str) -> str:
    """Take the first sentence of the documentation, as plain text without its full stop."""
    text = inspect.getdoc(KINDS[kind]) or ""
    return text.partition("\n\n")[0].replace("``", "").replace("\n", " ").rstrip(".")
