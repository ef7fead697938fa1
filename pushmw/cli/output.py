"""What commands print: for people on a terminal, for programs elsewhere."""

import click
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

# Wider than any line: what goes to a file or a pipe is neither wrapped nor cut.
_UNLIMITED = 100_000


def console(*, stderr: bool = False, width: int = _UNLIMITED) -> Console:
    """Make a console; where it is no terminal it is plain and ``width`` characters wide."""
    made = Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    if not made.is_terminal:
        made.width = width
    return made


def show(*renderables: RenderableType, width: int = _UNLIMITED) -> None:
    """Print on stdout, without the blanks that fill up a table where nobody sees its edge."""
    out = console(width=width)
    if out.is_terminal:
        out.print(*renderables, sep="\n")
        return
    with out.capture() as captured:
        out.print(*renderables, sep="\n")
    click.echo("\n".join(line.rstrip() for line in captured.get().splitlines()))


def table(*columns: str) -> Table:
    """Make a table without a frame; what stands in the first column is never cut."""
    made = Table(*columns, box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    made.columns[0].overflow = "fold"
    return made


def line(text: str, style: str = "") -> Text:
    """Make a cell of one line, cut where the terminal ends."""
    return Text(text, style, no_wrap=True, overflow="ellipsis")
