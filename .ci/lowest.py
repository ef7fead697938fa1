"""Fail unless the lowest declared version of each dependency is the one that is installed."""

import sys
from importlib.metadata import requires, version

from packaging.requirements import Requirement
from packaging.version import Version


def main() -> int:
    declared = [Requirement(line) for line in requires("pushmw") or ()]
    status = 0
    for each in declared:
        if each.marker is None:  # the others are of extras
            (bound,) = each.specifier
            installed = version(each.name)
            same = bound.operator == ">=" and Version(bound.version) == Version(installed)
            print(f"{each}: {installed}" + ("" if same else ", which is not the lowest"))
            status |= not same
    return status


if __name__ == "__main__":
    sys.exit(main())
