"""``python -m pushmw``: the command line, where its script is not on the PATH."""

from pushmw.cli import main

main()
