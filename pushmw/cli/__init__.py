"""The command line: ``pushmw``, installed by the extra ``cli``."""

import sys
from typing import Final

_NEEDS: Final = frozenset({"click", "httpx", "rich", "uvicorn"})


def main() -> None:
    """Run the command that was typed."""
    try:
        from pushmw.cli.group import pushmw

        pushmw(prog_name="pushmw")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _NEEDS:
            raise
        sys.stderr.write("The command line needs more: pip install 'pushmw[cli]'\n")
        sys.exit(2)
