"""The commands. Each is the object ``command`` of the module called so, imported when it is used.

So a command costs and needs only what it imports itself.
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Final, cast

import click

if TYPE_CHECKING:
    import io

COMMANDS: Final = {
    "kinds": "List the kinds of push and their members.",
    "send": "Send a valid push of a kind and show the answer.",
    "demo": "Push at a small wrapped application and show what arrives.",
}


class _OnDemand(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        return cast("click.Command", import_module(f"pushmw.cli.{cmd_name}").command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_OnDemand, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pushmw", message="%(prog)s %(version)s")
def pushmw() -> None:
    """Look at, send and receive the pushes of the IoT platform."""
    # What comes from elsewhere may hold characters the terminal has no code for.
    cast("io.TextIOWrapper", sys.stdout).reconfigure(errors="backslashreplace")
