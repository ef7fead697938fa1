"""Whose fault it is when something raises."""

from typing import Final

# What ends a process. Whatever else somebody's code raises is that code's failure, also what is no
# `Exception`: a panic of Rust, `gevent.Timeout`, a group.
PASSING: Final = (KeyboardInterrupt, SystemExit)
