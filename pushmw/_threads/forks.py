"""What a child process has to begin anew."""

import os
from collections.abc import Callable
from typing import Any


def at_fork(reset: Callable[[], object]) -> None:
    """Call ``reset`` in each child that Python forks; Windows forks none."""
    register: Callable[..., Any] = getattr(os, "register_at_fork", dict)
    register(after_in_child=reset)
