"""Whose fault it is when something raises."""

from typing import Final

# What ends a process. Whatever else somebody's code raises is that code's failure, also what is no
# `Exception`: a panic of Rust, `gevent.Timeout`, a group.
PASSING: Final = (KeyboardInterrupt, SystemExit)

# What shows that this process, and not the sender of what it reads, is at its end.
OURS: Final = (MemoryError, RecursionError)
