"""How a command says that it cannot do what was asked."""

import click


class Failure(click.ClickException):
    """Ends the command with one line on stderr and exit status 2."""

    exit_code = 2

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))
