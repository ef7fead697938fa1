"""``python -m pushmw.cli``."""

from pushmw.cli import main

main()
