"""The application of a server process: ``BENCHMARKS_APP`` says which."""

import os

from benchmarks.applications import make

app = make(*os.environ["BENCHMARKS_APP"].split(" ", 1))
